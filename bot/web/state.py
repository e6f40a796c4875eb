"""What a request finds in the running application, with its type."""

from typing import Annotated, cast

import jinja2
from fastapi import Depends, Request

from bot.desk.desk import Actor
from bot.desk.desk import Desk as TheDesk
from bot.desk.doorway import Visit
from bot.web import assets as web_assets
from bot.web import house as web_house
from bot.web import sessions as web_sessions


def house(request: Request) -> web_house.House:
    """The house behind the pages."""
    return cast(web_house.House, request.app.state.house)


def cookies(request: Request) -> web_sessions.Cookies:
    """Writes and reads cookies with the house's secret."""
    return cast(web_sessions.Cookies, request.app.state.cookies)


def assets(request: Request) -> web_assets.Assets:
    """The static files."""
    return cast(web_assets.Assets, request.app.state.assets)


def templates(request: Request) -> jinja2.Environment:
    """The templates of the pages."""
    return cast(jinja2.Environment, request.app.state.templates)


def visit(request: Request) -> Visit | None:
    """Who sends this request, None if the browser is not logged in."""
    return cast(Visit | None, getattr(request.state, "visit", None))


def logged_in(request: Request) -> Visit:
    """Who sends this request. Raises LoginNeeded if nobody we know, PasswordNeeded if they have to choose a password first."""
    found = visit(request)
    if found is None:
        raise web_sessions.LoginNeeded
    if found.must_change and request.url.path not in web_sessions.BEFORE_ALL:
        raise web_sessions.PasswordNeeded
    return found


def actor(request: Request) -> Actor:
    """The administrator who sends this request. Raises as `logged_in` does."""
    return logged_in(request).actor


def desk(request: Request) -> TheDesk:
    """The desk behind the pages."""
    return house(request).desk


def htmx(request: Request) -> bool:
    """The browser runs our script and wants the parts of the page that changed."""
    return request.headers.get("hx-request") == "true"


Below = Annotated[web_house.House, Depends(house)]
Me = Annotated[Actor, Depends(actor)]
Desk = Annotated[TheDesk, Depends(desk)]
