"""The machine as the pages see it: one house that rehearses, one that is live. Both answer the Protocol of `bot.web.house`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.channels.base import Channel
from bot.desk.desk import Desk
from bot.domain import times
from bot.rehearse import Rehearsal
from bot.talk.counter import Counter
from bot.talk.doors import Doors
from bot.web.house import CallbackAnswer, Health, How, Moved, Scene
from bot.wiring import desks, health, scene
from bot.wiring.clock import RealClock
from bot.wiring.ground import Ground

VIRTUAL_NOW = "virtual_now"
"""Where the virtual clock stands between two starts, in `meta`."""


class NotRehearsing(RuntimeError):
    """A page asked a live house to rehearse; the pages forbid it before it comes to this."""


@dataclass
class LiveHouse:
    """The house of a live installation."""

    ground: Ground
    clock: RealClock
    doors: Doors
    ways: Mapping[str, Channel]
    beats: Mapping[str, int]
    counter: Counter | None = None
    mode: str = "live"

    @property
    def secret(self) -> bytes:
        """Signs cookies and form tokens."""
        return self.ground.secret.reveal().encode()

    @property
    def secure_cookies(self) -> bool:
        """True where people come by HTTPS only."""
        return self.ground.settings.cuibao_base_url.startswith("https://")

    @cached_property
    def desk(self) -> Desk:
        """Where administrators sit."""
        return desks.build(self.ground, self.now, self.now, self.ways)

    def now(self) -> datetime:
        """The clock of the wall."""
        return self.clock.now()

    def health(self) -> Health:
        """How it feels right now."""
        return health.pages(self.ground, self.mode, self.now(), self.beats, self.ways)

    def redeem(self, token: str) -> bool:
        """Use up a one-time login link."""
        with self.ground.store.begin() as tx:
            return tx.links.redeem(token, self.now())

    def scene(self) -> Scene:
        """There is no scene in a live house."""
        raise NotRehearsing

    def advance(self, how: How) -> Moved:
        """The clock of the wall cannot be moved."""
        raise NotRehearsing

    def answer(self, person_id: int, text: str) -> None:
        """Real people answer for themselves."""
        raise NotRehearsing

    async def receive(self, channel: str, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> CallbackAnswer:
        """A platform calls."""
        answer = await self.doors.take(channel, method, query, headers, body)
        return CallbackAnswer(answer.status, answer.body, answer.media_type)


@dataclass
class RehearsalHouse(LiveHouse):
    """The house of a rehearsal: the same database and the same code, on a virtual clock with stand-in platforms."""

    rehearsal: Rehearsal | None = None
    mode: str = "rehearsal"

    @cached_property
    def desk(self) -> Desk:
        """The same desk; what is due there goes by the virtual clock."""
        return desks.build(self.ground, self._play.clock.now, self.now, self.ways, rehearsing=True)

    def scene(self) -> Scene:
        """Everything the rehearsal page shows."""
        return scene.read(self._play)

    def advance(self, how: How) -> Moved:
        """Move the virtual clock and remember where it stands."""
        play = self._play
        moves: dict[How, Callable[[], None]] = {"workday": play.to_next_workday, "next_send": play.to_next_send, "end": play.to_end}
        before = play.sent()
        moves[how]()
        self._remember()
        return Moved(play.sent() - before, play.clock.now())

    def answer(self, person_id: int, text: str) -> None:
        """A stand-in contact answers, through the platform's callback door."""
        self._play.answer(person_id, text)
        self._remember()

    def _remember(self) -> None:
        """Keep where the clock stands; it never goes back, whoever else may have moved it."""
        now = self._play.clock.now()
        with self.ground.store.begin() as tx:
            kept = tx.meta.get(VIRTUAL_NOW)
            if kept is None or times.parse_instant(kept) < now:
                tx.meta.set(VIRTUAL_NOW, now.isoformat())

    @property
    def _play(self) -> Rehearsal:
        if self.rehearsal is None:
            raise NotRehearsing
        return self.rehearsal


def virtual_now(ground: Ground, default: datetime) -> datetime:
    """Where the virtual clock of this installation stands."""
    with ground.store.read() as tx:
        kept = tx.meta.get(VIRTUAL_NOW)
    return times.parse_instant(kept) if kept else default
