"""What a rehearsal warns of: walls in calls and not in messages, and the day on which they are hit."""

from datetime import date

from bot.domain import foresight
from bot.domain.foresight import Sending

WALLS = {"dingtalk_robot": 10, "dingtalk_app": 10, "mail": 0}


def sendings(channel: str, day: int, count: int, calls: int = 1) -> list[Sending]:
    return [Sending(date(2018, 10, day), channel, "", False, False, calls) for _ in range(count)]


def test_under_four_fifths_of_a_wall_nobody_is_warned() -> None:
    assert foresight.walls([*sendings("dingtalk_app", 8, 7), *sendings("mail", 8, 999)], [], WALLS) == []


def test_a_wall_that_comes_near_and_one_that_is_hit_are_named_with_the_day() -> None:
    near, hit = sendings("dingtalk_app", 8, 8), sendings("dingtalk_robot", 9, 6) + sendings("dingtalk_robot", 15, 6)
    assert foresight.walls([*near, *hit], [], WALLS) == [
        "渠道 dingtalk_app 在 2018-10 将用 8 次，平台每月限 10 次",
        "渠道 dingtalk_robot 在 2018-10 将用 12 次，平台每月限 10 次，2018-10-15 用完",
    ]


def test_calls_are_counted_and_not_messages() -> None:
    assert foresight.walls([*sendings("dingtalk_app", 8, 20, calls=0), *sendings("dingtalk_app", 8, 4, calls=2)], [], WALLS) == [
        "渠道 dingtalk_app 在 2018-10 将用 8 次，平台每月限 10 次"
    ]


def test_what_people_will_say_counts_where_the_platform_counts_it() -> None:
    heard = [(date(2018, 10, 9), "dingtalk_app")] * 5 + [(date(2018, 10, 9), "mail")] * 99
    assert foresight.walls(sendings("dingtalk_robot", 8, 4), heard, WALLS) == ["渠道 dingtalk_robot 在 2018-10 将用 9 次，平台每月限 10 次"]
