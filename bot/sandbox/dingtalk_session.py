"""Session webhooks: addresses that DingTalk gives away with each message, good for one conversation and about ninety minutes.

Here a session carries its own contents and a seal, so that whoever builds a callback and whoever serves the answer need not
be the same process.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

LIFE: Final = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Session:
    """Where an answer appears: in the group, or (empty) with the user. Good up to and including `expires`."""

    user: str
    group: str
    expires: datetime


def seal_session(app_secret: str, session: Session) -> str:
    """The text that stands in the address."""
    content = json.dumps([session.user, session.group, session.expires.timestamp()]).encode()
    return f"{urlsafe_b64encode(content).decode().rstrip('=')}.{_seal(app_secret, content)}"


def open_session(app_secret: str, text: str) -> Session | None:
    """What `seal_session` put in; None for anything else."""
    encoded, _, seal = text.partition(".")
    try:
        content = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        return None
    if not hmac.compare_digest(_seal(app_secret, content).encode(), seal.encode()):
        return None
    user, group, expires = json.loads(content)
    return Session(user, group, datetime.fromtimestamp(expires, UTC))


def _seal(app_secret: str, content: bytes) -> str:
    return hmac.digest(app_secret.encode(), content, "sha256").hex()[:24]
