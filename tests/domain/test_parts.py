"""Cutting by bytes: between rows, never inside a character or a link."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import parts

ROWS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60), min_size=1, max_size=40)
LIMITS = st.integers(parts.SHORTEST, 400)
NUMBER = re.compile(r"（(\d+)/(\d+)）\n\n")


@given(ROWS, LIMITS)
def test_every_part_fits_and_says_which_it_is(rows: list[str], limit: int) -> None:
    found = parts.split("\n".join(rows), limit)
    assert all(len(part.encode()) <= limit for part in found)
    if len(found) > 1:
        numbers = [NUMBER.match(part) for part in found]
        assert [match.groups() if match else () for match in numbers] == [(str(n), str(len(found))) for n in range(1, len(found) + 1)]


@given(ROWS, st.integers(300, 600))
def test_no_row_is_lost_and_none_is_broken_if_each_fits(rows: list[str], limit: int) -> None:
    found = parts.split("\n".join(rows), limit)
    kept = [row for part in found for row in NUMBER.sub("", part, count=len(found) > 1).split("\n") if row]
    assert kept == [row for row in rows if row]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), LIMITS)
def test_a_row_too_long_keeps_its_beginning_and_says_that_it_was_cut(row: str, room: int) -> None:
    cut = parts.cut(row, room)
    assert len(cut.encode()) <= room
    assert cut == row or (cut.endswith("…") and row.startswith(cut[:-1]))


LINK = "[打开清单](https://example.com/g/7?a=1)"


@given(st.integers(0, 60), st.sampled_from([LINK, "https://example.com/very/long/path", "<@zhangsan>", "@13800000001"]), LIMITS)
def test_a_link_or_a_mention_is_whole_or_absent(before: int, link: str, limit: int) -> None:
    cut = parts.cut("报" * before + link + "送" * 200, limit)
    assert link in cut or cut == "报" * len(cut[:-1]) + "…"


@pytest.mark.parametrize(
    ("character", "why"),
    [
        ("é", "an accent of its own"),
        ("葛\U000e0100", "a variation selector"),
        ("👨\u200d👩\u200d👧", "a joined emoji"),
        ("👍🏽", "a skin tone"),
    ],
)
def test_a_character_made_of_several_is_never_cut_inside(character: str, why: str) -> None:
    for room in range(parts.SHORTEST, parts.SHORTEST + 40):
        kept = parts.cut(character * 60, room).removesuffix("…")
        assert kept == character * (len(kept) // len(character)), why


def test_a_text_that_fits_exactly_is_one_part_without_a_number() -> None:
    text = "报" * 30
    assert parts.split(text, 90) == [text]
    assert len(parts.split(text, 89)) == 1
    assert parts.split(text, 89)[0].endswith("…")


def test_more_than_nine_parts_leave_room_for_longer_numbers() -> None:
    found = parts.split("\n".join(["报送" * 8] * 12), 70)
    assert len(found) == 12
    assert found[0].startswith("（1/12）")
    assert found[-1].startswith("（12/12）")


def test_a_limit_too_small_to_hold_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        parts.split("报送", parts.SHORTEST - 1)


def test_blank_rows_at_the_edge_of_a_part_are_dropped() -> None:
    found = parts.split("一" * 20 + "\n\n" + "二" * 20 + "\n\n\n", 80)
    assert [part.split("\n\n", 1)[1] for part in found] == ["一" * 20, "二" * 20]


def test_a_text_of_blank_rows_only_is_one_empty_part() -> None:
    assert parts.split("\n" * 200, 80) == [""]
