"""One's own account: the password, the second factor, the browsers one is logged in with."""

import io

import segno
from fastapi import APIRouter, Request, Response

from bot.desk import accounts
from bot.desk.problems import Refused
from bot.web import bodies, forms, pages, state, told

router = APIRouter(prefix="/me")


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """The account and its sessions."""
    return _page(request, desk, forms.FRESH)


@router.api_route("/password", methods=["GET", "HEAD"])
def password(request: Request, me: state.Me) -> Response:
    """The form for another password; the only page for who has to choose one."""
    return _password(request, forms.FRESH)


@router.post("/password")
def choose(request: Request, desk: state.Desk, me: state.Me, fields: bodies.Genuine) -> Response:
    """Another password. What was typed is not shown again."""
    here = state.logged_in(request).session.id
    try:
        accounts.choose_password(desk, me, here, fields.get("old", ""), fields.get("password", ""), fields.get("again", ""))
    except Refused as refusal:
        return _password(request, forms.refused({}, refusal), forms.UNPROCESSABLE)
    return told.after(request, "/me", told.Told("password_changed"))


@router.post("/factor/start")
def start_factor(request: Request, desk: state.Desk, me: state.Me, fields: bodies.Genuine) -> Response:
    """A fresh secret as a QR code; nothing is kept before it is confirmed."""
    sealed, address = accounts.start_factor(desk, me)
    return _factor(request, sealed, address, forms.FRESH)


@router.post("/factor")
def confirm_factor(request: Request, desk: state.Desk, me: state.Me, fields: bodies.Genuine) -> Response:
    """The authenticator shows the right code: it is asked for from now on."""
    sealed = fields.get("sealed", "")
    try:
        accounts.confirm_factor(desk, me, sealed, fields.get("code", ""))
    except Refused as refusal:
        address = accounts.factor_address(desk, me, sealed)
        return _factor(request, sealed, address, forms.refused(fields, refusal), forms.UNPROCESSABLE)
    return told.after(request, "/me", told.Told("factor_on"))


@router.post("/factor/drop")
def drop_factor(request: Request, desk: state.Desk, me: state.Me, fields: bodies.Genuine) -> Response:
    """No second factor any more; takes the password."""
    try:
        accounts.drop_factor(desk, me, fields.get("old", ""))
    except Refused as refusal:
        return _page(request, desk, forms.refused({}, refusal, "drop"), forms.UNPROCESSABLE)
    return told.after(request, "/me", told.Told("factor_off"))


@router.post("/sessions/{session_id}/end")
def end_session(request: Request, desk: state.Desk, me: state.Me, session_id: int, fields: bodies.Genuine) -> Response:
    """One of one's own sessions is good no more (anybody's for who manages)."""
    accounts.revoke(desk, me, session_id)
    back = "/system/sessions" if fields.get("back") == "system" else "/me"
    return told.after(request, back, told.Told("session_ended"))


def _page(request: Request, desk: state.Desk, form: forms.Form, status: int = 200) -> Response:
    visit = state.logged_in(request)
    mine = {"account": visit.session.account, "here": visit.session.id, "sessions": accounts.sessions(desk, visit.actor)}
    return pages.answer(request, "me.html", status, form=form, **mine)


def _password(request: Request, form: forms.Form, status: int = 200) -> Response:
    return pages.answer(request, "password.html", status, form=form, forced=state.logged_in(request).must_change)


def _factor(request: Request, sealed: str, address: str, form: forms.Form, status: int = 200) -> Response:
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=2, svgclass=None, lineclass=None, xmldecl=False)
    return pages.answer(request, "factor.html", status, sealed=sealed, address=address, qr=picture.getvalue().decode(), form=form)
