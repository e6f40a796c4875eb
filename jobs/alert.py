"""audit → outbox: what an administrator has to know and would not look for, told to the administrators of the topmost unit.

One message an hour and administrator at most, however much went wrong: who is flooded reads nothing. What waits longer than a
day is told all the same, because it is still true. A fact is told once; the pages and `cuibao doctor` show it until it is mended.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain import times
from bot.domain.messages import Draft
from bot.domain.words import MessageKind
from bot.store import Store, Tx
from bot.store.audit import Entry
from bot.store.errors import NoAddress

TOLD: Final = ("robot.paused", "robot.blocked", "listener.paused", "quota.near", "address.bad", "message.dead", "message.unknown")
"""Acts of the machine that somebody has to do something about."""
PACE: Final = timedelta(hours=1)
"""Between two alerts to the same administrators."""
MOST: Final = 20
"""Facts named in one message; the rest is a number, and on the pages."""
_UPTO, _LAST = "alert:upto", "alert:last"
"""Keys in `meta`: the last audit entry told, and when."""


@dataclass(frozen=True, slots=True)
class Alerted:
    """`facts` were put into `messages` messages; without an administrator who can be reached nothing is told and nothing is lost."""

    facts: int = 0
    messages: int = 0


def run(now: datetime, store: Store, channels: Collection[str]) -> Alerted:
    """Tell the administrators what has happened since they were last told; safe at any time and any number of times."""
    with store.read() as tx:  # mostly there is nothing to tell, and nobody has to wait for that
        if not _untold(tx):
            return Alerted()
    with store.begin() as tx:
        entries, administrators = _untold(tx), tx.people.administrators(times.civil_day(now))
        if not entries or not administrators or _told_lately(tx, now):
            return Alerted()
        view = _view(tx, entries)
        sent = sum(_tell(tx, person.id, view, entries[-1].id, channels, now) for person in administrators) if view["count"] else 0
        if sent or not view["count"]:
            tx.meta.set(_UPTO, str(entries[-1].id))
        if sent:
            tx.meta.set(_LAST, now.isoformat())
        return Alerted(len(entries) if sent else 0, sent)


def _untold(tx: Tx) -> list[Entry]:
    return tx.audit.since(int(tx.meta.get(_UPTO) or 0), TOLD)


def _told_lately(tx: Tx, now: datetime) -> bool:
    last = tx.meta.get(_LAST)
    return last is not None and now - times.parse_instant(last) < PACE


def _view(tx: Tx, entries: Sequence[Entry]) -> dict[str, object]:
    facts = [{"act": entry.act, "about": about, **_words(entry)} for entry in entries if (about := _about(tx, entry))]
    return {"alerts": facts[:MOST], "count": len(facts), "more": max(0, len(facts) - MOST)}


def _about(tx: Tx, entry: Entry) -> str:
    """Whom or what it concerns, in words; empty for an alert that could not be sent itself: that must not become the next one."""
    kind, _, name = entry.about.partition(":")
    with suppress(LookupError):
        if kind == "person":
            return tx.people.get(int(name)).name
        if kind == "message":
            message = tx.outbox.get(int(name))
            return "" if message.kind is MessageKind.ADMIN_ALERT else _recipient(tx, message.person_id)
    return name


def _recipient(tx: Tx, person_id: int | None) -> str:
    return tx.people.get(person_id).name if person_id is not None else "?"


def _words(entry: Entry) -> dict[str, str]:
    return {"number": entry.about.partition(":")[2], **{name: str(entry.after.get(name, "")) for name in ("code", "detail", "until")}}


def _tell(tx: Tx, person_id: int, view: dict[str, object], upto: int, channels: Collection[str], now: datetime) -> int:
    draft = Draft(MessageKind.ADMIN_ALERT, person_id, f"alert:{upto}:{person_id}", now, f"{view['count']} alerts", view, priority=2)
    with suppress(NoAddress):
        return int(tx.outbox.put(draft, channels, now) is not None)
    return 0
