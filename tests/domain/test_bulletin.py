"""The circular: figures that recompute, fairness to units we did not reach, order, footnotes, and the same text for the same ledger."""

import hashlib
import json
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import bulletin, times
from bot.domain.bulletin import Opening, Row
from bot.domain.words import Punctuality

P = Punctuality
AS_OF = times.parse_instant("2018-10-29T09:10")
OPENING = Opening("各市（州）工信局", "吉工信民营〔2018〕350号", "2018年三季度培育工作开展情况", date(2018, 10, 22))
ON_TIME = Row(
    "长春市工信局", "prefecture", 1, P.ON_TIME, times.parse_instant("2018-10-18T10:05"), 0, None, delivered=True, prefecture="长春市"
)
DUE_DAY = replace(ON_TIME, unit="榆树市工信局", level="county", order=2, punctuality=P.ON_TIME_DUE_DAY)
SHIFTED = replace(ON_TIME, unit="德惠市工信局", level="county", order=3, punctuality=P.ON_TIME_SHIFTED, zero_report=True)
LATE = replace(
    ON_TIME,
    unit="吉林市工信局",
    order=4,
    punctuality=P.LATE,
    reported_at=times.parse_instant("2018-10-24T09:12"),
    days_late=2,
    prefecture="吉林市",
)
MISSING = replace(LATE, unit="蛟河市工信局", level="county", order=5, punctuality=P.MISSING, reported_at=None, days_late=5)
UNCLEAR = replace(MISSING, unit="舒兰市工信局", order=6, punctuality=P.UNCLEAR, note="单位提出不归其管")
OPEN = replace(MISSING, unit="磐石市工信局", order=7, punctuality=P.OPEN, extension=date(2018, 10, 31))
EXEMPT = replace(MISSING, unit="桦甸市工信局", order=8, punctuality=P.EXEMPT)
ALL = [ON_TIME, DUE_DAY, SHIFTED, LATE, MISSING, UNCLEAR, OPEN, EXEMPT]


def drafted(*rows: Row) -> dict[str, object]:
    return bulletin.view(bulletin.draft("关于三季度报送情况的通报", rows, AS_OF, OPENING))


def test_the_view_of_a_circular() -> None:
    view = drafted(*reversed(ALL))
    view.pop("digest")
    assert view == {
        "title": "关于三季度报送情况的通报",
        "addressees": "各市（州）工信局",
        "opening": {
            "basis": "吉工信民营〔2018〕350号",
            "what": "2018年三季度培育工作开展情况",
            "due": "2018年10月22日（星期一）",
            "as_of": "2018年10月29日9:10",
        },
        "totals": {
            "due": 7,
            "on_time": 3,
            "late": 1,
            "missing": 1,
            "exempt": 1,
            "unclear": 1,
            "open": 1,
            "zero": 1,
            "rate": "60.0%",
            "completeness": "80.0%",
        },
        "on_time": [
            {"unit": "长春市工信局", "received": "2018年10月18日10:05", "days_late": 0, "note": ""},
            {"unit": "榆树市工信局", "received": "2018年10月18日10:05", "days_late": 0, "note": "按时（截止日当天）"},
            {"unit": "德惠市工信局", "received": "2018年10月18日10:05", "days_late": 0, "note": "按时（顺延日）"},
        ],
        "late": [{"unit": "吉林市工信局", "received": "2018年10月24日9:12", "days_late": 2, "note": ""}],
        "missing": [{"unit": "蛟河市工信局", "received": "", "days_late": 5, "note": ""}],
        "unclear": [{"unit": "舒兰市工信局", "received": "", "days_late": 0, "note": "单位提出不归其管"}],
        "open": [{"unit": "磐石市工信局", "received": "", "days_late": 0, "note": ""}],
        "exempt": [{"unit": "桦甸市工信局", "received": "", "days_late": 0, "note": ""}],
        "footnotes": ["磐石市工信局：经同意展期至2018年10月31日（星期三）。"],
        "draft": True,
    }


def test_a_unit_that_no_reminder_reached_is_never_listed_as_missing() -> None:
    view = drafted(*ALL, replace(MISSING, unit="梅河口市工信局", order=9, delivered=False))
    assert [row["unit"] for row in view["missing"]] == ["蛟河市工信局"]  # type: ignore[attr-defined]
    assert [row["unit"] for row in view["unclear"]] == ["舒兰市工信局", "梅河口市工信局"]  # type: ignore[attr-defined]
    assert "梅河口市工信局：催报消息未能送达，请核实后再行认定。" in view["footnotes"]  # type: ignore[operator]


def test_a_late_unit_that_no_reminder_reached_has_a_footnote_and_one_on_time_needs_none() -> None:
    unheard = replace(LATE, unit="通化市工信局", order=9, delivered=False)
    quick = replace(ON_TIME, unit="白山市工信局", order=10, delivered=False)
    footnotes = drafted(*ALL, unheard, quick)["footnotes"]
    assert footnotes == ["磐石市工信局：经同意展期至2018年10月31日（星期三）。", "通化市工信局：催报消息未能送达，请核实后再行认定。"]


def test_a_few_units_are_counted_and_not_rated() -> None:
    view = drafted(ON_TIME, LATE)
    assert view["totals"]["rate"] == ""  # type: ignore[index]
    assert view["footnotes"] == ["可认定的单位不足5家的，只列家数，不计比率。"]


def test_a_rate_is_a_hundred_only_if_nothing_is_missing() -> None:
    many = [replace(ON_TIME, unit=f"单位{n}", order=n) for n in range(2999)]
    assert drafted(*many, MISSING)["totals"]["rate"] == "99.9%"  # type: ignore[index]
    assert drafted(*many)["totals"]["rate"] == "100.0%"  # type: ignore[index]
    assert drafted(*many[:4], *[replace(MISSING, order=n) for n in range(2)])["totals"]["rate"] == "66.7%"  # type: ignore[index]


def test_figures_are_given_for_each_level_and_prefecture() -> None:
    figures = bulletin.draft("通报", [*ALL, replace(ON_TIME, unit="长白山管委会", order=9, prefecture="")], AS_OF, OPENING).figures
    levels, prefectures = figures["by_level"], figures["by_prefecture"]
    assert isinstance(levels, dict)
    assert isinstance(prefectures, dict)
    assert {name: group["due"] for name, group in levels.items()} == {"prefecture": 3, "county": 5}
    assert {name: (group["due"], group["timeliness_permille"]) for name, group in prefectures.items()} == {
        "长春市": (3, None),
        "吉林市": (4, None),
    }


def test_the_digest_is_the_hash_of_the_figures_as_canonical_json() -> None:
    made = bulletin.draft("通报", ALL, AS_OF, OPENING)
    text = json.dumps(json.loads(json.dumps(made.figures)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert made.digest == hashlib.sha256(text.encode()).hexdigest() == bulletin.view(made)["digest"]


def test_the_same_instant_in_another_zone_is_the_same_circular() -> None:
    shanghai = replace(LATE, reported_at=times.local(LATE.reported_at or AS_OF))
    one, other = (bulletin.draft("通报", [row], as_of, OPENING) for row, as_of in ((LATE, AS_OF), (shanghai, times.local(AS_OF))))
    assert one.digest == other.digest


def test_a_row_has_no_place_for_a_person() -> None:
    assert {field.name for field in fields(Row)}.isdisjoint({"person", "name", "phone", "contact"})


@st.composite
def some_row(draw: st.DrawFn) -> Row:
    number = draw(st.integers(1, 12))
    received = draw(st.none() | st.integers(0, 9999).map(lambda minutes: AS_OF - timedelta(minutes=minutes)))
    return Row(
        unit=f"单位{number}",
        level=draw(st.sampled_from(["prefecture", "county"])),
        order=draw(st.integers(0, 5)),
        punctuality=draw(st.sampled_from(Punctuality)),
        reported_at=received,
        days_late=draw(st.integers(0, 3)),
        extension=draw(st.none() | st.just(date(2018, 10, 31))),
        delivered=draw(st.booleans()),
        prefecture=draw(st.sampled_from(["", "长春市", "吉林市"])),
        zero_report=draw(st.booleans()),
    )


ROWS = st.lists(some_row(), max_size=12, unique_by=lambda row: row.unit)


@given(ROWS)
def test_every_unit_stands_in_one_section_in_order_and_the_sums_agree(rows: list[Row]) -> None:
    made = bulletin.draft("通报", rows, AS_OF, OPENING)
    listed = [row for section in made.sections.values() for row in section]
    assert sorted(row.unit for row in listed) == sorted(row.unit for row in rows)
    for section in made.sections.values():
        assert [(row.order, row.unit) for row in section] == sorted((row.order, row.unit) for row in section)
    tally = made.tally
    assert tally.due == tally.on_time + tally.late + tally.missing + tally.unclear + tally.open == len(rows) - tally.exempt
    assert all(row.delivered for row in made.sections["missing"])
    for level, prefecture in (("by_level", "level"), ("by_prefecture", "prefecture")):
        groups = made.figures[level]
        assert isinstance(groups, dict)
        named = [row for row in rows if getattr(row, prefecture) and row.punctuality is not P.EXEMPT]
        assert sum(group["due"] for group in groups.values()) == len(named)


@given(ROWS, st.randoms())
def test_the_same_ledger_always_makes_the_same_circular(rows: list[Row], random: object) -> None:
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' Random
    assert bulletin.draft("通报", rows, AS_OF, OPENING) == bulletin.draft("通报", mixed, AS_OF, OPENING)


@given(ROWS)
def test_a_circular_blames_nobody_and_is_plain_json(rows: list[Row]) -> None:
    view = drafted(*rows)
    assert json.loads(json.dumps(view)) == view
    assert "批评" not in json.dumps(view, ensure_ascii=False)
    assert view["draft"] is True


@given(ROWS, st.integers(0, 11))
def test_any_change_of_a_unit_changes_the_digest(rows: list[Row], place: int) -> None:
    if place < len(rows):
        changed = [replace(row, zero_report=not row.zero_report) if number == place else row for number, row in enumerate(rows)]
        assert bulletin.draft("通报", rows, AS_OF, OPENING).digest != bulletin.draft("通报", changed, AS_OF, OPENING).digest


@pytest.mark.parametrize("moment", ["2018-10-29T09:10", "2018-10-29T09:11"])
def test_figures_name_the_instant_they_are_of(moment: str) -> None:
    at: datetime = times.parse_instant(moment)
    assert bulletin.draft("通报", ALL, at, OPENING).figures["as_of"] == at.isoformat()
