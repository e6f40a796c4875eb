"""One-time links that log an administrator in. The database knows only their digests."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, update

from bot.store import tables

_LINK = tables.of(tables.LoginLink)


class Links:
    """Queries about login links."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def issue(self, now: datetime, valid: timedelta) -> str:
        """A new token of 256 random bits; it is good once, before `now + valid`."""
        token = secrets.token_urlsafe(32)
        self._connection.execute(insert(_LINK).values(digest=_digest(token), expires_at=now + valid))
        return token

    def redeem(self, token: str, now: datetime) -> bool:
        """Whether the token was good; it no longer is. Two who redeem it at once cannot both succeed."""
        unused = (_LINK.c.digest == _digest(token)) & _LINK.c.used_at.is_(None) & (_LINK.c.expires_at > now)
        return self._connection.execute(update(_LINK).where(unused).values(used_at=now)).rowcount == 1

    def forget(self, expired_before: datetime) -> int:
        """Delete the digests of links that expired before an instant; returns how many."""
        return self._connection.execute(delete(_LINK).where(_LINK.c.expires_at < expired_before)).rowcount


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
