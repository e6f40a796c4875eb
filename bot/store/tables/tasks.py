"""The thing that is owed and the facts about it."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlalchemy import text as where
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant


class Task(SQLModel, table=True):
    """obligation × period × unit: the thing that is owed. Status columns are a projection of its events."""

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="period.id")
    obligation_id: int = Field(foreign_key="obligation.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    status: str = Field(default="pending", max_length=20)
    closed: bool = Field(default=False)
    reported_at: datetime | None = instant(nullable=True)
    promised_on: date | None = None
    quiet_until: datetime | None = instant(nullable=True)
    extended_to: date | None = None
    disputed: bool = Field(default=False)
    asked_for: date | None = None
    own_steps: bool = Field(default=False)
    __table_args__ = (
        UniqueConstraint("period_id", "unit_id", name="uq_task"),
        Index("ix_task_obligation", "obligation_id", "unit_id"),
        Index(
            "ix_task_promised",
            "promised_on",
            sqlite_where=where("promised_on IS NOT NULL"),
            postgresql_where=where("promised_on IS NOT NULL"),
        ),
    )


class Tally(SQLModel, table=True):
    """How many tasks of a period stand at a status: what pages and groups read instead of counting tasks.

    Moved only by the two functions that make tasks and append events; `cuibao doctor` recounts it.
    """

    period_id: int = Field(foreign_key="period.id", primary_key=True)
    status: str = Field(primary_key=True, max_length=20)
    tasks: int = Field(default=0)


class Event(SQLModel, table=True):
    """A fact about a task (`domain.status.Event`); a link of the chain."""

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    kind: str = Field(max_length=30)
    at: datetime = instant()
    by: str = Field(max_length=40)
    day: date | None = None
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    note: str = Field(default="", sa_type=Text)
    undoes: int | None = Field(default=None, foreign_key="event.id")
    inbound_id: int | None = Field(default=None, foreign_key="inbound.id")
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)
    __table_args__ = (Index("ix_event_by", "by", "at"),)
