"""Our card in the forms that WeCom draws: what a group sees, what a member taps, and a card for members who have no buttons.

Protocol: developer.work.weixin.qq.com /document/path/90236 (application), 99110 (group robot), 101032 (smart robot), read 2026-11-23.
The lengths are the vendor's advice for the eye, not limits that are refused: what a person reads before tapping is shortened here, and a
card whose sentence would be cut is not drawn at all, so that its words go out instead.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from bot.channels import crockford
from bot.domain import wording
from bot.domain.cards import Card, Tap
from bot.domain.secret import Secret

LINES: Final = 6
"""Facts that a card shows (`horizontal_content_list`)."""
BUTTONS: Final = 6
OPTIONS: Final = 10
"""Choices of a drop-down."""
TITLE: Final = 128
DESCRIPTION: Final = 512
"""Characters of a `textcard` (path/90236)."""
CUT: Final = "…"
PICK: Final = "which"
"""The key of the one drop-down."""

_KEY: Final = re.compile(r"[0-9A-Za-z_\-:]{1,120}")
"""Keys of messages that can name a card: a `task_id` is of at most 128 letters, digits, `_`, `-` and `@` (path/90236), so that our colons
become `@`."""


@dataclass(frozen=True, slots=True)
class Room:
    """Characters that one platform shows of each part."""

    title: int
    note: int
    option: int


APP: Final = Room(title=36, note=160, option=16)
BOT: Final = Room(title=26, note=112, option=11)
ROBOT: Final = Room(title=26, note=112, option=0)


def notice(card: Card, url: str) -> dict[str, Any] | None:
    """`text_notice` for a group: read only, and it must lead somewhere. None if it cannot be drawn whole."""
    if not url or card.buttons or len(card.note) > ROBOT.note:
        return None
    return _head("text_notice", card, ROBOT) | {"card_action": {"type": 1, "url": card.url or url}}


def interactive(card: Card, name: str, room: Room) -> dict[str, Any] | None:
    """`button_interaction` for one member; `name` is its `task_id`. None if it has no name or buttons or cannot be drawn whole."""
    if not name or not 0 < len(card.buttons) <= BUTTONS or len(card.options) > OPTIONS or len(card.note) > room.note:
        return None
    drawn = _head("button_interaction", card, room) | {"task_id": name, "button_list": [_button(tap) for tap in card.buttons]}
    if card.options:
        drawn["button_selection"] = _selection(card.options, room)
    if card.url:
        drawn["card_action"] = {"type": 1, "url": card.url}
    return drawn


def answered(title: str, note: str, room: Room) -> dict[str, Any] | None:
    """What takes the place of a card that was answered: what was recorded, and a button that can no longer be pressed.

    None if the sentence would be cut.
    """
    if len(note) > room.note:
        return None
    word = wording.handled()
    button = {"type": 0, "text": word, "style": 4, "key": word}
    return _head("button_interaction", Card(title, note=note), room) | {"button_list": [button], "replace_text": word}


def textcard(card: Card, url: str, serial: str) -> dict[str, Any] | None:
    """`textcard`, which WeChat shows too: words and one link. `serial` ends it. None without a link."""
    if not (card.url or url):
        return None
    end = f'<div class="gray">#{serial}</div>'
    blocks = [f'<div class="normal">{_plain(name)}：{_plain(value)}</div>' for name, value in card.lines[:LINES]]
    blocks.append(f'<div class="gray">{_plain(card.note)}</div>')
    while blocks and len("".join(blocks) + end) > DESCRIPTION:
        blocks.pop()
    return {"title": _cut(card.title, TITLE), "description": "".join(blocks) + end, "url": card.url or url}


def series(secret: Secret) -> str:
    """What tells the cards of this database from those of others."""
    return crockford.encode(hmac.digest(secret.reveal().encode(), b"wecom cards", "sha256"), 4)


def task_id(key: str, series: str) -> str:
    """The `task_id` of the card of a message: it comes back with every tap. Empty if the key cannot be told by it.

    It must be unique in the application for ever, as our keys are in one database; `series` tells databases apart.
    """
    return f"{series}-{key.replace(':', '@')}" if _KEY.fullmatch(key) else ""


def mark(name: str) -> str:
    """What a tap on the card with this `task_id` is about, as `Inbound.about` holds it; empty for a card that is not ours."""
    series, dash, key = name.partition("-")
    return f"message:{key.replace('@', ':')}" if series and dash and key else ""


def plain(markdown: str) -> str:
    """The words of our own markdown: its templates set bold and quotations, nothing else."""
    return re.sub(r"^> ", "", markdown.replace("**", ""), flags=re.MULTILINE)


def _head(kind: str, card: Card, room: Room) -> dict[str, Any]:
    leads = [{"type": 1, "keyname": wording.on_the_web(), "value": card.link, "url": card.url}] if card.url and card.link else []
    lines = [{"keyname": name, "value": value} for name, value in card.lines[: LINES - len(leads)]] + leads
    drawn: dict[str, Any] = {"card_type": kind, "main_title": {"title": _cut(card.title, room.title)}}
    if card.note:
        drawn["sub_title_text"] = card.note
    return drawn | ({"horizontal_content_list": lines} if lines else {})


def _button(tap: Tap) -> dict[str, object]:
    return {"type": 0, "text": tap.label, "style": 1, "key": tap.key}


def _selection(options: Iterable[Tap], room: Room) -> dict[str, object]:
    listed = [{"id": tap.key, "text": _cut(tap.label, room.option)} for tap in options]
    return {"question_key": PICK, "title": wording.which_one(), "option_list": listed}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + CUT


def _plain(text: str) -> str:
    """Without what would be read as markup; the platform knows no way to write these."""
    return text.replace("<", "＜").replace(">", "＞").replace("\n", " ")
