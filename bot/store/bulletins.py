"""The circulars: the facts they are drawn from, and every edition as it was drafted, frozen with a hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, func, insert, select

from bot.domain.status import EventKind
from bot.domain.words import MessageState
from bot.store import tables
from bot.store.tasks import EVENT, TASK, Task, Tasks

_BULLETIN = tables.of(tables.Bulletin)
_UNIT = tables.of(tables.Unit)
_PERIOD = tables.of(tables.Period)
_REMINDER = tables.of(tables.Reminder)
_MESSAGE = tables.of(tables.Message)


@dataclass(frozen=True, slots=True)
class Fact:
    """What the circular has to know about one unit of a period.

    `prefecture` is the unit it is counted with (itself, if no unit above it reports to the province); `delivered`: a message about
    this task reached somebody; `note` is the difficulty or the objection stated last, empty if there is none.
    """

    task: Task
    level: str
    prefecture: str
    position: int
    delivered: bool
    note: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One circular as drafted: never changed; a correction is a new edition. `hash` is the digest of the figures."""

    id: int
    period_id: int
    edition: int
    as_of: datetime
    figures: Mapping[str, Any]
    text: str
    hash: str


class Bulletins:
    """Queries about circulars."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, period_id: int, as_of: datetime, figures: Mapping[str, Any], text: str, digest: str) -> Edition:
        """Freeze a draft as the next edition; the same figures again are the edition that has them."""
        same = self._connection.execute(_select().where(_BULLETIN.c.period_id == period_id, _BULLETIN.c.hash == digest)).first()
        if same is not None:
            return Edition(**same._mapping)
        last = select(func.max(_BULLETIN.c.edition)).where(_BULLETIN.c.period_id == period_id)
        edition = (self._connection.execute(last).scalar() or 0) + 1
        values = {"period_id": period_id, "edition": edition, "as_of": as_of, "figures": dict(figures), "text": text, "hash": digest}
        id_ = self._connection.execute(insert(_BULLETIN).values(values).returning(_BULLETIN.c.id)).scalar_one()
        return Edition(int(id_), period_id, edition, as_of, dict(figures), text, digest)

    def of(self, period_id: int) -> list[Edition]:
        """The editions of a period, the first one first."""
        rows = self._connection.execute(_select().where(_BULLETIN.c.period_id == period_id).order_by(_BULLETIN.c.edition))
        return [Edition(**row._mapping) for row in rows]

    def get(self, bulletin_id: int) -> Edition:
        """One edition. Raises LookupError."""
        row = self._connection.execute(_select().where(_BULLETIN.c.id == bulletin_id)).first()
        if row is None:
            raise LookupError(f"bulletin {bulletin_id}")
        return Edition(**row._mapping)

    def undrafted(self, now: datetime) -> list[int]:
        """Periods whose legal limit has passed by `now` and that have no circular, by id."""
        return list(self._connection.execute(_UNDRAFTED, {"now": now}).scalars())

    def facts(self, period_id: int) -> list[Fact]:
        """All units of a period in administrative order, in four queries however many they are."""
        units = {row.id: row for row in self._connection.execute(_units(period_id))}
        delivered, notes = self._delivered(period_id), self._notes(period_id)
        return [
            Fact(task, unit.level, unit.prefecture or unit.name, unit.position, task.id in delivered, notes.get(task.id, ""))
            for task in Tasks(self._connection).of_period(period_id)
            for unit in (units[task.unit_id],)
        ]

    def _delivered(self, period_id: int) -> set[int]:
        query = select(TASK.c.id).join(_REMINDER, _REMINDER.c.task_id == TASK.c.id).join(_MESSAGE, _MESSAGE.c.id == _REMINDER.c.message_id)
        sent = and_(TASK.c.period_id == period_id, _MESSAGE.c.state == MessageState.SENT.value)
        return set(self._connection.execute(query.where(sent).distinct()).scalars())

    def _notes(self, period_id: int) -> dict[int, str]:
        stated = (EventKind.BLOCKED.value, EventKind.DISPUTED.value)
        query = select(EVENT.c.task_id, EVENT.c.note).join(TASK, TASK.c.id == EVENT.c.task_id)
        query = query.where(TASK.c.period_id == period_id, EVENT.c.kind.in_(stated), EVENT.c.note != "").order_by(EVENT.c.id)
        return {row.task_id: row.note for row in self._connection.execute(query)}


def _select() -> Select[Any]:
    return select(*(_BULLETIN.c[name] for name in Edition.__dataclass_fields__))


def _units(period_id: int) -> Select[Any]:
    """The units of a period with the name of the one above, unless that is the root of the tree."""
    above = _UNIT.alias("above")
    named = select(_UNIT.c.id, _UNIT.c.name, _UNIT.c.level, _UNIT.c.position, above.c.name.label("prefecture"))
    named = named.outerjoin(above, and_(above.c.id == _UNIT.c.parent_id, above.c.parent_id.is_not(None)))
    return named.join(TASK, TASK.c.unit_id == _UNIT.c.id).where(TASK.c.period_id == period_id)


_UNDRAFTED = (
    select(_PERIOD.c.id)
    .where(_PERIOD.c.limit_at <= bindparam("now"), ~exists().where(_BULLETIN.c.period_id == _PERIOD.c.id))
    .where(exists().where(TASK.c.period_id == _PERIOD.c.id))
    .order_by(_PERIOD.c.id)
)
