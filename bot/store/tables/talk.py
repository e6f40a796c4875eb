"""What people answered, raw and understood."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy import text as where
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant, partial

WAITING = "state = 'open'"
"""The condition of the partial index over handovers; queries use it word for word."""

LOOK = "state IN ('trouble','stranger')"
"""That of the index over inbounds a person has to look at."""


class Inbound(SQLModel, table=True):
    """What arrived, raw, before anyone interpreted it; keyed by the platform's id; a link of the chain."""

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=30)
    platform_id: str = Field(max_length=160)
    sender: str = Field(max_length=200)
    chat: str = Field(default="", max_length=200)
    answer_to: str = Field(default="", sa_type=Text)
    at: datetime = instant()
    received_at: datetime = instant()
    text: str = Field(default="", sa_type=Text)
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(default="new", max_length=12)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    trouble: str = Field(default="", max_length=300)
    kind: str = Field(default="said", max_length=10, sa_column_kwargs={"server_default": "said"})
    about: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": where("''")})
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)
    __table_args__ = (
        UniqueConstraint("channel", "platform_id", name="uq_inbound"),
        Index("ix_inbound_new", "id", sqlite_where=where("state = 'new'"), postgresql_where=where("state = 'new'")),
        Index("ix_inbound_look", "id", **partial(LOOK)),
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
    at: datetime = instant()


class Question(SQLModel, table=True):
    """The one question open with a person: the inbound it is about and the numbered choices offered.

    `lapsed_at`: when it stopped being open without an answer (too old, or a newer question took its place).
    `then`: the questions about the same inbound that follow once this one is answered, each with its sentence and choices.
    """

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    inbound_id: int = Field(foreign_key="inbound.id")
    asked_at: datetime = instant()
    choices: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    then: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    answered_at: datetime | None = instant(nullable=True)
    lapsed_at: datetime | None = instant(nullable=True)


class Handover(SQLModel, table=True):
    """A change of contact that somebody announced, for one unit; nothing changes until an administrator accepts it.

    `person_id` hands over; `name`, `phone` and `words` are what was said; `successor_id` who took over. `state` is a word of
    `store.handovers.HandoverState`.
    """

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    inbound_id: int = Field(foreign_key="inbound.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    name: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=40)
    words: str = Field(default="", max_length=300)
    state: str = Field(default="open", max_length=12)
    successor_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = instant(nullable=True)
    decided_by: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=300)
    __table_args__ = (Index("ix_handover_open", "id", **partial(WAITING)),)


class File(SQLModel, table=True):
    """The content of an attachment, once however often it came; `digest` is its SHA-256 in hex."""

    digest: str = Field(primary_key=True, max_length=64)
    size: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Attachment(SQLModel, table=True):
    """A file that came with an inbound; `task_id` once it is known what it was sent for."""

    id: int | None = Field(default=None, primary_key=True)
    inbound_id: int = Field(foreign_key="inbound.id", index=True)
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    digest: str = Field(foreign_key="file.digest", max_length=64)


class Ear(SQLModel, table=True):
    """A listener as it stands: whose it is until when, and what it last heard. `state` is a word of `store.ears.EarState`."""

    key: str = Field(primary_key=True, max_length=120)
    channel: str = Field(max_length=30)
    owner: str = Field(default="", max_length=80)
    leased_until: datetime | None = instant(nullable=True)
    state: str = Field(default="waiting", max_length=12)
    detail: str = Field(default="", max_length=300)
    since: datetime = instant()
    last_frame_at: datetime | None = instant(nullable=True)


class Bookmark(SQLModel, table=True):
    """How far a listener has read in one place (an IMAP folder): its own words."""

    key: str = Field(primary_key=True, max_length=120)
    place: str = Field(primary_key=True, max_length=120)
    value: str = Field(sa_type=Text)
