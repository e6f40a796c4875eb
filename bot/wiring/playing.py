"""Sets a rehearsal up: units and stand-in people, a notice made into obligations, stand-in platforms, the virtual clock."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib import resources
from pathlib import Path

from bot import rehearse
from bot.domain import times
from bot.domain.windows import Windows
from bot.render import Renderer
from bot.sandbox import stage
from bot.sandbox.contacts import Contacts
from bot.store import Store, sample
from bot.store.tx import Tx
from bot.talk import intake
from bot.talk.reply_links import ReplyLinks

SAMPLE_NOTICE = "sample_notice.txt"
SAMPLE_SPAN = (date(2018, 8, 27), date(2019, 2, 28))
"""The first and the last day (included) of the sample's rehearsal: the nomination list, the third and the fourth quarter."""


@dataclass(frozen=True, slots=True)
class Play:
    """What is to be rehearsed: a notice as a file's bytes, its name, and the first and last day, both included."""

    raw: bytes
    name: str
    since: date
    until: date


def sample_play() -> Play:
    """The notice that comes with the software."""
    raw = resources.files("bot.sandbox").joinpath(SAMPLE_NOTICE).read_bytes()
    return Play(raw, SAMPLE_NOTICE, *SAMPLE_SPAN)


def prepare(store: Store, play: Play) -> intake.Taken:
    """Load the sample's units and people and make the notice's duties theirs. Raises NoticeError."""
    start = times.instant(play.since, time(0))
    taken = intake.take(store, play.raw, play.name, start)
    with store.begin() as tx:
        loaded = sample.load(tx, play.since)
        intake.arm(tx, taken, loaded.owing, start)
    return taken


def open_rehearsal(
    store: Store, renderer: Renderer, windows: Windows, *, start: datetime, until: date, seed: int | None, links: ReplyLinks | None = None
) -> rehearse.Rehearsal:
    """A rehearsal on a prepared store; with a `seed` stand-in contacts answer by themselves, with `links` messages lead to the page."""
    clock = rehearse.Clock(start)
    with store.read() as tx:
        robots = _robots(tx)
    cast = rehearse.Cast(store, stage.build(clock.now, robots), renderer, windows, None if seed is None else Contacts(seed), links)
    return rehearse.Rehearsal(cast, clock, until)


def _robots(tx: Tx) -> dict[str, list[str]]:
    robots: dict[str, list[str]] = {}
    for group in tx.people.all("group"):
        for address in group.addresses:
            robots.setdefault(address.channel, []).append(address.value)
    return robots


@contextmanager
def temporary_store() -> Iterator[Store]:
    """A database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cuibao-") as folder:
        store = Store(f"sqlite:///{Path(folder) / 'rehearsal.db'}", durable=False)
        try:
            store.migrate()
            yield store
        finally:
            store.close()
