"""Request bodies, read with a limit: nobody can make the process hold more than it wants to."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

from bot.web import state

FORM = 16 * 1024
"""Bytes a form of ours may have: a line of text and a few words."""
MAX_FIELDS = 20


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


async def form(request: Request) -> Mapping[str, str]:
    """The fields of a url-encoded form; of a repeated one the last. Raises HTTPException 400 for anything else."""
    body = await read(request, FORM)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(400)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"))
    except ValueError as error:
        raise HTTPException(400) from error


async def genuine_form(request: Request) -> Mapping[str, str]:
    """The fields of a form of ours, for people who are logged in. Raises LoginNeeded, Forged, or as `form` does."""
    session = state.logged_in(request)
    fields = await form(request)
    state.sessions(request).require_form_token(session, fields.get("token", ""))
    return fields
