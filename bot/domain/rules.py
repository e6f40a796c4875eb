"""Due rules as text: reading, printing, and saying them in Chinese.

The grammar, every form of it::

    once:DATE            dates:DATE,DATE,…        daily                 weekly:mon|tue|wed|thu|fri|sat|sun
    monthly:day=D,D,…    monthly:next-month-day=D monthly:workday=1–23  monthly:before-end=1–27
    quarterly:next-month-day=D                    quarterly:month=1–3,day=D
    halfyearly:next-month-day=D
    yearly:month=1–12,day=D                       yearly:dates=MM-DD,MM-DD,…
    workdays-after-receipt:N  days-after-receipt:N  workdays-after-event:N  days-after-event:N      (N 1–999)

DATE is YYYY-MM-DD between 1900 and 2100, D is 1–31 or `last`. Lists are printed ascending and each entry once; nothing else
about a rule is normalised (`dates:` with one date stays `dates:`, `day=31` stays 31). `parse(str(rule)) == rule` for every rule.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar, assert_never

from bot.domain.rule_kinds import (
    LAST,
    WEEKDAYS,
    After,
    Daily,
    Dates,
    HalfyearlyNext,
    Monthly,
    MonthlyBeforeEnd,
    MonthlyNext,
    MonthlyWorkday,
    Once,
    Quarterly,
    QuarterlyNext,
    Rule,
    Start,
    Weekly,
    Yearly,
    YearlyDates,
    clamp,
)
from bot.domain.rule_scanner import Scanner

__all__ = [
    "FORMS",
    "LAST",
    "After",
    "Daily",
    "Dates",
    "HalfyearlyNext",
    "Monthly",
    "MonthlyBeforeEnd",
    "MonthlyNext",
    "MonthlyWorkday",
    "Once",
    "Quarterly",
    "QuarterlyNext",
    "Rule",
    "Start",
    "Weekly",
    "Yearly",
    "YearlyDates",
    "clamp",
    "describe",
    "parse",
]

Entry = TypeVar("Entry", date, int, tuple[int, int])

MAX_WORKDAY: Final = 23
MAX_BEFORE_END: Final = 27  # the 1st of a February of 28 days
MAX_AFTER: Final = 999

FORMS: dict[str, str] = {
    "once": "once:2018-09-28",
    "dates": "dates:2010-04-12,2010-06-03",
    "daily": "daily",
    "weekly": "weekly:fri",
    "monthly": "monthly:day=5（或 day=9,19,28、day=last）、monthly:next-month-day=10、monthly:workday=7、monthly:before-end=3",
    "quarterly": "quarterly:next-month-day=20、quarterly:month=3,day=25",
    "halfyearly": "halfyearly:next-month-day=10",
    "yearly": "yearly:month=3,day=31（或 day=last）、yearly:dates=04-30,10-31",
    "workdays-after-receipt": "workdays-after-receipt:5",
    "days-after-receipt": "days-after-receipt:15",
    "workdays-after-event": "workdays-after-event:2",
    "days-after-event": "days-after-event:30",
}
"""Each head of a rule with the ways to write it, as shown in errors and help."""


@lru_cache(maxsize=1024)
def parse(text: str) -> Rule:
    """The rule that `text` writes. Raises RuleError with the position of the first character that does not fit."""
    scanner = Scanner(text, "；".join(FORMS.values()))
    head = scanner.word(FORMS)
    scanner.forms = FORMS[head]
    rule = _READERS[head](scanner)
    scanner.end()
    return rule


def _once(scanner: Scanner) -> Rule:
    scanner.take(":")
    return Once(scanner.full_date())


def _dates(scanner: Scanner) -> Rule:
    scanner.take(":")
    return Dates(_ascending(scanner, scanner.full_date))


def _daily(scanner: Scanner) -> Rule:
    return Daily()


def _weekly(scanner: Scanner) -> Rule:
    scanner.take(":")
    return Weekly(WEEKDAYS.index(scanner.word(WEEKDAYS)))


def _monthly(scanner: Scanner) -> Rule:
    scanner.take(":")
    match scanner.word(("day=", "next-month-day=", "workday=", "before-end=")):
        case "day=":
            days = _ascending(scanner, scanner.day_of_month)
            return Monthly(tuple(day for day in days if day != LAST) + ((LAST,) if LAST in days else ()))
        case "next-month-day=":
            return MonthlyNext(scanner.day_of_month())
        case "workday=":
            return MonthlyWorkday(scanner.number(1, MAX_WORKDAY))
        case _:
            return MonthlyBeforeEnd(scanner.number(1, MAX_BEFORE_END))


def _quarterly(scanner: Scanner) -> Rule:
    scanner.take(":")
    if scanner.word(("next-month-day=", "month=")) == "next-month-day=":
        return QuarterlyNext(scanner.day_of_month())
    month = scanner.number(1, 3)
    scanner.take(",day=")
    return Quarterly(month, scanner.day_of_month())


def _halfyearly(scanner: Scanner) -> Rule:
    scanner.take(":next-month-day=")
    return HalfyearlyNext(scanner.day_of_month())


def _yearly(scanner: Scanner) -> Rule:
    scanner.take(":")
    if scanner.word(("month=", "dates=")) == "dates=":
        return YearlyDates(_ascending(scanner, scanner.month_and_day))
    month = scanner.number(1, 12)
    scanner.take(",day=")
    return Yearly(month, scanner.day_of_month(month))


def _after(*, workdays: bool, start: Start) -> Callable[[Scanner], Rule]:
    def read(scanner: Scanner) -> Rule:
        scanner.take(":")
        return After(scanner.number(1, MAX_AFTER), workdays, start)

    return read


def _ascending(scanner: Scanner, read: Callable[[], Entry]) -> tuple[Entry, ...]:
    found = [read()]
    while scanner.accept(","):
        found.append(read())
    return tuple(sorted(set(found)))


_READERS: dict[str, Callable[[Scanner], Rule]] = {
    "once": _once,
    "dates": _dates,
    "daily": _daily,
    "weekly": _weekly,
    "monthly": _monthly,
    "quarterly": _quarterly,
    "halfyearly": _halfyearly,
    "yearly": _yearly,
    "workdays-after-receipt": _after(workdays=True, start=Start.RECEIPT),
    "days-after-receipt": _after(workdays=False, start=Start.RECEIPT),
    "workdays-after-event": _after(workdays=True, start=Start.EVENT),
    "days-after-event": _after(workdays=False, start=Start.EVENT),
}

_WEEKDAY_NAMES = "一二三四五六日"
_MONTH_OF_QUARTER = ("第一个月", "第二个月", "最后一个月")
_START_NAMES = {Start.RECEIPT: "收到通知后", Start.EVENT: "事项发生后"}


def describe(rule: Rule) -> str:
    """The rule as an office would say it, e.g. 每季度次月20日前."""
    match rule:
        case Once(day):
            return f"{day.year}年{day.month}月{day.day}日前"
        case Dates(days):
            return "、".join(f"{day.year}年{day.month}月{day.day}日" for day in days) + "前"
        case YearlyDates(dates):
            return "每年" + "、".join(f"{month}月{day}日" for month, day in dates) + "前"
        case Yearly(month, day):
            return f"每年{month}月{_spoken(day)}前"
        case HalfyearlyNext(day):
            return f"每半年次月{_spoken(day)}前"
        case QuarterlyNext(day):
            return f"每季度次月{_spoken(day)}前"
        case Quarterly(month, day):
            return f"每季度{_MONTH_OF_QUARTER[month - 1]}{_spoken(day)}前"
        case After(n, workdays, start):
            return f"{_START_NAMES[start]}{n}{'个工作日' if workdays else '日'}内"
        case _:
            return _describe_short(rule)


def _describe_short(rule: Daily | Weekly | Monthly | MonthlyNext | MonthlyWorkday | MonthlyBeforeEnd) -> str:
    match rule:
        case Daily():
            return "每日"
        case Weekly(weekday):
            return f"每周{_WEEKDAY_NAMES[weekday]}前"
        case Monthly(days):
            return "每月" + ("底" if days == (LAST,) else "、".join("月底" if day == LAST else f"{day}日" for day in days)) + "前"
        case MonthlyNext(day):
            return f"每月次月{_spoken(day)}前"
        case MonthlyWorkday(n):
            return f"每月结束后{n}个工作日内"
        case MonthlyBeforeEnd(days_left):
            return f"每月底{days_left}日前"
    assert_never(rule)


def _spoken(day: int) -> str:
    return "底" if day == LAST else f"{day}日"
