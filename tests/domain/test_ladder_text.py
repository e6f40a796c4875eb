"""Ladders as text: what each rung means, what is refused and where."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ladder, ladder_text
from bot.domain.errors import LadderError
from bot.domain.ladder import Anchor, Release
from bot.domain.words import Role


def test_the_standard_ladder_written_out_has_the_same_rungs():
    written = ladder_text.named("first,T-10,T-5,T-3,T-1,T0am,T0pm,L+1,L+3!,L+5!")
    assert written.rungs == ladder.LADDERS["default"].rungs


@pytest.mark.parametrize("name", ladder.LADDERS)
def test_a_name_of_the_house_is_a_ladder_too(name: str):
    assert ladder_text.named(name) is ladder.LADDERS[name]


def test_full_width_marks_and_blanks_are_taken():
    found = ladder_text.checked("first，T-5＠16：10、 L+1！")
    assert [(rung.key, rung.hour, rung.release) for rung in found.rungs[1:]] == [
        ("T-5", time(16, 10), Release.AUTO),
        ("L+1", ladder.MORNING, Release.CLICK),
    ]


@pytest.mark.parametrize(
    ("rung", "roles"),
    [
        ("T-8", (Role.GROUP,)),
        ("T-7", (Role.PRIMARY,)),
        ("T0", (Role.PRIMARY,)),
        ("L+2", (Role.PRIMARY, Role.SUBSTITUTE)),
        ("L+3", (Role.LEADER,)),
        ("L+5", (Role.SUPERIOR,)),
    ],
)
def test_who_is_spoken_to_follows_from_where_the_rung_stands(rung: str, roles: tuple[Role, ...]):
    assert ladder_text.named(f"first,{rung}").rungs[1].roles == roles


def test_the_last_overdue_rung_drafts_the_circular():
    assert [rung.drafts_bulletin for rung in ladder_text.named("first,L+1,L+4").rungs] == [False, False, True]
    assert not any(rung.drafts_bulletin for rung in ladder_text.named("first,T-1").rungs)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "第 1 个字符起的“”无法识别"),
        ("first,", "第 7 个字符起的“”无法识别"),
        ("first,T5", "第 7 个字符起的“T5”无法识别"),
        ("first,L+0", "“L+0”无法识别"),
        ("first,T-5@25:00", "没有 25:00 这个钟点"),
        ("first," + "T-1," * 20, "最多 60 个"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, says: str):
    with pytest.raises(LadderError) as refused:
        ladder_text.named(text)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "text", ["first,T-20", "first,T-3,T-5", "first,T-5,T-5", "T-5,first", "first,T-5@12:00", "first,L+1,T-1", "first,T-3@10:00"]
)
def test_a_rung_that_can_never_fire_keeps_the_ladder_from_being_saved(text: str):
    with pytest.raises(LadderError, match="不能保存"):
        ladder_text.checked(text)


@given(st.text(alphabet="first,T-L+0123456789@:!am p", max_size=70))
def test_whatever_is_typed_is_a_ladder_or_a_refusal(text: str):
    try:
        found = ladder_text.checked(text)
    except LadderError:
        return
    assert [rung.anchor is Anchor.PUBLICATION for rung in found.rungs].count(True) <= 1
