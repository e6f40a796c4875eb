"""INSERT … ON CONFLICT in the dialect at hand. Both databases know the clause; SQLAlchemy has one class for each."""

import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Table) -> Any:
    """An insert of the dialect's own kind: it has `on_conflict_do_nothing`, `on_conflict_do_update` and `excluded`."""
    return _insert(connection.dialect.name, table)


def insert_new(connection: Connection, table: Table, key: Sequence[str], returning: str = "") -> Any:
    """Insert rows whose `key` columns are not there yet; leave the others as they are. `returning` names a column to be told of the new."""
    return _insert_new(connection.dialect.name, table, tuple(key), returning)


def upsert(connection: Connection, table: Table, key: Sequence[str]) -> Any:
    """Insert a row, or replace every other column of the one with the same `key`."""
    return _upsert(connection.dialect.name, table, tuple(key))


def accumulate(connection: Connection, table: Table, key: Sequence[str], counter: str) -> Any:
    """Insert a row, or add its `counter` to that of the one with the same `key`."""
    return _accumulate(connection.dialect.name, table, tuple(key), counter)


@functools.cache
def _insert(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@functools.cache
def _insert_new(dialect: str, table: Table, key: tuple[str, ...], returning: str) -> Any:
    statement = _insert(dialect, table).on_conflict_do_nothing(index_elements=list(key))
    return statement.returning(table.c[returning]) if returning else statement


@functools.cache
def _upsert(dialect: str, table: Table, key: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    fresh = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=fresh)


@functools.cache
def _accumulate(dialect: str, table: Table, key: tuple[str, ...], counter: str) -> Any:
    statement = _insert(dialect, table)
    return statement.on_conflict_do_update(index_elements=list(key), set_={counter: table.c[counter] + statement.excluded[counter]})
