"""The matrix, one period as a list with acts on many tasks at once, and the matrix as a sheet."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response

from bot.desk import progress
from bot.desk.acts import Chosen
from bot.desk.problems import Refused
from bot.desk.progress import Filter
from bot.domain import times
from bot.domain.lamps import Lamp
from bot.web import bodies, forms, pages, state, tasks, told

router = APIRouter(prefix="/progress")
BULK = ("report", "accept", "exempt", "return", "silence", "remind")
"""Of `tasks.ACTS` those that make sense for many at once."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """The address of the page, and of the same page with something changed."""

    filter: Filter

    def at(self, **changes: object) -> str:
        """The address with these fields changed; a field that is None or empty is left out. A changed filter begins at the top."""
        shown = self.filter
        fields: dict[str, object] = {
            "obligation": shown.obligation,
            "period": shown.period,
            "top": shown.top,
            "lamp": shown.lamp.value if shown.lamp else None,
            "q": shown.words,
            "until": shown.until,
            "rows": shown.rows if shown.rows != progress.ROWS else None,
        }
        query = urlencode({name: value for name, value in (fields | changes).items() if value not in (None, "")})
        return f"/progress?{query}" if query else "/progress"

    def after(self, mark: tuple[int, int]) -> str:
        """The address of the page that begins beyond this unit."""
        return self.at(after=f"{mark[0]}.{mark[1]}")


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """The matrix, or with `period` the list of that one."""
    return _page(request, desk, me, read(request.query_params), forms.FRESH)


@router.api_route(".xlsx", methods=["GET", "HEAD"])
def sheet(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """What the filter shows, all pages of it. The library is loaded when somebody wants a sheet: it costs a quarter of the start."""
    writer = importlib.import_module("bot.desk.sheet")
    today = times.civil_day(desk.now())
    content = writer.write(progress.every(desk, me, read(request.query_params)), today)
    headers = {"content-disposition": f'attachment; filename="progress-{today}.xlsx"'}
    return Response(content, media_type=writer.MEDIA_TYPE, headers=headers)


@router.post("/{period_id}/act")
def act(request: Request, desk: state.Desk, me: state.Me, period_id: int, fields: bodies.Genuine) -> Response:
    """One act on the ticked tasks: first the page that says what it would do, then (`sure`) the act."""
    which, here = fields.get("act", ""), Filter(period=period_id)
    if which not in BULK:
        raise HTTPException(400)
    ticked = tuple(dict.fromkeys(int(one) for one in fields.all("task") if one.isdecimal() and len(one) < 10))
    try:
        if not ticked or fields.get("sure") != "yes":
            return _confirm(request, desk, me, here, which, ticked, forms.FRESH)
        done = tasks.ACTS[which](desk, me, Chosen(ticked, period_id=period_id), fields)
    except Refused as refusal:
        return _confirm(request, desk, me, here, which, ticked, forms.refused(fields, refusal), forms.UNPROCESSABLE)
    return told.after(request, Place(here).at(), told.Told(which, {"count": len(done.changed), "left": done.left}, done.audit_id))


def read(query: Mapping[str, str]) -> Filter:
    """The filter an address names; what cannot be one is left out."""
    lamp = query.get("lamp", "")
    return Filter(
        obligation=_number(query, "obligation"),
        period=_number(query, "period"),
        top=_number(query, "top"),
        lamp=Lamp(lamp) if lamp in tuple(Lamp) else None,
        words=query.get("q", "").strip()[:LONGEST],
        until=_day(query.get("until", "")),
        after=_mark(query.get("after", "")),
        rows=progress.MOST if query.get("rows") == str(progress.MOST) else progress.ROWS,
    )


def _page(request: Request, desk: state.Desk, me: state.Me, wanted: Filter, form: forms.Form, status: int = 200) -> Response:
    template = "progress.html" if wanted.period is None else "period.html"
    return pages.answer(request, template, status, page=progress.view(desk, me, wanted), place=Place(wanted), form=form)


def _confirm(
    request: Request, desk: state.Desk, me: state.Me, here: Filter, which: str, ticked: tuple[int, ...], form: forms.Form, status: int = 200
) -> Response:
    """What the act would be done to, with the fields it takes."""
    found = progress.view(desk, me, Filter(period=here.period, rows=3000))
    chosen = [(row.unit, row.cells[0]) for row in found.rows if row.cells and row.cells[0] and row.cells[0].task_id in ticked]
    return pages.answer(request, "bulk.html", status, page=found, act=which, chosen=chosen, form=form)


def _number(query: Mapping[str, str], name: str) -> int | None:
    value = query.get(name, "")
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 10 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _mark(text: str) -> tuple[int, int] | None:
    first, _, second = text.partition(".")
    plain = first.isdecimal() and second.isdecimal() and text.isascii() and len(text) < 20
    return (int(first), int(second)) if plain else None
