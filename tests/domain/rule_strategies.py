"""Any due rule, for the property tests."""

from datetime import date

from hypothesis import strategies as st

from bot.domain import rules

DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
MONTH_DAYS = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda d: (d.month, d.day))
LAST_OR_DAY = st.integers(rules.LAST, 31)
MONTH_LAST_OR_DAY = MONTH_DAYS | st.integers(1, 12).map(lambda month: (month, rules.LAST))
RULES: st.SearchStrategy[rules.Rule] = st.one_of(
    DATES.map(rules.Once),
    st.sets(DATES, min_size=1, max_size=5).map(lambda days: rules.Dates(tuple(sorted(days)))),
    st.just(rules.Daily()),
    st.integers(0, 6).map(rules.Weekly),
    st.sets(LAST_OR_DAY, min_size=1, max_size=5).map(lambda days: rules.Monthly(tuple(sorted(days, key=lambda d: (d == rules.LAST, d))))),
    LAST_OR_DAY.map(rules.MonthlyNext),
    st.integers(1, 23).map(rules.MonthlyWorkday),
    st.integers(1, 27).map(rules.MonthlyBeforeEnd),
    LAST_OR_DAY.map(rules.QuarterlyNext),
    st.builds(rules.Quarterly, st.integers(1, 3), LAST_OR_DAY),
    LAST_OR_DAY.map(rules.HalfyearlyNext),
    MONTH_LAST_OR_DAY.map(lambda pair: rules.Yearly(*pair)),
    st.sets(MONTH_DAYS, min_size=1, max_size=5).map(lambda pairs: rules.YearlyDates(tuple(sorted(pairs)))),
    st.builds(rules.After, st.integers(1, 999), st.booleans(), st.sampled_from(rules.Start)),
)
