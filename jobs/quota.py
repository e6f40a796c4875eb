"""deliveries and inbounds of the month → an audit fact before a platform's monthly wall is hit (PROMISES B13); `alert` tells it.

Each wall is spoken of once a month and step (four fifths, nineteen twentieths, all of it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Channel
from bot.domain import quotas, times
from bot.domain.quotas import Quota
from bot.store import Store, Tx


@dataclass(frozen=True, slots=True)
class Counted:
    """How many walls there are, and how many of them were spoken of now."""

    walls: int = 0
    told: int = 0


def run(now: datetime, store: Store, channels: Mapping[str, Channel]) -> Counted:
    """Count what the month has used; safe at any time and any number of times."""
    walls = {name: channel.limits.per_month for name, channel in channels.items() if channel.limits.per_month}
    if not walls:
        return Counted()
    with store.read() as tx:
        near = [quota for quota in used(tx, walls, now) if quota.step]
    if not near:
        return Counted(len(walls))
    with store.begin() as tx:
        return Counted(len(walls), sum(_tell(tx, quota, now) for quota in near))


def used(tx: Tx, walls: Mapping[str, int], now: datetime) -> list[Quota]:
    """What this month has used of each wall so far."""
    since = quotas.month_of(now)
    return quotas.count(tx.robots.calls(since, now), tx.inbox.count(since, now), walls)


def _tell(tx: Tx, quota: Quota, now: datetime) -> bool:
    today = times.civil_day(now)
    key, mark = f"quota:{quota.channel}", f"{today:%Y-%m}:{quota.step}"
    if tx.meta.get(key) == mark:
        return False
    tx.meta.set(key, mark)
    until = quota.lasts_until(today)
    facts = {"code": str(quota.used), "detail": str(quota.wall), "until": until.isoformat() if until else ""}
    tx.audit.write("system", "quota.near", now, about=f"quota:{quota.channel}", after=facts)
    return True
