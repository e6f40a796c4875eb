"""The story of one task, and what an administrator does to it by hand."""

from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request, Response

from bot.desk import acts, reminding, story
from bot.desk.acts import Chosen, Done
from bot.desk.desk import Actor, Desk
from bot.desk.problems import Refused
from bot.web import bodies, forms, pages, state, told

router = APIRouter(prefix="/tasks/{task_id}")
Act = Callable[[Desk, Actor, Chosen, bodies.Fields], Done]


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me, task_id: int) -> Response:
    """Everything about it."""
    return _page(request, desk, me, task_id, forms.FRESH)


@router.api_route("/remind", methods=["GET", "HEAD"])
def preview(request: Request, desk: state.Desk, me: state.Me, task_id: int) -> Response:
    """What a reminder at once would say, to whom and when it would go; nothing is sent."""
    return pages.answer(request, "remind.html", preview=reminding.preview(desk, me, task_id), form=forms.FRESH)


@router.post("/{act}")
def act(request: Request, desk: state.Desk, me: state.Me, task_id: int, act: str, fields: bodies.Genuine) -> Response:
    """One of ACTS. What cannot be used brings the page back with what was typed."""
    way = ACTS.get(act)
    if way is None:
        raise HTTPException(404)
    try:
        done = way(desk, me, Chosen((task_id,), forms.number(fields, "seen")), fields)
    except Refused as refusal:
        return _page(request, desk, me, task_id, forms.refused(fields, refusal, act), forms.UNPROCESSABLE)
    return told.after(request, f"/tasks/{task_id}", told.Told(act, {"count": 1, "left": 0}, done.audit_id))


def _report(desk: Desk, me: Actor, chosen: Chosen, fields: bodies.Fields) -> Done:
    at = forms.instant(fields, "at")
    return acts.report(desk, me, chosen, at, fields.get("note", ""), zero=fields.get("zero") == "yes")


def _extend(desk: Desk, me: Actor, chosen: Chosen, fields: bodies.Fields) -> Done:
    return acts.extend(desk, me, chosen, forms.day(fields, "day"), fields.get("note", ""))


def _refuse(desk: Desk, me: Actor, chosen: Chosen, fields: bodies.Fields) -> Done:
    return acts.extend(desk, me, chosen, None, fields.get("note", ""))


def _silence(desk: Desk, me: Actor, chosen: Chosen, fields: bodies.Fields) -> Done:
    return acts.silence(desk, me, chosen, forms.day(fields, "day"), fields.get("reason", ""))


ACTS: dict[str, Act] = {
    "report": _report,
    "accept": lambda desk, me, chosen, fields: acts.accept(desk, me, chosen, fields.get("note", "")),
    "exempt": lambda desk, me, chosen, fields: acts.exempt(desk, me, chosen, fields.get("reason", "")),
    "return": lambda desk, me, chosen, fields: acts.send_back(desk, me, chosen, fields.get("reason", "")),
    "extend": _extend,
    "refuse": _refuse,
    "silence": _silence,
    "remind": lambda desk, me, chosen, fields: acts.remind(desk, me, chosen),
}
"""By the last part of the address; the matrix does the same to many tasks at once."""


def _page(request: Request, desk: state.Desk, me: state.Me, task_id: int, form: forms.Form, status: int = 200) -> Response:
    return pages.answer(request, "task.html", status, story=story.view(desk, me, task_id), form=form)
