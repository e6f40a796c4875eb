"""The application: which pages there are, and what every request passes through."""

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from bot.web import (
    acts,
    addresses,
    assets,
    bodies,
    brake,
    callbacks,
    circulars,
    errors,
    headers,
    health,
    holidays,
    login,
    mailroom,
    me,
    notices,
    obligations,
    pages,
    progress,
    rehearsal,
    reply_page,
    roster,
    sessions,
    static_files,
    system,
    tasks,
    today,
    units,
)
from bot.web.house import House

PAGES = (
    login,
    me,
    today,
    progress,
    tasks,
    mailroom,
    obligations,
    notices,
    holidays,
    acts,
    circulars,
    rehearsal,
    reply_page,
    health,
    static_files,
    system,
    roster,
    units,
)
"""Every file with a router. A page of the house also has its line in the one table of the menu, `templates/web/parts/menu.html`."""


def build(house: House) -> FastAPI:
    """The web part over this house. Reads its own static files once; opens nothing and starts nothing."""
    app = FastAPI(title="cuibao", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    app.state.cookies = sessions.Cookies(house.secret, house.secure_cookies)
    app.state.assets = assets.load()
    app.state.templates = pages.environment(app.state.assets)
    app.state.reply_brakes = reply_page.Brakes()
    app.state.knocks = brake.Brake(bodies.KNOCKS, bodies.KNOCK_TIME)
    for part in PAGES:
        app.include_router(part.router, dependencies=[Depends(addresses.known_numbers)])
    errors.install(app)
    app.add_middleware(sessions.SessionMiddleware, cookies=app.state.cookies, house=house)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    app.add_middleware(callbacks.CallbackMiddleware, house=house)
    app.add_middleware(headers.HeadersMiddleware, https_only=house.secure_cookies)  # the last one added stands outermost
    return app
