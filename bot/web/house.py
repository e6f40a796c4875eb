"""What the pages need from the house below them: one Protocol and the frozen values that cross it.

The pages decide nothing and know no database. Whoever builds the machine hands over a `House`; `tests/web` has a hand-written one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from bot.desk.desk import Desk
from bot.domain.lamps import Lamp
from bot.talk.counter import Counter

Mode = Literal["rehearsal", "live"]
How = Literal["workday", "next_send", "end"]
Kind = Literal["group", "chat", "mail"]


@dataclass(frozen=True, slots=True)
class JobHealth:
    """One job of the metronome. `lag_seconds` is how late its last run was; `error` is for administrators only, empty when well."""

    name: str
    last_run: datetime | None
    lag_seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """One channel: its state in a Chinese word, and the reason (a sentence safe to show to anyone), empty when well."""

    name: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ListenerHealth:
    """One connection that is listened to: its state in a Chinese word, when anything last came over it (None: never), and why it
    does not stand (for administrators only, empty when well). `paused` until an administrator resumes it."""

    name: str
    state: str
    last_frame_at: datetime | None
    detail: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How the machine feels. `queue` counts messages by outbox state; `oldest_seconds` is the age of the oldest
    one that waits, None if none does.
    """

    ok: bool
    mode: str
    jobs: tuple[JobHealth, ...] = ()
    queue: Mapping[str, int] = field(default_factory=dict)
    oldest_seconds: float | None = None
    channels: tuple[ChannelHealth, ...] = ()
    listeners: tuple[ListenerHealth, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice being rehearsed."""

    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation of the notice: what is owed, its due rule in Chinese words, and the notice's own sentence."""

    what: str
    rule_word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said in a conversation. `out` is what Cuibao sent, `in` what the person answered.

    `state_word` is the delivery state in Chinese; `reason` why an outgoing message exists; `understood` what an answer was read as.
    """

    at: datetime
    direction: Literal["out", "in"]
    body: str
    subject: str = ""
    format: Literal["text", "markdown"] = "text"
    state_word: str = ""
    reason: str = ""
    understood: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one stand-in group, person or mailbox received and said, oldest entry first. `unread`: messages since its last answer."""

    person_id: int
    title: str
    subtitle: str
    channel: str
    kind: Kind
    can_answer: bool
    unread: int
    entries: tuple[Entry, ...] = ()

    @property
    def key(self) -> str:
        """Names the conversation in addresses: one person may be written to in more than one place."""
        return f"{self.person_id}-{self.channel}"


@dataclass(frozen=True, slots=True)
class Column:
    """One period of one obligation: its Chinese name, our target day and the last day that still counts (inclusive)."""

    period_id: int
    name: str
    what: str
    target: date
    limit: date


@dataclass(frozen=True, slots=True)
class Cell:
    """One task as a lamp. `mark` is one character, so that the lamp is read without its colour; `reminded` counts reminders sent."""

    task_id: int
    lamp: Lamp
    mark: str
    word: str
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One unit, one cell for each column (None: this unit does not owe it). A row whose level is not `county` begins a new group."""

    unit: str
    short: str
    level: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Unit × period, rows in administrative order: each prefecture is followed by its counties."""

    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """The rehearsal as it stands. `now` is the virtual clock, `ends` its last day (inclusive); `totals` are figures by Chinese word."""

    now: datetime
    next_send: datetime | None
    ends: date
    notice: Notice
    obligations: tuple[Duty, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    matrix: Matrix = field(default_factory=Matrix)
    totals: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    bulletin: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """The virtual clock was moved to `until`; `sent` messages went out on the way."""

    sent: int
    until: datetime


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What a platform is answered, within its time limit. `media_type` is empty when there is no body."""

    status: int
    body: bytes = b""
    media_type: str = ""


class House(Protocol):
    """The machine as the pages see it. Every method may block and is called from a worker thread."""

    @property
    def mode(self) -> str:
        """`rehearsal` or `live`."""
        ...

    @property
    def secret(self) -> bytes:
        """Signs cookies and form tokens; at least 32 random bytes that survive a restart."""
        ...

    @property
    def secure_cookies(self) -> bool:
        """True where people come by HTTPS only."""
        ...

    @property
    def counter(self) -> Counter | None:
        """What stands behind the reply page; None: there is no such page."""
        ...

    @property
    def desk(self) -> Desk:
        """What administrators may see and do."""
        ...

    def now(self) -> datetime:
        """The wall clock, aware. Sessions age by it; the rehearsal's own clock is `Scene.now`."""
        ...

    def health(self) -> Health:
        """How the machine feels right now."""
        ...

    def redeem(self, token: str) -> bool:
        """Use up a one-time login link. False if it is unknown, used or expired."""
        ...

    def scene(self) -> Scene:
        """Everything the rehearsal page shows."""
        ...

    def advance(self, how: How) -> Moved:
        """Move the virtual clock to the next workday, to the next send, or to the end."""
        ...

    def answer(self, person_id: int, text: str) -> None:
        """A stand-in contact answers, through the same door as on the real platform."""
        ...

    async def receive(self, channel: str, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> CallbackAnswer:
        """A platform calls: verify, store raw, acknowledge at once. 401 for a signature that does not fit. Must not block the loop."""
        ...
