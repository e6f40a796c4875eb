"""What the group robots of all platforms share: an account in one group, found by the name that addresses use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from bot.channels.base import SendFailed
from bot.domain.secret import NO_SECRET, Secret
from bot.domain.words import FailureKind

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class RobotAccount:
    """One robot: its token (or the whole webhook URL), and the security settings its owner chose (empty: not chosen)."""

    token: Secret
    secret: Secret = NO_SECRET
    keyword: str = ""


def find(robots: Mapping[str, Found], address: str) -> Found:
    """The robot of this name in the settings. Raises SendFailed(ADDRESS_BAD) if they name none, or one with an empty key."""
    found = robots.get(address)
    if not found:
        raise SendFailed(FailureKind.ADDRESS_BAD, "no_such_robot", "the settings name no such robot")
    return found


def token_in_query(secret: Secret, parameter: str) -> Secret:
    """The token out of this parameter of a pasted webhook URL, or the token itself if no URL was pasted."""
    text = secret.reveal().strip()
    return Secret(parse_qs(urlsplit(text).query).get(parameter, [""])[0] if "?" in text else text)
