"""What time alone makes superfluous: questions nobody answers any more, spent login links, old sessions. Evidence is never touched."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.engine import Store

QUESTION = timedelta(days=3)
"""How long a question to a person stays open; after that an answer is read as if nothing had been asked."""

LINK = timedelta(days=7)
"""How long the digest of an expired login link is kept."""

SESSION = timedelta(days=180)
"""How long it is kept who was logged in from where: the six months for which the law wants such records."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many questions lapsed, and how many login links and sessions were forgotten."""

    questions: int
    links: int
    sessions: int


def run(now: datetime, store: Store) -> Tidied:
    """Do the housekeeping of the day; safe at any time and any number of times."""
    with store.begin() as tx:
        return Tidied(tx.questions.lapse(now - QUESTION, now), tx.links.forget(now - LINK), tx.sessions.forget(now - SESSION))
