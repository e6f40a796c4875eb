"""Request bodies, read with a limit: nobody can make the process hold more than it wants to."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bot.web import state

FORM = 64 * 1024
"""Bytes a form of ours may have: some lines of text, or some thousand ticked boxes."""
MAX_FIELDS = 2_500
KNOCKS, KNOCK_TIME = 60, timedelta(minutes=10)
"""Attempts to log in from one address, whatever the names: a password is costly to look at, and an office has few administrators."""
FILE = 10 * 1024 * 1024
"""Bytes of an uploaded file."""
SWALLOWED = 128 * 1024 * 1024
"""Bytes of a file that is too large and yet read to its end: a browser shows no answer to what it could not finish sending."""


class Fields(Mapping[str, str]):
    """The fields of a form; of a repeated one the last, and all of them by `all`."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs, self._last = tuple(pairs), dict(pairs)

    def __getitem__(self, name: str) -> str:
        return self._last[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def all(self, name: str) -> list[str]:
        """Every value of a field, in order."""
        return [value for key, value in self._pairs if key == name]


async def read(request: Request, limit: int) -> bytes:
    """The whole body. Raises HTTPException 413 as soon as it is known to exceed `limit` bytes, announced or not."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise HTTPException(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413)
    return bytes(body)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form with a file. `name` is what the browser calls it: shown, never a path; `too_big`: it exceeds FILE, and nothing was kept."""

    fields: Fields
    name: str = ""
    content: bytes = b""
    too_big: bool = False


async def genuine_file(request: Request) -> Sent:
    """The fields and the file of a form of ours. Raises as `genuine_form` does, or HTTPException 413 far beyond any limit."""
    visit = state.logged_in(request)
    body = await _beginning(request, FILE + FORM)
    if body is None:
        return Sent(Fields(()), too_big=True)
    fields, name, content = await _parts(request, body)
    state.cookies(request).require_form_token(visit, fields.get("token", ""))
    return Sent(fields, name, content, len(content) > FILE)


async def _beginning(request: Request, limit: int) -> bytes | None:
    """The whole body; None if it is longer, in which case the rest was read and thrown away."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > SWALLOWED:
        raise HTTPException(413)
    body, length = bytearray(), 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > SWALLOWED:
            raise HTTPException(413)
        if length <= limit:
            body += chunk
    return bytes(body) if length <= limit else None


async def _parts(request: Request, body: bytes) -> tuple[Fields, str, bytes]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(400)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parsed = await MultiPartParser(request.headers, stream(), max_files=1, max_fields=20).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise HTTPException(400) from error
    texts = [(name, value) for name, value in parsed.multi_items() if isinstance(value, str)]
    file = next((value for _, value in parsed.multi_items() if isinstance(value, UploadFile)), None)
    content = await file.read() if file else b""
    await parsed.close()
    return Fields(texts), (file.filename or "") if file else "", content


async def form(request: Request) -> Fields:
    """The fields of a url-encoded form. Raises HTTPException 400 for anything else."""
    body = await read(request, FORM)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(400)
    try:
        return Fields(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"))
    except ValueError as error:
        raise HTTPException(400) from error


async def genuine_form(request: Request) -> Fields:
    """The fields of a form of ours, for people who are logged in. Raises LoginNeeded, PasswordNeeded, Forged, or as `form` does."""
    visit = state.logged_in(request)
    fields = await form(request)
    state.cookies(request).require_form_token(visit, fields.get("token", ""))
    return fields


async def door_form(request: Request) -> Fields:
    """The fields of the form at the door, before anybody is logged in. Raises Forged, HTTPException 429, or as `form` does."""
    fields = await form(request)
    state.cookies(request).require_door_token(request.cookies, fields.get("token", ""))
    if not request.app.state.knocks.free(request.client.host if request.client else "", state.house(request).now()):
        raise HTTPException(429)
    return fields


Genuine = Annotated[Fields, Depends(genuine_form)]
"""What a handler of a form takes: its fields, once they are known to come from a page of ours."""

File = Annotated[Sent, Depends(genuine_file)]
"""The same for a form with a file."""
