"""What leaves at one moment with equal words shares a call, and everybody keeps an outcome of their own."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.channels.base import Receipt, SendFailed
from bot.channels.batches import Batches, Outcome
from bot.domain.messages import Outgoing
from bot.domain.words import FailureKind
from tests.channels import rigs


class Platform:
    """Takes batches and remembers them; members called `bad…` are not known, `trouble` refuses a whole call."""

    def __init__(self, trouble: SendFailed | None = None) -> None:
        self.calls: list[list[str]] = []
        self.trouble = trouble

    async def post(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        users = [message.address for message in messages]
        self.calls.append(users)
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        return {user: Receipt("0", user) if user[:3] != "bad" else SendFailed(FailureKind.ADDRESS_BAD, "x", "unknown") for user in users}


def message(user: str) -> Outgoing:
    return rigs.message(address=user, key=f"circular:{user}")


async def together(batches: Batches, *users: str, words: str = "w") -> list[object]:
    return list(await asyncio.gather(*(batches.send(words, message(user)) for user in users), return_exceptions=True))


async def test_equal_words_share_calls_of_the_most_that_one_takes() -> None:
    platform = Platform()
    users = [f"u{number}" for number in range(45)]
    found = await together(Batches(20, platform.post), *users)
    assert [len(call) for call in platform.calls] == [20, 20, 5]
    assert found == [Receipt("0", user) for user in users]


async def test_other_words_and_a_later_moment_are_calls_of_their_own() -> None:
    platform = Platform()
    batches = Batches(20, platform.post)
    await asyncio.gather(together(batches, "u1", words="a"), together(batches, "u2", words="b"))
    await together(batches, "u3", words="a")
    assert platform.calls == [["u1"], ["u2"], ["u3"]]


async def test_everybody_has_an_outcome_of_their_own() -> None:
    good, bad = await together(Batches(20, Platform().post), "u1", "bad1")
    assert good == Receipt("0", "u1")
    assert isinstance(bad, SendFailed)
    assert bad.kind is FailureKind.ADDRESS_BAD


async def test_a_call_that_fails_fails_for_all_in_it_and_for_nobody_else() -> None:
    platform = Platform(SendFailed(FailureKind.IN_DOUBT, "deadline", "no answer"))
    batches = Batches(2, platform.post)
    found = await together(batches, "u1", "u2")
    assert [each.kind for each in found if isinstance(each, SendFailed)] == [FailureKind.IN_DOUBT] * 2
    assert found[0] is not found[1]
    platform.trouble = None
    assert await together(batches, "u3") == [Receipt("0", "u3")]


async def test_one_person_is_never_in_a_call_twice() -> None:
    platform = Platform()
    await together(Batches(20, platform.post), "u1", "u1", "u2")
    assert platform.calls == [["u1"], ["u1", "u2"]]


async def test_who_is_called_off_leaves_the_others_their_call() -> None:
    platform = Platform()
    batches = Batches(20, platform.post)
    first, second = (asyncio.create_task(batches.send("w", message(user))) for user in ("u1", "u2"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == Receipt("0", "u2")
    with pytest.raises(asyncio.CancelledError):
        await first
    await batches.close()
