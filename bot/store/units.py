"""The tree of bureaus: province → prefecture → county, and which of them exist on a day."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Update, and_, bindparam, insert, or_, select, update

from bot.store import tables

_unit = tables.of(tables.Unit)
_obligation = tables.of(tables.Obligation)

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Unit:
    """One bureau. `position` is the administrative order; `until` is exclusive, None means still."""

    id: int
    code: str
    name: str
    short_name: str
    level: str
    kind: str
    parent_id: int | None
    position: int
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as it comes from a table: the one above is named by its code (empty: the root)."""

    code: str
    name: str
    short_name: str
    level: str
    kind: str = ""
    parent_code: str = ""
    position: int = 0
    pinyin: str = ""
    initials: str = ""
    since: date | None = None
    until: date | None = None


class UnknownParent(ValueError):
    """A row names a unit above it that is neither known nor among the rows. Nothing was written for it."""


class Units:
    """Queries about units."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_many(self, rows: Iterable[UnitRow]) -> dict[str, int]:
        """Insert or update units by code and parent, in any order; returns code → id of the rows given.

        A change lets the due job look at the units of every obligation again. Raises UnknownParent.
        """
        given = list(rows)
        known = self._keys()
        by_code = {code: id_ for (code, _), id_ in known.items()}
        placed: dict[str, int] = {}
        changed = 0
        for level in _levels(given):
            changed += self._put(level, by_code, known)
            known = self._keys()
            placed |= {row.code: known[row.code, by_code.get(row.parent_code)] for row in level}
            by_code |= placed
        if changed:
            self._connection.execute(update(_obligation).values(revision=_obligation.c.revision + 1))
        return placed

    def all(self, on: date | None = None) -> list[Unit]:
        """Every unit, or those in force on a day, in administrative order."""
        query = _select().order_by(_unit.c.position, _unit.c.id)
        return self._list(query if on is None else query.where(in_force(on)))

    def get(self, unit_id: int) -> Unit:
        """One unit. Raises LookupError."""
        found = self._list(_select().where(_unit.c.id == unit_id))
        if not found:
            raise LookupError(f"unit {unit_id}")
        return found[0]

    def by_code(self, code: str) -> Unit | None:
        """The unit with this code; if it moved, the row that began last."""
        found = self._list(_select().where(_unit.c.code == code).order_by(_unit.c.since.desc(), _unit.c.id.desc()).limit(1))
        return found[0] if found else None

    def find(self, name: str) -> list[Unit]:
        """Units whose name, short name or pinyin contains the words, or whose pinyin initials or code begin with them, in order."""
        return self._list(_select().where(worded(name)).order_by(_unit.c.position, _unit.c.id))

    def under(self, unit_id: int) -> list[Unit]:
        """A unit and everything below it, in administrative order."""
        return self._list(_select().where(under(unit_id)).order_by(_unit.c.position, _unit.c.id))

    def below_root(self, on: date) -> list[Unit]:
        """The units in force on a day that stand directly below the top of the tree, in administrative order."""
        root = _unit.alias("root")
        directly = _unit.c.parent_id.in_(select(root.c.id).where(root.c.parent_id.is_(None)))
        return self._list(_select().where(directly, in_force(on)).order_by(_unit.c.position, _unit.c.id))

    def _keys(self) -> dict[Key, int]:
        rows = self._connection.execute(select(_unit.c.code, _unit.c.parent_id, _unit.c.id).order_by(_unit.c.id))
        return {(code, parent): id_ for code, parent, id_ in rows}

    def _put(self, rows: list[UnitRow], by_code: dict[str, int], known: dict[Key, int]) -> int:
        """Returns how many rows are new or differ from what was there."""
        new, old = [], []
        for values in (_values(row, by_code) for row in rows):
            key = known.get((values["code"], values["parent_id"]))
            if key is None:
                new.append(values)
            else:
                old.append({f"v_{name}": value for name, value in values.items()} | {"key": key})
        if new:
            self._connection.execute(insert(_unit), new)
        return len(new) + (max(0, self._connection.execute(_UPDATE, old).rowcount) if old else 0)

    def _list(self, query: Select[Any]) -> list[Unit]:
        return [_read(row) for row in self._connection.execute(query)]


def under(unit_id: int) -> ColumnElement[bool]:
    """The condition on table `unit` that it is this one or stands below it."""
    tree = select(_unit.c.id).where(_unit.c.id == unit_id).cte("tree", recursive=True)
    below = _unit.alias("below")
    tree = tree.union_all(select(below.c.id).where(below.c.parent_id == tree.c.id))
    return _unit.c.id.in_(select(tree.c.id))


def worded(words: str) -> ColumnElement[bool]:
    """The condition on table `unit` that somebody who types this means it."""
    typed = words.strip().lower()
    like, start = f"%{_literal(typed)}%", f"{_literal(typed)}%"
    anywhere = [_unit.c[name].ilike(like, escape="\\") for name in ("name", "short_name", "pinyin")]
    return or_(*anywhere, *(_unit.c[name].ilike(start, escape="\\") for name in ("initials", "code")))


def in_force(on: date) -> ColumnElement[bool]:
    """The condition on table `unit` that it exists on that day."""
    return and_(
        or_(_unit.c.since.is_(None), _unit.c.since <= on),
        or_(_unit.c.until.is_(None), _unit.c.until > on),
    )


_COLUMNS = [_unit.c[name] for name in Unit.__dataclass_fields__]


def _select() -> Select[Any]:
    return select(*_COLUMNS)


def _read(row: Row[Any]) -> Unit:
    return Unit(**row._mapping)


def _levels(rows: list[UnitRow]) -> list[list[UnitRow]]:
    """The rows from the top of the tree down, so that the unit above is written first."""
    parents = {row.code: row.parent_code for row in rows}
    levels: dict[int, list[UnitRow]] = {}
    for row in rows:
        depth, code = 0, row.parent_code
        while code in parents and depth < len(parents):
            depth, code = depth + 1, parents[code]
        levels.setdefault(depth, []).append(row)
    return [levels[depth] for depth in sorted(levels)]


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _values(row: UnitRow, by_code: dict[str, int]) -> dict[str, Any]:
    values = asdict(row)
    parent = values.pop("parent_code")
    if parent and parent not in by_code:
        raise UnknownParent(f"unit {row.code}: no unit {parent} above it")
    return values | {"parent_id": by_code.get(parent)}


def _update() -> Update:
    """Writes one unit if it differs, so that the count of rows written is the count of changes."""
    given = {name: bindparam(f"v_{name}", type_=_unit.c[name].type) for name in _WRITTEN}
    differs = or_(*(_unit.c[name].is_distinct_from(value) for name, value in given.items()))
    return update(_unit).where(_unit.c.id == bindparam("key"), differs).values(given)


_WRITTEN = [column.name for column in _unit.c if column.name != "id"]
_UPDATE = _update()
