"""Killed at every statement, every commit, every clock reading and around every request: nothing is lost, every duplicate is listed.

A child process is forked for every point; it kills itself with SIGKILL at the n-th event. Then a clean process finishes the work.
"""

import asyncio
import os
import shutil
import signal
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest
from receiver import HastyChannel, LoopbackChannel, Receiver
from worker import Clock, fill, keys, work

from bot.domain.words import MessageState
from bot.store import Store, chain

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")

MESSAGES, PARTS = 4, 2


@dataclass(frozen=True)
class Found:
    """What the receiver and the outbox say after a crash and a clean run."""

    finished: bool
    lost: set[str]
    unlisted: set[str]


class Points:
    """Crashes at chosen points. One store serves all of them, closed before every fork, because it has compiled its statements already."""

    def __init__(self, database: Path) -> None:
        self.database, self.filled = database, database.with_name("filled.db")
        self.left = 0
        self.store = Store(f"sqlite:///{database}", durable=False, watch=self.hook)
        fill(self.store, MESSAGES, PARTS)
        self.store.close()
        shutil.copy(database, self.filled)

    def hook(self, _where: str) -> None:
        """Called before every event; the one at which nothing is left kills."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def crash_at(self, point: int, channel_class: type[LoopbackChannel]) -> Found:
        for old in self.database.parent.glob(f"{self.database.name}*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copy(self.filled, self.database)
        with Receiver() as receiver:
            self.left = point
            finished = in_a_child(lambda: self.deliver(receiver.port, channel_class)) == 0
            self.left = 0
            self.deliver(receiver.port, LoopbackChannel)
            return Found(finished, keys(MESSAGES, PARTS) - set(receiver.keys), self.unlisted(receiver))

    def deliver(self, port: int, channel_class: type[LoopbackChannel]) -> None:
        channels = [channel_class("mail", port, self.hook), channel_class("wecom_robot", port, self.hook, per_minute=20)]
        asyncio.run(work(self.store, Clock(hook=self.hook), channels))
        self.store.close()

    def unlisted(self, receiver: Receiver) -> set[str]:
        """Keys that came twice although the outbox doesn't say so; everything must be in its end state and the chains whole."""
        with self.store.read() as tx:
            assert chain.verify_all(tx.connection) == []
            assert {message.state for message in tx.outbox.list(limit=1000)} == {MessageState.SENT}
            doubtful = {message.dedupe for message in tx.outbox.in_doubt()}
        self.store.close()
        return {key for key, copies in receiver.copies.items() if copies > 1 and key.split("#")[0] not in doubtful}


@pytest.fixture
def points(sqlite_url, tmp_path) -> Points:
    return Points(tmp_path / "cuibao.db")


def test_killed_at_any_point_nothing_is_lost_and_every_duplicate_is_listed(points):
    point = 0
    while not (found := points.crash_at(point + 1, LoopbackChannel)).finished:
        point += 1
        assert (point, found.lost, found.unlisted) == (point, set(), set())
    assert point > 60, point  # the harness did reach into the work


def test_the_harness_catches_a_channel_that_says_sent_before_the_answer(points):
    lost: set[str] = set()
    for point in range(1, 1000):
        found = points.crash_at(point, HastyChannel)
        lost |= found.lost
        if found.finished or lost:
            break
    assert lost


def in_a_child(job) -> int:
    """Run it in a fork of this process; 0 if it came to its end, the signal if it was killed. Fails if it raised."""
    with warnings.catch_warnings(action="ignore"):  # newer Pythons warn of threads in the parent; the child uses none of them
        child = os.fork()
    if child == 0:
        code = 1
        try:
            job()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
