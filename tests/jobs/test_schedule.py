"""The metronome and its loops: a run that fails is written down, and nothing that fails stops the next run."""

import asyncio
import threading
from collections.abc import Callable

from bureau import Bureau, at

from jobs.schedule import Beat, Loop, Metronome
from tests.waiting import until

PATIENCE = 20.0
"""Seconds to wait for another thread; nothing is asserted about how long it took."""


class Ledger:
    """What was recorded, by name; the first `torn` records cannot be written."""

    def __init__(self, torn: int = 0) -> None:
        self.lines: list[tuple[str, str]] = []
        self.torn = torn

    def record(self, name: str, trouble: str) -> None:
        self.lines.append((name, trouble))
        if len(self.lines) <= self.torn:
            raise OSError("disk full")


async def played(loop: Loop, enough: Callable[[], bool]) -> None:
    """Let a loop run until that is true, then stop it; it ends by itself."""
    running = asyncio.create_task(loop.keep_on())
    await until(lambda: enough() or running.done())
    loop.stop()
    async with asyncio.timeout(PATIENCE):
        await running


async def test_a_run_of_a_loop_that_raises_is_recorded_and_the_next_one_comes():
    ledger, runs = Ledger(), [0]

    async def run() -> float:
        runs[0] += 1
        if runs[0] == 1:
            raise LookupError("no such thing")
        return 0.0

    await played(Loop("deliver", run, ledger.record, nap=0.01), lambda: len(ledger.lines) >= 3)
    assert ledger.lines[:3] == [("deliver", "LookupError: no such thing"), ("deliver", ""), ("deliver", "")]


async def test_a_heartbeat_that_cannot_be_written_does_not_end_the_loop():
    ledger = Ledger(torn=2)

    async def run() -> float:
        return 0.0

    await played(Loop("deliver", run, ledger.record, nap=0.01), lambda: len(ledger.lines) >= 4)
    assert len(ledger.lines) >= 4


async def test_a_loop_that_naps_is_woken_and_one_that_is_stopped_does_not_finish_its_nap():
    runs = [0]

    async def run() -> float:
        runs[0] += 1
        return 3600.0

    loop = Loop("listen", run, Ledger().record, nap=3600.0)
    running = asyncio.create_task(loop.keep_on())
    await until(lambda: runs[0] == 1)
    loop.wake()
    await until(lambda: runs[0] == 2)
    loop.stop()
    async with asyncio.timeout(PATIENCE):
        await running
    assert runs == [2]


async def test_a_beat_that_raises_is_recorded_and_neither_it_nor_the_others_stop():
    ledger, ran = Ledger(), []

    def broken() -> None:
        ran.append("broken")
        raise ValueError("bad row")

    metronome = Metronome([Beat("broken", 1, broken), Beat("sound", 1, lambda: ran.append("sound"))], ledger.record)
    await metronome.start()
    assert ledger.lines == [("broken", "ValueError: bad row"), ("sound", "")]
    await until(lambda: ran.count("broken") >= 2 and ran.count("sound") >= 2)
    metronome.stop()


async def test_a_heartbeat_that_cannot_be_written_does_not_end_the_metronome():
    ledger = Ledger(torn=1)
    metronome = Metronome([Beat("due", 1, lambda: None)], ledger.record)
    await metronome.start()
    await until(lambda: len(ledger.lines) >= 2)
    metronome.stop()
    assert ledger.lines[:2] == [("due", ""), ("due", "")]  # the first could not be written, the beat came again


async def test_a_beat_that_is_struck_while_it_runs_waits_for_its_turn():
    inside, most, gate = [0], [0], threading.Event()

    def run() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        gate.wait(PATIENCE)
        inside[0] -= 1

    metronome = Metronome([Beat("listen", 3600, run)], Ledger().record)
    strikes = [asyncio.create_task(metronome.strike("listen")) for _ in range(3)]
    await until(lambda: inside[0] == 1)
    gate.set()
    await asyncio.gather(*strikes)
    assert most == [1]


async def test_two_metronomes_at_once_plan_and_remind_once(store):
    bureau, now = Bureau(store), at("2018-10-16 09:25")
    units = [bureau.unit(f"22{number:04}") for number in range(20)]
    people = [bureau.person(unit) for unit in units]
    bureau.duty(units)
    ledger = Ledger()
    beats = [Beat("due", 1, lambda: bureau.due(now)), Beat("remind", 1, lambda: bureau.remind(now))]
    both = [Metronome(beats, ledger.record) for _ in range(2)]
    await asyncio.gather(*(metronome.start() for metronome in both))
    await until(lambda: len(ledger.lines) >= 8)
    for metronome in both:
        metronome.stop()
    assert {trouble for _, trouble in ledger.lines} == {""}
    assert [len(bureau.messages(person)) for person in people] == [1] * len(people)
