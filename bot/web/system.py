"""The installation itself: how it feels, who may come in, who is in, and the audit log; and its figures for a monitoring system."""

from collections.abc import Mapping
from datetime import date, datetime, time

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse

from bot.desk import accounts, books
from bot.desk.accounts import Wish
from bot.desk.problems import Forbidden, Refused
from bot.domain import times
from bot.domain.words import Rank
from bot.store.audit import Search
from bot.web import bodies, forms, pages, state, told

router = APIRouter(prefix="/system")


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, below: state.Below, me: state.Me) -> Response:
    """Jobs, channels, listeners, queue."""
    return pages.answer(request, "system.html", health=below.health())


@router.api_route("/users", methods=["GET", "HEAD"])
def users(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """Everybody, and the form for another one."""
    return _users(request, desk, me, forms.FRESH)


@router.post("/users")
def add(request: Request, desk: state.Desk, me: state.Me, fields: bodies.Genuine) -> Response:
    """A new administrator; the first password is shown once, on this answer only."""
    try:
        _, first = accounts.add(desk, me, fields.get("login", ""), _wish(fields, active=True))
    except Refused as refusal:
        return _users(request, desk, me, forms.refused(fields, refusal, "add"), forms.UNPROCESSABLE)
    return pages.answer(request, "first_password.html", login=fields.get("login", "").strip().casefold(), first=first)


@router.post("/users/{account_id}")
def change(request: Request, desk: state.Desk, me: state.Me, account_id: int, fields: bodies.Genuine) -> Response:
    """Name, rank, subtree, whether they may come in."""
    try:
        accounts.change(desk, me, account_id, forms.number(fields, "version"), _wish(fields, active=fields.get("active") == "yes"))
    except Refused as refusal:
        return _users(request, desk, me, forms.refused(fields, refusal, f"user{account_id}"), forms.UNPROCESSABLE)
    return told.after(request, "/system/users", told.Told("account_changed"))


@router.post("/users/{account_id}/reset")
def reset(request: Request, desk: state.Desk, me: state.Me, account_id: int, fields: bodies.Genuine) -> Response:
    """Another first password, shown once."""
    first = accounts.reset(desk, me, account_id)
    return pages.answer(request, "first_password.html", login=fields.get("login", ""), first=first)


@router.api_route("/sessions", methods=["GET", "HEAD"])
def sessions(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """Who is logged in where; for who manages, everybody."""
    if not me.may_manage:
        raise Forbidden
    here = state.logged_in(request).session.id
    return pages.answer(request, "sessions.html", sessions=accounts.sessions(desk, me, everybody=True), here=here)


@router.api_route("/audit", methods=["GET", "HEAD"])
def audit(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """The audit log, filtered, the newest first."""
    query = request.query_params
    before = int(query["before"]) if query.get("before", "").isdecimal() and len(query["before"]) < 10 else None
    entries, names = books.read(desk, me, _search(query), before)
    more = entries[-1].id if len(entries) == books.PAGE else None
    return pages.answer(request, "audit.html", entries=entries, names=names, more=more, query=dict(query), wanted=_search(query))


@router.api_route("/audit.csv", methods=["GET", "HEAD"])
def audit_file(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """The same as a file."""
    books.read(desk, me, Search())
    lines = books.export(desk, me, _search(request.query_params))
    headers = {"content-disposition": f'attachment; filename="audit-{times.civil_day(desk.wall())}.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def metrics(request: Request) -> Response:
    """Prometheus' text format. Figures only: no name, no address, no error text."""
    health = state.house(request).health()
    lines = [f"cuibao_up {int(health.ok)}"]
    lines += [f'cuibao_messages{{state="{name}"}} {count}' for name, count in health.queue.items()]
    lines += [f"cuibao_oldest_message_seconds {health.oldest_seconds or 0:.0f}"]
    lines += [f'cuibao_job_lag_seconds{{job="{job.name}"}} {job.lag_seconds:.1f}' for job in health.jobs]
    lines += [f'cuibao_job_failed{{job="{job.name}"}} {int(bool(job.error))}' for job in health.jobs]
    lines += [f'cuibao_channel_paused{{channel="{each.name}"}} {int(bool(each.reason))}' for each in health.channels]
    lines += [f'cuibao_listener_paused{{listener="{each.name}"}} {int(each.paused)}' for each in health.listeners]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _users(request: Request, desk: state.Desk, me: state.Me, form: forms.Form, status: int = 200) -> Response:
    everybody = accounts.listed(desk, me)
    ranks, units = tuple(Rank), accounts.tops(desk)
    return pages.answer(request, "users.html", status, accounts=everybody, ranks=ranks, units=units, form=form)


def _wish(fields: Mapping[str, str], *, active: bool) -> Wish:
    unit_id = forms.number(fields, "unit") if fields.get("unit", "") else None
    return Wish(fields.get("name", ""), fields.get("rank", ""), unit_id, active)


def _search(query: Mapping[str, str]) -> Search:
    begins, ends = forms.civil(query.get("since", "")), forms.civil(query.get("until", ""))
    return Search(
        by=query.get("by", "").strip()[:40],
        about=query.get("about", "").strip()[:120],
        act=query.get("act", "").strip()[:60],
        since=times.instant(begins, time(0)) if begins else None,
        until=_after(ends),
    )


def _after(day: date | None) -> datetime | None:
    return times.end_of(day) if day else None
