"""From the nominal day to the target and the limit, to the day of the golden table, and the explanation of each."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import due, periods, rules
from bot.domain.due import Due, Shift
from bot.domain.periods import Period
from bot.domain.workdays import Override, WorkCalendar
from tests.domain.rule_strategies import RULES

CALENDAR = WorkCalendar()
QUARTERLY = "quarterly:next-month-day=20"

GOLDEN = [
    # rule, period, nominal, weekday, earlier, later, T-10, T-5, T-3, T-1 (DESIGN §6)
    ("once:2018-09-28", "once", "2018-09-28", "Fri", "2018-09-28", "2018-09-28", "2018-09-13", "2018-09-20", "2018-09-25", "2018-09-27"),
    (QUARTERLY, "2018Q3", "2018-10-20", "Sat", "2018-10-19", "2018-10-22", "2018-09-30", "2018-10-12", "2018-10-16", "2018-10-18"),
    (QUARTERLY, "2018Q4", "2019-01-20", "Sun", "2019-01-18", "2019-01-21", "2019-01-04", "2019-01-11", "2019-01-15", "2019-01-17"),
    (QUARTERLY, "2019Q1", "2019-04-20", "Sat", "2019-04-19", "2019-04-22", "2019-04-04", "2019-04-12", "2019-04-16", "2019-04-18"),
    (QUARTERLY, "2019Q2", "2019-07-20", "Sat", "2019-07-19", "2019-07-22", "2019-07-05", "2019-07-12", "2019-07-16", "2019-07-18"),
    (QUARTERLY, "2019Q3", "2019-10-20", "Sun", "2019-10-18", "2019-10-21", "2019-09-30", "2019-10-12", "2019-10-15", "2019-10-17"),
    (QUARTERLY, "2019Q4", "2020-01-20", "Mon", "2020-01-20", "2020-01-20", "2020-01-07", "2020-01-14", "2020-01-16", "2020-01-19"),
    (QUARTERLY, "2020Q1", "2020-04-20", "Mon", "2020-04-20", "2020-04-20", "2020-04-03", "2020-04-13", "2020-04-15", "2020-04-17"),
]


def _due(rule: str, name: str, nominal: str, shift: Shift = Shift.EARLIER, calendar: WorkCalendar = CALENDAR) -> Due:
    return due.due(rules.parse(rule), Period(name, date.fromisoformat(nominal)), calendar=calendar, shift=shift)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row[1])
def test_the_golden_table_to_the_day(row: tuple[str, ...]) -> None:
    rule, name, nominal, weekday, earlier, later, *before = row
    day = date.fromisoformat(nominal)
    assert periods.first(rules.parse(rule), day, 1) == [Period(name, day)]
    assert day.strftime("%a") == weekday
    strict, kind = _due(rule, name, nominal), _due(rule, name, nominal, Shift.LATER)
    assert (str(strict.target), str(kind.target)) == (earlier, later)
    assert str(strict.limit) == str(kind.limit) == later
    assert [str(CALENDAR.add(strict.target, -n)) for n in (10, 5, 3, 1)] == before


def test_the_rule_of_the_notice_gives_the_quarters_of_the_golden_table_in_order() -> None:
    found = periods.first(rules.parse(QUARTERLY), date(2018, 9, 21), 7)
    assert [(period.name, str(period.nominal)) for period in found] == [(row[1], row[2]) for row in GOLDEN[1:]]


def test_rungs_after_the_nomination_list_fire_on_the_working_weekend_and_not_in_the_holiday() -> None:
    limit = _due("once:2018-09-28", "once", "2018-09-28").limit
    assert [str(CALENDAR.add(limit, n)) for n in (1, 2, 3)] == ["2018-09-29", "2018-09-30", "2018-10-08"]


DAYS = st.dates(date(1950, 1, 1), date(2090, 1, 1))


@given(RULES, DAYS, st.sampled_from(Shift))
def test_targets_are_workdays_unless_the_policy_leaves_the_day_as_it_is(rule: rules.Rule, day: date, shift: Shift) -> None:
    found = due.due(rule, Period("2018Q3", day), calendar=CALENDAR, shift=shift)
    assert CALENDAR.is_workday(found.target) or (shift is Shift.AS_IS and found.target == day)
    assert found.nominal == day <= found.limit
    assert CALENDAR.is_workday(found.limit)
    assert CALENDAR.count(found.target, found.limit) == (0 if found.target == found.limit else 1)


@given(DAYS)
def test_the_shift_never_moves_the_limit(day: date) -> None:
    assert len({_due("daily", "once", str(day), shift).limit for shift in Shift}) == 1


@given(DAYS)
def test_the_target_is_never_after_the_limit_and_the_earlier_one_never_after_the_day(day: date) -> None:
    earlier, later, as_is = (_due("daily", "once", str(day), shift).target for shift in (Shift.EARLIER, Shift.LATER, Shift.AS_IS))
    assert earlier <= as_is == day <= later


@given(RULES, st.lists(st.dates(date(2016, 1, 1), date(2026, 1, 1)), min_size=2, max_size=2).map(sorted))
def test_a_due_date_depends_on_rule_and_period_alone(rule: rules.Rule, span: list[date]) -> None:
    """However the periods before it were asked for, the same period is due on the same day (A3)."""
    long = {
        p.name: due.due(rule, p, calendar=CALENDAR) for p in periods.expand(rule, date(2016, 1, 1), date(2026, 1, 1), calendar=CALENDAR)
    }
    fresh = WorkCalendar()
    for period in periods.expand(rule, span[0], span[1], calendar=fresh):
        assert due.due(rule, period, calendar=fresh) == long[period.name]


def test_month_ends_are_clamped_from_the_anchor_day() -> None:
    found = periods.first(rules.parse("monthly:day=31"), date(2018, 1, 1), 3)
    assert [str(period.nominal) for period in found] == ["2018-01-31", "2018-02-28", "2018-03-31"]


def test_the_instants_are_the_hour_of_the_target_and_the_end_of_the_limit_day() -> None:
    found = _due(QUARTERLY, "2018Q3", "2018-10-20")
    assert due.due_at(found) == datetime(2018, 10, 19, 9, 0, tzinfo=UTC)
    assert due.limit_at(found) == datetime(2018, 10, 22, 16, 0, tzinfo=UTC)


def test_a_year_without_published_calendar_makes_the_due_date_provisional() -> None:
    assert _due(QUARTERLY, "2026Q4", "2027-01-20").provisional
    assert not _due(QUARTERLY, "2026Q3", "2026-10-20").provisional
    assert _due("once:2026-12-31", "once", "2026-12-31").provisional is False


def test_an_override_changes_only_the_due_dates_it_touches() -> None:
    amended = WorkCalendar({date(2018, 10, 22): Override(workday=False, name="临时放假", source="通知")})
    rule = rules.parse(QUARTERLY)
    found = periods.first(rule, date(2018, 1, 1), 12)
    changed = [p.name for p in found if due.due(rule, p, calendar=amended) != due.due(rule, p, calendar=CALENDAR)]
    assert changed == ["2018Q3"]


LIBRARY = "日历依据：国务院办公厅放假安排（chinesecalendar）"
ASSUMED = "休息日提前为默认、17:00为默认、“前”含当日为默认。"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            _due(QUARTERLY, "2018Q3", "2018-10-20"),
            "2018年三季度：规则“每季度次月20日前”，名义截止2018-10-20（星期六，休息日）→ 提前至2018-10-19（星期五）17:00；"
            f"最迟认定2018-10-22（星期一）24:00，含当日、遇休息日顺延（从宽认定）；{LIBRARY}；{ASSUMED}",
        ),
        (
            _due("once:2018-09-28", "once", "2018-09-28"),
            "本次：规则“2018年9月28日前”，名义截止2018-09-28（星期五），当日为工作日，请于17:00前报送；"
            f"最迟认定2018-09-28（星期五）24:00，含当日、遇休息日顺延（从宽认定）；{LIBRARY}；{ASSUMED}",
        ),
        (
            due.due(
                rules.parse("once:2018-10-05"),
                Period("once", date(2018, 10, 5)),
                calendar=CALENDAR,
                shift=Shift.LATER,
                hour=time(12, 0),
                hour_stated=True,
                shift_stated=True,
            ),
            "本次：规则“2018年10月5日前”，名义截止2018-10-05（星期五，国庆节假日）→ 顺延至2018-10-08（星期一）12:00；"
            f"最迟认定2018-10-08（星期一）24:00，含当日、遇休息日顺延（从宽认定）；{LIBRARY}；休息日顺延为明文、12:00为明文、“前”含当日为默认。",
        ),
        (
            _due("monthly:day=30", "2018-09", "2018-09-30", Shift.AS_IS),
            "2018年9月：规则“每月30日前”，名义截止2018-09-30（星期日，调休上班），当日为工作日，请于17:00前报送；"
            f"最迟认定2018-09-30（星期日，调休上班）24:00，含当日、遇休息日顺延（从宽认定）；{LIBRARY}；"
            "休息日不调整为默认、17:00为默认、“前”含当日为默认。",
        ),
        (
            _due("once:2027-02-07", "once", "2027-02-07", Shift.AS_IS),
            "本次：规则“2027年2月7日前”，名义截止2027-02-07（星期日，春节假日，暂定）→ 不作调整，仍为2027-02-07（星期日，春节假日，暂定）17:00；"
            "最迟认定2027-02-09（星期二，暂定）24:00，含当日、遇休息日顺延（从宽认定）；"
            "日历依据：《全国年节及纪念日放假办法》法定日、按周一至周五暂计（2027年放假安排尚未载入，暂定）；"
            "休息日不调整为默认、17:00为默认、“前”含当日为默认。",
        ),
    ],
)
def test_a_due_date_explains_itself(found: Due, text: str) -> None:
    assert due.explain(found, CALENDAR) == text


def test_the_explanation_names_the_administrators_paper() -> None:
    amended = WorkCalendar({date(2018, 10, 19): Override(workday=False, name="", source="省政府通知")})
    text = due.explain(_due(QUARTERLY, "2018Q3", "2018-10-20", calendar=amended), amended)
    assert "提前至2018-10-18" in text
    assert "管理员载入（省政府通知）" in text
    assert "假日" in due.explain(_due("once:2018-10-19", "once", "2018-10-19", calendar=amended), amended)


@given(RULES, DAYS, st.sampled_from(Shift))
def test_every_due_date_can_explain_itself_with_its_days_and_its_hour(rule: rules.Rule, day: date, shift: Shift) -> None:
    found = due.due(rule, Period("2018Q3", day), calendar=CALENDAR, shift=shift)
    text = due.explain(found, CALENDAR)
    assert all(str(part) in text for part in (found.nominal, found.target, found.limit, f"{found.hour:%H:%M}"))
    assert ("尚未载入" in text) == any(CALENDAR.provisional(d) for d in _between(found))


def _between(found: Due) -> list[date]:
    first = min(found.target, found.nominal)
    return [first + timedelta(days=n) for n in range((found.limit - first).days + 1)]
