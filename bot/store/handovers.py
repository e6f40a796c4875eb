"""Changes of contact that somebody announced and an administrator has to accept: kept with the words they were said in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from bot.store import tables
from bot.store.tables.talk import WAITING

_HANDOVER = tables.of(tables.Handover)
_UNIT = tables.of(tables.Unit)


class HandoverState(StrEnum):
    """Where an announced change stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"  # the same person announced another one since


@dataclass(frozen=True, slots=True)
class Announced:
    """What was said: who hands over, for which units, to whom, in which words; `name` and `phone` may be empty."""

    person_id: int
    unit_ids: tuple[int, ...]
    inbound_id: int
    name: str
    phone: str
    words: str


@dataclass(frozen=True, slots=True)
class Handover:
    """One change for one unit. `successor_id` and the decision are set once it is no longer open."""

    id: int
    at: datetime
    inbound_id: int
    person_id: int
    unit_id: int
    unit: str
    name: str
    phone: str
    words: str
    state: HandoverState
    successor_id: int | None
    decided_at: datetime | None
    decided_by: str
    note: str


class Handovers:
    """Queries about changes of contact."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def draft(self, announced: Announced, at: datetime) -> list[int]:
        """Keep what was announced, one draft for each unit; what the person announced for these units before is replaced. Returns ids."""
        self._close(announced.person_id, announced.unit_ids, at)
        said = {"name": announced.name[:60], "phone": announced.phone[:40], "words": announced.words[:300]}
        fixed = {"at": at, "inbound_id": announced.inbound_id, "person_id": announced.person_id, "state": HandoverState.OPEN.value}
        rows = [said | fixed | _UNDECIDED | {"unit_id": unit_id} for unit_id in announced.unit_ids]
        return [int(self._connection.execute(_ADD, row).scalar_one()) for row in rows]

    def get(self, handover_id: int) -> Handover:
        """One change. Raises LookupError."""
        row = self._connection.execute(_LIST.where(_HANDOVER.c.id == handover_id)).first()
        if row is None:
            raise LookupError(f"handover {handover_id}")
        return _read(row)

    def open(self) -> list[Handover]:
        """Those that wait for an administrator, the oldest first."""
        return [_read(row) for row in self._connection.execute(_LIST.where(text(f"handover.{WAITING}")))]

    def decide(
        self, handover_id: int, state: HandoverState, by: str, at: datetime, note: str = "", successor_id: int | None = None
    ) -> bool:
        """Write the decision; False if it was decided before."""
        values = {"state": state.value, "decided_by": by, "decided_at": at, "note": note[:300], "successor_id": successor_id}
        return self._connection.execute(_DECIDE.where(_HANDOVER.c.id == handover_id).values(values)).rowcount == 1

    def _close(self, person_id: int, unit_ids: Iterable[int], at: datetime) -> None:
        values = {"state": HandoverState.REPLACED.value, "decided_by": f"person:{person_id}", "decided_at": at}
        theirs = (_HANDOVER.c.person_id == person_id, _HANDOVER.c.unit_id.in_(tuple(unit_ids)))
        self._connection.execute(_DECIDE.where(*theirs).values(values))


def _read(row: Row[Any]) -> Handover:
    values = {name: row._mapping[name] for name in Handover.__dataclass_fields__}
    return Handover(**values | {"state": HandoverState(row.state)})


_UNDECIDED: dict[str, object] = {"successor_id": None, "decided_at": None, "decided_by": "", "note": ""}
_ADD = insert(_HANDOVER).returning(_HANDOVER.c.id)
_LIST = select(_HANDOVER, _UNIT.c.name.label("unit")).join(_UNIT, _UNIT.c.id == _HANDOVER.c.unit_id).order_by(_HANDOVER.c.id)
_DECIDE = update(_HANDOVER).where(_HANDOVER.c.state == HandoverState.OPEN.value)
