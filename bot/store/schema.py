"""The schema by Alembic, without its command line, configuration file or `env.py`. Loaded only when there is something to do.

The versions stand in `migrations/versions` and travel in the wheel. A new one is written by hand, guided by `differences`;
the test that replays them all from empty and compares with `tables` fails until it is complete.
"""

from collections.abc import Sequence
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store import migrate, tables


def upgrade(connection: Connection) -> None:
    """Run every version this database has not seen, in the caller's transaction: all of them or none."""
    script = ScriptDirectory(str(migrate.SCRIPTS))

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=tables.METADATA, transactional_ddl=True)
        environment.run_migrations()


def head() -> str:
    """The newest version as Alembic finds it."""
    return str(ScriptDirectory(str(migrate.SCRIPTS)).get_current_head())


def differences(connection: Connection) -> Sequence[object]:
    """What the database has and `tables` has not, or the other way round; empty when they are equal."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, tables.METADATA))
