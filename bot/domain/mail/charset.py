"""Bytes to words when the declared character set may be wrong, missing or unheard of.

What Chinese mail really does (RFC 2046 notwithstanding): "gb2312" means GB18030, "iso-8859-1" and "us-ascii" stand over GB bytes,
"gb2312" and "big5" over UTF-8, and many headers hold raw bytes without any declaration.
"""

import codecs
import re
from typing import Final

GB: Final = "gb18030"
_ALIASES: Final = dict.fromkeys(
    ("gb2312", "gb_2312-80", "gb2312-80", "euc-cn", "gbk", "x-gbk", "cp936", "ms936", "windows-936", "gb18030", "gb-18030", "chinese"), GB
) | {
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-utf-8": "utf-8",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-big5": "big5hkscs",
    "cp950": "cp950",
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
}
_NOT_TEXT: Final = frozenset({"base64", "hex", "quopri", "uu", "bz2", "zip", "rot13", "punycode", "idna", "undefined"})
"""Codecs of Python that are no character sets; some would unpack a bomb."""
_STATEFUL: Final = re.compile(r"hz|utf-?7|iso-?2022|utf-?16|utf-?32")
"""Character sets whose bytes may all be below 128 and yet be no ASCII."""
_EASTERN: Final = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_PAIRS: Final = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*+")
_BETTER: Final = 0.3
"""By so much must the share of everyday characters grow before another reading beats the declared one."""
_ENOUGH: Final = 8192
"""Bytes looked at when readings are compared."""


def decode(raw: bytes, declared: str = "") -> str:
    """`raw` in words. Never raises: what fits no character set becomes U+FFFD."""
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "utf-16", "replace")
    name = known(declared)
    if raw.isascii() and not (name and _STATEFUL.match(name)):
        return raw.decode("ascii")
    told = _strict(raw, name) if name else None
    if told is not None and name and _STATEFUL.match(name):
        return told.encode("utf-8", "replace").decode()  # UTF-7 can spell halves of a pair
    return _best(raw, name, told)


def known(declared: str) -> str:
    """Python's name for a declared character set; empty if it has none."""
    name = declared.strip().strip("\"'").lower().partition("*")[0]
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return "" if found in _NOT_TEXT else name


def _strict(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (ValueError, LookupError):
        return None


def _best(raw: bytes, name: str, told: str | None) -> str:
    """UTF-8 proves itself by being valid; everything else is judged by how ordinary the words look."""
    utf8 = _strict(raw, "utf-8")
    if utf8 is not None and (told is None or name == "utf-8" or _EASTERN.search(utf8) or not _is_eastern(name)):
        return utf8
    if told is not None and name not in (GB, "big5hkscs", "cp950"):
        return _over_one_byte_set(raw, told)
    readings = {each: _strict(raw, each) for each in (GB, "big5hkscs")}
    marks = {each: _ordinary(words, each) for each, words in readings.items() if words is not None}
    if not marks:
        return _least_broken(raw, name)
    first = GB if name not in marks else name
    best = max(marks, key=lambda each: marks[each] + (_BETTER if each == first else 0.0))
    return readings[best] or ""


def _is_eastern(name: str) -> bool:
    return name in (GB, "big5hkscs", "cp950", "cp949", "cp932")


def _over_one_byte_set(raw: bytes, told: str) -> str:
    """A western declaration over bytes that come in pairs only is a wrong one."""
    if _EASTERN.search(told):
        return told
    paired = _PAIRS.fullmatch(raw)
    return (_strict(raw, GB) if paired else None) or told


def _ordinary(words: str, name: str) -> float:
    """The share of everyday characters among those that are no ASCII: the first level of the standard and its punctuation."""
    strange = [char for char in words[:_ENOUGH] if char > "\x7f"]
    low, high = (0xB0, 0xD7) if name == GB else (0xA4, 0xC6)
    lead = [_lead(char, "gb2312" if name == GB else "big5") for char in strange]
    return sum(low <= byte <= high or 0xA1 <= byte <= 0xA3 for byte in lead) / max(len(strange), 1)


def _lead(char: str, name: str) -> int:
    try:
        return char.encode(name)[0]
    except ValueError:
        return 0


def _least_broken(raw: bytes, name: str) -> str:
    """Cut or damaged: the reading with the fewest holes, the declared one if they are even."""
    names = dict.fromkeys(each for each in (name, "utf-8", GB) if each)
    return min((raw.decode(each, "replace") for each in names), key=lambda words: words.count("\ufffd"))
