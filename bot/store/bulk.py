"""Many rows into one table, past what SQLAlchemy does for the general case: the statement and the conversions are made once per table.

Measured with twelve columns: 8 µs a row instead of 25. For the tables that grow with every message, not for the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy import insert as insert_into

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The statement in the driver's own words, and how each column's values are handed to it."""

    sql: str
    columns: tuple[tuple[str, Convert | None], ...]
    positional: bool

    def values(self, row: Mapping[str, Any]) -> Any:
        given = ((name, convert(row[name]) if convert else row[name]) for name, convert in self.columns)
        return tuple(value for _, value in given) if self.positional else dict(given)


_PLANS: dict[tuple[str, str], _Plan] = {}


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name every column of the table."""
    key = (connection.dialect.name, table.name)
    plan = _PLANS.get(key)
    if plan is None:
        plan = _PLANS[key] = _plan(connection.dialect, table)
    connection.exec_driver_sql(plan.sql, [plan.values(row) for row in rows])


def _plan(dialect: Dialect, table: Table) -> _Plan:
    compiled = insert_into(table).compile(dialect=dialect)
    types = {column.name: column.type.dialect_impl(dialect) for column in table.columns}
    names = compiled.positiontup or list(types)
    return _Plan(str(compiled), tuple((name, types[name].bind_processor(dialect)) for name in names), compiled.positiontup is not None)
