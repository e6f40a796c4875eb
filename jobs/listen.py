"""inbound → reply → status: what has arrived and nobody has understood yet is heard.

Callbacks only store and acknowledge; this job does the rest, so that a platform never waits for us to think.
"""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime

from bot.domain.workdays import WorkCalendar
from bot.store import Store
from bot.store.inbox import InboxState
from bot.talk import hear, turn


def run(
    now: datetime, store: Store, channels: Collection[str], calendar: WorkCalendar, tag_of: Callable[[str], str] = turn.no_tag
) -> Counter[InboxState]:
    """Hear everything that waits, the oldest first; safe to run twice and at any time. Returns how many ended in which state.

    `tag_of` makes the tag of the mails that began with a key: an answer that bears it comes from who got them.
    """
    return hear.run(now, store, frozenset(channels), calendar, tag_of=tag_of)
