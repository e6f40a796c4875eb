"""Units are found by what is typed on a keyboard."""

import pytest

from bot.talk import pinyin


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("榆树", ("yushu", "ys")),
        ("珲春", ("hunchun", "hc")),
        ("长白", ("changbai", "cb")),
        ("长岭", ("changling", "cl")),
        ("A1 区", ("qu", "q")),
        ("", ("", "")),
    ],
)
def test_names_are_written_without_tones_and_local_readings_are_right(name: str, typed: tuple[str, str]):
    assert pinyin.of(name) == typed


def test_a_long_name_fits_the_columns():
    found = pinyin.of("庄" * 60)
    assert (len(found[0]), len(found[1])) == (200, 40)
