"""Security headers, on every answer without exception.

The policy allows our own files and nothing else: no inline script or style, no other site, no frame around us. The address of a
login link must not travel on in a Referer; pages with people's names must not stay in any cache.
"""

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FIXED = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class HeadersMiddleware:
    """Adds the headers to every answer of the application inside it."""

    def __init__(self, app: ASGIApp, https_only: bool) -> None:
        self._app, self._https_only = app, https_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message), self._https_only)
            await send(message)

        await self._app(scope, receive, send_secured)


def secured(response: Response) -> Response:
    """The answer with the headers, for the one that is made outside the middleware (500)."""
    _secure(response.headers, https_only=False)
    return response


def _secure(headers: MutableHeaders, https_only: bool) -> None:
    for name, value in FIXED.items():
        headers[name] = value
    headers.setdefault("cache-control", "no-store")
    if https_only:
        headers["strict-transport-security"] = "max-age=31536000"
