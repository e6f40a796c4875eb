"""INSERT … ON CONFLICT in the dialect at hand. Both databases know the clause; SQLAlchemy has one class for each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Table) -> Any:
    """An insert of the dialect's own kind: it has `on_conflict_do_nothing`, `on_conflict_do_update` and `excluded`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def insert_new(connection: Connection, table: Table, key: Sequence[str]) -> Any:
    """Insert rows whose `key` columns are not there yet; leave the others as they are."""
    return insert(connection, table).on_conflict_do_nothing(index_elements=list(key))


def upsert(connection: Connection, table: Table, key: Sequence[str]) -> Any:
    """Insert a row, or replace every other column of the one with the same `key`."""
    statement = insert(connection, table)
    fresh = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=fresh)
