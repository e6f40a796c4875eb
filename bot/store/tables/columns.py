"""What the tables share: how a moment and words from outside are stored, and indexes over part of a table."""

from typing import Any

from sqlalchemy import text
from sqlmodel import Field, UTCDateTime


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    """A column for an instant; required unless `nullable`. `UTCDateTime` refuses naive values and gives aware ones back."""
    return Field(sa_type=UTCDateTime, nullable=nullable, index=index, default=None if nullable else ...)


def partial(condition: str) -> dict[str, Any]:
    """An `Index` over the rows that meet the condition. A query must repeat it word for word: SQLite proves nothing cleverer."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def storable(words: str) -> str:
    """Words from outside without NUL, which PostgreSQL refuses, and without halves of surrogate pairs, which UTF-8 does."""
    return words.replace("\0", "").encode("utf-8", "replace").decode()
