"""A mail in its parts (RFC 2045, 2046), read so that nothing in it can cost more than its length.

The parser of the standard library nests one generator in another for each level and asks every open level about every line; a mail made for
the purpose would keep it busy for hours. This one looks at each byte once a level, and levels and parts are bounded.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.domain.mail import charset, headers
from bot.domain.mail.headers import Headers

MOST_BYTES: Final = 60_000_000
"""What is longer is cut: no provider takes mails beyond 50 MB."""
MOST_LEVELS: Final = 12
MOST_PARTS: Final = 500
_HEAD_BYTES: Final = 1_000_000
_FIELD: Final = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]*+")
_LINES_LOOKED_AT: Final = 4096


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf or a branch. `content` is decoded (of a branch: as it came); `media_type` is what it claims to be, in lower case."""

    headers: Headers
    media_type: str
    parameters: dict[str, str]
    content: bytes
    parts: tuple["Part", ...] = ()

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, or empty."""
        return headers.value(headers.first(self.headers, "content-disposition"))

    @property
    def name(self) -> str:
        """What the sender called the file, empty for none."""
        disposed = headers.parameters(headers.first(self.headers, "content-disposition"))
        return headers.file_name(disposed.get("filename") or self.parameters.get("name", ""))

    @property
    def words(self) -> str:
        """The content in words."""
        return charset.decode(self.content, self.parameters.get("charset", ""))

    def walk(self) -> Iterator["Part"]:
        """This one and everything below it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()


class _Budget:
    def __init__(self) -> None:
        self.parts = MOST_PARTS


def parse(raw: bytes) -> Part:
    """The whole mail. Never raises."""
    raw = raw[:MOST_BYTES].lstrip(b"\r\n")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")  # saved by a program of another age
    return _part(raw, 0, _Budget(), "text/plain")


def _part(raw: bytes, level: int, budget: _Budget, usual: str) -> Part:
    fields, body = split(raw)
    kind = headers.first(fields, "content-type")
    media_type = headers.value(kind)
    media_type = media_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media_type) else usual
    parameters = headers.parameters(kind)
    if media_type.startswith("multipart/") and level < MOST_LEVELS:
        below = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        parts = tuple(_part(piece, level + 1, budget, below) for piece in _pieces(body, parameters.get("boundary", ""), budget))
        if parts:
            return Part(fields, media_type, parameters, body, parts)
        media_type = "text/plain"
    return Part(fields, media_type, parameters, _decoded(body, headers.first(fields, "content-transfer-encoding")))


def split(raw: bytes) -> tuple[dict[str, tuple[bytes, ...]], bytes]:
    """Header fields and what follows them. A line that is no field is passed over if fields go on after it."""
    fields: dict[str, list[bytes]] = {}
    last: list[bytes] = []
    at = 0
    while at < min(len(raw), _HEAD_BYTES):
        end = raw.find(b"\n", at) + 1 or len(raw)
        line = raw[at:end].rstrip(b"\r\n")
        if not line.strip():
            return _settled(fields), raw[end:]
        if line[:1] in b" \t" and last:
            last[-1] += b" " + line.strip()
        elif field := _FIELD.fullmatch(line):
            last = fields.setdefault(field[1].decode("ascii").lower(), [])
            last.append(field[2].strip())
        elif not _goes_on(raw, end, fields):
            return _settled(fields), raw[at:]
        at = end
    return _settled(fields), raw[at:]


def _settled(fields: dict[str, list[bytes]]) -> dict[str, tuple[bytes, ...]]:
    return {name: tuple(values) for name, values in fields.items()}


def _goes_on(raw: bytes, at: int, fields: dict[str, list[bytes]]) -> bool:
    """Whether the next line is a field again; the mark of a mailbox file stands before all fields."""
    end = raw.find(b"\n", at)
    following = raw[at : end if end >= 0 else len(raw)].rstrip(b"\r")
    return _FIELD.fullmatch(following) is not None and (bool(fields) or b"-" in following.partition(b":")[0] or raw.startswith(b"From "))


def _pieces(body: bytes, boundary: str, budget: _Budget) -> Iterator[bytes]:
    """What stands between the boundaries; if the end is missing, up to the end."""
    mark = boundary.rstrip().encode("utf-8", "replace") or _guessed(body)
    if not mark:
        return
    lines = re.compile(rb"^--" + re.escape(mark) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    start: int | None = None
    for line in lines.finditer(body):
        if start is not None and budget.parts > 0:
            budget.parts -= 1
            yield body[start : line.start()].removesuffix(b"\n").removesuffix(b"\r")
        start = line.end() + 1
        if line[1]:
            return
    if start is not None and budget.parts > 0 and body[start:].strip():
        budget.parts -= 1
        yield body[start:]


def _guessed(body: bytes) -> bytes:
    found = re.search(rb"^--([^\r\n]{1,70})\r?\n[Cc]ontent-", body[:_HEAD_BYTES], re.MULTILINE)
    return found[1].strip() if found else b""


def _decoded(body: bytes, encoding: bytes) -> bytes:
    name = headers.value(encoding)
    if name == "base64":
        return _from_base64(body)
    if name == "quoted-printable":
        return binascii.a2b_qp(body)
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _from_uuencode(body)
    return body


def _from_base64(body: bytes) -> bytes:
    """What claims to be base64 and is none is taken as it stands; a footer that a list server hung on is left out."""
    if not _BASE64.fullmatch(body[:_LINES_LOOKED_AT]):
        coded = re.split(rb"\r?\n\r?\n", body.lstrip(), maxsplit=1)[0]
        if not _BASE64.fullmatch(coded[:_LINES_LOOKED_AT]) or not coded.strip():
            return body
        body = coded
    return headers.base64_bytes(body)


def _from_uuencode(body: bytes) -> bytes:
    found = bytearray()
    for line in body.splitlines():
        if line.startswith(b"begin ") or not line.strip():
            continue
        if line.strip() == b"end":
            break
        try:
            found += binascii.a2b_uu(line)
        except binascii.Error:
            continue
    return bytes(found)
