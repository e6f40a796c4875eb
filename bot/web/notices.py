"""Notices: hand one in, its drafts beside the text, the questions to decide, and the confirmation."""

import re
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from bot.desk import duties, papers, problems
from bot.desk.papers import Agreed
from bot.desk.problems import Refused
from bot.desk.wishes import Wish
from bot.domain.notices.decode import MAX_BYTES
from bot.web import bodies, forms, obligations, pages, state, told

router = APIRouter(prefix="/notices")
PASTED = "pasted.txt"
"""Name of a notice that was pasted."""
SHOWN_MB = MAX_BYTES // 1024 // 1024


@router.api_route("", methods=["GET", "HEAD"])
def index(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """The notices, and the form to hand one in."""
    return _index(request, desk, me, forms.FRESH)


@router.post("")
def take(request: Request, desk: state.Desk, me: state.Me, sent: bodies.File) -> Response:
    """A file, or else the text that was pasted."""
    text = sent.fields.get("text", "")
    raw, name = (sent.content, sent.name) if sent.content else (text.encode(), PASTED)
    try:
        if sent.too_big:
            raise problems.too_big(SHOWN_MB)
        number = papers.take(desk, me, raw, name)
    except Refused as refusal:
        return _index(request, desk, me, forms.refused(sent.fields, refusal), forms.UNPROCESSABLE)
    return told.after(request, f"/notices/{number}", told.Told("notice_taken"))


@router.api_route("/{notice_id}", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me, notice_id: int) -> Response:
    """The drafts beside the text."""
    return _page(request, desk, me, notice_id, forms.FRESH, None)


@router.api_route("/{notice_id}/original", methods=["GET", "HEAD"])
def original(desk: state.Desk, me: state.Me, notice_id: int) -> Response:
    """The document as it came, to be saved and never shown: it is somebody else's."""
    name = quote(papers.view(desk, me, notice_id).notice.filename or "notice")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(papers.original(desk, me, notice_id), media_type="application/octet-stream", headers=headers)


@router.post("/{notice_id}/redate")
def redate(request: Request, desk: state.Desk, me: state.Me, notice_id: int, fields: bodies.Genuine) -> Response:
    """Read it as written and published on other days."""
    try:
        papers.redate(desk, me, notice_id, _day(fields, "issued"), _day(fields, "published"))
    except Refused as refusal:
        return _page(request, desk, me, notice_id, forms.refused(fields, refusal, "redate"), None, forms.UNPROCESSABLE)
    return told.after(request, f"/notices/{notice_id}", told.Told("notice_taken"))


@router.post("/{notice_id}/confirm")
def confirm(request: Request, desk: state.Desk, me: state.Me, notice_id: int, fields: bodies.Genuine) -> Response:
    """Make obligations of what was ticked."""
    try:
        made = papers.confirm(desk, me, notice_id, _agreed(fields))
    except Refused as refusal:
        return _page(request, desk, me, notice_id, forms.refused(fields, refusal, "confirm"), fields, forms.UNPROCESSABLE)
    return told.after(request, f"/notices/{notice_id}", told.Told("notice_armed", {"count": len(made)}))


def _agreed(fields: bodies.Fields) -> Agreed:
    ticked = obligations.ids(fields, "take")
    wishes = {number: _wish(fields, number) for number in sorted(ticked)}
    return Agreed(wishes, obligations.ids(fields, "decided"), fields.get("sure") == "yes")


def _wish(fields: bodies.Fields, number: int) -> Wish:
    """One draft: its own fields, and what all of them share."""
    own = {re.sub(rf"-{number}$", "", name): value for name, value in fields.items()}
    return obligations.read(bodies.Fields([*own.items(), *((name, one) for name in ("unit", "under") for one in fields.all(name))]))


def _day(fields: bodies.Fields, name: str) -> date | None:
    """A day, or nothing where the notice bears none."""
    return forms.day({"day": fields[name]}, "day") if fields.get(name, "").strip() else None


def _index(request: Request, desk: state.Desk, me: state.Me, form: forms.Form, status: int = 200) -> Response:
    return pages.answer(request, "notices.html", status, lines=papers.listed(desk, me), form=form, most=SHOWN_MB)


def _page(
    request: Request, desk: state.Desk, me: state.Me, number: int, form: forms.Form, sent: bodies.Fields | None, status: int = 200
) -> Response:
    empty = bodies.Fields(())
    ticked = {name: obligations.ids(sent or empty, name) for name in ("take", "decided", "unit", "under")}
    view = {"page": papers.view(desk, me, number), "tree": duties.tree(desk, me), "ticked": ticked, "fresh": sent is None}
    return pages.answer(request, "notice.html", status, form=form, **view)
