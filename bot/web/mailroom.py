"""The inbox and the outbox."""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from bot.desk import mailroom
from bot.desk.problems import Forbidden, Refused
from bot.desk.rereading import Corrected
from bot.domain.words import Intent, MessageState
from bot.web import bodies, forms, pages, state, told

router = APIRouter()


@router.api_route("/inbox", methods=["GET", "HEAD"])
def inbox(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """What came in; with `all` everything, else what a person has to look at."""
    return _inbox(request, desk, me, forms.FRESH)


@router.api_route("/inbox/corrections.jsonl", methods=["GET", "HEAD"])
def corrections(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """Every correction as a test case."""
    if not me.may_audit or not me.sees_all:
        raise Forbidden
    headers = {"content-disposition": 'attachment; filename="corrections.jsonl"'}
    return StreamingResponse(mailroom.corrections(desk, me), media_type="application/x-ndjson", headers=headers)


@router.post("/inbox/{inbound_id}/{act}")
def act_on_letter(request: Request, desk: state.Desk, me: state.Me, inbound_id: int, act: str, fields: bodies.Genuine) -> Response:
    """Handled, tied to a person, or read anew."""
    try:
        match act:
            case "handled":
                mailroom.handled(desk, me, inbound_id)
            case "bind":
                mailroom.bind(desk, me, inbound_id, fields.get("words", ""))
            case "correct":
                return _corrected(request, mailroom.correct(desk, me, inbound_id, fields.get("intent", ""), *_of(fields)), fields)
            case _:
                raise LookupError(act)
    except Refused as refusal:
        return _inbox(request, desk, me, forms.refused(fields, refusal, f"{act}{inbound_id}"), forms.UNPROCESSABLE)
    return told.after(request, _back(fields), told.Told(f"letter_{act}"))


@router.api_route("/outbox", methods=["GET", "HEAD"])
def outbox(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """Messages of one state, the accounts, what is left of their month."""
    return _outbox(request, desk, me, forms.FRESH)


@router.post("/outbox/{message_id}/{act}")
def act_on_message(request: Request, desk: state.Desk, me: state.Me, message_id: int, act: str, fields: bodies.Genuine) -> Response:
    """Resend or drop; takes a reason."""
    if act not in ("resend", "drop"):
        raise LookupError(act)
    try:
        mailroom.decide(desk, me, message_id, fields.get("reason", ""), resend=act == "resend")
    except Refused as refusal:
        return _outbox(request, desk, me, forms.refused(fields, refusal, f"m{message_id}"), forms.UNPROCESSABLE)
    return told.after(request, f"/outbox?state={fields.get('state', '')}", told.Told(f"message_{act}"))


@router.post("/robots/{act}")
def act_on_robot(request: Request, desk: state.Desk, me: state.Me, act: str, fields: bodies.Genuine) -> Response:
    """Pause (takes a reason) or resume the account named by `key`."""
    key = fields.get("key", "")
    try:
        if act == "pause":
            mailroom.pause(desk, me, key, fields.get("reason", ""))
        elif act == "resume":
            mailroom.resume(desk, me, key)
        else:
            raise LookupError(act)
    except Refused as refusal:
        return _outbox(request, desk, me, forms.refused(fields, refusal, key), forms.UNPROCESSABLE)
    return told.after(request, "/outbox", told.Told(f"robot_{act}"))


def _of(fields: Mapping[str, str]) -> tuple[date | None, int | None]:
    """The day and the task of a correction, where they are given. Raises Refused."""
    return forms.day(fields, "day") if fields.get("day") else None, forms.number(fields, "task") or None


def _corrected(request: Request, done: Corrected, fields: Mapping[str, str]) -> Response:
    return told.after(request, _back(fields), told.Told("letter_correct", {"count": done.tasks}, done.audit_id))


def _back(fields: Mapping[str, str]) -> str:
    return "/inbox" + ("?all=1" if fields.get("all") else "")


def _inbox(request: Request, desk: state.Desk, me: state.Me, form: forms.Form, status: int = 200) -> Response:
    everything = bool(request.query_params.get("all") or form.typed.get("all"))
    letters = mailroom.inbox(desk, me, looks=not everything, before=_before(request))
    more = letters[-1].received.inbound.id if everything and len(letters) == mailroom.PAGE else None
    intents = tuple(Intent)
    return pages.answer(request, "inbox.html", status, letters=letters, everything=everything, more=more, intents=intents, form=form)


def _outbox(request: Request, desk: state.Desk, me: state.Me, form: forms.Form, status: int = 200) -> Response:
    wanted = request.query_params.get("state", form.typed.get("state", ""))
    chosen = MessageState(wanted) if wanted in tuple(MessageState) else None
    box = mailroom.outbox(desk, me, chosen, _before(request))
    more = box.messages[-1].id if len(box.messages) == mailroom.PAGE else None
    return pages.answer(request, "outbox.html", status, box=box, chosen=chosen, more=more, form=form)


def _before(request: Request) -> int | None:
    value = request.query_params.get("before", "")
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 10 else None
