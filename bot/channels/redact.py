"""Keeps secrets and telephone numbers out of logs and out of the words of an error (DESIGN 5.12).

The robots' keys stand in URLs, and httpx logs every URL at INFO: wiring installs `redact` as a filter on every handler.
"""

import logging
import re
from typing import Final

STARS: Final = "***"
LONGEST: Final = 200
"""Characters of a platform's own words that are kept."""

SHORT: Final = 8
"""Values of fewer characters are words, longer ones are keys."""

_IN_URL: Final = re.compile(
    r"([?&](?:key|access_token|sign|session|corpsecret|msg_signature|echostr|ticket|token|secret|timestamp|nonce)=)[^&\s\"'<>)]+"
)
_IN_PATH: Final = re.compile(r"((?:/open-apis/bot/v2/hook|/login|/r)/)[^/\s\"'<>?)]+")
_BY_NAME: Final = re.compile(
    r"(?i)\b((?:access_?token|corp_?secret|app_?secret|client_?secret|secret|password)[\"']?\s*[:=]\s*[\"']?)[^&\s\"',;})\]]+"
)
_BEARER: Final = re.compile(r"(?i)(x-acs-dingtalk-access-token\W{1,4}(?:b['\"])?|\bbearer\s+)[\w.~+/=-]+")
_MOBILE: Final = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def hide(text: str, *values: str) -> str:
    """`text` on one line without the given values, without anything that looks like a key, cut to `LONGEST` characters.

    Short values count as whole words only: the member `u1` is not taken out of the middle of a sentence.
    """
    for value in sorted((value for value in values if value), key=len, reverse=True):
        pattern = re.escape(value) if len(value) >= SHORT else rf"(?<!\w){re.escape(value)}(?!\w)"
        text = re.sub(pattern, STARS, text, flags=re.IGNORECASE)
    return _clean(" ".join(text.split()))[:LONGEST]


def redact(record: logging.LogRecord) -> bool:
    """A logging filter: rewrites the record without keys, signatures and telephone numbers, traceback included; drops nothing."""
    record.msg, record.args = _clean(record.getMessage()), None
    if record.exc_info and not record.exc_text:
        record.exc_text = logging.Formatter().formatException(record.exc_info)
    if record.exc_text:
        record.exc_text = _clean(record.exc_text)
    return True


def _clean(text: str) -> str:
    for pattern in (_IN_URL, _IN_PATH, _BY_NAME, _BEARER):
        text = pattern.sub(rf"\1{STARS}", text)
    return _MOBILE.sub(r"\1****\2", text)
