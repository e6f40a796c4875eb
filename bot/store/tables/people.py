"""Units, the people behind them, and where those can be reached."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant


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
    __table_args__ = (
        UniqueConstraint("code", "parent_id", name="uq_unit_code_parent"),
        Index("ix_unit_order", "position", "id"),
    )


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
    changed_at: datetime | None = instant(nullable=True)
    __table_args__ = (
        UniqueConstraint("person_id", "channel", "value", name="uq_address"),
        Index("ix_address_value", "channel", "value"),
    )
