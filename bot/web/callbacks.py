"""The platforms' way in. The raw bytes go straight to the house, which verifies, stores and acknowledges; nothing is read here.

A refused call is logged without its body: it may hold anything, and without a good signature it is nobody's.
"""

import structlog
from fastapi import APIRouter, Request, Response

from bot.web import bodies, state

LARGEST = 256 * 1024
"""Bytes of one callback. The platforms' own texts stay far below (20 kB); files come as ids."""

router = APIRouter(prefix="/callbacks")
_log = structlog.get_logger(__name__)


@router.api_route("/wecom", methods=["GET", "POST"])
async def wecom(request: Request) -> Response:
    """WeCom: GET is its check of the address, POST a message."""
    return await _hand_over(request, "wecom")


@router.post("/dingtalk")
async def dingtalk(request: Request) -> Response:
    """DingTalk: a message to the robot."""
    return await _hand_over(request, "dingtalk")


async def _hand_over(request: Request, channel: str) -> Response:
    body = await bodies.read(request, LARGEST)
    house = state.house(request)
    answer = await house.receive(channel, request.method, dict(request.query_params), dict(request.headers), body)
    if answer.status >= 400:
        _log.warning("callback_refused", channel=channel, status=answer.status, size=len(body))
    return Response(answer.body, answer.status, media_type=answer.media_type or None)
