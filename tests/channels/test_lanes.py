"""Who sends when: order within a robot, width of a lane, slots of a channel, taking back."""

import asyncio

from bot.channels.lanes import Lanes


class Work:
    """Holds every item until it is released; remembers the order in which they began."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def __call__(self, item: str) -> None:
        self.begun.append(item)
        await self.gates.setdefault(item, asyncio.Event()).wait()

    async def release(self, *items: str) -> None:
        for item in items:
            self.gates[item].set()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_items_of_one_robot_go_one_after_the_other_in_order():
    work = Work()
    lanes = Lanes(work)
    for item in ("a1", "a2", "b1"):
        lanes.put(item, channel="mail", robot=item[0], width=1)
    await settle()
    assert (work.begun, lanes.waiting, lanes.busy) == (["a1", "b1"], 1, 2)
    await work.release("a1")
    assert work.begun == ["a1", "b1", "a2"]
    await work.release("b1", "a2")
    assert lanes.idle


async def test_a_wide_lane_sends_as_many_at_once_as_it_is_wide():
    work = Work()
    lanes = Lanes(work)
    for number in range(5):
        lanes.put(str(number), channel="mail", robot="mail", width=3)
    await settle()
    assert work.begun == ["0", "1", "2"]
    await work.release("1")
    assert work.begun == ["0", "1", "2", "3"]
    await lanes.close()


async def test_each_channel_has_its_own_slots():
    work = Work()
    lanes = Lanes(work, slots=2)
    for number in range(4):
        lanes.put(f"x{number}", channel="x", robot=f"x{number}", width=1)
    lanes.put("y", channel="y", robot="y", width=1)
    await settle()
    assert sorted(work.begun) == ["x0", "x1", "y"]
    await work.release("x0")
    assert "x2" in work.begun
    await lanes.close()


async def test_what_has_not_begun_can_be_taken_back_and_the_robot_used_again():
    work = Work()
    lanes = Lanes(work)
    for item in ("a1", "a2", "a3"):
        lanes.put(item, channel="mail", robot="a", width=1)
    await settle()
    assert lanes.withdraw("a") == ["a2", "a3"]
    await work.release("a1")
    assert lanes.idle
    lanes.put("a4", channel="mail", robot="a", width=1)
    await settle()
    assert work.begun == ["a1", "a4"]
    await work.release("a4")


async def test_closing_cancels_what_is_on_its_way_and_hands_back_the_rest():
    work = Work()
    lanes = Lanes(work)
    for item in ("a1", "a2", "b1"):
        lanes.put(item, channel="mail", robot=item[0], width=1)
    await settle()
    assert await lanes.close() == ["a2"]
    assert lanes.idle
