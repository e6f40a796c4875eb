"""One inbound being heard inside one transaction: what it is, who said it, and how we speak back."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import cast

from bot.domain import times
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft
from bot.domain.words import MessageKind
from bot.domain.workdays import WorkCalendar
from bot.store.errors import NoAddress
from bot.store.inbox import InboxState, Reply
from bot.store.people import Person
from bot.store.tx import Tx

BY_MAIL = 1
"""Automatic mails a person gets on a day, of whatever kind (PROMISES C6)."""
MORNING = time(9, 7)
"""Shanghai hour at which what was confirmed too late for a mail of its day is told in one."""
DAY = timedelta(days=1)
BEHALF = "behalf:"
"""Before a person's id as an actor of facts: a mailbox spoke for them; which one, the inbound tells."""
ON_BEHALF = "a mailbox nobody knows spoke for this person"
"""Why a human has to look."""
BY_CHAT = 5
"""Questions and answers a person gets on a day by any channel: beyond that it is another robot, or somebody whom only a human can help."""


def no_tag(_key: str) -> str:
    """The tag of a conversation where mails bear none: none."""
    return ""


@dataclass(frozen=True, slots=True)
class Turn:
    """`own` are the person's own words, `at` is when they were said (never later than `now`); `tag_of` makes the tag of the mails
    that began with a key. `behalf`: a mailbox nobody knows speaks for the person to whom our mail went (`behalf.of`)."""

    tx: Tx
    inbound: Inbound
    own: str
    at: datetime
    now: datetime
    channels: frozenset[str]
    calendar: WorkCalendar
    tag_of: Callable[[str], str] = no_tag
    behalf: bool = False

    @property
    def today(self) -> date:
        """The civil day of `now`."""
        return times.civil_day(self.now)

    def by(self, person: Person) -> str:
        """Who says it, as an actor of facts."""
        return f"{BEHALF}{person.id}" if self.behalf else by(person)

    @property
    def midnight(self) -> datetime:
        """The instant at which `today` began."""
        return times.instant(self.today, time(0))

    def say(self, draft: Draft) -> bool:
        """Put what we say into the outbox. False if it is not said: it was said before, nothing reaches the person, or it would
        be one answer too many for a day. A confirmation never is: by mail a second one of a day waits for the next morning, when one
        mail tells them all; until then the reply page shows what stands."""
        if self.behalf and draft.reply_to is not None:
            return self._to_mailbox(draft)
        if draft.person_id is not None and self._enough(draft.person_id, draft.kind):
            return draft.kind is MessageKind.CONFIRMATION and self._put_off(draft, draft.person_id)
        return self._put(draft)

    def settle(self, state: InboxState, person: Person | None, replies: Sequence[Reply] = (), trouble: str = "") -> InboxState:
        """The inbound has been interpreted; `trouble` says why a human has to look: whoever speaks for a person might be made known."""
        if self.behalf and state is not InboxState.IGNORED:
            state, trouble = InboxState.TROUBLE, f"{ON_BEHALF}; {trouble}" if trouble else ON_BEHALF
        self.tx.inbox.settle(self.inbound.id, state, self.now, person.id if person else None, replies, trouble)
        return state

    def _put(self, draft: Draft) -> bool:
        try:
            return self.tx.outbox.put(draft, self.channels, self.now) is not None
        except NoAddress:
            return False

    def _to_mailbox(self, draft: Draft) -> bool:
        """One answer a day to a mailbox that speaks for a person: back to where it came from, and no part of what is said to the person."""
        mailbox = hashlib.sha256(self.inbound.sender.lower().encode()).hexdigest()[:32]
        answer = replace(draft, person_id=None, dedupe=f"{BEHALF}{mailbox}:{self.today}")
        if self._put(answer):
            return True
        return draft.kind is MessageKind.CONFIRMATION and self._put_off(answer, mailbox)

    def _put_off(self, draft: Draft, to: int | str) -> bool:
        """Add the lines to the mail of the next workday's morning."""
        morning = times.instant(self.calendar.add(self.today, 1), MORNING)
        key = f"digest:{to}:{times.civil_day(morning)}"
        lines = list(cast("list[str]", draft.view["lines"]))
        if self.tx.outbox.add_lines(key, lines):
            return True
        view = {"lines": lines, "undo": "", "notes": ["digest"]}
        return self._put(replace(draft, dedupe=key, not_before=morning, view=view))

    def _enough(self, person_id: int, kind: MessageKind) -> bool:
        context = self.tx.context
        if self._way(person_id) == "mail" and context.mailed(person_id, self.midnight, self.midnight + DAY) >= BY_MAIL:
            return True
        return kind is not MessageKind.CONFIRMATION and context.answered(person_id, self.midnight) >= BY_CHAT

    def _way(self, person_id: int) -> str:
        """The channel an answer takes: that of the inbound, or the person's own where it was said in a group."""
        if not self.inbound.chat and self.inbound.channel in self.channels:
            return self.inbound.channel
        address = self.tx.people.best_address(person_id, self.channels)
        return address.channel if address else ""


def by(person: Person) -> str:
    """The person as an actor of facts."""
    return f"person:{person.id}"
