"""One flush for many: order is kept, nobody is acknowledged early, and a failure stays with the one whose it is."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from bot.talk.gathering import MOST, Gathering


class Book:
    """Writes numbers in groups; while the gate is shut a group is under way. A negative number cannot be written."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def write(self, numbers: Sequence[int]) -> None:
        assert self.gate.wait(10)
        if any(number < 0 for number in numbers):
            raise ValueError(min(numbers))
        self.groups.append(list(numbers))

    @property
    def written(self) -> list[int]:
        return [number for group in self.groups for number in group]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def gathering(book) -> Gathering[int]:
    return Gathering(book.write)


async def begun(gathering: Gathering[int], numbers: Sequence[int]) -> list["asyncio.Task[None]"]:
    """Callers who have all put their number and wait."""
    tasks = [asyncio.create_task(gathering.put(number)) for number in numbers]
    await asyncio.sleep(0.02)
    return tasks


async def test_who_comes_alone_is_written_at_once(gathering, book):
    await gathering.put(1)
    await gathering.put(2)
    assert book.groups == [[1], [2]]


async def test_what_comes_while_a_group_is_written_goes_together_in_order(gathering, book):
    book.gate.clear()
    first = await begun(gathering, [0])
    rest = await begun(gathering, range(1, MOST + 11))
    book.gate.set()
    await asyncio.gather(*first, *rest)
    assert book.groups == [[0], list(range(1, MOST + 1)), list(range(MOST + 1, MOST + 11))]


async def test_nobody_is_told_before_it_is_written(gathering, book):
    book.gate.clear()
    tasks = await begun(gathering, range(5))
    assert not any(task.done() for task in tasks)
    book.gate.set()
    await asyncio.gather(*tasks)
    assert book.written == [0, 1, 2, 3, 4]


async def test_the_failure_of_one_is_not_the_failure_of_the_others(gathering, book):
    book.gate.clear()
    tasks = await begun(gathering, [1, 2, -3, 4])
    book.gate.set()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), type(None), ValueError, type(None)]
    assert book.written == [1, 2, 4]


async def test_after_a_failure_it_goes_on(gathering, book):
    with pytest.raises(ValueError, match="-1"):
        await gathering.put(-1)
    await gathering.put(1)
    assert book.written == [1]


async def test_who_leaves_while_waiting_disturbs_nobody(gathering, book):
    book.gate.clear()
    leaving, staying = await begun(gathering, [1, 2])
    leaving.cancel()
    await asyncio.sleep(0)
    book.gate.set()
    await staying
    assert book.written == [1, 2]


def test_it_serves_one_event_loop_after_another(gathering, book):
    for number in range(2):
        asyncio.run(gathering.put(number))
    assert book.written == [0, 1]
