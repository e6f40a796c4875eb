"""One DingTalk organisation as its stand-in knows it."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.group_robot import RobotSetup


@dataclass(frozen=True, slots=True)
class DingTalkTenant:
    """One organisation: its robots by token, its app, its members (None: every userid exists), and its monthly walls (0: none).

    `held_back` are members whose messages are held back for now; `groups` the chats (openConversationId) in which the robot is.
    """

    robots: Mapping[str, RobotSetup]
    app_key: str = "dingsandbox"
    app_secret: str = "sandbox-dingtalk-secret"  # noqa: S105 - a stand-in guards nothing
    robot_code: str = "dingsandbox"
    agent_id: int = 900001
    groups: frozenset[str] = frozenset()
    card_templates: frozenset[str] = frozenset()
    members: frozenset[str] | None = None
    held_back: frozenset[str] = frozenset()
    webhooks_per_month: int = 3000
    calls_per_month: int = 5000


def sign(secret: str, timestamp: str) -> str:
    """What vouches for a request in either direction; `timestamp` is in milliseconds."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")).decode()
