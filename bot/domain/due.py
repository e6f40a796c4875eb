"""From the day a rule names to the day we aim for and the last day the sender may claim."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain import period_names, rules, times
from bot.domain.periods import Period
from bot.domain.workdays import ADMIN, LAW, LIBRARY, WEEKDAYS, Day, DayKind, WorkCalendar

END_OF_WORK = time(17, 0)
"""The hour we ask for when the notice names none: 17:00 is the end of work that all of the province's offices share in winter."""


class Shift(StrEnum):
    """What happens when the day is no workday. EARLIER is our default target; the circular always ranks by `Due.limit`."""

    EARLIER = "earlier"
    LATER = "later"
    AS_IS = "as-is"


@dataclass(frozen=True, slots=True)
class Due:
    """When one period of an obligation is due.

    `nominal` is the day the rule names (included in the time allowed); `target` the day we aim for after the shift;
    `limit` the last day of the reading kindest to the sender: the day included until 24:00, the next workday if it is a rest day.
    `hour` is the Shanghai time on `target` by which we ask for it. `provisional`: a day in the reckoning has no published calendar.
    """

    period: str
    nominal: date
    target: date
    limit: date
    hour: time
    shift: Shift
    provisional: bool
    rule: str
    hour_stated: bool = False
    shift_stated: bool = False


def due(
    rule: rules.Rule,
    period: Period,
    *,
    calendar: WorkCalendar,
    shift: Shift = Shift.EARLIER,
    hour: time = END_OF_WORK,
    hour_stated: bool = False,
    shift_stated: bool = False,
) -> Due:
    """When `period` of `rule` is due: a function of these alone, never of another due date (A3)."""
    nominal = period.nominal
    limit = calendar.on_or_after(nominal)
    target = {Shift.EARLIER: calendar.on_or_before, Shift.LATER: calendar.on_or_after, Shift.AS_IS: _unmoved}[shift](nominal)
    return Due(
        period=period.name,
        nominal=nominal,
        target=target,
        limit=limit,
        hour=hour,
        shift=shift,
        provisional=any(calendar.provisional(day) for day in _span(target, limit)),
        rule=str(rule),
        hour_stated=hour_stated,
        shift_stated=shift_stated,
    )


def due_at(d: Due) -> datetime:
    """The instant we ask for: `hour` of the target day, in UTC."""
    return times.instant(d.target, d.hour)


def limit_at(d: Due) -> datetime:
    """The first instant that is late by the kindest reading: 24:00 of the limit day, in UTC."""
    return times.end_of(d.limit)


def explain(d: Due, calendar: WorkCalendar) -> str:
    """Why this day and hour, in Chinese (A1): nominal day, rule, shift, hour, limit, calendar; what is 明文, 默认 or 暂定."""
    rule = rules.describe(rules.parse(d.rule))
    sentences = (
        f"{period_names.label(d.period)}：规则“{rule}”，名义截止{_named(d.nominal, calendar)}{_moved(d, calendar)}",
        f"最迟认定{_named(d.limit, calendar)}24:00，含当日、遇休息日顺延（从宽认定）",
        f"日历依据：{_basis(d, calendar)}",
        _assumed(d),
    )
    return "；".join(sentence for sentence in sentences if sentence) + "。"


def _unmoved(day: date) -> date:
    return day


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


_WEEKDAY_NAMES = "一二三四五六日"


def _named(day: date, calendar: WorkCalendar) -> str:
    facts = calendar.day(day)
    marks = [f"星期{_WEEKDAY_NAMES[day.weekday()]}", _kind_of(facts), "暂定" if facts.provisional else ""]
    return f"{day}（{'，'.join(mark for mark in marks if mark)}）"


def _kind_of(day: Day) -> str:
    match day.kind:
        case DayKind.WORKDAY:
            return ""
        case DayKind.WEEKEND:
            return "休息日"
        case DayKind.HOLIDAY:
            return f"{day.name or '节'}假日"
        case DayKind.MAKEUP:
            return "调休上班"


_MOVES = {Shift.EARLIER: "提前至", Shift.LATER: "顺延至", Shift.AS_IS: "不作调整，仍为"}


def _moved(d: Due, calendar: WorkCalendar) -> str:
    if calendar.is_workday(d.nominal):
        return f"，当日为工作日，请于{d.hour:%H:%M}前报送"
    return f"→ {_MOVES[d.shift]}{_named(d.target, calendar)}{d.hour:%H:%M}"


_SOURCES = {
    LIBRARY: "国务院办公厅放假安排（chinesecalendar）",
    LAW: "《全国年节及纪念日放假办法》法定日",
    WEEKDAYS: "按周一至周五暂计",
}


def _basis(d: Due, calendar: WorkCalendar) -> str:
    days = [calendar.day(day) for day in _span(min(d.target, d.nominal), max(d.limit, d.nominal))]
    names = dict.fromkeys(_source_name(day.source) for day in days)
    missing = "、".join(f"{year}年" for year in sorted({day.date.year for day in days if day.provisional}))
    return "、".join(names) + (f"（{missing}放假安排尚未载入，暂定）" if missing else "")


def _source_name(source: str) -> str:
    return f"管理员载入（{source.removeprefix(ADMIN)}）" if source.startswith(ADMIN) else _SOURCES[source]


_POLICIES = {Shift.EARLIER: "休息日提前", Shift.LATER: "休息日顺延", Shift.AS_IS: "休息日不调整"}


def _assumed(d: Due) -> str:
    return f"{_POLICIES[d.shift]}为{_by(d.shift_stated)}、{d.hour:%H:%M}为{_by(d.hour_stated)}、“前”含当日为默认"


def _by(stated: bool) -> str:
    return "明文" if stated else "默认"
