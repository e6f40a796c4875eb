"""A process that delivers and can be killed: `python worker.py URL PORT`. Says `ready` when it begins."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from receiver import LoopbackChannel

from bot.domain.messages import Draft, Rendered
from bot.domain.words import MessageKind
from bot.store import Store
from jobs import deliver

BEGIN = datetime(2018, 9, 25, 2, 0, 7, tzinfo=UTC)


class Clock:
    """A clock that each reading moves on a little, and that `hook` may stop."""

    def __init__(self, start: datetime = BEGIN, hook=lambda _where: None) -> None:
        self.at, self._hook = start, hook

    def now(self) -> datetime:
        self._hook("clock")
        self.at += timedelta(microseconds=1)
        return self.at


def fill(store: Store, messages: int, parts: int = 1) -> None:
    """A person and a group chat with messages that are due."""
    with store.begin() as tx:
        person, group = tx.people.put("张三"), tx.people.put("工作群", "group")
        tx.people.add_address(person, "mail", "zhang@example.com", 0)
        tx.people.add_address(group, "wecom_robot", "g", 0)
        for number in range(messages):
            to = group if number % 4 == 3 else person
            view = {"parts": parts}
            draft = Draft(MessageKind.CONFIRMATION, to, f"m{number}", BEGIN, "crash test", view=view)
            tx.outbox.put(draft, ["mail", "wecom_robot"], BEGIN)


def keys(messages: int, parts: int = 1) -> set[str]:
    """The keys under which all of it arrives."""
    return {f"m{number}" if part == 1 else f"m{number}#{part}" for number in range(messages) for part in range(1, parts + 1)}


def render(kind: MessageKind, view, *, max_bytes: int, format: str, channel: str) -> list[Rendered]:
    return [Rendered("催报", f"part {part}", part=part, parts=view["parts"]) for part in range(1, view["parts"] + 1)]


async def work(store: Store, clock: Clock, channels) -> None:
    """Deliver until nothing is open, letting the clock jump to whatever comes next."""
    budgets = {channel.name: channel.limits.per_minute for channel in channels}
    while True:
        await deliver.run(clock, store, {channel.name: channel for channel in channels}, render)
        with store.read() as tx:
            wake = tx.outbox.next_wake(clock.now(), budgets)
        if wake is None:
            break
        clock.at = max(clock.at, wake)
    for channel in channels:
        await channel.close()


def main() -> None:
    url, port = sys.argv[1], int(sys.argv[2])
    store = Store(url)
    print("ready", flush=True)
    asyncio.run(work(store, Clock(), [LoopbackChannel("mail", port), LoopbackChannel("wecom_robot", port, per_minute=20)]))
    store.close()


if __name__ == "__main__":
    main()
