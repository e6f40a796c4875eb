"""The tables. Private to the store: the rest of the house sees frozen dataclasses of `bot.domain`.

Instants are UTC (`UTCDateTime` refuses naive ones and gives aware ones back), civil days are dates, closed sets are short
strings, lists and maps are JSON. A `*_hash` pair makes a fact table a chain (`chain.py`). Indexes stand with the query they serve.
"""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Table, Text, UniqueConstraint
from sqlalchemy import text as where
from sqlmodel import Field, SQLModel, UTCDateTime


def _instant(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(sa_type=UTCDateTime, nullable=nullable, index=index, default=None if nullable else ...)


class Meta(SQLModel, table=True):
    """Facts about this installation: `virtual_now`, `sample`, heartbeats of jobs."""

    key: str = Field(primary_key=True, max_length=80)
    value: str = Field(sa_type=Text)


class Unit(SQLModel, table=True):
    """A bureau in the tree province → prefecture → county. `until` is exclusive; None: still."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=20)
    name: str = Field(max_length=120)
    short_name: str = Field(max_length=60)
    level: str = Field(max_length=20)
    kind: str = Field(max_length=20, default="")
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    position: int = Field(default=0)
    pinyin: str = Field(default="", max_length=200)
    initials: str = Field(default="", max_length=40)
    since: date | None = None
    until: date | None = None
    __table_args__ = (UniqueConstraint("code", "parent_id", name="uq_unit_code_parent"),)


class Person(SQLModel, table=True):
    """A contact, or a group chat (`kind` = group) that is addressed like one."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    kind: str = Field(default="person", max_length=10)
    phone: str = Field(default="", max_length=40)
    active: bool = Field(default=True)
    sample: bool = Field(default=False)


class Role(SQLModel, table=True):
    """What a person is to a unit (`words.Role`, without the derived SUPERIOR)."""

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=20)
    since: date | None = None
    until: date | None = None
    __table_args__ = (UniqueConstraint("unit_id", "role", "person_id", name="uq_role"),)


class Address(SQLModel, table=True):
    """Where a person can be reached; the lowest `rank` that is not `bad` is used."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    channel: str = Field(max_length=30)
    value: str = Field(max_length=200)
    rank: int = Field(default=0)
    bad: bool = Field(default=False)
    reason: str = Field(default="", max_length=300)
    changed_at: datetime | None = _instant(nullable=True)
    __table_args__ = (
        UniqueConstraint("person_id", "channel", "value", name="uq_address"),
        Index("ix_address_value", "channel", "value"),
    )


class Notice(SQLModel, table=True):
    """A document as it came (`raw` first, whatever it is), and what was read from it."""

    id: int | None = Field(default=None, primary_key=True)
    filename: str = Field(max_length=200)
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    digest: str = Field(max_length=64, index=True)
    received_at: datetime = _instant()
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
    published: datetime = _instant()
    begins: date
    ends: date | None = None
    ladder: str = Field(default="default", max_length=60)
    state: str = Field(default="armed", max_length=10)
    revision: int = Field(default=1)


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
    due_at: datetime = _instant()
    limit_at: datetime = _instant()
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
    fires_at: datetime = _instant()
    last_day: bool = Field(default=False)
    release: str = Field(default="auto", max_length=10)
    released_at: datetime | None = _instant(nullable=True)
    planned_at: datetime | None = _instant(nullable=True)
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


class Task(SQLModel, table=True):
    """obligation × period × unit: the thing that is owed. Status columns are a projection of its events."""

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="period.id")
    obligation_id: int = Field(foreign_key="obligation.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    status: str = Field(default="pending", max_length=20)
    closed: bool = Field(default=False)
    reported_at: datetime | None = _instant(nullable=True)
    promised_on: date | None = None
    quiet_until: datetime | None = _instant(nullable=True)
    extended_to: date | None = None
    disputed: bool = Field(default=False)
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
    at: datetime = _instant()
    by: str = Field(max_length=40)
    day: date | None = None
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    note: str = Field(default="", sa_type=Text)
    undoes: int | None = Field(default=None, foreign_key="event.id")
    inbound_id: int | None = Field(default=None, foreign_key="inbound.id")
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)


class Silence(SQLModel, table=True):
    """No reminders for a unit, an obligation or a period (None: any) until `until` (exclusive)."""

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    obligation_id: int | None = Field(default=None, foreign_key="obligation.id")
    period_id: int | None = Field(default=None, foreign_key="period.id")
    author: str = Field(max_length=40)
    reason: str = Field(max_length=300)
    since: datetime = _instant()
    until: datetime = _instant(index=True)


class Reminder(SQLModel, table=True):
    """One rung fired for one task and one person: unique for ever, decided before sending."""

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id")
    rung: str = Field(max_length=40)
    person_id: int = Field(foreign_key="person.id")
    step_id: int = Field(foreign_key="step.id", index=True)
    planned_at: datetime = _instant()
    message_id: int | None = Field(default=None, foreign_key="message.id")
    dropped: str = Field(default="", max_length=40)
    __table_args__ = (
        UniqueConstraint("task_id", "rung", "person_id", name="uq_reminder"),
        Index("ix_reminder_message", "message_id"),
        Index(
            "ix_reminder_loose",
            "person_id",
            sqlite_where=where("message_id IS NULL AND dropped = ''"),
            postgresql_where=where("message_id IS NULL AND dropped = ''"),
        ),
    )


class Message(SQLModel, table=True):
    """A row of the outbox. `rendered` is NULL until frozen by the claim that first sends it."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    channel: str = Field(max_length=30)
    address: str = Field(max_length=200)
    robot: str = Field(max_length=120)
    state: str = Field(default="pending", max_length=12)
    priority: int = Field(default=5)
    not_before: datetime = _instant()
    dedupe: str = Field(max_length=160, unique=True)
    reason: str = Field(default="", max_length=300)
    view: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rendered: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    reply_to: int | None = Field(default=None, foreign_key="inbound.id")
    attempt: int = Field(default=0)
    owner: str = Field(default="", max_length=80)
    leased_until: datetime | None = _instant(nullable=True)
    in_doubt: bool = Field(default=False)
    last_code: str = Field(default="", max_length=60)
    last_detail: str = Field(default="", max_length=300)
    created_at: datetime = _instant()
    sent_at: datetime | None = _instant(nullable=True)
    __table_args__ = (
        Index(
            "ix_message_open",
            "robot",
            "priority",
            "not_before",
            sqlite_where=where("state IN ('pending','retry')"),
            postgresql_where=where("state IN ('pending','retry')"),
        ),
        Index("ix_message_person", "person_id", "not_before"),
        Index("ix_message_sending", "owner", sqlite_where=where("state = 'sending'"), postgresql_where=where("state = 'sending'")),
    )


class Delivery(SQLModel, table=True):
    """One attempt to hand one message to a platform, with the platform's own code; a link of the chain."""

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    robot: str = Field(max_length=120)
    attempt: int
    at: datetime = _instant()
    outcome: str = Field(max_length=20)
    code: str = Field(default="", max_length=60)
    detail: str = Field(default="", max_length=300)
    platform_id: str = Field(default="", max_length=120)
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)
    __table_args__ = (Index("ix_delivery_robot", "robot", "at"),)


class Robot(SQLModel, table=True):
    """A sending budget (a robot, an account): paused by an administrator or a bad credential, blocked by the platform's penalty."""

    key: str = Field(primary_key=True, max_length=120)
    channel: str = Field(max_length=30)
    paused: bool = Field(default=False)
    reason: str = Field(default="", max_length=300)
    blocked_until: datetime | None = _instant(nullable=True)


class Inbound(SQLModel, table=True):
    """What arrived, raw, before anyone interpreted it; keyed by the platform's id; a link of the chain."""

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=30)
    platform_id: str = Field(max_length=160)
    sender: str = Field(max_length=200)
    chat: str = Field(default="", max_length=200)
    answer_to: str = Field(default="", max_length=500)
    at: datetime = _instant()
    received_at: datetime = _instant()
    text: str = Field(default="", sa_type=Text)
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(default="new", max_length=12)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    trouble: str = Field(default="", max_length=300)
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)
    __table_args__ = (
        UniqueConstraint("channel", "platform_id", name="uq_inbound"),
        Index("ix_inbound_new", "id", sqlite_where=where("state = 'new'"), postgresql_where=where("state = 'new'")),
    )


class Reply(SQLModel, table=True):
    """The understood form of an inbound for one task (or none): intent, day, counts, and why."""

    id: int | None = Field(default=None, primary_key=True)
    inbound_id: int = Field(foreign_key="inbound.id", index=True)
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    event_id: int | None = Field(default=None, foreign_key="event.id")
    intent: str = Field(max_length=30)
    day: date | None = None
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    reasons: list[str] = Field(default_factory=list, sa_type=JSON)
    at: datetime = _instant()


class Question(SQLModel, table=True):
    """The one question open with a person: the inbound it is about and the numbered choices offered.

    `lapsed_at`: when it stopped being open without an answer (too old, or a newer question took its place).
    """

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    inbound_id: int = Field(foreign_key="inbound.id")
    asked_at: datetime = _instant()
    choices: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    answered_at: datetime | None = _instant(nullable=True)
    lapsed_at: datetime | None = _instant(nullable=True)


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
    expires_at: datetime = _instant()
    used_at: datetime | None = _instant(nullable=True)


class Bulletin(SQLModel, table=True):
    """A circular as drafted for one period: its figures and its text, frozen with a hash."""

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="period.id")
    edition: int = Field(default=1)
    as_of: datetime = _instant()
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    text: str = Field(default="", sa_type=Text)
    hash: str = Field(default="", max_length=64)
    __table_args__ = (UniqueConstraint("period_id", "edition", name="uq_bulletin"),)


class Audit(SQLModel, table=True):
    """Who changed what, with before and after; a link of the chain."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant()
    by: str = Field(max_length=40)
    act: str = Field(max_length=60)
    about: str = Field(default="", max_length=120)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)


def core(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements over sets."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
