"""Units and contacts: the tree, one unit with its people and what an administrator does to them, where nobody can be reached."""

import importlib
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response

from bot.desk import handing, people, people_problems, units
from bot.desk.desk import Actor, Desk
from bot.desk.people import Entry, Place
from bot.desk.problems import Refused
from bot.domain import times
from bot.settings import CHANNELS
from bot.web import bodies, forms, pages, state, told

router = APIRouter(prefix="/units")
Act = Callable[[Desk, Actor, Place, bodies.Fields], None]
LONGEST = 60


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """The tree, narrowed by what somebody looks for."""
    wanted = read(request.query_params)
    found = units.tree(desk, me, wanted)
    return pages.answer(request, "units.html", page=found, more=_address(wanted, found.more) if found.more else "")


@router.api_route("/coverage", methods=["GET", "HEAD"])
def coverage(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """Where nobody can be reached, and which roles nobody holds."""
    return pages.answer(request, "coverage.html", holes=units.coverage(desk, me), roles=units.LOOKED_AT)


@router.api_route("/coverage.xlsx", methods=["GET", "HEAD"])
def coverage_sheet(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """The same as a sheet. The library is loaded when somebody wants one: it costs a quarter of the start."""
    writer = importlib.import_module("bot.desk.coverage_sheet")
    today = times.civil_day(desk.now())
    headers = {"content-disposition": f'attachment; filename="coverage-{today}.xlsx"'}
    return Response(writer.write(units.coverage(desk, me), today), media_type=writer.MEDIA_TYPE, headers=headers)


@router.api_route("/{unit_id:int}", methods=["GET", "HEAD"])
def office(request: Request, desk: state.Desk, me: state.Me, unit_id: int) -> Response:
    """One unit with its people."""
    return _office(request, desk, me, unit_id, forms.FRESH)


@router.post("/{unit_id:int}/people")
def add(request: Request, desk: state.Desk, me: state.Me, unit_id: int, fields: bodies.Genuine) -> Response:
    """Somebody new at the unit, or another role for somebody known."""
    try:
        _, known = people.add(desk, me, unit_id, _entry(fields))
    except Refused as refusal:
        return _office(request, desk, me, unit_id, forms.refused(fields, refusal, "add"), forms.UNPROCESSABLE)
    return told.after(request, f"/units/{unit_id}", told.Told("person_known" if known else "person_added"))


@router.post("/{unit_id:int}/people/{person_id:int}/{act}")
def act(request: Request, desk: state.Desk, me: state.Me, unit_id: int, person_id: int, act: str, fields: bodies.Genuine) -> Response:
    """One of ACTS. What cannot be used brings the page back with what was typed."""
    way = ACTS.get(act)
    if way is None:
        raise HTTPException(404)
    try:
        way(desk, me, Place(unit_id, person_id, fields.get("seen", "")), fields)
    except Refused as refusal:
        return _office(request, desk, me, unit_id, forms.refused(fields, refusal, f"p{person_id}-{act}"), forms.UNPROCESSABLE)
    return told.after(request, f"/units/{unit_id}", told.Told("person_saved"))


@router.post("/{unit_id:int}/handovers/{handover_id:int}/{decision}")
def decide(
    request: Request, desk: state.Desk, me: state.Me, unit_id: int, handover_id: int, decision: str, fields: bodies.Genuine
) -> Response:
    """Accept or refuse a change of contact that somebody announced."""
    if decision not in ("accept", "refuse"):
        raise HTTPException(404)
    try:
        if decision == "accept":
            handing.accept(desk, me, unit_id, handover_id, _entry(fields))
        else:
            handing.refuse(desk, me, unit_id, handover_id, fields.get("note", ""))
    except Refused as refusal:
        return _office(request, desk, me, unit_id, forms.refused(fields, refusal, f"h{handover_id}"), forms.UNPROCESSABLE)
    return told.after(request, f"/units/{unit_id}", told.Told(f"handover_{decision}"))


def read(query: Mapping[str, str]) -> units.Filter:
    """The filter an address names; what cannot be one is left out."""
    top = query.get("top", "")
    first, _, second = query.get("after", "").partition(".")
    mark = (int(first), int(second)) if _plain(first) and _plain(second) else None
    return units.Filter(int(top) if _plain(top) else None, query.get("q", "").strip()[:LONGEST], mark)


def _plain(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 10


def _address(wanted: units.Filter, mark: tuple[int, int]) -> str:
    fields = {"top": wanted.top, "q": wanted.words, "after": f"{mark[0]}.{mark[1]}"}
    return f"/units?{urlencode({name: value for name, value in fields.items() if value})}"


def _office(request: Request, desk: state.Desk, me: state.Me, unit_id: int, form: forms.Form, status: int = 200) -> Response:
    shown = units.office(desk, me, unit_id)
    channels = [channel for channel in CHANNELS if channel != "console"]
    return pages.answer(request, "unit.html", status, office=shown, form=form, roles=people_problems.ROLES, channels=channels)


def _entry(fields: bodies.Fields) -> Entry:
    name, role, phone, channel, address = (fields.get(each, "") for each in ("name", "role", "phone", "channel", "address"))
    return Entry(name, role, phone, channel, address, since=_day(fields, "since"), last=_day(fields, "until"))


def _day(fields: bodies.Fields, name: str) -> date | None:
    value = fields.get(name, "").strip()
    if not value:
        return None
    found = forms.civil(value)
    if found is None:
        raise people_problems.no_day(name, value)
    return found


def _assign(desk: Desk, me: Actor, place: Place, fields: bodies.Fields) -> None:
    people.assign(desk, me, place, fields.get("role", ""), _day(fields, "since"), _day(fields, "until"))


ACTS: Mapping[str, Act] = {
    "describe": lambda desk, me, place, fields: people.describe(desk, me, place, fields.get("name", ""), fields.get("phone", "")),
    "assign": _assign,
    "end": lambda desk, me, place, fields: people.end(desk, me, place, fields.get("role", "")),
    "address": lambda desk, me, place, fields: people.add_address(desk, me, place, fields.get("channel", ""), fields.get("address", "")),
    "prefer": lambda desk, me, place, fields: people.prefer(desk, me, place, forms.number(fields, "way")),
    "good": lambda desk, me, place, fields: people.judge(desk, me, place, forms.number(fields, "way"), good=True),
    "withdraw": lambda desk, me, place, fields: people.judge(desk, me, place, forms.number(fields, "way"), good=False),
    "retire": lambda desk, me, place, fields: people.retire(desk, me, place),
    "restore": lambda desk, me, place, fields: people.retire(desk, me, place, back=True),
}
"""By the last part of the address."""
