"""Mails within other wrappings: Outlook's winmail.dat (MS-OXTNEF) and signed S/MIME (RFC 8551). Encrypted ones stay shut."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.domain.inbound import Attachment
from bot.domain.mail import charset, headers

TNEF: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURE: Final = 0x223E9F78
_BODY, _TITLE, _DATA, _NEXT, _CODE_PAGE, _PROPERTIES = 0x2800C, 0x18010, 0x6800F, 0x69002, 0x69007, 0x69005
_MOST: Final = 500
_CHUNK: Final = 0x04
"""The tag of an octet string in BER."""


@dataclass(slots=True)
class Opened:
    """What was in a winmail.dat."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)


def opened(raw: bytes) -> Opened | None:
    """The text and the files in a winmail.dat; None if it is none or broken from the start. A broken end is left out."""
    found = Opened()
    if len(raw) < 6 or struct.unpack_from("<I", raw)[0] != _SIGNATURE:
        return None
    page, title, data = "", b"", b""
    for number, value in _attributes(raw):
        if number == _CODE_PAGE and len(value) >= 4:
            page = f"cp{struct.unpack_from('<I', value)[0]}"
        elif number == _BODY:
            found.text = charset.decode(value.rstrip(b"\0"), page)
        elif number == _NEXT:
            _put(found, title, data, page)
            title, data = b"", b""
        elif number == _TITLE:
            title = value.rstrip(b"\0")
        elif number == _DATA:
            data = value
        elif number == _PROPERTIES:
            title = _long_name(value) or title
    _put(found, title, data, page)
    return found


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    for _ in range(_MOST):
        if at + 9 > len(raw):
            return
        _, number, length = struct.unpack_from("<BII", raw, at)
        value = raw[at + 9 : at + 9 + length]
        if len(value) < length:
            return
        yield number, value
        at += 9 + length + 2


def _put(found: Opened, title: bytes, data: bytes, page: str) -> None:
    if data:
        name = headers.file_name(charset.decode(title, page)) or f"attachment-{len(found.attachments) + 1}"
        found.attachments.append(Attachment(name, "application/octet-stream", data))


def _long_name(properties: bytes) -> bytes:
    """PR_ATTACH_LONG_FILENAME as Unicode: the short title is cut to eight characters and three."""
    at = properties.find(b"\x1f\x00\x07\x37\x01\x00\x00\x00")
    if at < 0 or at + 12 > len(properties):
        return b""
    length = struct.unpack_from("<I", properties, at + 8)[0]
    return properties[at + 12 : at + 12 + min(length, 1000)].decode("utf-16-le", "ignore").rstrip("\0").encode()


def signed(raw: bytes) -> bytes | None:
    """The mail within opaque signed data; None if there is none in the clear. The signature is not judged here."""
    start = raw.find(b"Content-Type:", 0, 4096)
    if start < 0:
        return None
    for width in (2, 3, 4, 6):
        if start >= width and raw[start - width] == _CHUNK and (length := _length(raw[start - width + 1 : start])) is not None:
            return _chunks(raw, start, length)
    return None


def _chunks(raw: bytes, at: int, length: int) -> bytes:
    """This octet string, and those that follow it directly: long content comes in several."""
    found = [raw[at : at + length]]
    at += length
    while raw[at : at + 1] == bytes([_CHUNK]) and len(found) < 100_000:
        size = raw[at + 1] & 0x7F if len(raw) > at + 1 and raw[at + 1] & 0x80 else 0
        long = _length(raw[at + 1 : at + 2 + size])
        if long is None:
            break
        found.append(raw[at + 2 + size : at + 2 + size + long])
        at += 2 + size + long
    return b"".join(found)


def _length(coded: bytes) -> int | None:
    """A definite length in BER; None if it is none."""
    if len(coded) == 1 and coded[0] < 0x80:
        return coded[0]
    if len(coded) > 1 and coded[0] == 0x80 + len(coded) - 1:
        return int.from_bytes(coded[1:], "big")
    return None
