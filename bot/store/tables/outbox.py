"""What is to be said, and what became of every attempt to say it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant, partial

OPEN = "state IN ('pending','retry')"
SENDING = "state = 'sending'"
STUCK = "state IN ('unknown','dead')"
DOUBTED = "doubts > 0"
MAILED = "substr(platform_id, 1, 1) = '<'"
"""The conditions of the partial indexes; queries use them word for word."""


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
        Index("ix_reminder_message", "message_id", **partial("message_id IS NOT NULL")),
        Index("ix_reminder_loose", "person_id", **partial("message_id IS NULL AND dropped = ''")),
    )


class Message(SQLModel, table=True):
    """A row of the outbox: one letter to one address.

    `rendered` is NULL until frozen by the claim that first sends it; it holds all `parts` of the letter, `part` is the next one to go:
    so parts keep their order and a new address gets them all. `attempt` grows with every claim and, with `owner`, says whose the row is;
    `failures` counts what may end in `dead`, `doubts` the attempts of which nobody knows whether they arrived.
    `thread` is the key of the first message of the same conversation, empty for that one itself.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    channel: str = Field(max_length=30)
    address: str = Field(sa_type=Text)
    robot: str = Field(max_length=120)
    state: str = Field(default="pending", max_length=12)
    priority: int = Field(default=5)
    not_before: datetime = instant()
    dedupe: str = Field(max_length=160, unique=True)
    thread: str = Field(default="", max_length=160)
    reason: str = Field(default="", max_length=300)
    view: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rendered: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    part: int = Field(default=1)
    parts: int = Field(default=1)
    reply_to: int | None = Field(default=None, foreign_key="inbound.id")
    attempt: int = Field(default=0)
    failures: int = Field(default=0)
    doubts: int = Field(default=0)
    owner: str = Field(default="", max_length=80)
    leased_until: datetime | None = instant(nullable=True)
    last_code: str = Field(default="", max_length=60)
    last_detail: str = Field(default="", max_length=300)
    created_at: datetime = instant()
    sent_at: datetime | None = instant(nullable=True)
    __table_args__ = (
        Index("ix_message_open", "robot", "priority", "not_before", "id", **partial(OPEN)),
        Index("ix_message_wake", "robot", "not_before", "state", **partial(OPEN)),
        Index("ix_message_sending", "robot", "owner", **partial(SENDING)),
        Index("ix_message_stuck", "state", "id", **partial(STUCK)),
        Index("ix_message_doubted", "id", **partial(DOUBTED)),
        Index("ix_message_person", "person_id", "not_before"),
    )


class Delivery(SQLModel, table=True):
    """One attempt to hand one part of a message to a platform, with the platform's own code; a link of the chain.

    The second index finds the message that a mail answers by the Message-ID it cites.

    `outcome` is a word of `domain.deliveries.Handed`. The index serves the budgets: how many in the last minute, how many this month.
    """

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    robot: str = Field(max_length=120)
    attempt: int
    part: int = Field(default=1)
    at: datetime = instant()
    outcome: str = Field(max_length=20)
    code: str = Field(default="", max_length=60)
    detail: str = Field(default="", max_length=300)
    platform_id: str = Field(default="", max_length=120)
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)
    __table_args__ = (
        Index("ix_delivery_robot", "robot", "at", "outcome"),
        Index("ix_delivery_mailed", "platform_id", **partial(MAILED)),
    )


class Robot(SQLModel, table=True):
    """A sending budget (a robot, an account): paused by an administrator or a bad credential, blocked by the platform's penalty.

    `sent` counts what it ever handed over, so that pages need not count messages. A penalty that began (`blocked_at`) after now
    was written by a clock that has been set back since: it does not hold.
    """

    key: str = Field(primary_key=True, max_length=120)
    channel: str = Field(max_length=30)
    paused: bool = Field(default=False)
    reason: str = Field(default="", max_length=300)
    blocked_at: datetime | None = instant(nullable=True)
    blocked_until: datetime | None = instant(nullable=True)
    sent: int = Field(default=0)
