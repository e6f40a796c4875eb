"""The platforms' way in. The raw bytes go straight to the house, which verifies, stores and acknowledges; nothing is read here.

What is refused is logged where it is read (`bot.talk.doors`), without its body.
"""

from fastapi import HTTPException, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web import bodies
from bot.web.house import House

LARGEST = 256 * 1024
"""Bytes of one callback. The platforms' own texts stay far below (20 kB); files come as ids."""

DOORS = {
    "/callbacks/wecom": ("wecom", ("GET", "POST")),
    "/callbacks/wecom_bot": ("wecom_bot", ("GET", "POST")),
    "/callbacks/dingtalk": ("dingtalk", ("POST",)),
}
"""The channel behind each address, and what may be asked there: WeCom checks the address by GET, a message comes by POST."""


class CallbackMiddleware:
    """Answers the platforms before anything that only pages need: no session, no compression, no routing. Half the work of a page."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app, self._house = app, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""
        door = DOORS.get(scope["path"]) if scope["type"] == "http" else None
        answer = self._app if door is None else await self._answer(Request(scope, receive), *door)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, channel: str, methods: tuple[str, ...]) -> Response:
        if request.method not in methods:
            return Response(status_code=405, headers={"allow": ", ".join(methods)})
        try:
            body = await bodies.read(request, LARGEST)
        except HTTPException as refusal:
            return Response(status_code=refusal.status_code)
        return await self._hand_over(request, channel, body)

    async def _hand_over(self, request: Request, channel: str, body: bytes) -> Response:
        answer = await self._house.receive(channel, request.method, dict(request.query_params), dict(request.headers), body)
        return Response(answer.body, answer.status, media_type=answer.media_type or None)
