"""The duties and who owes them."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from bot.domain.due import Shift
from bot.domain.obligations import Obligation
from bot.store import conflict, tables
from bot.store.units import Unit

OBLIGATION = tables.of(tables.Obligation)
OWES = tables.of(tables.ObligationUnit)
_UNIT = tables.of(tables.Unit)

ARMED, DRAFT, ENDED = "armed", "draft", "ended"
"""States: only an armed obligation makes periods, tasks and reminders."""


@dataclass(frozen=True, slots=True)
class Armed:
    """An obligation that the due job works on. `revision` grows when its units, or any unit, change."""

    obligation: Obligation
    revision: int


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation, its state, and how many units owe it, of those that were asked about."""

    obligation: Obligation
    state: str
    units: int


class Obligations:
    """Queries about obligations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, obligation: Obligation, unit_ids: Iterable[int], state: str = ARMED) -> int:
        """A new obligation owed by these units; `obligation.id` is ignored. Returns the id."""
        values = _values(obligation) | {"state": state}
        id_ = int(self._connection.execute(insert(OBLIGATION).values(values).returning(OBLIGATION.c.id)).scalar_one())
        self._owe(id_, unit_ids)
        return id_

    def change(self, obligation: Obligation) -> None:
        """Write every field anew; the due job then looks at its open periods again."""
        values = _values(obligation) | {"revision": OBLIGATION.c.revision + 1}
        self._connection.execute(update(OBLIGATION).where(OBLIGATION.c.id == obligation.id).values(values))

    def set_units(self, obligation_id: int, unit_ids: Iterable[int]) -> None:
        """Exactly these units owe it from now on; tasks that exist stay, the due job makes those that are missing."""
        self._connection.execute(delete(OWES).where(OWES.c.obligation_id == obligation_id))
        self._owe(obligation_id, unit_ids)
        self._connection.execute(update(OBLIGATION).where(OBLIGATION.c.id == obligation_id).values(revision=OBLIGATION.c.revision + 1))

    def set_state(self, obligation_id: int, state: str) -> None:
        """Arm, draft or end it."""
        self._connection.execute(update(OBLIGATION).where(OBLIGATION.c.id == obligation_id).values(state=state))

    def get(self, obligation_id: int) -> Obligation:
        """One obligation. Raises LookupError."""
        row = self._connection.execute(select(OBLIGATION).where(OBLIGATION.c.id == obligation_id)).first()
        if row is None:
            raise LookupError(f"obligation {obligation_id}")
        return read(row)

    def all(self, state: str | None = None) -> list[Obligation]:
        """Every obligation (in that state), by id."""
        return [read(row) for row in self._connection.execute(_in_state(state))]

    def owed(self, unit_ids: Collection[int] | None = None) -> list[Owed]:
        """Every obligation that one of these units owes (None: all obligations), by id."""
        mine = OWES.c.obligation_id == OBLIGATION.c.id
        if unit_ids is not None:
            mine &= OWES.c.unit_id.in_(list(unit_ids))
        count = func.count(OWES.c.unit_id).label("units")
        columns: list[Any] = [*OBLIGATION.c, count]
        query = select(*columns).join(OWES, mine, isouter=unit_ids is None).group_by(OBLIGATION.c.id)
        return [Owed(read(row), row.state, row.units) for row in self._connection.execute(query.order_by(OBLIGATION.c.id))]

    def load(self, unit_ids: Collection[int], but: int = 0) -> dict[int, int]:
        """How many armed obligations each of these units owes, `but` apart; units that owe none are left out."""
        query = select(OWES.c.unit_id, func.count()).join(OBLIGATION, OBLIGATION.c.id == OWES.c.obligation_id)
        query = query.where(OBLIGATION.c.state == ARMED, OBLIGATION.c.id != but, OWES.c.unit_id.in_(list(unit_ids)))
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(OWES.c.unit_id))}

    def armed(self) -> list[Armed]:
        """What the due job works on, by id."""
        return [Armed(read(row), row.revision) for row in self._connection.execute(_in_state(ARMED))]

    def units(self, obligation_id: int) -> list[Unit]:
        """Who owes it, whether in force today or not, in administrative order."""
        columns = [_UNIT.c[name] for name in Unit.__dataclass_fields__]
        query = select(*columns).join(OWES, OWES.c.unit_id == _UNIT.c.id).where(OWES.c.obligation_id == obligation_id)
        return [Unit(**row._mapping) for row in self._connection.execute(query.order_by(_UNIT.c.position, _UNIT.c.id))]

    def chunk(self, obligation_id: int, after: int, size: int) -> int | None:
        """The id of the `size`-th next unit that owes it, beyond `after`; None when fewer are left."""
        units = select(OWES.c.unit_id).where(OWES.c.obligation_id == obligation_id, OWES.c.unit_id > after).order_by(OWES.c.unit_id)
        return self._connection.execute(units.limit(1).offset(size - 1)).scalar()

    def _owe(self, obligation_id: int, unit_ids: Iterable[int]) -> None:
        rows = [{"obligation_id": obligation_id, "unit_id": unit_id} for unit_id in dict.fromkeys(unit_ids)]
        if rows:
            self._connection.execute(conflict.insert_new(self._connection, OWES, ["obligation_id", "unit_id"]), rows)


_FIELDS = tuple(Obligation.__dataclass_fields__)


def read(row: Row[Any]) -> Obligation:
    """An obligation from a row that holds the columns of the table."""
    values = {name: row._mapping[name] for name in _FIELDS}
    return Obligation(**values | {"shift": Shift(values["shift"]), "emails": tuple(values["emails"]), "phones": tuple(values["phones"])})


def _values(obligation: Obligation) -> dict[str, Any]:
    values = asdict(obligation)
    del values["id"]
    return values | {"shift": obligation.shift.value, "emails": list(obligation.emails), "phones": list(obligation.phones)}


def _in_state(state: str | None) -> Select[Any]:
    query = select(OBLIGATION).order_by(OBLIGATION.c.id)
    return query.where(OBLIGATION.c.state == state) if state else query
