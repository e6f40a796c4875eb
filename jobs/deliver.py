"""outbox → channel → person: the only place that sends, and it settles after the send (DESIGN 5.3–5.5).

A pass claims what is due, looks at its tasks once more, puts it into words and freezes these, all in one transaction; sends; and writes in
groups what became of it. A crash between send and settle leaves messages `sending` whose owner is dead: the next pass takes them back as
in doubt. So nothing is lost, and what may have gone twice is on a list.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.channels.base import Channel, Limits, SendFailed
from bot.channels.lanes import SLOTS, Lanes
from bot.domain import deliveries
from bot.domain.deliveries import Handed, InDoubt, Outcome
from bot.domain.inbound import Attachment
from bot.domain.messages import Outgoing, Rendered
from bot.domain.windows import Windows
from bot.domain.words import ANSWERS, FailureKind, MessageKind
from bot.store import Store, Tx
from bot.store.letters import Claimed, Frozen
from bot.store.settling import Alert, Settled
from bot.talk import letters, reply_links
from bot.talk.reply_links import ReplyLinks

LEASE = timedelta(minutes=10)
"""How long a claim holds where nobody can tell whether its owner lives."""

MARGIN = timedelta(minutes=1)
"""Nothing is sent so shortly before the lease ends: a send must be over before somebody else may take the message."""

CLAIM = 64
"""Messages claimed at a time; the next claim follows when half of them are on their way."""

GROUP = 50
"""Outcomes settled together at most."""

FLUSH = 0.05
"""Seconds an outcome waits for others to be settled with."""

LOOK = 0.2
"""Seconds after which a pass that waits for slow sends looks for new messages."""

Result = TypeVar("Result")


class Clock(Protocol):
    """Tells the time: the machine's, or a rehearsal's."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...


class Render(Protocol):
    """`render.Renderer.render`."""

    def __call__(self, kind: MessageKind, view: Mapping[str, object], *, max_bytes: int, format: str, channel: str) -> list[Rendered]:
        """The message in parts, at least one."""
        ...


@dataclass(frozen=True, slots=True)
class Manners:
    """How this installation sends. `sending`: the hours in which people are written to (None: at any).

    `allowed`: while testing, the only addresses that get anything (empty: everybody, PROMISES E1); what is for others waits.
    `policies` by channel say what happens to messages in doubt (RESEND where they say nothing). `links` makes the link to the reply
    page that stands at the foot of a message to a person.
    """

    sending: Windows | None = None
    allowed: frozenset[str] = frozenset()
    policies: Mapping[str, InDoubt] = field(default_factory=dict)
    links: ReplyLinks | None = None


FREELY = Manners()
"""At any hour, to everybody."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a pass has done, in messages; a message that was retried within the pass counts each time. `alerts` are for administrators."""

    sent: int = 0
    retried: int = 0
    unknown: int = 0
    dead: int = 0
    superseded: int = 0
    alerts: tuple[Alert, ...] = ()


async def run(
    clock: Clock,
    store: Store,
    channels: Mapping[str, Channel],
    render: Render,
    manners: Manners = FREELY,
    *,
    stop: asyncio.Event | None = None,
    inline: bool = False,
) -> Delivered:
    """Send everything that is due and may go, until nothing more does; safe to run at any time, twice, or after a crash.

    Once `stop` is set nothing new begins. `inline` keeps the database in this thread: for rehearsals, whose sends are instant.
    """
    return await _Pass(clock, store, channels, render, manners, stop or asyncio.Event(), inline).run()


class _Pass:
    def __init__(
        self,
        clock: Clock,
        store: Store,
        channels: Mapping[str, Channel],
        render: Render,
        manners: Manners,
        stop: asyncio.Event,
        inline: bool,
    ) -> None:
        self._clock, self._store, self._channels, self._render = clock, store, channels, render
        self._manners, self._stop, self._inline = manners, stop, inline
        self._budgets = {name: channel.limits.per_minute for name, channel in channels.items()}
        self._lanes: Lanes[Claimed] = Lanes(self._send)
        self._outcomes: list[Outcome] = []
        self._stir = asyncio.Event()
        self._look_at = 0.0
        self._done = Delivered()

    async def run(self) -> Delivered:
        await self._db(self._recover)
        try:
            while await self._round():
                pass
        finally:
            await self._end()
        return self._done

    async def _round(self) -> bool:
        """Claim if there is room, wait for results, write them. False when nothing is left to do."""
        if self._is_hungry():
            self._look_at = time.monotonic() + LOOK
            await self._claim()
        if self._lanes.idle and not self._outcomes:
            return False
        await self._wait()
        if self._outcomes:
            await self._settle()
            self._look_at = 0.0
        return True

    def _is_hungry(self) -> bool:
        return not self._stop.is_set() and self._lanes.waiting < CLAIM // 2 and time.monotonic() >= self._look_at

    async def _wait(self) -> None:
        """Until a group of results is there, everything is sent, or a flush is due."""
        self._stir.clear()
        if self._is_stirred():
            return
        try:
            await asyncio.wait_for(self._stir.wait(), FLUSH)
        except TimeoutError:
            return

    def _is_stirred(self) -> bool:
        return len(self._outcomes) >= GROUP or self._lanes.idle

    async def _claim(self) -> None:
        ready = await self._db(self._claim_and_write)
        for message in ready:
            self._lanes.put(message, channel=message.channel, robot=message.robot, width=_width(self._channels[message.channel].limits))

    def _recover(self) -> None:
        owner = self._store.owner
        owner.keep()
        with self._store.begin() as tx:
            self._count(tx.outbox.recover(self._clock.now(), owner.alive, self._manners.policies))

    def _claim_and_write(self) -> list[Claimed]:
        """One transaction: claim, look once more, put into words, freeze."""
        self._store.owner.keep()
        now = self._clock.now()
        frozen: list[Frozen] = []
        ready: list[Claimed] = []
        broken: list[Outcome] = []
        with self._store.begin() as tx:
            claimed = tx.outbox.claim(now, self._store.owner.name, LEASE, self._budgets, CLAIM)
            look = letters.look(tx, claimed, now, self._manners.sending, self._manners.allowed)
            self._leave_out(tx, look, broken)
            for message, speech in look.going:
                if message.words is not None and message.said == speech.said:
                    ready.append(message)
                else:
                    ready += self._words(message, speech, frozen, broken)
            tx.outbox.freeze(frozen)
        self._outcomes += broken
        return ready

    def _leave_out(self, tx: Tx, look: letters.Look, broken: list[Outcome]) -> None:
        """What has nothing to say is dropped, what may not go yet waits, what cannot be made is settled as its own failure."""
        for message in look.over:
            tx.outbox.drop(message.id, "nothing of it is owed any more")
        self._done = replace(self._done, superseded=self._done.superseded + len(look.over))
        tx.outbox.postpone(look.waits)
        broken += [self._outcome(message, Handed.CONTENT_BAD, type(error).__name__, str(error)) for message, error in look.broken]

    def _words(self, message: Claimed, speech: letters.Speech, frozen: list[Frozen], broken: list[Outcome]) -> list[Claimed]:
        """The message in words; none if they cannot be made, which is settled as its failure and not as everybody's."""
        limits = self._channels[message.channel].limits
        try:
            form = limits.form(message.kind)
            view = self._linked(message, speech)
            rendered = self._render(message.kind, view, max_bytes=form.max_bytes, format=form.format, channel=message.channel)
        except Exception as error:  # noqa: BLE001 whatever a template does, the other messages go out
            broken.append(self._outcome(message, Handed.CONTENT_BAD, type(error).__name__, str(error)))
            return []
        words = tuple(rendered)
        frozen.append(Frozen(message.id, words, speech.said))
        return [replace(message, words=words, said=speech.said, part=1)]

    def _linked(self, message: Claimed, speech: letters.Speech) -> Mapping[str, object]:
        """What the templates get: with the person's own link, if there is one."""
        links = self._manners.links
        link = reply_links.of_message(links, message, speech.said, self._clock.now()) if links else ""
        return {**speech.view, "link": link} if link else speech.view

    async def _send(self, message: Claimed) -> None:
        """One send; always ends in an outcome."""
        try:
            outcome = await self._sent(message)
        except asyncio.CancelledError:
            self._outcomes.append(self._outcome(message, Handed.UNKNOWN, "cancelled"))
            raise
        self._outcomes.append(outcome)
        if outcome.handed in (Handed.THROTTLED, Handed.CREDENTIAL_BAD):
            self._give_back(self._lanes.withdraw(message.robot))
        if self._is_stirred() or (self._lanes.busy == 1 and not self._lanes.waiting):
            self._stir.set()

    async def _sent(self, message: Claimed) -> Outcome:
        if self._stop.is_set() or self._clock.now() >= message.leased_until - MARGIN:
            return self._outcome(message, Handed.BACK)
        channel = self._channels[message.channel]
        try:
            outgoing = await self._outgoing(message)
        except LookupError as error:
            return self._outcome(message, Handed.CONTENT_BAD, "no_file", str(error))
        try:
            receipt = await channel.send(outgoing)
        except SendFailed as failed:
            return self._failed(message, channel, failed)
        except Exception as error:  # noqa: BLE001 a channel that breaks its promise: it may have been sent
            return self._outcome(message, Handed.UNKNOWN, type(error).__name__)
        return Outcome(
            message.id, message.owner, message.attempt, self._clock.now(), Handed.SENT, receipt.code, platform_id=receipt.platform_id
        )

    async def _outgoing(self, message: Claimed) -> Outgoing:
        if message.words is None:
            raise ValueError(f"message {message.id} has no words")
        words = message.words[message.part - 1]
        files = await self._db(lambda: self._files(words)) if words.files else ()
        return Outgoing(message.key, message.address, words, message.thread or None, files, message.kind in ANSWERS)

    def _files(self, words: Rendered) -> tuple[Attachment, ...]:
        with self._store.read() as tx:
            return tx.files.with_content(words.files)

    def _failed(self, message: Claimed, channel: Channel, failed: SendFailed) -> Outcome:
        wait = failed.retry_after
        if wait is None and failed.kind is FailureKind.THROTTLED:
            wait = channel.limits.penalty
        return replace(self._outcome(message, deliveries.failure(failed.kind), failed.code, failed.detail), retry_after=wait)

    def _outcome(self, message: Claimed, handed: Handed, code: str = "", detail: str = "") -> Outcome:
        return Outcome(message.id, message.owner, message.attempt, self._clock.now(), handed, code, detail)

    def _give_back(self, messages: list[Claimed]) -> None:
        self._outcomes += [self._outcome(message, Handed.BACK) for message in messages]

    async def _settle(self) -> None:
        outcomes, self._outcomes = self._outcomes, []
        try:
            self._count(await self._db(lambda: self._write(outcomes)))
        except BaseException:
            self._outcomes = outcomes + self._outcomes  # the end of the pass tries once more
            raise

    def _write(self, outcomes: list[Outcome]) -> Settled:
        with self._store.begin() as tx:
            return tx.outbox.settle(outcomes, self._clock.now(), self._manners.policies, self._channels)

    def _count(self, settled: Settled) -> None:
        done = self._done
        self._done = Delivered(
            done.sent + settled.sent,
            done.retried + settled.retried,
            done.unknown + settled.unknown,
            done.dead + settled.dead,
            done.superseded,
            done.alerts + settled.alerts,
        )

    async def _end(self) -> None:
        """Leave nothing claimed. If even that cannot be written, this owner counts as dead and the next pass recovers."""
        self._give_back(await self._lanes.close())
        try:
            if self._outcomes:
                await self._settle()
        except BaseException:
            self._store.abdicate()
            raise

    async def _db(self, work: Callable[[], Result]) -> Result:
        return work() if self._inline else await asyncio.to_thread(work)


def _width(limits: Limits) -> int:
    """How many messages of one robot are on their way at a time: a slow pace needs no more than one, and keeps them in order.

    What may share a call must be handed over together.
    """
    paced = min(SLOTS // 2, max(1, limits.per_minute // 60)) if limits.per_minute else SLOTS // 2
    return max(paced, limits.batch)
