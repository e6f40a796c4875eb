"""Cookies, and the tokens that prove a form came from our own page.

The session itself lives in the database (`bot.desk.doorway`): its cookie is nothing but a random name, so ending it there ends it.
A form carries a token that is signed for this session; the form at the door, where there is no session yet, one for a cookie of its own.
"""

import asyncio
import secrets
from collections.abc import Mapping

import itsdangerous
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.desk import doorway
from bot.desk.doorway import Visit
from bot.web.house import House

BEFORE_ALL = ("/me/password", "/logout")
"""What somebody may do who has to choose a password first."""
UNSEEN = ("/static/", "/healthz", "/readyz", "/metrics")
"""Addresses that are the same for everybody: nobody is looked up for them."""
DOOR_SECONDS = 3600
TOLD_SECONDS = 300


class LoginNeeded(Exception):
    """The page is for people who are logged in, and this browser is not (any more)."""


class PasswordNeeded(Exception):
    """Their password was chosen by somebody else: they have to choose one first."""


class Forged(Exception):
    """The form carries no token of this session: it was sent from elsewhere, or the page is from an earlier session."""


class Cookies:
    """Writes and reads what browsers keep for us, signed with the installation's secret where it matters."""

    def __init__(self, secret: bytes, secure: bool) -> None:
        self._forms = itsdangerous.URLSafeSerializer(secret, salt="cuibao.form")
        self._doors = itsdangerous.URLSafeSerializer(secret, salt="cuibao.door")
        self._told = itsdangerous.URLSafeSerializer(secret, salt="cuibao.told")
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self.session_name, self.door_name, self.told_name = (f"{prefix}cuibao{part}" for part in ("", "-door", "-told"))

    def session(self, token: str, seconds: int) -> str:
        """The Set-Cookie header for a session: out of reach of scripts and of other sites' forms."""
        return f"{self.session_name}={token}; Max-Age={seconds}; {self._flags}"

    def farewell(self) -> str:
        """The Set-Cookie header that makes the browser forget its session."""
        return self.session("", 0)

    def form_token(self, visit: Visit) -> str:
        """A token for the forms of one page: valid as long as the session, and different on every page."""
        return str(self._forms.dumps([visit.session.id, secrets.token_urlsafe(6)]))

    def require_form_token(self, visit: Visit, token: str) -> None:
        """Raises Forged unless the token was given to a page of this session."""
        if _loaded(self._forms, token)[:1] != [visit.session.id]:
            raise Forged

    def door(self) -> tuple[str, str]:
        """The Set-Cookie header and the token for the form at the door."""
        name = secrets.token_urlsafe(16)
        return f"{self.door_name}={name}; Max-Age={DOOR_SECONDS}; {self._flags}", str(self._doors.dumps([name]))

    def require_door_token(self, cookies: Mapping[str, str], token: str) -> None:
        """Raises Forged unless the token was given together with the cookie."""
        name = cookies.get(self.door_name, "")
        if not name or _loaded(self._doors, token) != [name]:
            raise Forged

    def tell(self, told: list[object]) -> str:
        """The Set-Cookie header for what the next page says once."""
        return f"{self.told_name}={self._told.dumps(told)}; Max-Age={TOLD_SECONDS}; {self._flags}"

    def told(self, cookies: Mapping[str, str]) -> list[object]:
        """What the page before wanted to be said here, empty for nothing."""
        return _loaded(self._told, cookies.get(self.told_name, ""))

    def silent(self) -> str:
        """The Set-Cookie header for what has been said."""
        return f"{self.told_name}=; Max-Age=0; {self._flags}"

    @property
    def _flags(self) -> str:
        return "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if self._secure else "")


def _loaded(serializer: itsdangerous.URLSafeSerializer, text: str) -> list[object]:
    try:
        found = serializer.loads(text)
    except (itsdangerous.BadData, ValueError, TypeError):
        return []
    return found if isinstance(found, list) else []


class SessionMiddleware:
    """Looks up who comes and puts it into `request.state.visit`."""

    def __init__(self, app: ASGIApp, cookies: Cookies, house: House) -> None:
        self._app, self._cookies, self._house = app, cookies, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""
        if scope["type"] == "http" and not scope["path"].startswith(UNSEEN):
            token = HTTPConnection(scope).cookies.get(self._cookies.session_name, "")
            visit = await asyncio.to_thread(doorway.visit, self._house.desk, token) if token else None
            scope.setdefault("state", {})["visit"] = visit
        await self._app(scope, receive, send)
