"""Templates to answers. Autoescape is on for every template, and a name that a template expects and does not get is an error."""

import jinja2
from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from bot.domain import times
from bot.web import assets, markdown, state


def environment(files: assets.Assets) -> jinja2.Environment:
    """The templates of `templates/web` with the filters they use."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("templates", "web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"local": times.local, "markdown": markdown.html}
    made.globals |= {"asset": files.address}
    return made


def text(request: Request, template: str, **view: object) -> str:
    """The template in words. It also gets `mode`, and `token` for its forms (empty for a browser that is not logged in)."""
    session = state.session(request)
    token = state.sessions(request).form_token(session) if session else ""
    return state.templates(request).get_template(template).render(view | {"mode": state.house(request).mode, "token": token})


def answer(request: Request, template: str, status: int = 200, **view: object) -> Response:
    """The template as a page. Our pages also answer htmx, so no cache may mix the two up."""
    return HTMLResponse(text(request, template, **view), status, headers={"vary": "HX-Request"})
