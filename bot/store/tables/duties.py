"""What is owed, by whom, by when: from the notice to the ladder laid on the calendar."""

from datetime import date, datetime, time

from sqlalchemy import JSON, Column, Index, LargeBinary, Text, UniqueConstraint, false
from sqlalchemy import text as where
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant


class Notice(SQLModel, table=True):
    """A document as it came (`raw` first, whatever it is), and what was read from it."""

    id: int | None = Field(default=None, primary_key=True)
    filename: str = Field(max_length=200)
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    digest: str = Field(max_length=64, index=True)
    received_at: datetime = instant()
    text: str = Field(default="", sa_type=Text)
    title: str = Field(default="", max_length=300)
    number: str = Field(default="", max_length=80)
    issuer: str = Field(default="", max_length=120)
    issued: date | None = None
    published: date | None = None
    trouble: str = Field(default="", max_length=500)


class Obligation(SQLModel, table=True):
    """A duty from a notice (`domain.obligations.Obligation`).

    `revision` grows when its units change or a unit changes; `Period.revision` is the one its tasks were made for.
    """

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    what: str = Field(max_length=300)
    rule: str = Field(max_length=200)
    shift: str = Field(max_length=10)
    shift_stated: bool = Field(default=False)
    hour: time
    hour_stated: bool = Field(default=False)
    recipient: str = Field(default="", max_length=200)
    emails: list[str] = Field(default_factory=list, sa_type=JSON)
    phones: list[str] = Field(default_factory=list, sa_type=JSON)
    sentence: str = Field(default="", sa_type=Text)
    published: datetime = instant()
    begins: date
    ends: date | None = None
    ladder: str = Field(default="default", max_length=60)
    state: str = Field(default="armed", max_length=10)
    revision: int = Field(default=1)
    wants_file: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class ObligationUnit(SQLModel, table=True):
    """Which units owe an obligation."""

    __tablename__ = "obligation_unit"
    obligation_id: int = Field(foreign_key="obligation.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)


class Period(SQLModel, table=True):
    """One period of an obligation with its due dates (`domain.due.Due`) and the instants they end at."""

    id: int | None = Field(default=None, primary_key=True)
    obligation_id: int = Field(foreign_key="obligation.id")
    name: str = Field(max_length=20)
    nominal: date
    target: date
    limit_day: date
    hour: time
    shift: str = Field(max_length=10)
    provisional: bool = Field(default=False)
    due_at: datetime = instant()
    limit_at: datetime = instant()
    version: int = Field(default=1)
    revision: int = Field(default=0)
    __table_args__ = (
        UniqueConstraint("obligation_id", "name", name="uq_period"),
        Index("ix_period_limit", "limit_at"),
    )


class Step(SQLModel, table=True):
    """One rung of the ladder laid on the calendar, for a whole period or (`task_id`) for one task of its own.

    `planned_at` is set once, when its reminders were planned or it was collapsed into a later one (`outcome`).
    Two partial indexes keep it unique, because NULL differs from NULL in a unique constraint.
    """

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="period.id", index=True)
    task_id: int | None = Field(default=None, foreign_key="task.id")
    rung: str = Field(max_length=40)
    role: str = Field(max_length=20)
    kind: str = Field(max_length=20)
    fires_at: datetime = instant()
    last_day: bool = Field(default=False)
    release: str = Field(default="auto", max_length=10)
    released_at: datetime | None = instant(nullable=True)
    planned_at: datetime | None = instant(nullable=True)
    outcome: str = Field(default="", max_length=20)
    __table_args__ = (
        Index(
            "uq_step_period",
            "period_id",
            "rung",
            "role",
            unique=True,
            sqlite_where=where("task_id IS NULL"),
            postgresql_where=where("task_id IS NULL"),
        ),
        Index(
            "uq_step_task",
            "task_id",
            "rung",
            "role",
            unique=True,
            sqlite_where=where("task_id IS NOT NULL"),
            postgresql_where=where("task_id IS NOT NULL"),
        ),
        Index("ix_step_open", "fires_at", sqlite_where=where("planned_at IS NULL"), postgresql_where=where("planned_at IS NULL")),
    )


class Silence(SQLModel, table=True):
    """No reminders for a unit, an obligation or a period (None: any) until `until` (exclusive)."""

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    obligation_id: int | None = Field(default=None, foreign_key="obligation.id")
    period_id: int | None = Field(default=None, foreign_key="period.id")
    author: str = Field(max_length=40)
    reason: str = Field(max_length=300)
    since: datetime = instant()
    until: datetime = instant(index=True)
