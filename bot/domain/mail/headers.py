"""Header fields as they came: bytes, folded, with encoded words that were cut in the middle of a character.

RFC 2047 and RFC 2231 as Chinese mail programs break them. Nothing here raises.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from bot.domain.mail import charset

Headers = Mapping[str, tuple[bytes, ...]]
"""Field values by lower-case name, in order, unfolded."""

LONGEST: Final = 64_000
"""Bytes of one field that are looked at."""
_WORD: Final = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+(?:\?(?!=)[^?]*+)*+)\?=")
_MESSAGE_ID: Final = re.compile(r"<([^<>\s]{1,900})>")
_QUOTED: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_ANGLE: Final = re.compile(r"<\s*([^<>\s@]{1,100}@[^<>\s@]{1,200})\s*>")
_BARE: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,100}@[A-Za-z0-9.-]{1,200}")
_PARAMETER: Final = re.compile(rb';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*+"?|[^;]*)', re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def words(raw: bytes) -> str:
    """The value in words: encoded ones decoded, neighbours of one character set joined as bytes before, raw bytes guessed."""
    raw = raw[:LONGEST]
    found: list[str] = []
    at = 0
    for start, end, text in _runs(raw):
        found += [charset.decode(raw[at:start]), text]
        at = end
    return " ".join("".join([*found, charset.decode(raw[at:])]).split())


def _runs(raw: bytes) -> Iterator[tuple[int, int, str]]:
    """Each run of encoded words that belong together: where it stands, and what it says."""
    run: list[re.Match[bytes]] = []
    for word in _WORD.finditer(raw):
        if run and raw[run[-1].end() : word.start()].strip():
            yield run[0].start(), run[-1].end(), _run(run)
            run = []
        run.append(word)
    if run:
        yield run[0].start(), run[-1].end(), _run(run)


def _run(run: list[re.Match[bytes]]) -> str:
    said, at = "", 0
    while at < len(run):
        alike = [run[at]]
        while at + len(alike) < len(run) and _kind(run[at + len(alike)]) == _kind(run[at]):
            alike.append(run[at + len(alike)])
        said += charset.decode(_bytes(alike), run[at][1].decode("ascii", "replace"))
        at += len(alike)
    return said


def _kind(word: re.Match[bytes]) -> tuple[bytes, bytes]:
    return word[1].lower().partition(b"*")[0], word[2].lower()


def _bytes(alike: list[re.Match[bytes]]) -> bytes:
    texts = [word[3] for word in alike]
    if alike[0][2] in b"qQ":
        return b"".join(binascii.a2b_qp(text.replace(b"\n", b""), header=True) for text in texts)
    if any(len(b"".join(text.split())) % 4 for text in texts[:-1]):
        return base64_bytes(b"".join(texts))  # cut by length, not by word
    return b"".join(base64_bytes(text) for text in texts)


def base64_bytes(text: bytes) -> bytes:
    """Base64 as far as it goes: strange bytes skipped, a missing end forgiven."""
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def first(headers: Headers, name: str) -> bytes:
    """The first field of this name, empty for none."""
    return next(iter(headers.get(name, ())), b"")


def address(raw: bytes) -> str:
    """The first mailbox of an address field in lower case, empty for none. A name that looks like a mailbox is not taken for it."""
    bare = _QUOTED.sub(b'""', raw[:LONGEST])
    for text in (charset.decode(_WORD.sub(b" ", bare)), words(bare), words(raw)):
        found = _ANGLE.search(text) or _BARE.search(text)
        if found:
            return (found[1] if found.re is _ANGLE else found[0]).strip("'\".,;").lower()
    return ""


def message_ids(raw: bytes) -> tuple[str, ...]:
    """Every Message-ID in the value with its angle brackets; adjacent ones need no blank between them."""
    return tuple(dict.fromkeys(f"<{found}>" for found in _MESSAGE_ID.findall(charset.decode(raw[:LONGEST]))))


def date(raw: bytes) -> datetime | None:
    """The instant in UTC, None if there is none to be made out."""
    try:
        at = parsedate_to_datetime(charset.decode(raw[:200]))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def value(raw: bytes) -> str:
    """The value before its parameters, in lower case."""
    return charset.decode(raw[:200]).partition(";")[0].strip().lower()


def parameters(raw: bytes) -> dict[str, str]:
    """The parameters of a field in lower-case names: RFC 2231 pieces put together, encoded words and raw bytes decoded."""
    plain: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, given in _PARAMETER.findall(raw[:LONGEST]):
        key, star, rest = name.decode("ascii", "replace").lower().partition("*")
        if not star:
            plain.setdefault(key, _unquoted(given))
        else:
            number = rest.rstrip("*")
            extended = not rest or rest.endswith("*")
            pieces.setdefault(key, {})[int(number) if number.isdecimal() and len(number) < 4 else 0] = (_unquoted(given), extended)
    said = {key: words(given) for key, given in plain.items()}
    return said | {key: _joined(parts) for key, parts in pieces.items()}


def _joined(parts: Mapping[int, tuple[bytes, bool]]) -> str:
    ordered = [parts[number] for number in sorted(parts)]
    declared = ""
    head, extended = ordered[0]
    if extended and head.count(b"'") >= 2:
        name, _, head = head.split(b"'", 2)
        declared = name.decode("ascii", "replace")
    elif extended and (loose := re.match(rb"(utf-8|gbk|gb2312|gb18030)(?=%)", head, re.IGNORECASE)):
        declared, head = loose[1].decode(), head[loose.end() :]  # the quotes were forgotten
    raw = b"".join(unquote_to_bytes(part) if coded else part for part, coded in [(head, extended), *ordered[1:]])
    return charset.decode(raw, declared)


def _unquoted(given: bytes) -> bytes:
    given = given.strip()
    return re.sub(rb"\\(.)", rb"\1", given.strip(b'"')) if given.startswith(b'"') else given


def file_name(said: str) -> str:
    """What the sender called a file, as one line without a path, at most 200 characters."""
    if re.search(r"%[0-9A-Fa-f]{2}", said):
        said = charset.decode(unquote_to_bytes(said.encode("utf-8", "replace")))
    said = unicodedata.normalize("NFC", _CONTROL.sub("", said))
    return re.split(r"[\\/]", said)[-1].strip().strip("\"'")[-200:]
