"""What a time expression says, before the notice's own date is known: the values that `times` finds and `resolve` turns into rules."""

from dataclasses import dataclass
from datetime import time

from bot.domain import rules

Point = tuple[int, int]
"""(month, day) with day `rules.LAST` for the month's end; month 0 is the month of issue, NEXT_MONTH the one after it."""

NEXT_MONTH = -1


@dataclass(frozen=True, slots=True)
class Recurring:
    """A rule that needs no more reading. `rough`: the nearest rule there is, a little earlier than the words allow."""

    rule: rules.Rule
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """Days of a year: 4月12日, 每年6月30日和12月31日, 次年1月10日. `year` is None where none is written.

    `every`: 每年. `ahead`: 0 for 今年 or 本年, 1 for 明年. `following`: 次年 or 当年, a year counted from the one reported on (1 or 0).
    `more`: days of other years that belong to the same list.
    """

    points: tuple[Point, ...]
    year: int | None = None
    every: bool = False
    ahead: int | None = None
    following: int | None = None
    rough: bool = False
    more: tuple["Days", ...] = ()


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Days of a month that is not named: 24日下午4时前."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of a week (Monday 0). `every`: 每周; else `ahead` weeks after that of issue, None for the next such day."""

    days: tuple[int, ...]
    every: bool = False
    ahead: int | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """So many days after the day of issue: 今日 0, 明日 1."""

    days: int


@dataclass(frozen=True, slots=True)
class Count:
    """So many days, counted from something: 5个工作日内. `receipt` None: the words beside it don't say from what."""

    n: int
    workdays: bool
    receipt: bool | None
    rough: bool = False


When = Recurring | Days | MonthDays | Weekdays | Ahead | Count


@dataclass(frozen=True, slots=True)
class Mention:
    """A time expression at `start` to `end` (exclusive) of a sentence, its hour and its 前 included.

    `marked`: the words make it a limit (前, 内, 截止), not merely a day.
    """

    start: int
    end: int
    when: When
    marked: bool
    hour: time | None = None
