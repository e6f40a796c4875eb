"""A roster comes in: an empty table to take away, the upload, the look at what it would change, and taking it over."""

import importlib
from typing import Any

from fastapi import APIRouter, Request, Response

from bot.desk import people_problems, problems, roster_import
from bot.desk.problems import Refused
from bot.domain import roster_file
from bot.domain.roster import RosterError
from bot.settings import CHANNELS
from bot.web import bodies, forms, pages, state, told

router = APIRouter(prefix="/units/import")
WHERE = "/units/import"


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, me: state.Me) -> Response:
    """What to do, and the form for the file."""
    return _begin(request, me, forms.FRESH)


@router.api_route("/template.xlsx", methods=["GET", "HEAD"])
def template(me: state.Me) -> Response:
    """The empty table as a workbook."""
    writer = _workbook()
    headers = {"content-disposition": 'attachment; filename="roster.xlsx"'}
    return Response(writer.template(CHANNELS), media_type=writer.MEDIA_TYPE, headers=headers)


@router.api_route("/template.csv", methods=["GET", "HEAD"])
def template_text(me: state.Me) -> Response:
    """The same as a file of text, with the mark by which Excel knows its letters."""
    headers = {"content-disposition": 'attachment; filename="roster.csv"'}
    return Response("\ufeff" + roster_file.template(), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("")
def upload(request: Request, desk: state.Desk, me: state.Me, sent: bodies.File) -> Response:
    """Keep the file as it came, and look at it; one that is no table is told at once."""
    try:
        if sent.too_big:
            raise people_problems.too_big(bodies.FILE // 1024 // 1024)
        upload_id = roster_import.keep(desk, me, sent.name, sent.content)
        _table(sent.name, sent.content)
    except Refused as refusal:
        return _begin(request, me, forms.refused(sent.fields, refusal), forms.UNPROCESSABLE)
    address = f"{WHERE}/{upload_id}" + ("?complete=yes" if sent.fields.get("complete") == "yes" else "")
    return Response(status_code=303, headers={"location": address})


@router.api_route("/{upload_id:int}", methods=["GET", "HEAD"])
def look(request: Request, desk: state.Desk, me: state.Me, upload_id: int) -> Response:
    """What the table would change, and every cell that cannot be used."""
    return _look(request, desk, me, upload_id, forms.FRESH, complete=request.query_params.get("complete") == "yes")


@router.post("/{upload_id:int}")
def load(request: Request, desk: state.Desk, me: state.Me, upload_id: int, fields: bodies.Genuine) -> Response:
    """Take over what was looked at."""
    complete = fields.get("complete") == "yes"
    table = _table(*roster_import.content(desk, me, upload_id))
    try:
        done = roster_import.load(desk, me, upload_id, table, fields.get("seen", ""), complete=complete)
    except Refused as refusal:
        return _look(request, desk, me, upload_id, forms.refused(fields, refusal), forms.UNPROCESSABLE, complete=complete)
    words = {
        "units_new": done.units.new,
        "units_changed": done.units.changed,
        "people_new": done.people.new,
        "people_changed": done.people.changed,
        "left": forms.number(fields, "left"),
    }
    return told.after(request, "/units", told.Told("roster_loaded", words))


@router.post("/{upload_id:int}/drop")
def drop(request: Request, desk: state.Desk, me: state.Me, upload_id: int, fields: bodies.Genuine) -> Response:
    """Take nothing over."""
    roster_import.drop(desk, me, upload_id)
    return told.after(request, WHERE, told.Told("roster_dropped"))


def _begin(request: Request, me: state.Me, form: forms.Form, status: int = 200) -> Response:
    if not me.may_act:
        raise problems.Forbidden
    return pages.answer(request, "roster.html", status, form=form)


def _look(
    request: Request, desk: state.Desk, me: state.Me, upload_id: int, form: forms.Form, status: int = 200, *, complete: bool
) -> Response:
    try:
        table = _table(*roster_import.content(desk, me, upload_id))
    except Refused as refusal:
        return _begin(request, me, forms.refused({}, refusal), forms.UNPROCESSABLE)
    found = roster_import.look(desk, me, upload_id, table, complete=complete)
    return pages.answer(request, "roster_look.html", status, look=found, form=form)


def _table(name: str, content: bytes) -> Any:
    """The rows of the file. Raises Refused with the file's own trouble."""
    try:
        return _workbook().table(content, name)
    except RosterError as refusal:
        raise people_problems.unusable(str(refusal)) from refusal


def _workbook() -> Any:
    """The library is loaded when somebody brings or takes a sheet: it costs a quarter of the start."""
    return importlib.import_module("bot.desk.workbook")
