"""What a tap says, there and back."""

from datetime import UTC, datetime

import pytest

from bot.domain import cards, replies
from bot.domain.cards import Tap
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

DONE, DONE_12 = Tap("已报", "已报"), Tap("已报", "已报", "task:12")
THIS_ONE, ALL = Tap("1. 榆树市", "", "task:12"), Tap("全部", "全部")


@pytest.mark.parametrize(
    ("taps", "text", "about"),
    [
        ([DONE_12], "已报", "task:12"),
        ([THIS_ONE, DONE], "已报", "task:12"),
        ([ALL, DONE], "全部已报", ""),
        ([THIS_ONE, DONE_12], "已报", "task:12"),
        ([DONE], "已报", ""),
        ([], "", ""),
    ],
)
def test_choices_and_the_button_are_put_together_as_words_and_what_they_are_about(taps, text, about):
    assert cards.tapped([tap.key for tap in taps]) == cards.Tapped(text, about)


def test_the_key_of_somebody_elses_button_is_all_words():
    assert cards.tapped(["已报"]) == cards.Tapped("已报", "")


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("已报", Intent.DONE),
        ("今天报", Intent.PROMISE),
        ("有困难", Intent.DIFFICULTY),
        ("不归我管", Intent.NOT_RESPONSIBLE),
        ("申请延期", Intent.EXTENSION_REQUEST),
    ],
)
def test_what_the_buttons_say_is_read_as_what_they_mean(said, intent):
    for words in (said, f"全部{said}"):
        reading = replies.read(words, datetime(2018, 10, 16, 1, 7, tzinfo=UTC), WorkCalendar())
        assert (reading.intent, reading.unsure) == (intent, False)
