"""Signed session cookies, and the tokens that prove a form came from our own page.

A session is nothing but a random name and the moment it was last seen, signed; nothing is kept on the server. It ends after
8 hours without a request (`IDLE`). Age is judged by the `now` that callers pass, never by the library's own clock.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import itsdangerous
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

IDLE = timedelta(hours=8)
RENEW = timedelta(minutes=1)
"""A cookie older than this is written anew, so that a busy clerk does not get one with every click."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that has used a login link. `seen` is the aware moment of its last renewed request."""

    id: str
    seen: datetime


class LoginNeeded(Exception):
    """The page is for people who are logged in, and this browser is not (any more)."""


class Forged(Exception):
    """The form carries no token of this session: it was sent from elsewhere, or the page is from an earlier session."""


class Sessions:
    """Opens, reads and signs sessions with the installation's secret."""

    def __init__(self, secret: bytes, secure: bool) -> None:
        self._cookies = itsdangerous.URLSafeSerializer(secret, salt="cuibao.session")
        self._forms = itsdangerous.URLSafeSerializer(secret, salt="cuibao.form")
        self._secure = secure
        self.cookie_name = "__Host-cuibao" if secure else "cuibao"

    def open(self, now: datetime) -> Session:
        """A new session; the caller sends its cookie."""
        return Session(secrets.token_urlsafe(16), now)

    def read(self, cookie: str, now: datetime) -> Session | None:
        """The session in the cookie, None if it is not ours or has been idle for `IDLE`."""
        try:
            name, seen = self._cookies.loads(cookie)
            session = Session(str(name), datetime.fromtimestamp(int(seen), UTC))
        except (itsdangerous.BadData, ValueError, TypeError):
            return None
        return session if now - session.seen < IDLE else None

    def cookie(self, session: Session) -> str:
        """The Set-Cookie header for the session: out of reach of scripts and of other sites' forms."""
        value = self._cookies.dumps([session.id, int(session.seen.timestamp())])
        return f"{self.cookie_name}={value}; Max-Age={int(IDLE.total_seconds())}; {self._flags}"

    def farewell(self) -> str:
        """The Set-Cookie header that makes the browser forget its session."""
        return f"{self.cookie_name}=; Max-Age=0; {self._flags}"

    def form_token(self, session: Session) -> str:
        """A token for the forms of one page: valid as long as the session, and different on every page."""
        return str(self._forms.dumps([session.id, secrets.token_urlsafe(6)]))

    def require_form_token(self, session: Session, token: str) -> None:
        """Raises Forged unless the token was given to a page of this session."""
        try:
            name, _ = self._forms.loads(token)
        except (itsdangerous.BadData, ValueError, TypeError) as error:
            raise Forged from error
        if not secrets.compare_digest(str(name).encode(), session.id.encode()):
            raise Forged

    @property
    def _flags(self) -> str:
        return "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if self._secure else "")


class SessionMiddleware:
    """Reads the session into `request.state.session` and renews its cookie while the browser is in use."""

    def __init__(self, app: ASGIApp, sessions: Sessions, now: Callable[[], datetime]) -> None:
        self._app, self._sessions, self._now = app, sessions, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        now = self._now()
        session = self._sessions.read(HTTPConnection(scope).cookies.get(self._sessions.cookie_name, ""), now)
        scope.setdefault("state", {})["session"] = session

        async def send_renewed(message: Message) -> None:
            if message["type"] == "http.response.start" and session is not None and now - session.seen >= RENEW:
                headers = MutableHeaders(scope=message)
                if "set-cookie" not in headers:  # logging in and out have the last word
                    headers.append("set-cookie", self._sessions.cookie(Session(session.id, now)))
            await send(message)

        await self._app(scope, receive, send_renewed)
