"""A mail provider as Chinese ones behave: the sender must be who logged in, unknown mailboxes are refused, and haste is punished.

Words and codes: QQ's and NetEase's help pages on returned mail, read 2026-11-23.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
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
    """The mail as its recipient sees it; `key` is its Message-ID."""
    mail = message_from_bytes(envelope.content, policy=policy.default)
    return Message(
        "mail",
        envelope.recipient,
        now,
        str(mail["Subject"] or ""),
        _part(mail, "plain"),
        html=_part(mail, "html"),
        key=str(mail["Message-ID"] or ""),
        sender=envelope.sender,
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _broken(stage: Stage, fault: Fault) -> Reply:
    """Code 0 stands for a connection that goes dead (HANG) or away (everything without a code of its own)."""
    return Reply(stage, int(fault.code), fault.text) if fault.kind is FaultKind.CODE else Reply(stage, 0, fault.kind)
