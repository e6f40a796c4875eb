"""What is to be said, and what became of every attempt to say it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy import text as where
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant


class Reminder(SQLModel, table=True):
    """One rung fired for one task and one person: unique for ever, decided before sending."""

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id")
    rung: str = Field(max_length=40)
    person_id: int = Field(foreign_key="person.id")
    step_id: int = Field(foreign_key="step.id", index=True)
    planned_at: datetime = instant()
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
    not_before: datetime = instant()
    dedupe: str = Field(max_length=160, unique=True)
    reason: str = Field(default="", max_length=300)
    view: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rendered: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    reply_to: int | None = Field(default=None, foreign_key="inbound.id")
    attempt: int = Field(default=0)
    owner: str = Field(default="", max_length=80)
    leased_until: datetime | None = instant(nullable=True)
    in_doubt: bool = Field(default=False)
    last_code: str = Field(default="", max_length=60)
    last_detail: str = Field(default="", max_length=300)
    created_at: datetime = instant()
    sent_at: datetime | None = instant(nullable=True)
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
    at: datetime = instant()
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
    blocked_until: datetime | None = instant(nullable=True)
