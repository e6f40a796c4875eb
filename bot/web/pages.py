"""Templates to answers. Autoescape is on for every template, and a name that a template expects and does not get is an error."""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

import jinja2
from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from bot.desk import phones
from bot.domain import foresight, period_names, times
from bot.domain.words import label
from bot.talk import reply_links
from bot.web import assets, markdown, state, told


def environment(files: assets.Assets) -> jinja2.Environment:
    """The templates of `templates/web` with the filters they use."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("templates", "web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "local": times.local,
        "civil_day": times.civil_day,
        "markdown": markdown.html,
        "label": label,
        "period": period_names.label,
        "rung": foresight.rung_word,
        "masked": phones.masked,
        "audit_query": _without_page,
        "unlinked": reply_links.hidden,
        "day_before": _day_before,
    }
    made.globals |= {"asset": files.address}
    return made


def _day_before(day: date) -> date:
    """The last day of a span that ends before this one."""
    return day - timedelta(days=1)


def _without_page(query: Mapping[str, str]) -> str:
    """A query string without where its page begins."""
    return urlencode({name: value for name, value in query.items() if name != "before" and value})


def text(request: Request, template: str, **view: object) -> str:
    """The template in words. It also gets `mode`, `token` for its forms (empty for a browser that is not logged in), `me` (the
    administrator or None), `path`, and `told`: what the page before wants to be said."""
    visit = state.visit(request)
    token = state.cookies(request).form_token(visit) if visit else ""
    shared = {
        "mode": state.house(request).mode,
        "token": token,
        "me": visit.actor if visit else None,
        "path": request.url.path,
        "told": told.read(request),
    }
    return state.templates(request).get_template(template).render(shared | view)


def answer(request: Request, template: str, status: int = 200, **view: object) -> Response:
    """The template as a page. Our pages also answer htmx, so no cache may mix the two up."""
    page = HTMLResponse(text(request, template, **view), status, headers={"vary": "HX-Request"})
    if state.cookies(request).told_name in request.cookies:
        page.headers.append("set-cookie", state.cookies(request).silent())
    return page
