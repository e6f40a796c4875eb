"""Time expressions that recur by themselves: 每日, 每周五, 每月5日, 次月10日, 季度终了后15日内, 年度终了后4个月内, …"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from bot.domain import rules
from bot.domain.notices.mentions import Recurring, Weekdays, When
from bot.domain.notices.numerals import NUMBER, number
from bot.domain.notices.patterns import AFTER, DAYPART, NEXT_MONTH, SPAN, WEEKDAY, days_of

Builder = Callable[[re.Match[str]], When | None]

_MONTH: Final = (
    r"(?:每个?月(?:份|度)?|逐月|各月|按月|(?<![0-9一二三四五六七八九十次下传动全量务习治育法书能题防康])月(?:度|份)?|[当本上]月)"
)
"""A bare 月 may be the end of a name (宣传月, 安全月, 质量月): then it is an event and no month."""
_EVERY_MONTH: Final = r"(?:每个?月(?:份|度)?|逐月|各月|按月)"
_QUARTER: Final = r"(?:每一?个?季度?|各季度?|按季度?|逐季度?|(?<![一二三四1-4])季度?)(?:报告期)?"
_HALF: Final = r"(?:每一?个?半年度?|按半年|(?<![上下])半年度?)"
_YEAR: Final = r"(?:每一?个?)?(?:会计|财政|财务|公历|自然|日历|报告|纳税)?(?:年度|(?<=每)年|(?<![0-9])年)"
_FIRST: Final = r"(?:首月|首个月|第?(?:一|1)个?月|头一?个?月|初月)"
_LAST: Final = r"(?:最后(?:一|1)?个?月|末月|末个?月|第(?:三|3)个?月|尾月|第(?:三|3)月)"
_LIMIT: Final = r"(?=之?前|以前|之?内|以内|\(|报|上|向|将|,|;|。|由|各|下|中|[0-9]{1,2}[:时点]|$)"
_SECOND: Final = r"(?:第(?:二|2)个?月|中间月|中月)"


def find(text: str) -> Iterator[tuple[int, int, When]]:
    """Every recurring expression of a sentence as (start, end, what it says); they may overlap."""
    for pattern, build in _SHAPES:
        for found in pattern.finditer(text):
            if (when := build(found)) is not None:
                yield found.start(), found.end(), when


def _rough(rule: rules.Rule) -> Recurring:
    return Recurring(rule, rough=True)


def _before_end(found: re.Match[str]) -> When | None:
    n = number(found["n"])
    if found["work"]:  # there is no such rule: with the weekends between, never later than the words allow but for holidays
        n += 2 * -(-n // 5)
    return Recurring(rules.MonthlyBeforeEnd(n), rough=bool(found["work"])) if 1 <= n <= 27 else None


def _monthly_span(found: re.Match[str]) -> When | None:
    n = number(found["n"])
    if "工作" in found["unit"]:
        return Recurring(rules.MonthlyWorkday(n)) if 1 <= n <= 23 else None
    return Recurring(rules.MonthlyNext(n)) if found["unit"] in "日天" and 1 <= n <= 31 else None


def _monthly_next(found: re.Match[str]) -> When | None:
    days = days_of(found)
    if len(days) == 1:
        return Recurring(rules.MonthlyNext(days[0]))
    return Recurring(rules.Monthly(days)) if days else None


def _monthly(found: re.Match[str]) -> When | None:
    days = days_of(found)
    return Recurring(rules.Monthly(days)) if days else None


def _ten_days(found: re.Match[str]) -> When | None:
    if not found["n"]:
        return Recurring(rules.Monthly((10, 20, rules.LAST)))
    n = number(found["n"])
    return Recurring(rules.Monthly((n, 10 + n, 20 + n))) if 1 <= n <= 8 else None


def _quarterly_next(found: re.Match[str]) -> When | None:
    days = days_of(found)
    return Recurring(rules.QuarterlyNext(days[0])) if days else None


def _quarterly(month: int) -> Builder:
    def build(found: re.Match[str]) -> When | None:
        days = days_of(found)
        return Recurring(rules.Quarterly(month, days[0])) if days else None

    return build


def _quarterly_span(found: re.Match[str]) -> When | None:
    n, unit = number(found["n"]), found["unit"]
    if "月" in unit:
        return Recurring(rules.Quarterly(n, rules.LAST)) if 1 <= n <= 3 else None
    if not 1 <= n <= 60:
        return None
    exact = Recurring(rules.QuarterlyNext(n)) if n <= 30 else _rough(rules.Quarterly(2, n - 30))
    return _rough(exact.rule) if "工作" in unit else exact


def _halfyearly_next(found: re.Match[str]) -> When | None:
    days = days_of(found)
    if days == (rules.LAST,):
        return Recurring(rules.YearlyDates(((1, 31), (7, 31))))
    return Recurring(rules.HalfyearlyNext(days[0])) if days else None


def _halfyearly_span(found: re.Match[str]) -> When | None:
    n, unit = number(found["n"]), found["unit"]
    if "月" in unit:
        ends = {1: ((1, 31), (7, 31)), 2: ((2, 28), (8, 31)), 3: ((3, 31), (9, 30))}
        return Recurring(rules.YearlyDates(ends[n])) if n in ends else None
    if not 1 <= n <= 31:
        return None
    return Recurring(rules.HalfyearlyNext(n), rough="工作" in unit)


def _after(month: int) -> Builder:
    """So many days or months after the end of a half-year or year; `month` is the first month after it."""

    def build(found: re.Match[str]) -> When | None:
        n, unit = number(found["n"]), found["unit"]
        if "月" in unit:
            last = month + n - 1
            return Recurring(rules.Yearly(last, rules.LAST)) if n >= 1 and last <= 12 else None
        if not 1 <= n <= 180:
            return None
        day = date(2023, month, 1) + timedelta(days=n - 1)
        return Recurring(rules.Yearly(day.month, day.day), rough="工作" in unit or n > 59)

    return build


def _fixed(rule: rules.Rule) -> Builder:
    return lambda found: Recurring(rule)


def _quarter_of_year(found: re.Match[str]) -> When:
    return Recurring(rules.Yearly(3 * number(found["q"]), rules.LAST))


def _weekly(found: re.Match[str]) -> When | None:
    names = [WEEKDAY.find(c.replace("天", "日")) for c in found["names"] if c in WEEKDAY + "天"]
    return Weekdays(tuple(sorted(set(names))), every=True)


def _shape(pattern: str, build: Builder) -> tuple[re.Pattern[str], Builder]:
    return re.compile(pattern), build


_YEAR_END: Final = rules.Yearly(12, 31)
_HALF_ENDS: Final = rules.YearlyDates(((6, 30), (12, 31)))


_SHAPES: Final = (
    _shape(r"每(?:周|星期)一(?:至|到|-)(?:周|星期)?[五日天]", _fixed(rules.Daily())),
    _shape(r"(?:每一?个?(?:工作)?[日天](?!常)|逐日|每晚|每早)", _fixed(rules.Daily())),
    _shape(r"(?<=日报)表?(?:应|须|请)?[于在]?次日", _fixed(rules.Daily())),
    _shape(r"次周(?:的)?(?:周|星期)?(?P<names>[一二三四五六日天])", _weekly),
    _shape(
        r"(?:每|逢|按)一?个?(?:周|星期|礼拜)(?:的)?(?:周|星期)?(?P<names>[一二三四五六日天](?:[、,和及]?(?:每?周|星期)?[一二三四五六日天]){0,6})",
        _weekly,
    ),
    _shape(rf"(?:(?:每个?|各|逐)旬|旬(?=末|后|终))(?:(?:末|后|终了|结束)(?:之?后)?(?:的?第?(?P<n>{NUMBER})[日天]|次日)?)", _ten_days),
    _shape(
        rf"(?:(?:每个?月(?:份)?|各月|当月)(?:的)?(?:月)?(?:底|末|结束|终了)(?:的)?(?:之?前|提前|倒数第?)?"
        rf"|(?<![0-9一二三四五六七八九十个本下])月(?:底|末)(?:之?前|提前))(?P<n>{NUMBER})个?(?P<work>工作)?[日天]",
        _before_end,
    ),
    _shape(rf"{_MONTH}(?:{AFTER}(?:{NEXT_MONTH})?|{NEXT_MONTH}){SPAN}{_LIMIT}", _monthly_span),
    _shape(rf"{_EVERY_MONTH}(?:的)?(?:初|前|第|首)(?P<n>{NUMBER})(?P<unit>个?工作[日天])", _monthly_span),
    _shape(rf"{NEXT_MONTH}(?:的)?(?:初|前|第)?(?P<n>{NUMBER})(?P<unit>个?工作[日天])", _monthly_span),
    _shape(rf"(?:{_MONTH}{AFTER}?(?:的)?)?(?:次月|翌月|下一个月|后一个月)(?:份)?(?:的)?(?:初)?(?:前)?{DAYPART}", _monthly_next),
    _shape(rf"{_MONTH}{AFTER}(?:的)?下个?月(?:的)?{DAYPART}", _monthly_next),
    _shape(rf"{_EVERY_MONTH}(?:的|应于|于|在|逢)?(?:当月)?(?:前|[底末]的?(?=最后))?{DAYPART}", _monthly),
    _shape(
        rf"{_QUARTER}(?:的)?(?:{AFTER})?(?:的)?(?:{NEXT_MONTH}|次季度?{_FIRST}|下一?季度?(?:的)?{_FIRST})(?:的)?(?:前)?{DAYPART}",
        _quarterly_next,
    ),
    _shape(rf"{_QUARTER}(?:的)?{AFTER}(?:的)?{_FIRST}(?:份)?(?:的)?(?:前)?{DAYPART}", _quarterly_next),
    _shape(rf"(?:下一?个?|次)季度?(?:的)?(?:{_FIRST})?(?:份)?(?:的)?(?:前)?{DAYPART}", _quarterly_next),
    _shape(rf"{_QUARTER}(?:的)?{_FIRST}(?:份)?(?:的)?(?:前)?{DAYPART}", _quarterly(1)),
    _shape(rf"{_QUARTER}(?:的)?{_SECOND}(?:份)?(?:的)?(?:前)?{DAYPART}", _quarterly(2)),
    _shape(rf"{_QUARTER}(?:的)?(?:末|底)(?:的)?{DAYPART}(?!之?内|以内)", _quarterly(3)),
    _shape(rf"{_QUARTER}(?:的)?{_LAST}(?:份)?(?:的)?(?:前)?{DAYPART}", _quarterly(3)),
    _shape(rf"{_QUARTER}(?:{AFTER}(?:{NEXT_MONTH})?){SPAN}", _quarterly_span),
    _shape(rf"每一?个?季度?(?:的)?(?:初|前|第)(?P<n>{NUMBER})(?P<unit>个?工作[日天]|[日天])", _quarterly_span),
    _shape(
        rf"(?:{_QUARTER}(?:的)?(?:季)?(?:末|底|结束|终了|最后(?:一|1)?(?:[日天]|个?工作[日天]))(?:月)?(?:底|末)?){_LIMIT}",
        _fixed(rules.Quarterly(3, rules.LAST)),
    ),
    _shape(rf"{_HALF}(?:的)?(?:{AFTER})?(?:的)?{NEXT_MONTH}(?:的)?(?:前)?{DAYPART}", _halfyearly_next),
    _shape(rf"{_HALF}{AFTER}(?:{NEXT_MONTH})?{SPAN}", _halfyearly_span),
    _shape(rf"每一?个?半年(?:度)?(?:的)?(?:末|底|结束|终了){_LIMIT}", _fixed(_HALF_ENDS)),
    _shape(rf"上半年(?:度)?{AFTER}{SPAN}(?=之?内|以内|之?前)", _after(7)),
    _shape(rf"下半年(?:度)?{AFTER}{SPAN}(?=之?内|以内|之?前)", _after(1)),
    _shape(rf"{_YEAR}{AFTER}{SPAN}{_LIMIT}", _after(1)),
    _shape(r"(?:每一?个?年度?|各年|逐年)(?:的)?(?:年)?(?:底|末|终)", _fixed(_YEAR_END)),
    _shape(r"(?:每年度?|次年|翌年|下一?年度?)(?:的)?第?(?P<q>[一二三四1-4])季度(?:末|内|底|结束)?", _quarter_of_year),
    _shape(r"每年(?:的)?上半年", _fixed(rules.Yearly(6, 30))),
    _shape(r"每年(?:的)?下半年", _fixed(_YEAR_END)),
)
