"""WeCom's error codes and what each means for the outbox.

Read on 2026-11-23: developer.work.weixin.qq.com /document/path/99110 (group robot), 91039 (token), 90236 (sending),
90312 (frequencies), 90313 (list of codes). The vendor says to judge by the code and never by the text.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.channels.errcode import Verdict
from bot.domain.words import FailureKind

BASE_URL: Final = "https://qyapi.weixin.qq.com"

MINUTE_BLOCK: Final = timedelta(seconds=60)
"""Whoever breaks a limit per minute is blocked this long (path/90312, read 2026-11-23)."""

TOKEN_ENDED: Final = frozenset({40014, 42001, 41001})
"""The token is invalid, expired or missing: drop it, fetch one, repeat the call once (path/91039, read 2026-11-23)."""


def _all(kind: FailureKind, *codes: int) -> dict[int, Verdict]:
    return dict.fromkeys(codes, Verdict(kind))


CODES: Final[Mapping[int, Verdict]] = {
    -1: Verdict(FailureKind.TRANSIENT),  # system busy
    45009: Verdict(FailureKind.THROTTLED, MINUTE_BLOCK),  # frequency: the message was not delivered
    45033: Verdict(FailureKind.THROTTLED, timedelta(seconds=1)),  # one call at a time per key
    # 93000 wrong key or removed, 93001 no push, 93004 disabled, 93006 bad chat, 93008 not in the group, 93019 bad robot
    **_all(FailureKind.CREDENTIAL_BAD, 93000, 93001, 93004, 93006, 93008, 93019),
    # 40001 40091 secret, 40013 corpid, 40056 41011 agentid, 48002 no permission, 50003 app disabled, 301002 no right, 60020 caller's IP
    **_all(FailureKind.CREDENTIAL_BAD, 40001, 40091, 40013, 40056, 41011, 48002, 50003, 301002, 60020),
    # 40003 bad userid, 60111 no such user, 60011 out of reach, 81013 82001 nobody valid among the recipients
    **_all(FailureKind.ADDRESS_BAD, 40003, 60111, 60011, 81013, 82001),
    # 40008 message type, 40058 too long, 40063 empty parameter, 44004 93017 empty, 45002 too large, 47001 no JSON
    **_all(FailureKind.CONTENT_BAD, 40008, 40058, 40063, 44004, 45002, 47001, 93017),
    # 40007 media_id, 40009 size, 42014..42018 name or buttons of a card, 45008 articles, 93018 picture
    **_all(FailureKind.CONTENT_BAD, 40007, 40009, 42014, 42015, 42016, 42017, 42018, 45008, 93018),
    43012: Verdict(FailureKind.CREDENTIAL_BAD),  # a card with buttons by an application without a callback address
    **_all(FailureKind.TRANSIENT, *TOKEN_ENDED),  # even after a fresh one: the platform has not caught up with itself
}
