"""The mailroom behind a real socket on loopback."""

import asyncio
import ssl
from typing import Any, Final
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from bot.channels.mail import Envelope
from bot.channels.mail_codes import Reply
from bot.sandbox.clock import Clock
from bot.sandbox.faults import FaultKind
from bot.sandbox.mailroom import Mailroom

HOST: Final = "127.0.0.1"


class SmtpServer:
    """Serves a mailroom until closed. Use as `async with SmtpServer(…) as server`; the port is then known.

    `tls` protects the connection from its first byte, `starttls` from the command of that name.
    """

    def __init__(
        self,
        room: Mailroom,
        clock: Clock,
        port: int = 0,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self.port, self._tls, self._starttls = port, tls, starttls
        self._handler = _Handler(room, clock)
        self._server: asyncio.Server | None = None
        self._connections: WeakSet[SMTP] = WeakSet()

    async def __aenter__(self) -> "SmtpServer":
        self._server = await asyncio.get_running_loop().create_server(self._protocol, HOST, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            _abort(connection)
        await asyncio.sleep(0)  # lets the aborted connections take leave of the loop

    def _protocol(self) -> SMTP:
        handler = self._handler
        connection = SMTP(
            handler,
            hostname="sandbox.invalid",
            authenticator=handler.authenticate,
            auth_require_tls=False,
            tls_context=self._starttls,
            timeout=60,
        )
        self._connections.add(connection)
        return connection


class _Handler:
    """aiosmtpd's hooks, each asking the mailroom. A reply without a code ends or freezes the connection."""

    def __init__(self, room: Mailroom, clock: Clock) -> None:
        self._room, self._clock = room, clock

    def authenticate(self, server: SMTP, session: Session, envelope: SmtpEnvelope, mechanism: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        user = data.login.decode()
        reply = self._room.login(user, data.password.decode())
        if reply.code == 235:
            return AuthResult(success=True, auth_data=user)
        return AuthResult(success=False, handled=False, message=f"{reply.code} {reply.text}")

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        reply = self._room.sender(str(session.auth_data or ""), address)
        if reply.code == 250:
            envelope.mail_from = address
        return await self._say(server, reply)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        reply = self._room.recipient(address)
        if reply.code == 250:
            envelope.rcpt_tos.append(address)
        return await self._say(server, reply)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: SmtpEnvelope) -> str:  # noqa: N802 - aiosmtpd's name
        mail = Envelope(str(envelope.mail_from), str(envelope.rcpt_tos[0]), envelope.original_content or b"")
        return await self._say(server, self._room.content(mail, self._clock()))

    async def _say(self, server: SMTP, reply: Reply) -> str:
        if reply.code:
            return f"{reply.code} {reply.text}"
        if reply.text != FaultKind.HANG:
            _abort(server)
        await asyncio.Event().wait()
        return ""


def _abort(connection: SMTP) -> None:
    if isinstance(connection.transport, asyncio.Transport):
        connection.transport.abort()
