"""The holidays the law itself names, for years whose arrangement (放假安排) the State Council has not published.

Source: 全国年节及纪念日放假办法, article 2, as revised on 2024-11-10 (in force from 2025): 元旦 1 day, 春节 除夕 to 初三,
清明 1, 劳动节 1–2 May, 端午 1, 中秋 1, 国庆 1–3 October; before 2025: 春节 初一 to 初三, 劳动节 1 May.
Substitute days and make-up workdays are decided year by year and never guessed here.
"""

from datetime import date, timedelta

FIRST_REVISED_YEAR = 2025
"""From this year on the eve of the Spring Festival and 2 May are holidays by law."""

MOON_DAYS: dict[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    # year: 春节 (正月初一), 清明, 端午 (五月初五), 中秋 (八月十五), each as (month, day)
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
    2036: ((1, 28), (4, 4), (5, 30), (10, 4)),
    2037: ((2, 15), (4, 4), (6, 18), (9, 24)),
    2038: ((2, 4), (4, 5), (6, 7), (9, 13)),
    2039: ((1, 24), (4, 5), (5, 27), (10, 2)),
    2040: ((2, 12), (4, 4), (6, 14), (9, 20)),
}
"""Gregorian days of the lunar holidays, by GB/T 33661-2017 (农历的编算和颁行) as computed by lunar_python 1.4.8.

The test recomputes them from the new moons and the solar terms. Years outside have only the fixed days.
"""


def holidays(year: int) -> dict[date, str]:
    """The days off that the law names for `year`, with their Chinese names; beyond `MOON_DAYS` only those with a fixed date."""
    named = _fixed(year)
    if year in MOON_DAYS:
        spring, qingming, duanwu, mid_autumn = (date(year, month, day) for month, day in MOON_DAYS[year])
        named |= dict.fromkeys(_spring_festival(spring), "春节")
        named |= {qingming: "清明", duanwu: "端午"}
        named.setdefault(mid_autumn, "中秋")
    return named


def _fixed(year: int) -> dict[date, str]:
    may = (1, 2) if year >= FIRST_REVISED_YEAR else (1,)
    return {date(year, 1, 1): "元旦"} | {date(year, 5, day): "劳动节" for day in may} | {date(year, 10, day): "国庆节" for day in (1, 2, 3)}


def _spring_festival(first: date) -> list[date]:
    eve = -1 if first.year >= FIRST_REVISED_YEAR else 0
    return [first + timedelta(days=offset) for offset in range(eve, 3)]
