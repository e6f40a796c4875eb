"""The home page."""

from fastapi import APIRouter, Request, Response

from bot.desk import today
from bot.web import pages, state

router = APIRouter(prefix="/today")


@router.api_route("", methods=["GET", "HEAD"])
def show(request: Request, desk: state.Desk, me: state.Me) -> Response:
    """What needs attention now."""
    return pages.answer(request, "today.html", today=today.view(desk, me))
