"""The obligations: the list, one of them, the form with its look ahead, and the day to end one on.

The look stands beside the form: a browser with a script gets it anew while somebody types, one without by a button.
"""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Request, Response

from bot.desk import duties, who, wishes
from bot.desk.duties import Look
from bot.desk.problems import Changed, Forbidden, Refused
from bot.desk.wishes import EVERY, Wish
from bot.domain import ladder_text, rules, times
from bot.web import bodies, forms, pages, state, told

router = APIRouter(prefix="/obligations")
Id = int | None


@router.api_route("", methods=["GET", "HEAD"])
def index(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """Every obligation of the administrator's units."""
    return pages.answer(request, "obligations.html", lines=duties.listed(desk, me))


@router.api_route("/new", methods=["GET", "HEAD"])
def blank(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """An empty form."""
    return _form(request, desk, me, None, duties.blank(desk, me), forms.FRESH)


@router.post("/new")
def add(request: Request, desk: state.Desk, me: state.Me, fields: bodies.Genuine) -> Response:
    """Look, build the rule, or save a new one."""
    return _done(request, desk, me, None, fields)


@router.post("/look")
def look(request: Request, desk: state.Desk, me: state.Me, fields: bodies.Genuine) -> Response:
    """For the script: what saving would mean, as a part of the page."""
    return _look(request, desk, me, None, fields)


@router.post("/{obligation_id}/look")
def look_again(request: Request, desk: state.Desk, me: state.Me, obligation_id: int, fields: bodies.Genuine) -> Response:
    """The same for one that exists."""
    return _look(request, desk, me, obligation_id, fields)


@router.api_route("/{obligation_id}", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me, obligation_id: int) -> Response:
    """One obligation; `day` asks who would get what on that day."""
    return _page(request, desk, me, obligation_id, forms.FRESH)


@router.api_route("/{obligation_id}/edit", methods=["GET", "HEAD"])
def edit(request: Request, desk: state.Desk, me: state.Me, obligation_id: int) -> Response:
    """The form as the obligation stands. Raises Forbidden for one that concerns units of others."""
    held = duties.view(desk, me, obligation_id)
    if not held.mine:
        raise Forbidden
    return _form(request, desk, me, obligation_id, wishes.of(held.obligation, frozenset(unit.id for unit in held.units)), forms.FRESH)


@router.post("/{obligation_id}/edit")
def change(request: Request, desk: state.Desk, me: state.Me, obligation_id: int, fields: bodies.Genuine) -> Response:
    """Look, build the rule, or save the change."""
    return _done(request, desk, me, obligation_id, fields)


@router.post("/{obligation_id}/end")
def end(request: Request, desk: state.Desk, me: state.Me, obligation_id: int, fields: bodies.Genuine) -> Response:
    """End it with a day."""
    try:
        duties.end(desk, me, obligation_id, forms.number(fields, "seen"), forms.day(fields, "ends"))
    except Refused as refusal:
        return _page(request, desk, me, obligation_id, forms.refused(fields, refusal, "end"), forms.UNPROCESSABLE)
    return told.after(request, f"/obligations/{obligation_id}", told.Told("obligation_ended", {"day": fields.get("ends", "")}))


def read(fields: bodies.Fields) -> Wish:
    """What was typed."""
    return Wish(
        what=fields.get("what", ""),
        rule=fields.get("rule", ""),
        shift=fields.get("shift", ""),
        hour=fields.get("hour", ""),
        recipient=fields.get("recipient", ""),
        ladder=fields.get("ladder_text", "") if fields.get("ladder") == "own" else fields.get("ladder", ""),
        begins=fields.get("begins", ""),
        ends=fields.get("ends", ""),
        units=ids(fields, "unit"),
        under=ids(fields, "under"),
        wants_file=fields.get("wants_file") == "yes",
    )


def ids(fields: bodies.Fields, name: str) -> frozenset[int]:
    """The numbers of a repeated field; what is none is left out."""
    return frozenset(int(one) for one in fields.all(name) if one.isdecimal() and one.isascii() and len(one) < 10)


def _done(request: Request, desk: state.Desk, me: state.Me, number: Id, fields: bodies.Fields) -> Response:
    """What the button that was pressed says: `build`, `look`, or else save."""
    wish = read(fields)
    typed: Mapping[str, str] = fields
    try:
        if fields.get("do") == "build":
            typed = {**fields, "rule": wishes.build(fields.get("every", ""), fields.get("on", ""))}
            return _form(request, desk, me, number, wish, forms.Form(typed))
        if fields.get("do") == "look":
            return _form(request, desk, me, number, wish, forms.Form(typed), duties.look(desk, me, wish, number))
        return _saved(request, desk, me, number, fields)
    except Refused as refusal:
        found = _looked(desk, me, wish, number) if refusal.field in ("", "sure") else None
        if isinstance(refusal, Changed) and number is not None:
            typed = {**fields, "seen": str(duties.view(desk, me, number).seen)}
        return _form(request, desk, me, number, wish, forms.refused(typed, refusal), found, forms.UNPROCESSABLE)


def _saved(request: Request, desk: state.Desk, me: state.Me, number: Id, fields: bodies.Fields) -> Response:
    mark, sure = fields.get("mark", ""), fields.get("sure") == "yes"
    if number is None:
        number, kind = duties.add(desk, me, read(fields), mark, sure=sure), "obligation_added"
    else:
        duties.change(desk, me, number, forms.number(fields, "seen"), read(fields), mark, sure=sure)
        kind = "obligation_changed"
    return told.after(request, f"/obligations/{number}", told.Told(kind))


def _looked(desk: state.Desk, me: state.Me, wish: Wish, number: Id) -> Look | None:
    """The look if the form can be understood."""
    try:
        return duties.look(desk, me, wish, number)
    except Refused:
        return None


def _look(request: Request, desk: state.Desk, me: state.Me, number: Id, fields: bodies.Fields) -> Response:
    try:
        found, says = duties.look(desk, me, read(fields), number), ""
    except Refused as refusal:
        found, says = None, refusal.says
    return pages.answer(request, "parts/look.html", look=found, says=says, form=forms.Form(fields), number=number)


def _form(
    request: Request, desk: state.Desk, me: state.Me, number: Id, wish: Wish, form: forms.Form, found: Look | None = None, status: int = 200
) -> Response:
    if found is None and not form.says and (number is not None or wish.rule):
        found = _looked(desk, me, wish, number)
    held = None if number is None else duties.view(desk, me, number)
    view = {
        "wish": wish,
        "held": held,
        "number": number,
        "tree": duties.tree(desk, me),
        "look": found,
        "says": "",
        "every": EVERY,
        "grammar": tuple(rules.FORMS.values()),
        "rungs": ladder_text.GRAMMAR,
    }
    return pages.answer(request, "obligation_form.html", status, form=form, **view)


def _page(request: Request, desk: state.Desk, me: state.Me, number: int, form: forms.Form, status: int = 200) -> Response:
    today = times.civil_day(desk.now())
    day = _day(request.query_params.get("day", ""), today)
    steps = who.on(desk, me, day, number)
    return pages.answer(
        request, "obligation.html", status, held=duties.view(desk, me, number), day=day, steps=steps, today=today, form=form
    )


def _day(text: str, otherwise: date) -> date:
    """The day an address names; anything else is today."""
    return forms.civil(text) or otherwise
