"""What a smart robot says, in both of its modes: what WeCom refuses of it and what a member sees.

Behaviour: developer.work.weixin.qq.com /document/path/101031, 101032, read 2026-11-23.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox import wecom_card
from bot.sandbox.exchange import inner
from bot.sandbox.wecom_card import Trouble

LONGEST: Final = 20_480
"""Bytes of one markdown."""

__all__ = ["Trouble", "WeComBotTenant", "card", "seen", "taps", "trouble"]


@dataclass(frozen=True, slots=True)
class WeComBotTenant:
    """One robot. `token` and `aes_key` seal what is posted in URL mode."""

    bot_id: str = "AIBsandbox"
    secret: str = "sandbox-bot-secret"  # noqa: S105 - a stand-in guards nothing
    token: str = "sandboxToken"  # noqa: S105 - a stand-in guards nothing
    aes_key: str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


def trouble(body: Mapping[str, Any]) -> Trouble | None:
    """Why it is refused."""
    kind = body.get("msgtype")
    if kind == "template_card":
        return wecom_card.app_trouble(card(body), {}, has_callback=True)
    if kind not in ("markdown", "stream"):
        return 40008, "invalid message type"
    text = seen(body)
    if not text:
        return 44004, "empty content"
    if kind == "stream" and (not body["stream"].get("id") or body["stream"].get("finish") is not True):
        return 40063, "some parameters are empty"
    return (40058, f"{kind}.content exceed max length {LONGEST}") if len(text.encode()) > LONGEST else None


def card(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The card in it, empty if there is none."""
    return inner(body, "template_card")


def seen(body: Mapping[str, Any]) -> str:
    """What a member reads."""
    if body.get("msgtype") == "template_card":
        return wecom_card.text(card(body))
    return str(inner(body, str(body.get("msgtype"))).get("content", ""))


def taps(body: Mapping[str, Any]) -> dict[str, str]:
    """What can be tapped."""
    return wecom_card.taps(card(body))
