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
        columns = [_AUDIT.c[name] for name in Entry.__dataclass_fields__]
        query = select(*columns).where(_AUDIT.c.id > after, _AUDIT.c.act.in_(sorted(acts))).order_by(_AUDIT.c.id).limit(1000)
        return [Entry(**row._mapping) for row in self._connection.execute(query)]

    def get(self, entry_id: int) -> Entry:
        """One entry. Raises LookupError."""
        row = self._connection.execute(select(*_COLUMNS).where(_AUDIT.c.id == entry_id)).first()
        if row is None:
            raise LookupError(f"audit entry {entry_id}")
        return Entry(**row._mapping)

    def list(self, about: str | None = None, limit: int = 100, before: int | None = None) -> list[Entry]:
        """The newest entries first (about one thing); with `before` those older than that id."""
        query = select(*_COLUMNS).order_by(_AUDIT.c.id.desc()).limit(limit)
        if about is not None:
            query = query.where(_AUDIT.c.about == about)
        if before is not None:
            query = query.where(_AUDIT.c.id < before)
        return [Entry(**row._mapping) for row in self._connection.execute(query)]


_COLUMNS = [_AUDIT.c[name] for name in Entry.__dataclass_fields__]
