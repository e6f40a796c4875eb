"""A mail provider as Chinese ones behave: the sender must be who logged in, unknown mailboxes are refused, and haste is punished.

Words and codes: QQ's and NetEase's help pages on returned mail, read 2026-11-23.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mail
from typing import Final

from bot.channels.base import SendFailed
from bot.channels.mail import Envelope, Submit
from bot.channels.mail_codes import Reply, Stage
from bot.domain.words import FailureKind
from bot.sandbox.clock import Clock
from bot.sandbox.exchange import Message
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.ledger import Ledger
from bot.sandbox.windows import Window

LARGEST: Final = 10_000_000
"""Bytes of one mail."""
TAKEN: Final = (250, "Mail OK queued as sandbox")


@dataclass(frozen=True, slots=True)
class MailSetup:
    """Accounts that may log in (mailbox → password; empty: nobody has to), mailboxes that do not exist, and the pace (0: any)."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    per_minute: int = 0


class Mailroom:
    """Judges and keeps mails. Fault paths are the stages of the dialogue: `login`, `sender`, `recipient`, `content`."""

    def __init__(self, setup: MailSetup, ledger: Ledger, switches: Faults | None = None) -> None:
        self.setup, self.ledger, self.faults = setup, ledger, switches or Faults()
        self._window = Window(setup.per_minute, timedelta(minutes=1), timedelta(minutes=15))

    def login(self, user: str, password: str) -> Reply:
        """235, or 535 for a wrong password."""
        fits = self.setup.accounts.get(user) == password
        return self._judge(Stage.LOGIN, fits, (235, "ok"), (535, "Login fail. Authorization code is wrong"))

    def sender(self, user: str, sender: str) -> Reply:
        """250, or 501 for a sender other than the account that logged in."""
        fits = not self.setup.accounts or sender == user
        return self._judge(Stage.SENDER, fits, (250, "ok"), (501, "mail from address must be same as authorization user"))

    def recipient(self, mailbox: str) -> Reply:
        """250, or 550 for a mailbox that does not exist."""
        fits = mailbox.lower() not in self.setup.missing
        return self._judge(Stage.RECIPIENT, fits, (250, "ok"), (550, f"5.1.1 User unknown: {mailbox}"))

    def content(self, envelope: Envelope, now: datetime) -> Reply:
        """Takes the mail, unless a switch, its size or the pace forbids it. A switch DROP takes it and is reported as code 0."""
        fault = self.faults.take(Stage.CONTENT)
        if fault is not None and fault.kind is not FaultKind.DROP:
            return _broken(Stage.CONTENT, fault)
        if len(envelope.content) > LARGEST:
            return Reply(Stage.CONTENT, 552, "message size exceeds fixed maximum")
        if not self._window.admits(envelope.sender, now):
            return Reply(Stage.CONTENT, 451, "MI:SFQ too many messages in fifteen minutes")
        self.ledger.add(read(envelope, now))
        return Reply(Stage.CONTENT, 0, "dropped") if fault else Reply(Stage.CONTENT, *TAKEN)

    def _judge(self, stage: Stage, fits: bool, good: tuple[int, str], bad: tuple[int, str]) -> Reply:
        fault = self.faults.take(stage)
        return _broken(stage, fault) if fault else Reply(stage, *(good if fits else bad))


def submit(room: Mailroom, clock: Clock) -> Submit:
    """The door without a socket: hands a mail to the room in this process."""

    async def hand_over(envelope: Envelope) -> Reply:
        reply = room.sender(envelope.sender, envelope.sender)
        if reply.code == TAKEN[0]:
            reply = room.recipient(envelope.recipient)
        if reply.code == TAKEN[0]:
            reply = room.content(envelope, clock())
        if reply.code == 0:
            raise SendFailed(FailureKind.IN_DOUBT if reply.stage is Stage.CONTENT else FailureKind.TRANSIENT, "broken", "no reply")
        return reply

    return hand_over


def read(envelope: Envelope, now: datetime) -> Message:
    """The mail as its recipient sees it; `key` is its Message-ID. Raises LookupError for an encoding nobody knows."""
    mail = message_from_bytes(envelope.content)  # the old policy: the newer one parses every header into a tree, five times slower
    return Message(
        "mail",
        envelope.recipient,
        now,
        _subject(mail),
        _words(mail, "text/plain"),
        html=_words(mail, "text/html"),
        key=str(mail["Message-ID"] or "").strip(),
        sender=envelope.sender,
    )


def _subject(mail: Mail) -> str:
    folded = str(mail["Subject"] or "")
    return str(make_header(decode_header("".join(folded.splitlines()))))


def _words(mail: Mail, kind: str) -> str:
    """The first part of this kind; empty if there is none."""
    part = next((part for part in mail.walk() if part.get_content_type() == kind), None)
    raw = None if part is None else part.get_payload(decode=True)
    return raw.decode(part.get_content_charset("utf-8"), "replace") if part is not None and isinstance(raw, bytes) else ""


def _broken(stage: Stage, fault: Fault) -> Reply:
    """Code 0 stands for a connection that goes dead (HANG) or away (everything without a code of its own)."""
    return Reply(stage, int(fault.code), fault.text) if fault.kind is FaultKind.CODE else Reply(stage, 0, fault.kind)
