"""Browsers that are logged in: kept here, so that a session can be listed and really ended. Only digests of cookies are known."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from bot.store import accounts, tables
from bot.store.accounts import ACCOUNT, Account

SESSION = tables.of(tables.LoginSession)
BY_LINK, BY_PASSWORD = "link", "password"
"""How somebody came in."""


@dataclass(frozen=True, slots=True)
class Client:
    """The browser as it says of itself, and from where it calls."""

    agent: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session lives: without a request (`idle`), and at the longest (`longest`)."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is or was logged in."""

    id: int
    account: Account
    how: str
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None

    def lives(self, now: datetime, life: Life) -> bool:
        """Whether it is still good: not ended, not idle for too long, not too old, its account active."""
        fresh = now - self.seen_at < life.idle and now - self.created_at < life.longest
        return self.ended_at is None and fresh and self.account.active


class Sessions:
    """Queries about sessions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, account_id: int, how: str, client: Client, now: datetime) -> str:
        """A new session; returns what its cookie says: 256 random bits."""
        token = secrets.token_urlsafe(32)
        row = {"digest": _digest(token), "account_id": account_id, "how": how, "created_at": now, "seen_at": now}
        seen = {"agent": client.agent[:200], "address": client.address[:60], "ended_at": None}
        self._connection.execute(insert(SESSION).values(row | seen))
        return token

    def find(self, token: str) -> Session | None:
        """The session of this cookie, alive or not."""
        row = self._connection.execute(_BY_DIGEST, {"digest_": _digest(token)}).first()
        return None if row is None else _read(row)

    def get(self, session_id: int) -> Session:
        """One session. Raises LookupError."""
        row = self._connection.execute(_SESSIONS.where(SESSION.c.id == session_id)).first()
        if row is None:
            raise LookupError(f"session {session_id}")
        return _read(row)

    def seen(self, session_id: int, now: datetime) -> None:
        """It was used."""
        self._connection.execute(update(SESSION).where(SESSION.c.id == session_id).values(seen_at=now))

    def end(self, session_id: int, now: datetime) -> bool:
        """It is good no more; False if it was not before."""
        statement = update(SESSION).where(SESSION.c.id == session_id, SESSION.c.ended_at.is_(None))
        return self._connection.execute(statement.values(ended_at=now)).rowcount == 1

    def end_others(self, account_id: int, but: int | None, now: datetime) -> int:
        """All sessions of an administrator are good no more, `but` one; returns how many."""
        others = update(SESSION).where(SESSION.c.account_id == account_id, SESSION.c.ended_at.is_(None))
        kept = others if but is None else others.where(SESSION.c.id != but)
        return self._connection.execute(kept.values(ended_at=now)).rowcount

    def living(self, now: datetime, life: Life, account_id: int | None = None) -> list[Session]:
        """Those that are still good (of one administrator), the latest used first."""
        query = _SESSIONS.where(SESSION.c.ended_at.is_(None), SESSION.c.seen_at > now - life.idle)
        query = query.where(SESSION.c.created_at > now - life.longest, ACCOUNT.c.active)
        if account_id is not None:
            query = query.where(SESSION.c.account_id == account_id)
        return [_read(row) for row in self._connection.execute(query.order_by(SESSION.c.seen_at.desc()).limit(200))]

    def forget(self, seen_before: datetime) -> int:
        """Delete the sessions that were last used before an instant; returns how many."""
        return self._connection.execute(delete(SESSION).where(SESSION.c.seen_at < seen_before)).rowcount


_OWN = ("id", "how", "agent", "address", "created_at", "seen_at", "ended_at")
_COLUMNS = [SESSION.c[name].label(f"s_{name}") for name in _OWN]
_SESSIONS = select(*_COLUMNS, ACCOUNT).join_from(SESSION, ACCOUNT, ACCOUNT.c.id == SESSION.c.account_id)
_BY_DIGEST = _SESSIONS.where(SESSION.c.digest == bindparam("digest_"))


def _read(row: Row[*tuple[Any, ...]]) -> Session:
    values = {name: row._mapping[f"s_{name}"] for name in _OWN}
    return Session(account=accounts.read(row._mapping), **values)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
