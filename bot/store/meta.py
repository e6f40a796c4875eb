"""Facts about this installation, by name."""

from sqlalchemy import Connection, select

from bot.store import tables
from bot.store.conflict import upsert

META = tables.of(tables.Meta)


class Meta:
    """Small named values: `virtual_now`, `sample`, heartbeats of jobs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        """The value, or None if it was never set."""
        return self._connection.execute(select(META.c.value).where(META.c.key == key)).scalar()

    def set(self, key: str, value: str) -> None:
        """Set or replace the value."""
        self._connection.execute(upsert(self._connection, META, ["key"]), {"key": key, "value": value})
