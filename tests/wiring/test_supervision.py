"""Listeners that fail in every way, and what their supervisor makes of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.channels.listener import Bookmark, Desk, ListenFailed
from bot.domain.inbound import Inbound
from bot.domain.words import FailureKind
from bot.store import Store
from bot.store.ears import EarState
from bot.wiring.supervision import LEASE
from tests.channels import rigs
from tests.waiting import until
from tests.wiring import listening
from tests.wiring.listening import ear

KEY = "mail:bot@example.com"


class Scripted:
    """A listener that does one thing after the other, then holds its connection in silence."""

    name, key, silence = "mail", KEY, timedelta(seconds=90)

    def __init__(self, *acts: Callable[[Desk], Awaitable[None]]) -> None:
        self._acts, self.connections, self.ended = list(acts), 0, 0

    async def listen(self, desk: Desk) -> None:
        self.connections += 1
        try:
            if self._acts:
                await self._acts.pop(0)(desk)
            else:
                await asyncio.Event().wait()
        finally:
            self.ended += 1


def fails(kind: FailureKind, code: str = "x") -> Callable[[Desk], Awaitable[None]]:
    async def act(desk: Desk) -> None:
        raise ListenFailed(kind, code, "as the script says")

    return act


async def breaks(desk: Desk) -> None:
    raise RuntimeError("a listener that breaks its promise")


def brings(*texts: str, bookmark: Bookmark | None = None) -> Callable[[Desk], Awaitable[None]]:
    async def act(desk: Desk) -> None:
        await desk.keep(said(*texts), bookmark)
        await asyncio.Event().wait()

    return act


def said(*texts: str) -> Sequence[Inbound]:
    return [Inbound("mail", f"id-{text}", "zs@example.com", rigs.NOW, text, text.encode()) for text in texts]


@asynccontextmanager
async def supervised(listener: Scripted, store: Store, clock: rigs.Clock | None = None) -> AsyncIterator[list[int]]:
    rings: list[int] = []
    task = listening.supervised(listener, store, clock or rigs.Clock(), lambda: rings.append(1))
    try:
        yield rings
    finally:
        await listening.end(task)


def is_in(store: Store, state: EarState) -> bool:
    with store.read() as tx:
        found = tx.ears.get(KEY)
    return found is not None and found.state is state


async def test_what_comes_is_kept_with_how_far_was_read_and_somebody_is_told(sqlite_store: Store) -> None:
    listener = Scripted(brings("已报", "明天交", bookmark=Bookmark("INBOX", "7:12")))
    async with supervised(listener, sqlite_store) as rings:
        await until(lambda: bool(rings))
    with sqlite_store.read() as tx:
        assert [inbound.text for inbound in tx.inbox.unread(9)] == ["已报", "明天交"]
        assert tx.ears.bookmark(KEY, "INBOX") == "7:12"
    assert listener.ended == 1


async def test_a_connection_that_fails_or_breaks_is_opened_anew(sqlite_store: Store) -> None:
    listener = Scripted(fails(FailureKind.TRANSIENT), breaks, fails(FailureKind.THROTTLED), brings("已报"))
    async with supervised(listener, sqlite_store) as rings:
        await until(lambda: bool(rings))
        assert is_in(sqlite_store, EarState.OPEN)
    assert listener.connections == 4


async def test_a_bad_credential_is_not_tried_again_until_somebody_resumes_it(sqlite_store: Store) -> None:
    listener = Scripted(fails(FailureKind.CREDENTIAL_BAD, "535"), brings("已报"))
    async with supervised(listener, sqlite_store) as rings:
        await until(lambda: is_in(sqlite_store, EarState.PAUSED))
        await asyncio.sleep(0.1)
        assert (listener.connections, ear(sqlite_store).detail) == (1, "535 as the script says")
        with sqlite_store.begin() as tx:
            assert [entry.act for entry in tx.audit.list()] == ["listener.paused"]
            tx.ears.note(KEY, EarState.WAITING, "resumed", rigs.NOW)
        await until(lambda: bool(rings))


async def test_a_silent_connection_is_given_up(sqlite_store: Store) -> None:
    clock, listener = rigs.Clock(), Scripted()
    async with supervised(listener, sqlite_store, clock):
        await until(lambda: listener.connections == 1)
        clock.now += timedelta(seconds=91)
        await until(lambda: listener.connections == 2)
        assert listener.ended == 1


async def test_two_processes_never_listen_to_one_account(sqlite_url: str, make_store: Callable[[str], Store]) -> None:
    clock, first, second = rigs.Clock(), Scripted(), Scripted()
    one, other = make_store(sqlite_url), make_store(sqlite_url)
    async with supervised(second, other, clock):
        await until(lambda: second.connections == 1)
        async with supervised(first, one, clock):
            clock.now += LEASE / 2
            await asyncio.sleep(1.2)
            assert first.connections == 0
    async with supervised(first, one, clock):
        await until(lambda: first.connections == 1)
    assert second.connections == 1


async def test_an_account_that_another_process_has_taken_is_let_go(sqlite_store: Store) -> None:
    clock, listener = rigs.Clock(), Scripted()
    async with supervised(listener, sqlite_store, clock):
        await until(lambda: listener.connections == 1)
        clock.now += LEASE * 2
        with sqlite_store.begin() as tx:
            assert tx.ears.lease(KEY, "mail", "other", clock.now, clock.now + LEASE)
        await until(lambda: listener.ended == 1)
        await asyncio.sleep(0.1)
        assert listener.connections == 1
    assert ear(sqlite_store).owner == "other"
