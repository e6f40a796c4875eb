"""The way in and out: by name and password, or by a one-time link that mail scanners and previews may open without using it up."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.desk import doorway
from bot.desk.doorway import Knock
from bot.desk.problems import Refused
from bot.store.sessions import Client
from bot.web import bodies, forms, pages, state

OURS = re.compile(r"/(?![/\\])[\x21-\x7e]{0,500}")
"""An address inside this house: nobody is sent to another site after logging in."""

router = APIRouter()
AtTheDoor = Annotated[bodies.Fields, Depends(bodies.door_form)]


@router.api_route("/", methods=["GET", "HEAD"])
def start(request: Request, below: state.Below) -> Response:
    """To where one works, or how to log in."""
    found = state.visit(request)
    if found is None:
        return _door(request, forms.FRESH)
    return RedirectResponse("/rehearsal" if below.mode == "rehearsal" and found.actor.sees_all else "/today", 303)


@router.api_route("/login", methods=["GET", "HEAD"])
def knock(request: Request, to: str = "") -> Response:
    """The form for name and password."""
    if state.visit(request) is not None:
        return RedirectResponse(inside(to), 303)
    return _door(request, forms.Form({"to": to}))


@router.post("/login")
def enter_by_password(request: Request, desk: state.Desk, fields: AtTheDoor) -> Response:
    """Opens a session for who proves to be an administrator; otherwise the form again, without the password."""
    typed = Knock(fields.get("login", ""), fields.get("password", ""), fields.get("code", ""))
    try:
        token = doorway.by_password(desk, typed, _client(request))
    except Refused as refusal:
        return _door(request, forms.refused({"login": typed.login, "to": fields.get("to", "")}, refusal), 403)
    return _entered(request, token, inside(fields.get("to", "")))


@router.api_route("/login/{token}", methods=["GET", "HEAD"])
def ask(request: Request, token: str) -> Response:
    """Shows a button; the link is used up only by pressing it."""
    return pages.answer(request, "login.html", address=f"/login/{token}")


@router.post("/login/{token}")
def enter_by_link(request: Request, token: str, below: state.Below) -> Response:
    """Uses up the link and opens a session."""
    if not below.redeem(token):
        return pages.answer(request, "stale_link.html", 403)
    return _entered(request, doorway.by_link(below.desk, _client(request)), "/")


@router.api_route("/logout", methods=["GET", "HEAD"])
def ask_to_leave(request: Request) -> Response:
    """Shows a button, or the way in for a browser that is out already."""
    return pages.answer(request, "logout.html") if state.visit(request) else _door(request, forms.FRESH)


@router.post("/logout")
def leave(request: Request, desk: state.Desk, fields: bodies.Genuine) -> Response:
    """Ends the session for good."""
    doorway.leave(desk, state.logged_in(request))
    answer = RedirectResponse("/", 303)
    answer.headers.append("set-cookie", state.cookies(request).farewell())
    return answer


def _door(request: Request, form: forms.Form, status: int = 200) -> Response:
    cookie, token = state.cookies(request).door()
    page = pages.answer(request, "welcome.html", status, form=form, token=token)
    page.headers.append("set-cookie", cookie)
    return page


def _entered(request: Request, token: str, address: str) -> Response:
    answer = RedirectResponse(address, 303)
    longest = int(state.desk(request).life.longest.total_seconds())
    answer.headers.append("set-cookie", state.cookies(request).session(token, longest))
    return answer


def inside(address: str) -> str:
    """The address if it is one of ours, else the start page."""
    return address if OURS.fullmatch(address) else "/"


def _client(request: Request) -> Client:
    return Client(request.headers.get("user-agent", ""), request.client.host if request.client else "")
