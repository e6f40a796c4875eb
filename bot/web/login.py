"""The way in and out: a one-time link that mail scanners and previews may open without using it up."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.web import bodies, pages, state

router = APIRouter()


@router.api_route("/", methods=["GET", "HEAD"])
def start(request: Request, below: state.Below) -> Response:
    """To the rehearsal, or how to log in."""
    if state.session(request) is None:
        return pages.answer(request, "welcome.html")
    if below.mode == "rehearsal":
        return RedirectResponse("/rehearsal", 303)
    return pages.answer(request, "live.html", health=below.health())


@router.api_route("/login/{token}", methods=["GET", "HEAD"])
def ask(request: Request, token: str) -> Response:
    """Shows a button; the link is used up only by pressing it."""
    return pages.answer(request, "login.html", address=f"/login/{token}")


@router.post("/login/{token}")
def enter(request: Request, token: str, below: state.Below) -> Response:
    """Uses up the link and opens a session."""
    if not below.redeem(token):
        return pages.answer(request, "stale_link.html", 403)
    known = state.sessions(request)
    answer = RedirectResponse("/", 303)
    answer.headers.append("set-cookie", known.cookie(known.open(below.now())))
    return answer


@router.api_route("/logout", methods=["GET", "HEAD"])
def ask_to_leave(request: Request) -> Response:
    """Shows a button, or the way in for a browser that is out already."""
    return pages.answer(request, "logout.html" if state.session(request) else "welcome.html")


@router.post("/logout")
def leave(request: Request, fields: Annotated[Mapping[str, str], Depends(bodies.genuine_form)]) -> Response:
    """Ends the session."""
    answer = RedirectResponse("/", 303)
    answer.headers.append("set-cookie", state.sessions(request).farewell())
    return answer
