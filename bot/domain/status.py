"""From the facts about a task to its status (STUB: types only, owner: ladder/status)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.words import Status


class EventKind(StrEnum):
    """A fact about a task. Facts are only ever appended; UNDONE takes back the one it names."""

    REPORTED = "reported"
    ZERO_REPORT = "zero_report"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    PROMISED = "promised"
    BLOCKED = "blocked"
    NOT_REPORTED_AFTER_ALL = "not_reported_after_all"
    DISPUTED = "disputed"  # 不归我管: an administrator looks
    EXTENSION_ASKED = "extension_asked"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXEMPTED = "exempted"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one task. `id` is 0 until stored. `by` names the actor: `person:12`, `admin:1`, `system`.

    `day` is the promised, requested or granted day; `counts` the enterprises named in the answer; `undoes` the id of the
    event an UNDONE takes back; `inbound_id` the message it was understood from (the evidence), None for a manual act.
    """

    kind: EventKind
    at: datetime
    by: str
    id: int = 0
    day: date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""
    undoes: int | None = None
    inbound_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskState:
    """What the facts add up to. `reported_at` is the first moment that still stands and is never moved by later versions.

    `promised_on`: the day named by a promise that still stands. `quiet_until`: no reminders before this instant (exclusive end),
    None if nothing holds the chase. `extended_to`: the granted later day. `disputed`: the unit says it is not theirs.
    """

    status: Status
    reported_at: datetime | None = None
    promised_on: date | None = None
    quiet_until: datetime | None = None
    extended_to: date | None = None
    disputed: bool = False
