"""Opens the database and its transactions: `with store.begin() as tx` is one of them.

SQLite has one writer: WAL, `BEGIN IMMEDIATE` (a deferred BEGIN that reads before it writes loses to "database is locked" at once,
whatever the timeout), `synchronous=FULL` because what a person was told is done must survive a power cut, and one lock so that the threads
of this process queue instead of failing. Readers have connections of their own that cannot write. PostgreSQL needs none of that.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store import migrate, opening, owners
from bot.store.errors import NestedBegin
from bot.store.tx import Tx

_OPTIONS = {"preserve_rowcount": True}  # PostgreSQL would forget how many rows an INSERT … SELECT has made

_POSTGRES_READER = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

BUSY_MS = 30_000
"""How long SQLite waits for another process that is writing, in milliseconds."""


class Store:
    """The database. Making one opens nothing: the first transaction does.

    Raises ValueError for a database in memory, CannotOpen for an address that cannot be read or whose driver is not installed.

    `durable=False` lets SQLite skip the flush to disk: for rehearsals and tests, whose database nobody misses after a power cut.
    `watch` is called with every statement before it runs (`BEGIN`, `COMMIT` and `ROLLBACK` included); what it raises goes through.
    """

    def __init__(self, url: str, *, durable: bool = True, watch: Callable[[str], None] | None = None) -> None:
        self.url = opening.parsed(url)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        if self._sqlite and self.url.database in (None, "", ":memory:"):
            raise ValueError(f"{url}: a database in memory has no second connection and no owner; name a file")
        with opening.explained(self.url):
            self._writer = _sqlite_writer(self.url, durable) if self._sqlite else _postgres(self.url)
        self._reader = _sqlite_reader(self.url) if self._sqlite else self._writer.execution_options(**_POSTGRES_READER)
        self._turn: AbstractContextManager[object] = _Turn() if self._sqlite else nullcontext()
        self._owner: owners.Owner | None = None
        if watch is not None:
            _watch(self._writer, watch)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """One transaction that may write; commits at the end of the block, rolls back if an exception leaves it.

        Raises NestedBegin inside another one of the same thread (SQLite only: there it would wait for itself).
        """
        with self._writing() as connection:
            yield Tx(connection)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One transaction that sees a single moment and cannot write; never waits for the writer."""
        with self._reader.begin() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN")
            yield Tx(connection)

    def is_made(self) -> bool:
        """Whether somebody has made this database; asking makes nothing. Raises CannotOpen for a server that does not answer."""
        if self._sqlite:
            return Path(str(self.url.database)).exists()
        with opening.explained(self.url), self.read() as tx:
            return migrate.current(tx.connection) is not None

    def migrate(self) -> None:
        """Bring the schema up to date. Safe to call from several processes at once, and when nothing is to be done. Raises CannotOpen."""
        if self._sqlite:
            opening.make_room(self.url)
        with opening.explained(self.url), self._writing() as connection:
            migrate.upgrade(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """SQLite's BEGIN is said here: a listener for it would make SQLAlchemy look for listeners at every other statement too."""
        with self._turn, self._writer.begin() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @property
    def owner(self) -> owners.Owner:
        """This process as an owner of claimed messages; whoever asks can see whether it still lives."""
        if self._owner is None:
            self._owner = owners.of_file(Path(str(self.url.database))) if self._sqlite else owners.of_server(self._writer)
        return self._owner

    def abdicate(self) -> None:
        """Give up everything this owner has claimed, as if the process had died; the next `owner` is another one."""
        if self._owner is not None:
            self._owner.release()
            self._owner = None

    def close(self) -> None:
        """Give up ownership and every connection. Safe to call twice; the store can be used again afterwards."""
        self.abdicate()
        self._reader.dispose()
        self._writer.dispose()


class _Turn:
    """The turn of one thread to write, first come, first served: a job of many short transactions lets a reply in after each of them.

    Not re-entrant, and it says so instead of waiting for itself. A plain lock would be taken again by the thread that gave it up before
    the one that waits has woken: replies waited for half a second behind a tick that planned 100,000 reminders.
    """

    def __init__(self) -> None:
        self._inside = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False
        self._holder: int | None = None

    def __enter__(self) -> None:
        if self._holder == threading.get_ident():
            raise NestedBegin
        with self._inside:
            gate = threading.Event()
            if self._taken:
                self._waiting.append(gate)
            else:
                self._taken = True
                gate.set()
        self._wait(gate)
        self._holder = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._holder = None
        self._pass_on()

    def _wait(self, gate: threading.Event) -> None:
        served = False
        try:
            served = gate.wait()
        finally:
            if not served:  # interrupted: the turn must not go to somebody who has left
                self._leave(gate)

    def _leave(self, gate: threading.Event) -> None:
        with self._inside:
            waiting = gate in self._waiting
            if waiting:
                self._waiting.remove(gate)
        if not waiting:
            self._pass_on()

    def _pass_on(self) -> None:
        with self._inside:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


def _postgres(url: URL) -> Engine:
    return create_engine(url, pool_size=5, max_overflow=15, pool_pre_ping=True, execution_options=_OPTIONS)


def _sqlite_writer(url: URL, durable: bool) -> Engine:
    synchronous = "FULL" if durable else "OFF"
    engine = create_engine(url, pool_size=1, max_overflow=0, execution_options=_OPTIONS)
    _prepare(engine, "journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON")
    return engine


def _sqlite_reader(url: URL) -> Engine:
    engine = create_engine(url, pool_size=5, max_overflow=15)
    _prepare(engine, "query_only=ON")
    return engine


def _prepare(engine: Engine, *pragmas: str) -> None:
    """Take transactions out of the driver's hands (it would begin them late and deferred) and set up each new connection."""

    def on_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_MS}", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", on_connect)


def _watch(engine: Engine, watch: Callable[[str], None]) -> None:
    def on_execute(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        watch(statement)

    event.listen(engine, "before_cursor_execute", on_execute)
    event.listen(engine, "commit", lambda _connection: watch("COMMIT"))
    event.listen(engine, "rollback", lambda _connection: watch("ROLLBACK"))
