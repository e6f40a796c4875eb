"""Listeners: which process listens to which account, what they last heard, and how far they have read.

One owner for each account, by a lease: two processes that both answer for one bot would throw each other out for ever.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, or_, select, update

from bot.store import conflict, tables

EAR = tables.of(tables.Ear)
BOOKMARK = tables.of(tables.Bookmark)


class EarState(StrEnum):
    """How a listener stands."""

    WAITING = "waiting"  # before the next attempt; `detail` says why
    OPEN = "open"
    PAUSED = "paused"  # the credentials are bad: nothing is tried until an administrator resumes it


@dataclass(frozen=True, slots=True)
class Ear:
    """A listener as it stands. `since` is when the state began; `last_frame_at` when anything last came, None for never."""

    key: str
    channel: str
    owner: str
    leased_until: datetime | None
    state: EarState
    detail: str
    since: datetime
    last_frame_at: datetime | None


class Ears:
    """Queries about listeners."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lease(self, key: str, channel: str, owner: str, now: datetime, until: datetime) -> bool:
        """Take or prolong the account for this owner; False while another's lease runs."""
        row = {"key": key, "channel": channel, "owner": "", "leased_until": None, "detail": "", "last_frame_at": None}
        self._connection.execute(conflict.insert_new(self._connection, EAR, ["key"]), row | {"state": EarState.WAITING.value, "since": now})
        return self._connection.execute(_LEASE, {"of": key, "owner_": owner, "now_": now, "until_": until}).rowcount == 1

    def release(self, key: str, owner: str) -> None:
        """Give the account up, if it is this owner's."""
        self._connection.execute(_RELEASE, {"of": key, "owner_": owner})

    def note(self, key: str, state: EarState, detail: str, now: datetime) -> None:
        """The state has changed."""
        self._connection.execute(_NOTE, {"of": key, "state_": state.value, "detail_": detail[:300], "now_": now})

    def frame(self, key: str, at: datetime) -> None:
        """Something came over the connection."""
        self._connection.execute(update(EAR).where(EAR.c.key == key).values(last_frame_at=at))

    def get(self, key: str) -> Ear | None:
        """One listener, None if it never listened."""
        return next((ear for ear in self.all() if ear.key == key), None)

    def all(self) -> list[Ear]:
        """Every listener by key."""
        rows = self._connection.execute(select(EAR).order_by(EAR.c.key))
        return [Ear(**{**row._mapping, "state": EarState(row.state)}) for row in rows]

    def bookmark(self, key: str, place: str) -> str:
        """How far was read, empty for never."""
        found = select(BOOKMARK.c.value).where(BOOKMARK.c.key == key, BOOKMARK.c.place == place)
        return self._connection.execute(found).scalar() or ""

    def mark(self, key: str, place: str, value: str) -> None:
        """So far has been read; in the transaction that keeps what was read."""
        self._connection.execute(
            conflict.upsert(self._connection, BOOKMARK, ["key", "place"]), {"key": key, "place": place, "value": value}
        )


_LEASE = (
    update(EAR)
    .where(EAR.c.key == bindparam("of"))
    .where(
        or_(
            EAR.c.owner.in_(["", bindparam("owner_")]),
            EAR.c.leased_until.is_(None),
            EAR.c.leased_until <= bindparam("now_", type_=EAR.c.leased_until.type),
        )
    )
    .values(owner=bindparam("owner_"), leased_until=bindparam("until_"))
)
_RELEASE = update(EAR).where(EAR.c.key == bindparam("of"), EAR.c.owner == bindparam("owner_")).values(owner="", leased_until=None)
_NOTE = (
    update(EAR).where(EAR.c.key == bindparam("of")).values(state=bindparam("state_"), detail=bindparam("detail_"), since=bindparam("now_"))
)
