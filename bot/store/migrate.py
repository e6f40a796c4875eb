"""Brings a database to the schema of this release, by Alembic without its command line, configuration file or `env.py`.

The versions stand in `migrations/versions` and travel in the wheel. A new one is written by hand, guided by `differences`;
the test that replays them all from empty and compares with `tables` fails until it is complete.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.store import opening, tables

ADVISORY_KEY = 0x6375_6962_616F
"""The advisory lock on PostgreSQL that makes workers migrate one after the other (`cuibao`)."""

SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(connection: Connection) -> None:
    """Run every version this database has not seen, in the caller's transaction: all of them or none.

    Raises CannotOpen for a file that another program has made. (A PostgreSQL database may be shared; there only equal names collide.)
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_KEY})
    elif current(connection) is None and inspect(connection).get_table_names():
        raise opening.somebody_elses(connection.engine.url)
    script = ScriptDirectory(str(SCRIPTS))

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=tables.METADATA, transactional_ddl=True)
        environment.run_migrations()


def head() -> str:
    """The newest version this release knows."""
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def current(connection: Connection) -> str | None:
    """The version the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection) -> Sequence[object]:
    """What the database has and `tables` has not, or the other way round; empty when they are equal."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, tables.METADATA))
