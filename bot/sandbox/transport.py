"""The door without a socket: an httpx transport behind which the stand-ins sit. Nothing leaves the process."""

from collections.abc import Sequence

import httpx

from bot.sandbox.clock import Clock
from bot.sandbox.exchange import Answer, Platform, Request, Wire


def transport(platforms: Sequence[Platform], clock: Clock) -> httpx.AsyncBaseTransport:
    """Serves every host; the path decides which of `platforms` answers. An unknown path is an unreachable host."""

    def serve(request: httpx.Request) -> httpx.Response:
        for platform in platforms:
            if platform.owns(request.url.path):
                return _response(platform.handle(_request(request), clock()), request)
        raise httpx.ConnectError("no stand-in serves this path", request=request)

    return httpx.MockTransport(serve)


def _request(request: httpx.Request) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, request.url.path, dict(request.url.params), headers, request.content)


def _response(answer: Answer, request: httpx.Request) -> httpx.Response:
    match answer.wire:
        case Wire.HANG | Wire.DRIBBLE:
            raise httpx.ReadTimeout("the stand-in hangs", request=request)
        case Wire.RESET | Wire.DROP:
            raise httpx.ReadError("the stand-in broke the connection", request=request)
    stream = httpx.ByteStream(answer.body)  # not yet read, like one that comes over a wire
    return httpx.Response(answer.status, headers=dict(answer.headers), stream=stream)
