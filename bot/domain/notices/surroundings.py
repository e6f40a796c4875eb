"""What the words around a time say about it: how often, in which year, after which other day."""

import re
from datetime import date
from typing import Final

from bot.domain import rules
from bot.domain.notices.binding import Bound
from bot.domain.notices.mentions import Days, Mention, Recurring, Weekdays
from bot.domain.notices.resolve import Context, Frequency
from bot.domain.notices.sentences import Sentence

_FREQUENCIES: Final = (
    (Frequency.HALF, re.compile(r"每一?个?半年|按半年|逐半年"), re.compile(r"半年报|半年度(?:报|总结|情况|分析)")),
    (
        Frequency.QUARTER,
        re.compile(r"每一?个?季|按季|逐季|各季"),
        re.compile(r"季报|季度(?:报|快报|分析|总结|统计|财务|小结|汇总|情况|工作|数据)|季[^,。;、]{0,4}报表|当季|本季"),
    ),
    (
        Frequency.MONTH,
        re.compile(r"每一?个?月|按月|逐月|各月|每一?个?旬|逐旬|每半个?月"),
        re.compile(r"[月旬]报|月度(?:报|快报|分析|总结|统计|财务|小结|汇总|情况|工作|数据)|月[^,。;、]{0,4}报表|当月|上月|本月"),
    ),
    (Frequency.WEEK, re.compile(r"每一?个?(?:周|星期)|按周|逐周"), re.compile(r"周报|周[^,。;、日]{0,4}报表")),
    (Frequency.YEAR, re.compile(r"每一?个?年(?!度内)|按年|逐年|各年"), re.compile(r"(?<!半)年报|(?<!半)年度报")),
)
_HABITS: Final = {name: habit for name, habit, _ in _FREQUENCIES}
_YEARLY_THING: Final = re.compile(r"(?<!半)年度|(?<!半)年报|全年|年终")
_YEAR: Final = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?=年|-[0-9])")


def context(
    sentence: Sentence, one: Bound, others: list[Mention], *, issued: date | None, standing: bool, previous: date | None
) -> Context:
    """The surroundings of one limit. `others` are all limits of its sentence, `previous` the single day read before it there."""
    text = sentence.text
    chunk = text[one.chunk[0] : one.mention.start]
    frequency, habit = _frequency(chunk, _untimed(text[: one.mention.start], others))
    if (
        frequency in (None, Frequency.YEAR)
        and _YEARLY_THING.search(chunk)
        and any(_recurs(other) for other in others if other != one.mention)
    ):
        frequency, habit = Frequency.YEAR, True
    if frequency is None and text.startswith("月", one.mention.start) and any(_is_monthly(other) for other in others):
        frequency, habit = Frequency.MONTH, True
    year = _YEAR.search(text)
    return Context(
        issued,
        frequency,
        habit,
        standing=standing,
        year=int(year[1]) if year else None,
        halves="上半年" in text and "下半年" in text and not year,
        previous=previous,
        turns="上半年" in chunk and "下半年" in text[one.chunk[1] :] and not year and any(_follows(other) for other in others),
    )


def _frequency(chunk: str, earlier: str) -> tuple[Frequency | None, bool]:
    """How often, said in the words before a time (the last such word counts), else as a habit earlier; and whether as a habit."""
    hits = [
        (found.start(), name) for name, habit, report in _FREQUENCIES for pattern in (habit, report) for found in pattern.finditer(chunk)
    ]
    if hits:
        last = max(hits, key=lambda hit: hit[0])[1]
        return last, bool(_HABITS[last].search(chunk))
    named = next((name for name, habit in _HABITS.items() if habit.search(earlier)), None)
    return named, named is not None


def _untimed(earlier: str, others: list[Mention]) -> str:
    """The words before a time without the other times in them: 每季度 of another report is no habit of this one."""
    for mention in reversed([other for other in others if other.end <= len(earlier)]):
        earlier = earlier[: mention.start] + earlier[mention.end :]
    return earlier


def _follows(mention: Mention) -> bool:
    return isinstance(mention.when, Days) and mention.when.following == 1


def _is_monthly(mention: Mention) -> bool:
    return isinstance(mention.when, Recurring) and isinstance(mention.when.rule, rules.Monthly)


def _recurs(mention: Mention) -> bool:
    match mention.when:
        case Recurring():
            return True
        case Days(every=every) | Weekdays(every=every):
            return every
        case _:
            return False
