"""Who changed what, with before and after: appended, chained, never changed."""

import builtins
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.store import chain, tables

_AUDIT = tables.of(tables.Audit)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `by` names the actor (`admin:1`, `system`), `about` the thing (`obligation:3`); before and after are JSON values."""

    id: int
    at: datetime
    by: str
    act: str
    about: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries: of this actor, about this thing, whose act begins so, in [since, until). Empty or None: any."""

    by: str = ""
    about: str = ""
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Audit:
    """Queries about the audit log."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(
        self,
        by: str,
        act: str,
        at: datetime,
        *,
        about: str = "",
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> int:
        """Add an entry; returns its id."""
        row = {"at": at, "by": by, "act": act, "about": about, "before": dict(before or {}), "after": dict(after or {})}
        return chain.append(self._connection, _AUDIT, [row])[0]

    def since(self, after: int, acts: Collection[str]) -> builtins.list[Entry]:
        """Entries of these acts with a number above `after`, oldest first, at most a thousand."""
        query = select(*_COLUMNS).where(_AUDIT.c.id > after, _AUDIT.c.act.in_(sorted(acts))).order_by(_AUDIT.c.id).limit(1000)
        return [Entry(**row._mapping) for row in self._connection.execute(query)]

    def get(self, entry_id: int) -> Entry:
        """One entry. Raises LookupError."""
        row = self._connection.execute(select(*_COLUMNS).where(_AUDIT.c.id == entry_id)).first()
        if row is None:
            raise LookupError(f"audit entry {entry_id}")
        return Entry(**row._mapping)

    def list(self, about: str | None = None, limit: int = 100, before: int | None = None) -> list[Entry]:
        """The newest entries first (about one thing); with `before` those older than that id."""
        return self.search(Search(about=about or ""), limit, before)

    def search(self, wanted: "Search", limit: int = 100, before: int | None = None) -> builtins.list[Entry]:
        """The newest entries first that fit; with `before` those older than that id."""
        query = select(*_COLUMNS).order_by(_AUDIT.c.id.desc()).limit(limit)
        for name in ("by", "about"):
            if value := getattr(wanted, name):
                query = query.where(_AUDIT.c[name] == value)
        if wanted.act:
            query = query.where(_AUDIT.c.act.startswith(wanted.act, autoescape=True))
        if wanted.since is not None:
            query = query.where(_AUDIT.c.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(_AUDIT.c.at < wanted.until)
        if before is not None:
            query = query.where(_AUDIT.c.id < before)
        return [Entry(**row._mapping) for row in self._connection.execute(query)]


_COLUMNS = [_AUDIT.c[name] for name in Entry.__dataclass_fields__]
