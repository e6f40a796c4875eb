"""Reading a due rule character by character, so that an error can name the place."""

import re
from calendar import monthrange
from collections.abc import Collection
from datetime import date
from typing import NoReturn

from bot.domain.errors import RuleError
from bot.domain.rule_kinds import LAST

MAX_LENGTH = 1000
"""Characters of the longest rule that is read at all."""

FIRST_YEAR, LAST_YEAR = 1900, 2100

_NUMBER = re.compile(r"[0-9]+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")


class Scanner:
    """A place in the text of a rule. Each method reads from there and moves on, or raises RuleError at the place.

    `forms` is how the rule may be written, for the error; the parser narrows it once it knows the head.
    """

    __slots__ = ("_at", "_text", "forms")

    def __init__(self, text: str, forms: str) -> None:
        if len(text) > MAX_LENGTH:
            raise RuleError(text[:20] + "…", MAX_LENGTH, f"规则最长 {MAX_LENGTH} 个字符。可用写法：{forms}")
        self._text, self._at, self.forms = text, 0, forms

    def accept(self, literal: str) -> bool:
        """Whether `literal` stands here; if so it is read."""
        if not self._text.startswith(literal, self._at):
            return False
        self._at += len(literal)
        return True

    def take(self, literal: str) -> None:
        """Read `literal`."""
        if not self.accept(literal):
            fitting = self._common(literal)
            self._at += fitting
            self._fail(f"应为“{literal[fitting:]}”")

    def word(self, words: Collection[str]) -> str:
        """Read one of `words`, the longest that fits."""
        fitting = max((word for word in words if self._text.startswith(word, self._at)), key=len, default=None)
        if fitting is None:
            self._at += max(self._common(word) for word in words)
            self._fail(f"应为 {'、'.join(word.rstrip('=') for word in words)} 之一")
        self._at += len(fitting)
        return fitting

    def number(self, low: int, high: int) -> int:
        """Read a whole number from `low` to `high`, both included."""
        found = _NUMBER.match(self._text, self._at)
        if not found or len(found[0]) > 4 or not low <= int(found[0]) <= high:
            self._fail(f"应为 {low}–{high} 的数字")
        self._at = found.end()
        return int(found[0])

    def day_of_month(self, month: int = 1) -> int:
        """Read a day of the month: `last` (LAST) or a number that `month` of a leap year has."""
        return LAST if self.accept("last") else self.number(1, _longest(month))

    def full_date(self) -> date:
        """Read a date that exists, YYYY-MM-DD, from 1900 to 2100."""
        found = _DATE.match(self._text, self._at)
        if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            self._fail(f"应为 {FIRST_YEAR}–{LAST_YEAR} 年的日期，形如 2018-09-28")
        year, month, day = (int(part) for part in found.groups())
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
            self._fail(f"没有 {found[0]} 这一天")
        self._at = found.end()
        return date(year, month, day)

    def month_and_day(self) -> tuple[int, int]:
        """Read a month and a day that exist in a leap year, MM-DD."""
        found = _MONTH_DAY.match(self._text, self._at)
        if not found:
            self._fail("应为月和日，形如 04-30")
        month, day = int(found[1]), int(found[2])
        if not 1 <= month <= 12 or not 1 <= day <= _longest(month):
            self._fail(f"没有 {found[0]} 这一天")
        self._at = found.end()
        return month, day

    def end(self) -> None:
        """Nothing may follow."""
        if self._at < len(self._text):
            self._fail("此后不应再有内容")

    def _common(self, word: str) -> int:
        here = self._text[self._at : self._at + len(word)]
        return next((n for n, (a, b) in enumerate(zip(word, here, strict=False)) if a != b), len(here))

    def _fail(self, expected: str) -> NoReturn:
        raise RuleError(self._text, self._at, f"{expected}。可用写法：{self.forms}")


def _longest(month: int) -> int:
    return monthrange(2000, month)[1]
