"""The home page."""

from fastapi import APIRouter, Request, Response

from bot.desk import acts, today
from bot.web import bodies, pages, state, told

router = APIRouter(prefix="/today")


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """What needs attention now."""
    return pages.answer(request, "today.html", today=today.view(desk, me))


@router.post("/release/{step_id}")
def release(request: Request, desk: state.Desk, me: state.Me, step_id: int, fields: bodies.Genuine) -> Response:
    """Let a held step of the ladder go."""
    acts.release(desk, me, step_id)
    return told.after(request, "/today", told.Told("released"))
