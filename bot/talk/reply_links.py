"""Signed links to the reply page: each names one person, perhaps one task, and the last day it can be used; and the marks of its forms.

Nothing is kept: the signature (HMAC-SHA-256 with the installation's secret) is the proof, and nobody guesses it. A link opens what its
person may answer anyway and nothing else; when the person leaves, it opens nothing.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import itsdangerous

from bot.domain import times
from bot.domain.words import MessageKind
from bot.store.letters import Claimed, Said

LIFE = timedelta(days=45)
"""How long a link can be used: until the last reminders about a period are over, and another has come."""
FORM_LIFE = timedelta(hours=24)
"""How long a page may lie open before its buttons say nothing any more."""
LINKED = frozenset(
    {
        MessageKind.FIRST_NOTICE,
        MessageKind.REMINDER,
        MessageKind.OVERDUE,
        MessageKind.CONFIRMATION,
        MessageKind.QUESTION,
        MessageKind.ANSWER,
    }
)
"""Messages to somebody who owes. Never one to a group: a link is one person's."""
_EPOCH = date(2000, 1, 1)
_PATH = "/r/"
_SHOWN = re.compile(rf"({_PATH})[\w.-]{{16,}}")


class Refusal(StrEnum):
    """Why a link or a form opens nothing."""

    FORGED = "forged"
    EXPIRED = "expired"


class LinkRefused(Exception):
    """The link, or the mark of the form, cannot be used; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)


@dataclass(frozen=True, slots=True)
class Link:
    """Whose link it is, and the task it was sent for (None: whatever the person owes)."""

    person_id: int
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The mark of one page as it was shown: whose, and a word that is different on every page."""

    person_id: int
    serial: str


class ReplyLinks:
    """Makes and reads links. `base` is the address people reach us at, without a slash at its end; empty: no link is made."""

    def __init__(self, secret: bytes, base: str) -> None:
        self._base = base
        self._links = itsdangerous.Signer(secret, salt="cuibao.reply", sep=".", digest_method=hashlib.sha256)
        self._forms = itsdangerous.Signer(secret, salt="cuibao.reply.form", sep=".", digest_method=hashlib.sha256)

    def url(self, link: Link, now: datetime) -> str:
        """The address of the page; empty if nobody could reach it."""
        return f"{self._base}{_PATH}{self.token(link, now)}" if self._base else ""

    def token(self, link: Link, now: datetime) -> str:
        """What the address ends in, signed. The same all day, so that a message that is worded again says the same."""
        last = _day_number(times.civil_day(now + LIFE))
        return self._links.sign(f"{link.person_id}-{last}" + (f"-{link.task_id}" if link.task_id else "")).decode()

    def read(self, token: str, now: datetime) -> Link:
        """What a link names. Raises LinkRefused."""
        person_id, last, *task = _numbers(self._links, token, (2, 3))
        if _day_number(times.civil_day(now)) > last:
            raise LinkRefused(Refusal.EXPIRED)
        return Link(person_id, task[0] if task else None)

    def form(self, person_id: int, now: datetime) -> str:
        """The mark for the forms of one page."""
        return self._forms.sign(f"{person_id}-{int(now.timestamp())}-{secrets.randbits(48)}").decode()

    def read_form(self, mark: str, now: datetime) -> Form:
        """What a form was made for. Raises LinkRefused."""
        person_id, made, serial = _numbers(self._forms, mark, (3,))
        if not timedelta(0) <= now - datetime.fromtimestamp(made, UTC) <= FORM_LIFE:
            raise LinkRefused(Refusal.EXPIRED)
        return Form(person_id, f"{made}-{serial}")


def hidden(text: str) -> str:
    """The text with what makes a link work taken out of every link: for anybody's eyes but its person's, who alone may answer with it."""
    return _SHOWN.sub(r"\1…", text)


def of_message(links: ReplyLinks, message: Claimed, said: Said, now: datetime) -> str:
    """The link at the foot of a message: its person's, for the one task it speaks of; empty where there is none to give."""
    if message.kind not in LINKED or message.person_id is None:
        return ""
    tasks = {task_id for task_id, _ in said}
    return links.url(Link(message.person_id, tasks.pop() if len(tasks) == 1 else None), now)


def _numbers(signer: itsdangerous.Signer, signed: str, counts: tuple[int, ...]) -> tuple[int, ...]:
    try:
        fields = signer.unsign(signed.encode("ascii")).decode().split("-")
        numbers = tuple(int(field) for field in fields)
    except (itsdangerous.BadData, ValueError) as error:
        raise LinkRefused(Refusal.FORGED) from error
    if len(numbers) not in counts:
        raise LinkRefused(Refusal.FORGED)
    return numbers


def _day_number(day: date) -> int:
    return (day - _EPOCH).days
