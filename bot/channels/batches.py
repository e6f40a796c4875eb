"""Messages of equal words that are sent at one moment share a call to the platform; each keeps its own outcome.

Nobody waits for company: whoever is sent in the same turn of the event loop goes along, and the call leaves in the next one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.channels.base import Receipt, SendFailed
from bot.domain.messages import Outgoing

Outcome = Receipt | SendFailed
Post = Callable[[Sequence[Outgoing]], Awaitable[Mapping[str, Outcome]]]
"""One call for these messages, whose words are equal and whose addresses are not; the outcome of each by its address."""

TURNS: Final = 2
"""Turns of the event loop in which others may join."""


@dataclass(slots=True)
class _Batch:
    """What goes along with one call."""

    call: asyncio.Task[Mapping[str, Outcome]]
    messages: list[Outgoing]


class Batches:
    """Gathers what reads alike, at most `most` to a call. To live in one event loop."""

    def __init__(self, most: int, post: Post) -> None:
        self._most, self._post = most, post
        self._gathering: dict[str, _Batch] = {}
        self._calls: set[asyncio.Task[Mapping[str, Outcome]]] = set()

    async def send(self, words: str, message: Outgoing) -> Receipt:
        """Send with whoever says the same `words` at this moment. Raises SendFailed for this message's own reason."""
        batch = self._gathering.get(words)
        if batch is None or any(other.address == message.address for other in batch.messages):
            batch = self._begin(words)
        batch.messages.append(message)
        if len(batch.messages) == self._most:
            del self._gathering[words]
        outcome = (await asyncio.shield(batch.call))[message.address]
        if isinstance(outcome, SendFailed):
            raise SendFailed(outcome.kind, outcome.code, outcome.detail, outcome.retry_after)
        return outcome

    async def close(self) -> None:
        """Wait for the calls on their way. Safe to call twice."""
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _begin(self, words: str) -> _Batch:
        messages: list[Outgoing] = []
        call = asyncio.create_task(self._leave(words, messages))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        batch = self._gathering[words] = _Batch(call, messages)
        return batch

    async def _leave(self, words: str, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        gathering = self._gathering.get(words)
        if gathering is not None and gathering.messages is messages:
            del self._gathering[words]
        try:
            return await self._post(messages)
        except SendFailed as failed:
            return {message.address: failed for message in messages}
