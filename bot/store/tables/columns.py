"""How a moment is stored: aware and in UTC on both sides of the database, whatever the database does in between."""

from typing import Any

from sqlmodel import Field, UTCDateTime


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    """A column for an instant; required unless `nullable`. `UTCDateTime` refuses naive values and gives aware ones back."""
    return Field(sa_type=UTCDateTime, nullable=nullable, index=index, default=None if nullable else ...)
