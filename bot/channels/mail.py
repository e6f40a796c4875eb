"""E-mail through one mailbox of the bureau, by SMTP submission.

Providers want few connections and an unhurried pace, so mails go one after another, each over a connection of its own.
After the content went out, silence is no failure: the mail may well be on its way.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import aiosmtplib

from bot.channels import mail_codes, mail_message
from bot.channels.base import Clock, Limits, Receipt, SendFailed, check_body
from bot.channels.mail_codes import Reply, Stage
from bot.channels.mail_message import Sender
from bot.channels.mail_server import Security as Security
from bot.channels.mail_server import require_protection
from bot.channels.redact import hide
from bot.domain import times
from bot.domain.mailboxes import is_mailbox
from bot.domain.messages import Outgoing
from bot.domain.secret import NO_SECRET, Secret
from bot.domain.words import FailureKind

MAX_BYTES: Final = 500_000
"""Bytes of one body: our own choice, far under what any provider refuses."""
PER_MINUTE: Final = 6
"""Our own pace: no provider publishes a figure, 5 to 10 s between two mails is what personal accounts were seen to bear."""
PENALTY: Final = mail_codes.QUARTER
SECONDS: Final = 30.0
"""Patience with each step of the dialogue."""
GOODBYE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail ready to go: the mailbox that sends, the one that receives, and the bytes."""

    sender: str
    recipient: str
    content: bytes


Submit = Callable[[Envelope], Awaitable[Reply]]
"""Hands one mail to a server and returns its last word. Raises SendFailed when there was none."""


@dataclass(frozen=True, slots=True)
class MailConfig:
    """The mailbox; `tag_secret` keeps subject tags unguessable; `per_day` (0: any number) is counted from the start of this process.

    Raises ValueError for a plain connection that would leave this machine, and for a sender that is no mailbox.
    """

    host: str
    port: int
    sender: str
    tag_secret: Secret
    display_name: str = ""
    security: Security = Security.TLS
    username: str = ""
    password: Secret = NO_SECRET
    per_minute: int = PER_MINUTE
    per_day: int = 0
    reply_to: str = ""
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        require_protection(self.host, self.security)
        if not (is_mailbox(self.sender) and is_mailbox(self.reply_to or self.sender)):
            raise ValueError("the sender or the mailbox for answers is no mailbox")


class Mail:
    """Sends to mailboxes; `submit` replaces the server (rehearsal), `tls` the certificates trusted by default."""

    name: Final = "mail"

    def __init__(self, config: MailConfig, clock: Clock, *, submit: Submit | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._config, self._clock, self._tls = config, clock, tls
        self._submit = submit or self._talk
        self._alone = asyncio.Lock()
        self._sender = Sender(config.sender, config.display_name, config.tag_secret, config.reply_to)
        self._today = (times.civil_day(clock()), 0)
        self.limits = Limits(MAX_BYTES, config.per_minute, PENALTY, "text", group=False)

    def robot(self, address: str) -> str:
        """The account: all mail leaves through one mailbox."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Submits one mail; the receipt carries our Message-ID. Raises SendFailed."""
        check_body(message, self.limits)
        envelope = self._envelope(message)
        async with self._alone:
            self._require_room()
            reply = await self._submit(envelope)
        if not reply.accepted:
            raise self._refused(reply, message.address)
        return Receipt(str(reply.code), mail_message.message_id(self._sender, message.key))

    async def close(self) -> None:
        """Holds nothing open between two mails."""

    def _require_room(self) -> None:
        """Stop until midnight at our own limit of a day, before the provider does it for longer. Counts attempts."""
        now = self._clock()
        day, sent = self._today
        sent = sent if day == times.civil_day(now) else 0
        if self._config.per_day and sent >= self._config.per_day:
            wait = times.end_of(times.civil_day(now)) - now
            raise SendFailed(FailureKind.THROTTLED, "per_day", f"{sent} mails today, as many as SMTP_PER_DAY allows", wait)
        self._today = (times.civil_day(now), sent + 1)

    def _envelope(self, message: Outgoing) -> Envelope:
        if not is_mailbox(message.address):
            raise SendFailed(FailureKind.ADDRESS_BAD, "no_mailbox", "the address is no mailbox")
        try:
            content = mail_message.compose(message, self._sender, self._clock())
        except ValueError:
            raise SendFailed(FailureKind.CONTENT_BAD, "not_composed", "the mail cannot be put into bytes") from None
        return Envelope(self._config.sender, message.address, content)

    def _refused(self, reply: Reply, address: str) -> SendFailed:
        found = mail_codes.meaning(reply, self._clock())
        config = self._config
        hidden = (address, config.username, config.sender, config.password.reveal(), config.tag_secret.reveal())
        return SendFailed(found.kind, str(reply.code), f"{reply.stage}: {hide(reply.text, *hidden)}", found.wait)

    async def _talk(self, envelope: Envelope) -> Reply:
        smtp = self._connection()
        stage = Stage.CONNECT
        try:
            await smtp.connect()
            stage = Stage.LOGIN
            if self._config.username:
                await smtp.login(self._config.username, self._config.password.reveal())
            stage = Stage.SENDER
            await smtp.mail(envelope.sender)
            stage = Stage.RECIPIENT
            await smtp.rcpt(envelope.recipient)
            stage = Stage.CONTENT
            answer = await smtp.data(envelope.content)
        except aiosmtplib.SMTPResponseException as refused:
            return Reply(stage, refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _broken(stage, error) from None
        else:
            return Reply(stage, answer.code, answer.message)
        finally:
            await _leave(smtp)

    def _connection(self) -> aiosmtplib.SMTP:
        config = self._config
        return aiosmtplib.SMTP(
            hostname=config.host,
            port=config.port,
            timeout=config.seconds,
            use_tls=config.security is Security.TLS,
            start_tls=config.security is Security.STARTTLS,
            tls_context=self._tls,
            local_hostname="cuibao.invalid",
        )


async def _leave(smtp: aiosmtplib.SMTP) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        if smtp.is_connected:
            await smtp.quit(timeout=GOODBYE_SECONDS)
    smtp.close()


def _broken(stage: Stage, error: Exception) -> SendFailed:
    """No reply to judge. Only after the content began to go out may the mail have arrived."""
    code = f"{stage}_{type(error).__name__}"
    if stage is Stage.CONTENT:
        return SendFailed(FailureKind.IN_DOUBT, code, "no reply after the content went out")
    unable = stage in (Stage.CONNECT, Stage.LOGIN) and not isinstance(error, OSError)  # it offers no STARTTLS or no AUTH
    return SendFailed(FailureKind.CREDENTIAL_BAD if unable else FailureKind.TRANSIENT, code, "no mail was handed over")
