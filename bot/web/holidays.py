"""The working calendar: a year, a file of the year's arrangement, one day amended; what would move is shown before it is saved."""

from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.desk import holidays, problems
from bot.desk.problems import Refused
from bot.domain import times
from bot.domain.notices.decode import MAX_BYTES
from bot.web import bodies, forms, pages, state, told

router = APIRouter(prefix="/calendar")


@router.api_route("", methods=["GET", "HEAD"])
def this_year(desk: state.Desk, me: state.Me) -> Response:
    """To the year it is."""
    return RedirectResponse(f"/calendar/{times.civil_day(desk.now()).year}", 303)


@router.api_route("/{year}", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me, year: int) -> Response:
    """One year."""
    return _page(request, desk, year, forms.FRESH)


@router.post("/{year}/load")
def load(request: Request, desk: state.Desk, me: state.Me, year: int, sent: bodies.File) -> Response:
    """What a file would change."""
    typed = sent.fields.get("text", "")
    try:
        if sent.too_big:
            raise problems.too_big(MAX_BYTES // 1024 // 1024)
        text = holidays.decoded(sent.content) if sent.content else typed
        return pages.answer(request, "calendar_look.html", look=holidays.look(desk, me, text), year=year, day=None)
    except Refused as refusal:
        return _page(request, desk, year, forms.refused(sent.fields, refusal, "load"), forms.UNPROCESSABLE)


@router.post("/{year}/amend")
def amend(request: Request, desk: state.Desk, me: state.Me, year: int, fields: bodies.Genuine) -> Response:
    """What one day amended would change."""
    try:
        workday = fields.get("workday") == "yes"
        text = holidays.amendment(forms.day(fields, "day"), fields.get("name", ""), fields.get("paper", ""), workday=workday)
        return pages.answer(request, "calendar_look.html", look=holidays.look(desk, me, text), year=year, day=None)
    except Refused as refusal:
        return _page(request, desk, year, forms.refused(fields, refusal, "amend"), forms.UNPROCESSABLE)


@router.post("/{year}/save")
def save(request: Request, desk: state.Desk, me: state.Me, year: int, fields: bodies.Genuine) -> Response:
    """Save what was looked at."""
    text = fields.get("text", "")
    try:
        days, moved = holidays.save(desk, me, text, fields.get("mark", ""))
    except Refused as refusal:
        return _page(request, desk, year, forms.refused(fields, refusal, "load"), forms.UNPROCESSABLE)
    return told.after(request, f"/calendar/{year}", told.Told("calendar_saved", {"days": days, "moved": moved}))


@router.api_route("/{year}/forget", methods=["GET", "HEAD"])
def look_without(request: Request, desk: state.Desk, me: state.Me, year: int, day: date) -> Response:
    """What leaving a day to the library again would change."""
    return pages.answer(request, "calendar_look.html", look=holidays.without(desk, me, day), year=year, day=day)


@router.post("/{year}/forget")
def forget(request: Request, desk: state.Desk, me: state.Me, year: int, fields: bodies.Genuine) -> Response:
    """Leave a day to the library again, once it was looked at."""
    try:
        moved = holidays.forget(desk, me, forms.day(fields, "day"), fields.get("mark", ""))
    except Refused as refusal:
        return _page(request, desk, year, forms.refused(fields, refusal, "load"), forms.UNPROCESSABLE)
    return told.after(request, f"/calendar/{year}", told.Told("calendar_saved", {"days": 1, "moved": moved}))


def _page(request: Request, desk: state.Desk, year: int, form: forms.Form, status: int = 200) -> Response:
    view = {"page": holidays.view(desk, year), "first": holidays.FIRST, "last": holidays.LAST}
    return pages.answer(request, "calendar.html", status, form=form, **view)
