"""Who administers: names, ranks, what proves that it is them, and how often that failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from bot.domain.secret import Secret
from bot.domain.words import Rank
from bot.store import tables

ACCOUNT = tables.of(tables.Account)


@dataclass(frozen=True, slots=True)
class Account:
    """An administrator. `unit_id` is the top of the subtree they see, None: everything. `password` is a hash, `totp` sealed."""

    id: int
    login: str
    name: str
    rank: Rank
    unit_id: int | None
    password: Secret
    must_change: bool
    totp: Secret
    totp_used: int
    failures: int
    locked_until: datetime | None
    active: bool
    version: int
    created_at: datetime

    def waits(self, now: datetime) -> bool:
        """Whether no attempt is looked at now, because too many have failed."""
        return self.locked_until is not None and now < self.locked_until


class Accounts:
    """Queries about administrators. Login names are compared as they are given: whoever calls has folded them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, login: str, name: str, rank: Rank, unit_id: int | None, now: datetime) -> int:
        """A new administrator without a password; returns the id. Raises sqlalchemy's IntegrityError for a login that is taken."""
        values = {"login": login, "name": name, "rank": rank.value, "unit_id": unit_id, "created_at": now}
        return int(self._connection.execute(insert(ACCOUNT).values(_FRESH | values).returning(ACCOUNT.c.id)).scalar_one())

    def get(self, account_id: int) -> Account:
        """One administrator. Raises LookupError."""
        found = self.find(account_id)
        if found is None:
            raise LookupError(f"account {account_id}")
        return found

    def find(self, account_id: int) -> Account | None:
        """The same, None if there is none."""
        found = self._read(ACCOUNT.c.id == account_id)
        return found[0] if found else None

    def hold(self, account_id: int) -> Account:
        """The same, and whoever else wants to hold it waits until this transaction ends. Raises LookupError."""
        self._connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.id == account_id).with_for_update())
        return self.get(account_id)

    def by_login(self, login: str) -> Account | None:
        """The administrator with this login name."""
        found = self._read(ACCOUNT.c.login == login)
        return found[0] if found else None

    def all(self) -> list[Account]:
        """Everybody, the inactive too, by id."""
        return self._read(ACCOUNT.c.id > 0)

    def change(self, account_id: int, version: int, values: Mapping[str, Any]) -> bool:
        """Write these columns if nobody has changed the account since `version`; False if somebody has."""
        statement = update(ACCOUNT).where(ACCOUNT.c.id == account_id, ACCOUNT.c.version == version)
        return self._connection.execute(statement.values(dict(values) | {"version": version + 1})).rowcount == 1

    def tried(self, account_id: int, failures: int, locked_until: datetime | None) -> None:
        """How many attempts have failed in a row, and until when no further one is looked at."""
        statement = update(ACCOUNT).where(ACCOUNT.c.id == account_id)
        self._connection.execute(statement.values(failures=failures, locked_until=locked_until))

    def use_code(self, account_id: int, step: int) -> bool:
        """Take the one-time code of this time step; False if it, or a later one, has been taken before."""
        fresh = (ACCOUNT.c.id == account_id) & (ACCOUNT.c.totp_used < step)
        return self._connection.execute(update(ACCOUNT).where(fresh).values(totp_used=step)).rowcount == 1

    def _read(self, where: ColumnElement[bool]) -> list[Account]:
        rows = self._connection.execute(select(ACCOUNT).where(where).order_by(ACCOUNT.c.id))
        return [read(row._mapping) for row in rows]


def read(row: Mapping[Any, Any]) -> Account:
    """An account from a row that holds the columns of the table by name."""
    values = {name: row[ACCOUNT.c[name]] for name in Account.__dataclass_fields__}
    return Account(**values | {"rank": Rank(values["rank"]), "password": Secret(values["password"]), "totp": Secret(values["totp"])})


_FRESH = {
    "password": "",
    "must_change": False,
    "totp": "",
    "totp_used": 0,
    "failures": 0,
    "locked_until": None,
    "active": True,
    "version": 1,
}
