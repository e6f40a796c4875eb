"""Ladders as text, so that an administrator can write one and an obligation can carry it.

The grammar: rungs joined by commas, each `KEY[@HH:MM][!]`::

    first    the first notice, as soon as it may go
    T-N      N workdays before the day we aim for (T0am, T0pm, T0: on that day)
    L+N      N workdays after the last day that is on time
    @HH:MM   at another hour of Shanghai than the usual one
    !        prepared only: goes when an administrator releases it

Who is spoken to follows from where a rung stands: far before the day the group, then the contact, then the substitute too, the
leader, and at last the unit above. The last overdue rung drafts the circular. The names of `ladder.LADDERS` are texts too.
"""

import re
from dataclasses import replace
from datetime import time
from functools import lru_cache

from bot.domain import ladder
from bot.domain.errors import LadderError
from bot.domain.ladder import Anchor, Ladder, Release, Rung
from bot.domain.windows import DEFAULT, Windows
from bot.domain.words import MessageKind, Role

LONGEST = 60
"""Characters of a ladder: what an obligation has room for."""
GRAMMAR = "first、T-5、T-3、T-1、T0am、T0pm、L+1、L+3!、L+5!；@16:10 另定钟点，! 表示要人工放行"
"""How a ladder may be written, as shown in errors and help."""
AFTERNOON = time(14, 20)
GROUP_FROM, LEADER_FROM, SUPERIOR_FROM = 8, 3, 5
"""Workdays: before the day from which on only the group is told; after it from which on the leader, and the unit above."""

_RUNG = re.compile(r"(?:(first)|T-([1-9]\d{0,2})|T0(am|pm)?|L\+([1-9]\d{0,2}))(?:@(\d{2}):(\d{2}))?(!)?")
_FULL_WIDTH = str.maketrans({"，": ",", "、": ",", "；": ",", ";": ",", "：": ":", "！": "!", "＠": "@", "＋": "+", "－": "-"})


def named(text: str) -> Ladder:
    """The ladder an obligation carries: one of the house's by its name, or the one that is written out. Raises LadderError."""
    return ladder.LADDERS.get(text) or _written(text)


def checked(text: str, windows: Windows = DEFAULT) -> Ladder:
    """The ladder that somebody typed, if every rung of it can fire. Raises LadderError with the place or the reason."""
    found = named(tidy(text))
    ladder.check_ladder(found, windows)
    return found


def tidy(text: str) -> str:
    """The text as it is kept: without blanks, with plain punctuation."""
    return "".join(text.translate(_FULL_WIDTH).split())


@lru_cache(maxsize=256)
def _written(text: str) -> Ladder:
    if len(text) > LONGEST:
        raise LadderError(f"梯次写了 {len(text)} 个字符，最多 {LONGEST} 个，请减少几级")
    rungs, place = [], 0
    for part in text.split(","):
        rungs.append(_rung(text, part, place))
        place += len(part) + 1
    overdue = [number for number, rung in enumerate(rungs) if rung.anchor is Anchor.LIMIT]
    if overdue:
        rungs[overdue[-1]] = replace(rungs[overdue[-1]], drafts_bulletin=True)
    return Ladder(text, tuple(rungs))


def _rung(text: str, part: str, place: int) -> Rung:
    found = _RUNG.fullmatch(part)
    if not found:
        raise LadderError(f"梯次“{text}”第 {place + 1} 个字符起的“{part}”无法识别。可用写法：{GRAMMAR}")
    first, before, half, after, hour, minute, click = found.groups()
    if hour and not (int(hour) < 24 and int(minute) < 60):
        raise LadderError(f"梯次“{text}”第 {place + 1} 个字符起的“{part}”：没有 {hour}:{minute} 这个钟点")
    usual = AFTERNOON if half == "pm" else ladder.MORNING
    at = time(int(hour), int(minute)) if hour else usual
    key, release = part.partition("@")[0].rstrip("!"), Release.CLICK if click else Release.AUTO
    if first:
        return Rung(ladder.FIRST, Anchor.PUBLICATION, 0, at, (Role.PRIMARY, Role.GROUP), MessageKind.FIRST_NOTICE, release)
    anchor, offset = (Anchor.LIMIT, int(after)) if after else (Anchor.TARGET, -int(before or 0))
    roles, kind = _to(anchor, offset)
    return Rung(key, anchor, offset, at, roles, kind, release)


def _to(anchor: Anchor, offset: int) -> tuple[tuple[Role, ...], MessageKind]:
    if anchor is Anchor.TARGET:
        return ((Role.GROUP,), MessageKind.GROUP_NOTICE) if -offset >= GROUP_FROM else ((Role.PRIMARY,), MessageKind.REMINDER)
    if offset >= SUPERIOR_FROM:
        return (Role.SUPERIOR,), MessageKind.ESCALATION
    if offset >= LEADER_FROM:
        return (Role.LEADER,), MessageKind.ESCALATION
    return (Role.PRIMARY, Role.SUBSTITUTE), MessageKind.OVERDUE
