"""Who would get what: the steps that lie ahead as of a day, for the units the administrator sees (PROMISES B14)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta

from bot.desk.desk import Actor, Desk
from bot.domain import ladder, times
from bot.store import preview
from bot.store.preview import Ahead
from bot.store.tx import Tx


def on(desk: Desk, actor: Actor, day: date, obligation_id: int) -> list[Ahead]:
    """The steps of one obligation that would go on that day."""
    with desk.store.read() as tx:
        return ahead(tx, desk.now(), day, 1, desk.channels, units=actor.units, obligation_id=obligation_id)


def ahead(
    tx: Tx,
    at: datetime,
    on: date,
    days: int,
    channels: Collection[str],
    *,
    units: Collection[int] | None = None,
    obligation_id: int | None = None,
) -> list[Ahead]:
    """The steps of `days` days from `on` (included). What is overdue counts as of today, collapsed as the next tick would do it."""
    until = times.end_of(on + timedelta(days=days - 1))
    steps = preview.ahead(tx.connection, until, channels, on, units=units, obligation_id=obligation_id)
    late: defaultdict[tuple[int, int | None], list[Ahead]] = defaultdict(list)
    for step in steps:
        if step.released and step.fires_at <= at:
            late[step.period_id, step.task_id].append(step)
    skipped = {step.id for group in late.values() for step in ladder.collapse(group, at)[1]}
    return [step for step in steps if step.id not in skipped and times.civil_day(max(step.fires_at, at)) >= on]
