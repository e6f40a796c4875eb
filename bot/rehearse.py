"""演练: the same jobs on a virtual clock, with stand-in platforms and, if wanted, stand-in contacts who answer.

Nothing here knows a rule: it only moves the clock to the next instant at which somebody has something to do, runs the jobs,
lets people answer, and keeps a record. Steps that wait for an administrator's click are released by a stand-in administrator.
"""

import asyncio
import heapq
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.domain import times
from bot.domain.inbound import Inbound
from bot.domain.windows import Windows
from bot.domain.words import MessageKind, MessageState
from bot.domain.workdays import WorkCalendar
from bot.render import Renderer
from bot.sandbox.contacts import Answer, Contacts
from bot.sandbox.stage import Stage
from bot.store import Store
from bot.store.people import Address
from bot.talk import decide
from bot.talk.doors import Doors
from bot.talk.reply_links import ReplyLinks
from jobs import bulletin, deliver, due, listen, remind

DAWN = time(8, 30)
"""Shanghai hour at which a rehearsed day begins: before the first sending window."""
PRIVATE = (MessageKind.FIRST_NOTICE, MessageKind.REMINDER, MessageKind.OVERDUE)
INSTANT = timedelta(microseconds=1)
ANSWERED_WITHIN = timedelta(minutes=15)
"""How far the clock moves by itself so that an answer goes out whose robot has used up its minute."""
ADMINISTRATOR = "admin:rehearsal"
ROUNDS = 50
"""Passes of the jobs at one instant before the rest is left to the next wake."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what a rehearsal is played with."""

    store: Store
    stage: Stage
    renderer: Renderer
    windows: Windows
    contacts: Contacts | None = None
    links: ReplyLinks | None = None


class Clock:
    """A virtual clock: it stands still until set, and never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Move forward to `instant`; an earlier one changes nothing."""
        self._now = max(self._now, instant)


@dataclass
class Rehearsal:
    """One rehearsal. `ends` is the last day, included. Every method may be called from any thread, one at a time.

    Stand-in contacts answer by themselves while it is played to the end; before that the person at the page answers for them.
    """

    cast: Cast
    clock: Clock
    ends: date
    watch: Callable[[datetime], None] = lambda _now: None
    _answers: list[tuple[datetime, int, Answer]] = field(default_factory=list)
    _heard_upto: int = 0
    _spoken: int = 0
    _planned_day: date | None = None
    _news: bool = True
    _by_themselves: bool = False
    _days: WorkCalendar = field(default_factory=WorkCalendar)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._budgets = {name: channel.limits.per_minute for name, channel in self.cast.stage.channels.items()}
        self.doors = Doors(self.cast.store, self.clock.now, self.cast.stage.wecom_keys, self.cast.stage.dingtalk_secret, lambda: None)

    def close(self) -> None:
        """Release the channels and the loop."""
        for channel in self.cast.stage.channels.values():
            self._loop.run_until_complete(channel.close())
        self._loop.close()

    def begin(self) -> None:
        """Go on from what the database holds: do what is to be done now, so that it is known what comes next."""
        with self.cast.store.read() as tx:
            self._spoken = len(tx.story.heard())
        self.play(self.clock.now())

    @property
    def calendar(self) -> WorkCalendar:
        """The working calendar with the administrator's amendments."""
        with self.cast.store.read() as tx:
            return WorkCalendar(tx.calendar.overrides())

    def next_wake(self) -> datetime | None:
        """The next instant at which something happens by itself; None after the end."""
        with self.cast.store.read() as tx:
            wakes = [tx.reminders.next_wake(self.clock.now()), tx.outbox.next_wake(self.clock.now(), self._budgets)]
            waiting = tx.reminders.waiting(times.end_of(self.ends))
        wakes += [min((step.fires_at for step in waiting), default=None), self._answers[0][0] if self._answers else None]
        known = [wake for wake in wakes if wake is not None]
        return max(min(known), self.clock.now()) if known and min(known) < times.end_of(self.ends) else None

    def to_next_workday(self) -> None:
        """Play until the next workday begins."""
        day = self.calendar.add(times.civil_day(self.clock.now()), 1)
        self.play(min(times.instant(day, DAWN), self._last))

    def to_next_send(self) -> None:
        """Play until at least one more message has gone out, or to the end."""
        before = self.sent()
        with self._turn():
            self._at_this_instant()
            while self.sent() == before and self._step(self._last):
                pass

    def to_end(self) -> None:
        """Play to the end, the stand-in contacts answering."""
        self._by_themselves = True
        try:
            self.play(self._last)
        finally:
            self._by_themselves = False

    @property
    def _last(self) -> datetime:
        """The last minute: the clock never shows a day that no longer belongs to the rehearsal."""
        return times.end_of(self.ends) - timedelta(minutes=1)

    def sent(self) -> int:
        """Messages accepted so far."""
        with self.cast.store.read() as tx:
            return tx.outbox.counts()[MessageState.SENT]

    def play(self, until: datetime) -> None:
        """Let everything happen that happens before `until`, then show that instant on the clock."""
        with self._turn():
            self._at_this_instant()
            while self._step(until):
                pass
            self.clock.set(until)
            self._at_this_instant()

    def answer(self, person_id: int, text: str) -> None:
        """A stand-in person says something now, through the same door as on the real platform, and is answered."""
        with self._turn():
            self._say([(person_id, text)])
            self._listen()
            self._at_this_instant()
            patience = self.clock.now() + ANSWERED_WITHIN
            while self._waits_upto(patience) and self._step(patience):
                pass

    def tapped(self, inbound: Inbound) -> None:
        """Somebody tapped something on the reply page: kept and heard like everything that is said."""
        with self._turn():
            self.doors.keep([inbound])
            self._listen()
            self._at_this_instant()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One caller at a time; whatever somebody has changed since the last one counts as news."""
        with self._lock:
            self._news, self._days = True, self.calendar
            self._let_people_read()
            yield

    def _waits_upto(self, until: datetime) -> bool:
        """Whether a message waits for nothing but its robot's next free minute."""
        with self.cast.store.read() as tx:
            wake = tx.outbox.next_wake(self.clock.now(), self._budgets)
        return wake is not None and wake < until

    def _step(self, until: datetime) -> bool:
        """One wake before `until`; False when there is none left."""
        wake = self.next_wake()
        if wake is None or wake >= until:
            return False
        self.clock.set(wake)
        self._at_this_instant()
        self.watch(self.clock.now())
        return True

    def _at_this_instant(self) -> None:
        """Run the jobs until none has anything left to do at this instant."""
        cast = self.cast
        self._plan_the_day()
        if self._release() or self._news:
            remind.run(self.clock.now(), cast.store, cast.stage.channels, self._days, cast.windows)
            self._news = False
        for _ in range(ROUNDS):
            if self._waits_upto(self.clock.now() + INSTANT):
                self._loop.run_until_complete(self._deliver())
                self._let_people_read()
            if not self._let_people_speak():
                break
            self._listen()
        bulletin.run(self.clock.now(), cast.store, self._days, circular(cast.renderer), cast.windows)

    def _plan_the_day(self) -> None:
        today = times.civil_day(self.clock.now())
        if today != self._planned_day:
            due.run(self.clock.now(), self.cast.store, self._days, self.cast.windows)
            self._decide()
            self._planned_day, self._news = today, True

    def _decide(self) -> None:
        """The stand-in administrator grants what was asked for before today, but not a second time."""
        office = decide.Office(self._days, frozenset(self.cast.stage.channels), self.cast.windows)
        with self.cast.store.begin() as tx:
            for task in tx.tasks.asking():
                decide.decide(
                    tx,
                    decide.Decision(task.id, None if task.state.extended_to else task.state.asked_for, ADMINISTRATOR),
                    self.clock.now(),
                    office,
                )

    def _listen(self) -> None:
        listen.run(self.clock.now(), self.cast.store, self.cast.stage.channels, self._days)
        self._news = True

    def _release(self) -> bool:
        """Let go what waits for a click. Whether there is anything to remind of: with no step due the job would find nothing."""
        with self.cast.store.read() as tx:
            waiting = [step.step_id for step in tx.reminders.waiting(self.clock.now())]
            wake = tx.reminders.next_wake(self.clock.now())
        if waiting:
            with self.cast.store.begin() as tx:
                tx.reminders.release(waiting, self.clock.now())
        return bool(waiting) or (wake is not None and wake <= self.clock.now())

    def _let_people_speak(self) -> bool:
        """Let those stand-in contacts speak whose moment has come."""
        said: list[tuple[int, str]] = []
        while self._answers and self._answers[0][0] <= self.clock.now():
            spoken = heapq.heappop(self._answers)[2]
            said.append((spoken.person_id, spoken.text))
        if said:
            self._say(said)
        return bool(said)

    def _let_people_read(self) -> None:
        """Hand new messages to the stand-in contacts."""
        if self.cast.contacts is None:
            return
        with self.cast.store.read() as tx:
            arrivals = tx.story.arrivals(self._heard_upto)
        for arrival in arrivals:
            self._heard_upto = arrival.delivery_id
            if self._by_themselves and arrival.kind in PRIVATE and arrival.person_id is not None:
                answer = self.cast.contacts.receive(arrival.person_id, arrival.kind, arrival.message_id, arrival.at)
                if answer is not None:
                    heapq.heappush(self._answers, (answer.at, answer.person_id, answer))

    def _say(self, said: Sequence[tuple[int, str]]) -> None:
        """Persons say something now; who can be reached nowhere cannot."""
        with self.cast.store.read() as tx:
            ways = [(tx.people.best_address(person_id, self.cast.stage.channels), text) for person_id, text in said]
        heard = [self._at_the_door(address, text) for address, text in ways if address is not None]
        self.doors.keep([inbound for inbound in heard if inbound is not None])

    def _at_the_door(self, address: Address, text: str) -> Inbound | None:
        self._spoken += 1
        now, message_id = self.clock.now(), f"said-{int(self.clock.now().timestamp())}-{self._spoken}"
        if address.channel == "mail":
            return Inbound("mail", message_id, address.value, now, text, text.encode())
        request = self.cast.stage.speak(address.channel, address.value, text, now, message_id)
        door = address.channel.partition("_")[0]
        return self.doors.read(door, request.method, request.query, request.headers, request.body)[1]

    async def _deliver(self) -> None:
        cast, manners = self.cast, deliver.Manners(self.cast.windows, links=self.cast.links)
        await deliver.run(self.clock, cast.store, cast.stage.channels, cast.renderer.render, manners, inline=True)


def circular(renderer: Renderer) -> Callable[[Mapping[str, object]], str]:
    """Puts the view of a circular into plain text, in one piece."""

    def text(view: Mapping[str, object]) -> str:
        return renderer.render(MessageKind.BULLETIN, view, max_bytes=10_000_000, format="text")[0].body

    return text
