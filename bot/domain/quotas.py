"""Monthly walls of the platforms (PROMISES B13): what is used up of them, how long the rest lasts, when to speak of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.domain import times

STEPS: Final = (80, 95, 100)
"""Per cent of a wall at which administrators are told."""

PUSHED: Final[Mapping[str, str]] = {"dingtalk_app": "dingtalk_robot"}
"""Whose inbound messages count against whose wall: DingTalk has one for "Webhook & Stream" together. What one use of it is the platform
does not spell out, so every push is counted, to be safe (document 1433, read 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class Quota:
    """One wall in one month: `used` of `wall` calls of the channel."""

    channel: str
    used: int
    wall: int

    @property
    def step(self) -> int:
        """The highest of STEPS that is reached, 0 for none."""
        return max((step for step in STEPS if self.used * 100 >= self.wall * step), default=0)

    def lasts_until(self, today: date) -> date | None:
        """The day on which the wall is hit if the month goes on like this; None if it lasts to its end."""
        if not self.used:
            return None
        day = min(-(-self.wall * today.day // self.used), 99)
        return today + timedelta(days=max(0, day - today.day)) if (today + timedelta(days=day - today.day)).month == today.month else None


def month_of(now: datetime) -> datetime:
    """The first instant of the month in Shanghai in which `now` lies."""
    return times.instant(times.civil_day(now).replace(day=1), time(0))


def count(sent: Mapping[str, int], heard: Mapping[str, int], walls: Mapping[str, int]) -> list[Quota]:
    """Every channel with a wall (0: none known): what it has sent, and what was pushed to us against it."""
    pushed = dict.fromkeys(walls, 0)
    for channel, number in heard.items():
        if PUSHED.get(channel) in pushed:
            pushed[PUSHED[channel]] += number
    return [Quota(channel, sent.get(channel, 0) + pushed[channel], wall) for channel, wall in walls.items() if wall]
