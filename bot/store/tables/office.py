"""The installation itself: its calendar, its doors, its circulars and its books."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant


class Meta(SQLModel, table=True):
    """Facts about this installation: `virtual_now`, `sample`, heartbeats of jobs."""

    key: str = Field(primary_key=True, max_length=80)
    value: str = Field(sa_type=Text)


class Head(SQLModel, table=True):
    """The last link of a chain (`chain.py`): what the next one hangs on, and what tells a cut tail."""

    name: str = Field(primary_key=True, max_length=40)
    last_id: int = Field(default=0)
    hash: str = Field(default="", max_length=64)


class Holiday(SQLModel, table=True):
    """The administrator's calendar table: wins over the library for the days it names."""

    day: date = Field(primary_key=True)
    workday: bool
    name: str = Field(default="", max_length=60)
    source: str = Field(default="", max_length=300)


class LoginLink(SQLModel, table=True):
    """A one-time link that logs an administrator in; only its digest is kept."""

    __tablename__ = "login_link"
    digest: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = instant()
    used_at: datetime | None = instant(nullable=True)


class Bulletin(SQLModel, table=True):
    """A circular as drafted for one period: its figures and its text, frozen with a hash."""

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="period.id")
    edition: int = Field(default=1)
    as_of: datetime = instant()
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    text: str = Field(default="", sa_type=Text)
    hash: str = Field(default="", max_length=64)
    __table_args__ = (UniqueConstraint("period_id", "edition", name="uq_bulletin"),)


class Audit(SQLModel, table=True):
    """Who changed what, with before and after; a link of the chain."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    by: str = Field(max_length=40)
    act: str = Field(max_length=60)
    about: str = Field(default="", max_length=120)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)


class Upload(SQLModel, table=True):
    """A table that an administrator uploaded: its bytes until it is confirmed or dropped, then only its digest (SHA-256)."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    by: str = Field(max_length=40, index=True)
    name: str = Field(default="", max_length=200)
    digest: str = Field(max_length=64)
    content: bytes = Field(default=b"")
    state: str = Field(max_length=10)
    decided_at: datetime | None = instant(nullable=True)
