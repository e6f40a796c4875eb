"""Monthly walls: what counts against which, when to speak of it, how long the rest lasts."""

from datetime import UTC, date, datetime

import pytest

from bot.domain import quotas
from bot.domain.quotas import Quota


@pytest.mark.parametrize(("used", "step"), [(0, 0), (2399, 0), (2400, 80), (2850, 95), (2999, 95), (3000, 100), (9000, 100)])
def test_a_wall_is_spoken_of_before_it_is_hit(used: int, step: int) -> None:
    assert Quota("dingtalk_robot", used, 3000).step == step


@pytest.mark.parametrize(
    ("used", "today", "until"),
    [
        (0, date(2018, 10, 10), None),
        (1500, date(2018, 10, 10), date(2018, 10, 20)),
        (1000, date(2018, 10, 10), date(2018, 10, 30)),
        (900, date(2018, 10, 10), None),
        (3000, date(2018, 10, 10), date(2018, 10, 10)),
        (9000, date(2018, 10, 10), date(2018, 10, 10)),
        (1, date(2018, 10, 1), None),
    ],
)
def test_it_lasts_until_the_day_on_which_the_same_pace_hits_it(used: int, today: date, until: date | None) -> None:
    assert Quota("dingtalk_robot", used, 3000).lasts_until(today) == until


def test_a_month_begins_at_midnight_in_shanghai() -> None:
    assert quotas.month_of(datetime(2018, 9, 30, 16, 0, tzinfo=UTC)) == datetime(2018, 9, 30, 16, 0, tzinfo=UTC)
    assert quotas.month_of(datetime(2018, 9, 30, 15, 59, tzinfo=UTC)) == datetime(2018, 8, 31, 16, 0, tzinfo=UTC)


def test_what_dingtalk_pushes_to_us_counts_with_its_webhooks() -> None:
    walls = {"dingtalk_robot": 3000, "dingtalk_app": 5000, "mail": 0}
    assert quotas.count({"dingtalk_robot": 5, "mail": 9}, {"dingtalk_app": 7, "mail": 2}, walls) == [
        Quota("dingtalk_robot", 12, 3000),
        Quota("dingtalk_app", 0, 5000),
    ]
