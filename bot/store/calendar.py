"""The administrator's calendar table: the days that differ from the library, and the paper that says so."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, delete, select

from bot.domain.workdays import Override
from bot.store import conflict, tables

_HOLIDAY = tables.of(tables.Holiday)


class Calendar:
    """Queries about the administrator's calendar table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def overrides(self) -> Mapping[date, Override]:
        """Every day the administrator has spoken about; `workdays.WorkCalendar` takes it as it is."""
        rows = self._connection.execute(_DAYS)
        return {row.day: Override(row.workday, row.name, row.source) for row in rows}

    def put(self, days: Mapping[date, Override]) -> None:
        """Add days, or replace what was said about them."""
        rows = [
            {"day": day, "workday": override.workday, "name": override.name, "source": override.source} for day, override in days.items()
        ]
        if rows:
            self._connection.execute(conflict.upsert(self._connection, _HOLIDAY, ["day"]), rows)

    def remove(self, days: Iterable[date]) -> None:
        """Leave these days to the library again."""
        self._connection.execute(delete(_HOLIDAY).where(_HOLIDAY.c.day.in_(list(days))))


_DAYS = select(_HOLIDAY).order_by(_HOLIDAY.c.day)
