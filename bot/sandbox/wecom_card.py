"""What WeCom refuses of a card, what a member sees of one, and the codes by which one can be changed once.

Behaviour: developer.work.weixin.qq.com /document/path/99110 (group robot), 90236 and 94888 (application), read 2026-11-23. Written from the
documents and not from our own client. Lengths in characters are advice there and are not refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.sandbox.exchange import inner, objects

Content = Mapping[str, object]
Trouble = tuple[int, str]
"""A code and its words."""

CODE_LIFE: Final = timedelta(hours=72)
LONGEST_KEY: Final = 1024
LONGEST_OPTION: Final = 128
ROBOT_TYPES: Final = ("text_notice", "news_notice")
CALLBACK_TYPES: Final = ("button_interaction", "vote_interaction", "multiple_interaction")
_TASK_ID: Final = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_FIELD: Final = (40063, "some parameters are empty")


def robot_trouble(card: Content) -> Trouble | None:
    """Why a group robot may not show it. No buttons there: it must lead somewhere instead."""
    if card.get("card_type") not in ROBOT_TYPES:
        return 40008, "invalid message type"
    action = inner(card, "card_action")
    if action.get("type") != 1 or not action.get("url"):
        return _FIELD
    return _common_trouble(card)


def app_trouble(card: Content, known: Mapping[str, object], *, has_callback: bool) -> Trouble | None:
    """Why an application may not send it; `known` are the `task_id`s that it ever sent."""
    if card.get("card_type") not in (*ROBOT_TYPES, *CALLBACK_TYPES):
        return 40008, "invalid message type"
    if card.get("card_type") not in CALLBACK_TYPES:
        return _common_trouble(card)
    if not has_callback:
        return 43012, "callback url not set"
    name = str(card.get("task_id", ""))
    if not _TASK_ID.fullmatch(name) or name in known:
        return 42014, "invalid task_id"
    return _common_trouble(card) or button_trouble(card)


def button_trouble(card: Content) -> Trouble | None:
    """What is wrong with the buttons and the drop-down of a `button_interaction`."""
    buttons = objects(card, "button_list")
    keys = [str(button.get("key", "")) for button in buttons if button.get("type", 0) == 0]
    if not 1 <= len(buttons) <= 6 or not all(button.get("text") for button in buttons):
        return _FIELD
    if not all(0 < len(key.encode()) <= LONGEST_KEY for key in keys):
        return 42018, "missing button key"
    if len(set(keys)) != len(keys):
        return 42017, "invalid button key"
    options = objects(inner(card, "button_selection"), "option_list") if "button_selection" in card else [{"id": "1", "text": "1"}]
    right = all(0 < len(str(option.get("id", "")).encode()) <= LONGEST_OPTION and option.get("text") for option in options)
    return None if right and 1 <= len(options) <= 10 else _FIELD


def text(card: Content) -> str:
    """What a member reads: title, facts, sentence, and the buttons in brackets."""
    title = inner(card, "main_title")
    facts = [f"{line.get('keyname')}：{line.get('value')}" for line in objects(card, "horizontal_content_list")]
    options = [f"○ {option.get('text')}" for option in objects(inner(card, "button_selection"), "option_list")]
    replaced = card.get("replace_text")
    buttons = [f"[{replaced}]"] if replaced else [f"[{button.get('text')}]" for button in objects(card, "button_list")]
    parts = (title.get("title"), title.get("desc"), *facts, card.get("sub_title_text"), *options, " ".join(buttons))
    return "\n".join(str(part) for part in parts if part)


def taps(card: Content) -> dict[str, str]:
    """What can be tapped or chosen: the words and the key that comes back."""
    options = {str(option.get("text")): str(option.get("id")) for option in objects(inner(card, "button_selection"), "option_list")}
    return options | {str(button.get("text")): str(button.get("key")) for button in objects(card, "button_list")}


@dataclass(slots=True)
class Codes:
    """Codes by which cards can be changed: each once, within 72 hours."""

    _until: dict[str, tuple[datetime, frozenset[str]]] = field(default_factory=dict)
    _made: int = 0

    def new(self, users: Iterator[str], now: datetime) -> str:
        """A code for the card of these members."""
        self._made += 1
        code = f"rc-{self._made:04d}"
        self._until[code] = now + CODE_LIFE, frozenset(users)
        return code

    def use(self, code: str, now: datetime) -> frozenset[str] | None:
        """The members whose card may be changed by it, now used up; None if it was never given, was used or is too old."""
        until, users = self._until.pop(code, (now, frozenset()))
        return users if now < until else None


def _common_trouble(card: Content) -> Trouble | None:
    title = inner(card, "main_title").get("title")
    if not title and not card.get("sub_title_text"):
        return _FIELD
    if len(objects(card, "horizontal_content_list")) > 6 or len(objects(card, "jump_list")) > 3:
        return 40058, "template_card list exceed max length. invalid Request Parameter"
    return None
