"""A delivering process killed half-way, on both databases; and a log torn by a power cut."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from receiver import Receiver
from worker import fill, keys

from bot.domain.words import MessageState
from bot.store import Store, chain

MESSAGES = 120
ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "crash")])}


def start(url: str, receiver: Receiver) -> subprocess.Popen:
    worker = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("worker.py")), url, str(receiver.port)],
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    worker.stdout.readline()
    return worker


def kill_half_way(url: str, receiver: Receiver) -> None:
    worker = start(url, receiver)
    while len(receiver.keys) < MESSAGES // 2:
        assert worker.poll() is None, "it came to its end before it could be killed"
        time.sleep(0.002)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()


def finish(url: str, receiver: Receiver) -> float:
    """Let another process do the rest; the seconds until its first message arrived."""
    worker = start(url, receiver)
    begun, before = time.monotonic(), len(receiver.keys)
    while len(receiver.keys) == before and worker.poll() is None:
        time.sleep(0.002)
    resumed = time.monotonic() - begun
    assert worker.wait(60) == 0
    worker.stdout.close()
    return resumed


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_half_way_and_started_again_nothing_is_lost_and_every_duplicate_is_listed(database_url, make_store):
    store = make_store(database_url)
    fill(store, MESSAGES)
    with Receiver(delay=0.001) as receiver:
        kill_half_way(database_url, receiver)
        with store.read() as tx:
            claimed = tx.outbox.counts()[MessageState.SENDING]
        resumed = finish(database_url, receiver)
    with store.read() as tx:
        doubtful = {message.dedupe for message in tx.outbox.in_doubt(limit=1000)}
        states = {message.state for message in tx.outbox.list(limit=1000)}
        broken = chain.verify_all(tx.connection)
    twice = {key for key, copies in receiver.copies.items() if copies > 1}
    assert keys(MESSAGES) - set(receiver.keys) == set()
    assert twice <= doubtful
    assert len(doubtful) == claimed > 0
    assert (states, broken) == ({MessageState.SENT}, [])
    assert resumed < 5  # a second on a quiet machine; never the length of a lease


@pytest.mark.parametrize("seed", range(2))
def test_a_log_torn_by_a_power_cut_opens_and_the_work_goes_on(sqlite_url, tmp_path, make_store, seed):
    """What the torn end of the log held is sent again; the chains hold whatever was cut, because their heads were cut with them."""
    store = make_store(sqlite_url)
    fill(store, MESSAGES)
    database = tmp_path / "cuibao.db"
    with store.read() as reader:
        reader.meta.get("keeps the log from being folded in")
        with Receiver() as receiver:
            kill_half_way(sqlite_url, receiver)
            torn = tear(database, random.Random(seed))
            finish(torn, receiver)
    survivor = Store(torn)
    with survivor.read() as tx:
        assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert chain.verify_all(tx.connection) == []
        left = {message.dedupe for message in tx.outbox.list(limit=1000)}
    survivor.close()
    assert left <= set(receiver.keys)


def tear(database: Path, chance: random.Random) -> str:
    """A copy of the database whose log ends at a random byte, as the power cut left it."""
    copy = database.with_name("torn.db")
    shutil.copy(database, copy)
    log = Path(f"{database}-wal").read_bytes()
    Path(f"{copy}-wal").write_bytes(log[: chance.randrange(len(log) + 1)])
    return f"sqlite:///{copy}"
