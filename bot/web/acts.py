"""Acts that several pages share: taking one back, and a telephone number in full."""

from fastapi import APIRouter, Request, Response

from bot.desk import phones, undo
from bot.desk.problems import Refused
from bot.web import bodies, login, pages, state, told

router = APIRouter()


@router.post("/undo/{audit_id}")
def take_back(request: Request, desk: state.Desk, me: state.Me, audit_id: int, fields: bodies.Genuine) -> Response:
    """Take back what an audit entry names, and go back to where the button was."""
    back = login.inside(fields.get("back", ""))
    try:
        left = undo.undo(desk, me, audit_id)
    except Refused as refusal:
        return told.after(request, back, told.Told("refused", {"says": refusal.says}))
    return told.after(request, back, told.Told("undone", {"left": left}))


@router.post("/people/{person_id}/phone")
def reveal(request: Request, desk: state.Desk, me: state.Me, person_id: int, fields: bodies.Genuine) -> Response:
    """The number in full; it stands in the audit log that it was asked for."""
    number = phones.reveal(desk, me, person_id)
    return pages.answer(request, "phone.html", number=number)
