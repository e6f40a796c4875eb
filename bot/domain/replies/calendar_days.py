"""Which day is meant by the words for a day, said at a certain time (labelling rules, table "Dates")."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.replies import numerals
from bot.domain.replies.days import Mention
from bot.domain.workdays import WorkCalendar

NUMBERS = re.compile(numerals.PATTERN)
WEEKDAYS = {**{char: n for n, char in enumerate("一二三四五六")}, "日": 6, "天": 6, "末": 6, **{str(n + 1): n for n in range(6)}}
OFFSETS = {"minus3": -3, "minus2": -2, "minus1": -1, "plus1": 1, "plus2": 2, "plus3": 3, "tomorrow_or_after": 2, "today_or_tomorrow": 1}
TODAY = frozenset({"hour", "today", "today_edge", "today_late", "today_early"})
FEAST_SEARCH = timedelta(days=130)
WITH_MONTH = frozenset({"iso", "month_day", "dotted"})
RECENT = timedelta(days=60)
"""A day of a month this recent that is over is meant as over, not as next year's."""

FRIDAY = 4
NOON = 12
LONGEST_SPAN = 366
"""Days or workdays; nobody promises a report in more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the answer came in (Shanghai, aware) and by which calendar workdays are counted."""

    at: datetime
    calendar: WorkCalendar

    @property
    def day(self) -> date:
        """The civil day of the answer."""
        return self.at.date()


def resolve(mention: Mention, moment: Moment, *, forward: bool) -> date | None:
    """The day meant, None if the words name none that exists. `forward`: the text speaks of what is to come (today counts)."""
    today = moment.day
    if mention.form in TODAY:
        return today
    if mention.form in OFFSETS:
        return today + timedelta(days=OFFSETS[mention.form])
    try:
        return RESOLVERS[mention.form](mention.words, moment, forward)
    except (ValueError, OverflowError):
        return None


def settled(mention: Mention, moment: Moment) -> Mention:
    """`mention` with its direction settled where the day itself tells: one with its month lies ahead, or not long behind."""
    if mention.form not in WITH_MONTH or mention.tag != "T":
        return mention
    behind = resolve(mention, moment, forward=False)
    if behind is None or behind == moment.day:
        return mention
    return replace(mention, tag="P" if timedelta(0) < moment.day - behind <= RECENT else "D")


def already_past(mention: Mention, moment: Moment) -> bool:
    """Whether a promise for this part of today comes after it: 上午 said in the afternoon."""
    return mention.form == "today_early" and "凌晨" not in mention.words and moment.at.hour >= NOON


def _numbers(words: str) -> list[int]:
    return [numerals.value(found) for found in NUMBERS.findall(words)]


def _nearest(year: int, month: int, day: int, today: date, forward: bool) -> date:
    this = date(year, month, day)
    if forward and this < today:
        return date(year + 1, month, day)
    return date(year - 1, month, day) if not forward and this > today else this


def _iso(words: str, _moment: Moment, _forward: bool) -> date:
    year, month, day = (int(n) for n in re.findall(r"\d+", words)[:3])
    return date(year, month, day)


def _month_day(words: str, moment: Moment, forward: bool) -> date:
    today, numbers = moment.day, _numbers(words.partition("月")[2])
    lead = words.partition("月")[0]
    if lead[:1] in "上下本这当":
        shift = {"上": -1, "下": 1}.get(lead[:1], 0)
        year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
        return date(year, month + 1, numbers[0])
    return _nearest(today.year, _numbers(lead)[-1], numbers[0], today, forward)


def _dotted(words: str, moment: Moment, forward: bool) -> date:
    month, day = (int(n) for n in re.findall(r"\d+", words)[:2])
    return _nearest(moment.day.year, month, day, moment.day, forward)


def _day_of_month(words: str, moment: Moment, forward: bool) -> date | None:
    day, today = _numbers(words)[-1], moment.day
    months = range(13) if forward else range(0, -13, -1)
    for shift in months:
        year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
        try:
            found = date(year, month + 1, day)
        except ValueError:
            continue
        if (found >= today) if forward else (found <= today):
            return found
    return None


def _month_end(words: str, moment: Moment, forward: bool) -> date | None:
    if not forward:
        return None
    named = _numbers(words)
    month = named[0] if named else moment.day.month
    year = moment.day.year + (1 if month < moment.day.month else 0)
    return _last_of(year, month)


def _last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _next_month_end(_words: str, moment: Moment, _forward: bool) -> date:
    year, month = divmod(moment.day.year * 12 + moment.day.month, 12)
    return _last_of(year, month + 1)


def _next_month_first(_words: str, moment: Moment, _forward: bool) -> date:
    year, month = divmod(moment.day.year * 12 + moment.day.month, 12)
    return date(year, month + 1, 1)


def _upper(words: str) -> int:
    """The upper bound of a span: 一两 → 2, 三五 → 5, 两到三 → 3, 半个(月) is handled by the caller."""
    head = re.split(r"天|日|周|星期|礼拜|个月|个?工作日|小时|钟头", words)[0]
    pair = re.search(r"(?<![一二两三四五六七八九十])([一两二三四五六七八九])([两二三四五六七八九])$", head.rstrip("个"))
    if pair:
        return max(numerals.value(pair[1]), numerals.value(pair[2]))
    numbers = _numbers(head)
    return max(numbers) if numbers else 1


def _span(words: str, moment: Moment, _forward: bool) -> date | None:
    if "月" in words:
        days = 15 if "半" in words else 30 * _upper(words)
    elif re.search("周|星期|礼拜", words):
        days = 4 if "半" in words else 7 * _upper(words)
    else:
        days = 1 if words.startswith("半") or "一半" in words else _upper(words)
    return moment.day + timedelta(days=days) if days <= LONGEST_SPAN else None


def _ago(words: str, moment: Moment, _forward: bool) -> date | None:
    if "几" in words or "月" in words:
        return None
    days = _upper(words) * (7 if re.search("周|星期|礼拜", words) else 1)
    return moment.day - timedelta(days=days)


def _few(words: str, moment: Moment, _forward: bool) -> date | None:
    if "几" in words:
        return None
    return moment.day + timedelta(days=3 if "三" in words else 1 if "一天" in words else 2)


def _hours(words: str, moment: Moment, _forward: bool) -> date:
    if "分" in words or "刻" in words or "半" in words or "几" in words:
        return moment.day
    return (moment.at + timedelta(hours=_upper(words))).date()


def _workdays(words: str, moment: Moment, _forward: bool) -> date | None:
    days = _upper(words)
    return moment.calendar.add(moment.day, days) if days <= LONGEST_SPAN else None


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _this_week(words: str, moment: Moment, forward: bool) -> date:
    found = _monday(moment.day) + timedelta(days=WEEKDAYS[words[-1]])
    if forward and found < moment.day:
        return found + timedelta(weeks=1)
    return found - timedelta(weeks=1) if not forward and found > moment.day else found


def _other_week(words: str, moment: Moment, _forward: bool) -> date:
    weeks = words.count("下") - words.count("上")
    return _monday(moment.day) + timedelta(weeks=weeks, days=WEEKDAYS[words[-1]])


def _friday(_words: str, moment: Moment, _forward: bool) -> date:
    found = _monday(moment.day) + timedelta(days=FRIDAY)
    return found if found >= moment.day else _monday(moment.day) + timedelta(days=6)


def _next_friday(words: str, moment: Moment, _forward: bool) -> date:
    return _monday(moment.day) + timedelta(weeks=1, days=0 if "初" in words else FRIDAY)


def _year_end(_words: str, moment: Moment, _forward: bool) -> date:
    return date(moment.day.year, 12, 31)


NAMED_FEASTS = {
    "国庆": "国庆",
    "十一": "国庆",
    "中秋": "中秋",
    "元旦": "元旦",
    "春节": "春节",
    "过年": "春节",
    "大年": "春节",
    "五一": "劳动",
    "端午": "端午",
    "清明": "清明",
    "黄金周": "国庆",
}


def _feast(words: str, moment: Moment) -> date | None:
    """The first rest day of the holiday meant, at or after today, or of the one under way. A bare 节 never means 中秋, 年 is 春节."""
    wanted = next((name for word, name in NAMED_FEASTS.items() if word in words), "春节" if "年" in words else "")
    day = moment.day
    while day <= moment.day + FEAST_SEARCH:
        known = moment.calendar.day(day)
        if known.name and not known.workday and (wanted in known.name if wanted else "中秋" not in known.name):
            return day
        day += timedelta(days=1)
    return None


def _before_feast(words: str, moment: Moment, forward: bool) -> date | None:
    first = _feast(words, moment) if forward else None
    return first and moment.calendar.add(first, -1)


def _after_feast(words: str, moment: Moment, _forward: bool) -> date | None:
    first = _feast(words, moment)
    if first is None:
        return None
    back = moment.calendar.add(first, 1)
    nth = re.search(rf"第({numerals.PATTERN})个?(工作日|天|日)", words)
    return moment.calendar.add(back, numerals.value(nth[1]) - 1) if nth and numerals.value(nth[1]) > 1 else back


RESOLVERS: dict[str, Callable[[str, Moment, bool], date | None]] = {
    "iso": _iso,
    "month_day": _month_day,
    "dotted": _dotted,
    "day": _day_of_month,
    "day_bare": _day_of_month,
    "month_end": _month_end,
    "month_end_next": _next_month_end,
    "month_first_next": _next_month_first,
    "span": _span,
    "few": _few,
    "ago": _ago,
    "hours": _hours,
    "workdays": _workdays,
    "week_next": _other_week,
    "week_last": _other_week,
    "week_this": _this_week,
    "within_week": _friday,
    "within_next_week": _next_friday,
    "year_end": _year_end,
    "before_feast": _before_feast,
    "after_feast": _after_feast,
}
