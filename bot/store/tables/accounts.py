"""Who administers, and the browsers they are logged in with."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.store.tables.columns import instant


class Account(SQLModel, table=True):
    """An administrator (`words.Rank`). `unit_id` is the top of the subtree they see, None: everything.

    `password` is an argon2 hash, empty: none, they come by link only; `totp` the sealed secret of the second factor, empty: none;
    `totp_used` the last time step whose code was taken, so that no code is good twice. `version` grows with every change.
    """

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=60)
    rank: str = Field(max_length=20)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    password: str = Field(default="", max_length=200)
    must_change: bool = Field(default=False)
    totp: str = Field(default="", max_length=300)
    totp_used: int = Field(default=0)
    failures: int = Field(default=0)
    locked_until: datetime | None = instant(nullable=True)
    active: bool = Field(default=True)
    version: int = Field(default=1)
    created_at: datetime = instant()


class LoginSession(SQLModel, table=True):
    """A browser that is logged in; only the digest of its cookie is kept. `ended_at`: it was left or revoked."""

    __tablename__ = "login_session"
    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    how: str = Field(max_length=10)
    agent: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=60)
    created_at: datetime = instant()
    seen_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
