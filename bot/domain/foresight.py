"""What a rehearsal warns of before anything is sent for real (PROMISES B14): rungs that never fire, walls that would be hit, burden."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from bot.domain import ladder, quotas
from bot.domain.ladder import DeadReason

_RUNG = re.compile(r"([TL])([+-]?)(\d+)(am|pm)?")
_DEAD = {
    DeadReason.BEFORE_PUBLICATION: "早于通知发布，由首次通知代替",
    DeadReason.WITH_FIRST_NOTICE: "与首次通知同日，并入其中",
    DeadReason.OVERTAKEN: "被同时或更早到来的下一梯次取代",
    DeadReason.AFTER_CLOSING: "晚于停止接收的时刻",
}
_HALVES = {"am": "上午", "pm": "下午", None: ""}


@dataclass(frozen=True, slots=True)
class Sending:
    """One message as far as burden and walls are concerned. `person` is empty for a group. `calls` are those it costs: one a part,
    none for a message that goes along in another's call.
    """

    day: date
    channel: str
    person: str
    answer: bool
    last_day: bool
    calls: int = 1


def rung_word(key: str) -> str:
    """A rung as people say it: `T-3` is 截止前3个工作日, `L+1` 逾期第1个工作日; a task's own rung says the same."""
    key = key.partition("@")[0]
    if key == "first":
        return "首次通知"
    if key == "promise":
        return "承诺日跟进"
    if key.startswith(ladder.AT_ONCE):
        return "立即催报"
    found = _RUNG.fullmatch(key)
    if not found:
        return key
    anchor, sign, number, half = found.groups()
    if number == "0":
        return f"截止日{_HALVES[half]}"
    if anchor == "L":
        return f"逾期第{number}个工作日"
    return f"截止{'前' if sign == '-' else '后'}{number}个工作日"


def dead_rung(what: str, period: str, rung: str, reason: DeadReason) -> str:
    """A rung that cannot fire in one period, and why."""
    return f"{what}（{period}）：梯次“{rung_word(rung)}”不会触发，{_DEAD[reason]}"


def walls(sendings: Iterable[Sending], heard: Iterable[tuple[date, str]], per_month: Mapping[str, int]) -> list[str]:
    """Monthly walls of the platforms (0: none known) that these messages come near (four fifths) or hit.

    `heard` are the days and channels of what people will say: some platforms count that too (`quotas.PUSHED`).
    """
    calls: Counter[tuple[str, date]] = Counter()
    for sending in sendings:
        calls[sending.channel, sending.day] += sending.calls
    for day, channel in heard:
        calls[quotas.PUSHED.get(channel, ""), day] += 1
    months = sorted({(channel, day.replace(day=1)) for channel, day in calls if per_month.get(channel, 0)})
    return [warning for channel, month in months if (warning := _wall(channel, month, calls, per_month[channel]))]


def _wall(channel: str, month: date, calls: Mapping[tuple[str, date], int], wall: int) -> str:
    days = sorted((day, number) for (of, day), number in calls.items() if of == channel and day.replace(day=1) == month)
    total = list(accumulate(number for _, number in days))
    if total[-1] * 5 < wall * 4:
        return ""
    hit = next((f"，{day} 用完" for (day, _), used in zip(days, total, strict=True) if used > wall), "")
    return f"渠道 {channel} 在 {month:%Y-%m} 将用 {total[-1]} 次，平台每月限 {wall} 次{hit}"


def burden(sendings: Iterable[Sending]) -> list[str]:
    """Persons who would be written to more than once on one day, answers and last days apart (PROMISES B12)."""
    counts = Counter(
        (sending.person, sending.day) for sending in sendings if sending.person and not sending.answer and not sending.last_day
    )
    return [f"{person} 在 {day} 会收到 {count} 条催报，超过每人每日一条" for (person, day), count in sorted(counts.items()) if count > 1]
