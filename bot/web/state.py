"""What a request finds in the running application, with its type."""

from typing import Annotated, cast

import jinja2
from fastapi import Depends, Request

from bot.web import assets as web_assets
from bot.web import house as web_house
from bot.web import sessions as web_sessions


def house(request: Request) -> web_house.House:
    """The house behind the pages."""
    return cast(web_house.House, request.app.state.house)


def sessions(request: Request) -> web_sessions.Sessions:
    """Opens and reads sessions with the house's secret."""
    return cast(web_sessions.Sessions, request.app.state.sessions)


def assets(request: Request) -> web_assets.Assets:
    """The static files."""
    return cast(web_assets.Assets, request.app.state.assets)


def templates(request: Request) -> jinja2.Environment:
    """The templates of the pages."""
    return cast(jinja2.Environment, request.app.state.templates)


def session(request: Request) -> web_sessions.Session | None:
    """The session of this request, None if the browser is not logged in."""
    return cast(web_sessions.Session | None, getattr(request.state, "session", None))


def logged_in(request: Request) -> web_sessions.Session:
    """The session of this request. Raises LoginNeeded without one."""
    found = session(request)
    if found is None:
        raise web_sessions.LoginNeeded
    return found


def htmx(request: Request) -> bool:
    """The browser runs our script and wants the parts of the page that changed."""
    return request.headers.get("hx-request") == "true"


Below = Annotated[web_house.House, Depends(house)]
