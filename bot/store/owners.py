"""Who has claimed messages, and whether that process still lives: a lock that dies with it says so at once.

On SQLite a locked file beside the database, on PostgreSQL an advisory lock of a session kept open for nothing else.
Where neither can tell (None), the lease of the claim is the only line of defence.
"""

import hashlib
import os
import socket
import uuid
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from bot.store import filelock

LOCK_CLASS = 0x6375_6962
"""The first half of our advisory locks on PostgreSQL (`cuib`); the second is made from the owner's name."""


class Owner(Protocol):
    """This process, as it stands in the rows it has claimed."""

    @property
    def name(self) -> str:
        """Unique for ever: a process that starts again has another one."""
        ...

    def keep(self) -> None:
        """Make sure the lock is held; called before every claim, because a database that restarts forgets it."""
        ...

    def alive(self, name: str) -> bool | None:
        """Whether the owner of that name still lives; None: cannot be told from here."""
        ...

    def release(self) -> None:
        """Give the lock up: from now on this owner counts as dead. Safe to call twice."""
        ...


def of_file(database: Path) -> Owner:
    """The owner of a process on this machine; its lock is a file beside `database`."""
    return _FileOwner(_new_name(), database.with_name(f"{database.name}-owners"))


def of_server(engine: Engine) -> Owner:
    """The owner of a process anywhere; its lock is a session on the server."""
    return _ServerOwner(_new_name(), engine)


def _new_name() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class _FileOwner:
    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        self._lock: filelock.FileLock | None = None

    @property
    def name(self) -> str:
        return self._name

    def keep(self) -> None:
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self._lock = filelock.take(self._path(self._name))

    def alive(self, name: str) -> bool | None:
        if name == self._name:
            return self._lock is not None
        return filelock.held(self._path(name))

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"

    def _sweep(self) -> None:
        """Remove the files of dead owners (`held` does that), or every start would leave one behind."""
        for path in self._folder.glob("*.lock"):
            filelock.held(path)


class _ServerOwner:
    def __init__(self, name: str, engine: Engine) -> None:
        self._name, self._engine = name, engine
        self._session: Connection | None = None

    @property
    def name(self) -> str:
        return self._name

    def keep(self) -> None:
        if self._session is not None and self._answers():
            return
        self.release()
        self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._session.execute(text("SELECT pg_advisory_lock(:class, :key)"), {"class": LOCK_CLASS, "key": _key(self._name)})

    def alive(self, name: str) -> bool | None:
        found = text(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :class"
            " AND objid = :key AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        with self._engine.connect() as connection:
            # pg_locks shows both halves as unsigned
            return bool(connection.execute(found, {"class": LOCK_CLASS, "key": _key(name) & 0xFFFF_FFFF}).scalar())

    def release(self) -> None:
        if self._session is not None:
            self._session.invalidate()
            self._session.close()
            self._session = None

    def _answers(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], signed=True)
