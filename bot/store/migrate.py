"""Brings a database to the schema of this release. Mostly it is there already: then Alembic, a tenth of the start, is not even loaded."""

import importlib
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from bot.store import opening

ADVISORY_KEY = 0x6375_6962_616F
"""The advisory lock on PostgreSQL that makes workers migrate one after the other (`cuibao`)."""

SCRIPTS = Path(__file__).with_name("migrations")
_VERSION = table("alembic_version", column("version_num"))
"""Alembic's own table: one row, the version the database is at."""


def upgrade(connection: Connection) -> None:
    """Run every version this database has not seen, in the caller's transaction: all of them or none.

    Raises CannotOpen for a version that only a later release knows, and for a file that another program has made.
    (A PostgreSQL database may be shared; there only equal names collide.)
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_KEY})
    at = current(connection)
    if at == head():
        return
    if at is None and connection.dialect.name == "sqlite" and inspect(connection).get_table_names():
        raise opening.somebody_elses(connection.engine.url)
    if at is not None and at not in _known():
        raise opening.too_new(connection.engine.url)
    importlib.import_module("bot.store.schema").upgrade(connection)


def head() -> str:
    """The newest version this release knows."""
    return max(_known())


def current(connection: Connection) -> str | None:
    """The version the database is at; None for an empty one."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.execute(select(_VERSION.c.version_num)).scalar()
    return found


def _known() -> set[str]:
    """The versions are numbered files, each builds on the one before."""
    return {path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py")}
