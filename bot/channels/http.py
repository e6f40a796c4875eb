"""The one place that opens HTTP connections: how long we wait, how much we read, and what a broken exchange means.

Nothing here knows a platform. What was certainly not sent is TRANSIENT; what may have arrived is IN_DOUBT. No URL, key or
body ever stands in an error.
"""

import asyncio
import functools
import json
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from bot.channels.answer import Answer, Json, understand
from bot.channels.base import SendFailed
from bot.domain.inbound import Attachment
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

MAX_ANSWER: Final = 1_000_000
"""Bytes read of one answer; platforms answer in a few hundred."""

_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_HEADERS: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "cuibao",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait: for a connection, for the next bytes, and for the whole exchange (a slow dribble ends too)."""

    connect: float = 5
    read: float = 15
    whole: float = 30


class Client:
    """HTTP to one platform through `slots` connections, each a transport of its own; use one `Client` per host.

    httpx 0.28 walks its whole pool for every request, so one pool of many connections is slower than many pools of one. Its client
    around the transport is left out: redirects, cookies and sign-in are not wanted here, cost a third of a request, and it would write
    every URL into the log. `transport` replaces the network (rehearsal); `proxy` is a URL that may hold a password. The environment is
    never asked.
    """

    def __init__(
        self,
        *,
        slots: int = 8,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        proxy: Secret | None = None,
    ) -> None:
        self._patience, self._transport, self._proxy = patience or Patience(), transport, proxy
        self._waits = {"timeout": httpx.Timeout(self._patience.read, connect=self._patience.connect).as_dict()}
        self._free = asyncio.Semaphore(slots)
        self._idle: list[httpx.AsyncBaseTransport] = []

    async def get(self, url: str, *, params: Mapping[str, str] | None = None) -> Answer:
        """GET that reads a JSON object. Raises SendFailed."""
        return await self._exchange(self._request("GET", url, b"", params, None), ())

    async def post(
        self,
        url: str,
        payload: Json,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Answer:
        """POST of a JSON object that reads one back. Raises SendFailed.

        `also` are statuses beside 200 whose JSON the channel judges itself.
        """
        return await self._exchange(self._request("POST", url, encode(payload), params, headers), also)

    async def upload(self, url: str, field: str, file: Attachment, *, params: Mapping[str, str] | None = None) -> Answer:
        """POST of a file as a form with this one `field`, that reads a JSON object back. Raises SendFailed."""
        form = httpx.Request("POST", "http://form", files={field: (file.name, file.content, file.media_type)})
        headers = {"Content-Type": form.headers["Content-Type"]}
        return await self._exchange(self._request("POST", url, form.read(), params, headers), ())

    async def close(self) -> None:
        """Closes the idle connections. Safe to call twice."""
        while self._idle:
            await self._idle.pop().aclose()

    def _request(
        self, method: str, url: str, content: bytes, params: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> httpx.Request:
        place = _place(url, tuple((params or {}).items()))
        if place is None:
            raise SendFailed(FailureKind.CREDENTIAL_BAD, "bad_base_url", "the address in the settings is no URL, or holds a password")
        return httpx.Request(method, place, headers={**_HEADERS, **(headers or {})}, content=content, extensions=self._waits)

    async def _exchange(self, request: httpx.Request, also: Collection[int]) -> Answer:
        async with self._free:
            connection = self._idle.pop() if self._idle else self._build()
            try:
                response, body = await _fetch(connection, request, self._patience.whole)
            finally:
                self._idle.append(connection)
        return understand(response.status_code, response.headers, body, also)

    def _build(self) -> httpx.AsyncBaseTransport:
        return self._transport or httpx.AsyncHTTPTransport(
            verify=tls(),
            trust_env=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            proxy=self._proxy.reveal() if self._proxy else None,
        )


def encode(payload: Json) -> bytes:
    """The bytes that are posted: equal for equal payloads, so a platform that compares bodies recognises a resend. Raises SendFailed."""
    try:
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise SendFailed(FailureKind.CONTENT_BAD, "not_unicode", "the text holds half a character") from None


@functools.lru_cache(maxsize=256)
def _place(url: str, params: tuple[tuple[str, str], ...]) -> httpx.URL | None:
    """The URL in parts, None if nothing can be sent there: httpx finds out late, and with errors of many kinds.

    Kept, because a robot's address is the same every time and taking it apart costs a twentieth of a request.
    """
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    usable = parts.scheme in ("http", "https") and parts.host and (parts.port or 80) < 65_536 and not parts.userinfo
    if not usable:
        return None
    return parts.copy_merge_params(dict(params)) if params else parts


@functools.cache
def tls() -> ssl.SSLContext:
    """How every connection checks who it speaks to; the environment is never asked."""
    return httpx.create_ssl_context(trust_env=False)


async def _fetch(connection: httpx.AsyncBaseTransport, request: httpx.Request, seconds: float) -> tuple[httpx.Response, bytes]:
    try:
        async with asyncio.timeout(seconds):
            response = await connection.handle_async_request(request)
            try:
                return response, await _read(response)
            finally:
                await response.aclose()
    except _NOT_SENT as error:
        raise SendFailed(FailureKind.TRANSIENT, _code(error), "no connection; nothing was sent") from None
    except TimeoutError:
        raise SendFailed(FailureKind.IN_DOUBT, "deadline", f"no complete answer within {seconds:g} s") from None
    except (httpx.HTTPError, OSError) as error:
        raise SendFailed(FailureKind.IN_DOUBT, _code(error), "the connection broke after the request went out") from None


async def _read(response: httpx.Response) -> bytes:
    """The body as it came over the wire: a compressed one was not asked for and is not unpacked."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise SendFailed(FailureKind.IN_DOUBT, "answer_too_long", f"an answer of more than {MAX_ANSWER} bytes")
    return bytes(body)


def _code(error: BaseException) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in type(error).__name__).lstrip("_")
