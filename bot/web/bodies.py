"""Request bodies, read with a limit: nobody can make the process hold more than it wants to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request

from bot.web import state

FORM = 64 * 1024
"""Bytes a form of ours may have: some lines of text, or some thousand ticked boxes."""
MAX_FIELDS = 2_500
KNOCKS, KNOCK_TIME = 60, timedelta(minutes=10)
"""Attempts to log in from one address, whatever the names: a password is costly to look at, and an office has few administrators."""


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
