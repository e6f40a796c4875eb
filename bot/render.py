"""From a message kind and its view to the words a person reads, cut to what the platform takes.

Every sentence lives in `templates/messages/<kind>/`: `subject.txt`, `body.txt`, `body.md`, and `body.html` for mail; some kinds have
a `card.json` (the fields of `domain.cards.Card`) and a `table.md` for platforms whose markdown has tables. What several kinds share
lies in `_parts/`. A view holds JSON values only, and a template that asks for more than it holds fails (StrictUndefined).
Only `.html` is escaped: a `.txt` file or macro used by one may print our own words and numbers, nothing that came from outside.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from bot.domain import parts
from bot.domain.cards import Card, Tap
from bot.domain.messages import FileRef, Rendered
from bot.domain.words import MessageKind

WITH_HTML = frozenset({"mail"})
"""Channels whose messages carry HTML beside the text."""

FILES_APART = frozenset({"wecom_robot", "wecom_app"})
"""Channels to which a file is a message of its own: it becomes a part of its own, so that what has gone is not sent again."""

BODIES = {"text": "body.txt", "markdown": "body.md"}
"""The template of each format that every kind of message has."""

CARDS = frozenset({"card", "textcard"})
"""Formats that show a card where the kind of message has one."""

WITH_CARD = frozenset({MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.GROUP_NOTICE, MessageKind.QUESTION})
"""Kinds that can be shown as a card; a first notice cites the paper and stays whole."""

WITH_TABLE = frozenset({MessageKind.GROUP_NOTICE})
"""Kinds that say more in a markdown with tables."""


class Renderer:
    """Compiles each template once, when it is first needed. Safe to share between threads."""

    __slots__ = ("environment",)

    def __init__(self) -> None:
        self.environment = Environment(
            loader=PackageLoader("templates", "messages"),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.environment.filters["line"] = _line

    def render(self, kind: MessageKind, view: Mapping[str, object], *, max_bytes: int, format: str, channel: str = "") -> list[Rendered]:
        """The message in parts of at most `max_bytes` of UTF-8 each, at least one.

        `format` is `text`, `markdown`, `markdown_v2` (which has tables), `card` or `textcard`, whose body is in markdown. For channel
        `mail` a message of one part also has HTML. Two optional keys of the view go with the first part: `mentions` (platform user ids
        or mobile numbers) and `files` (the fields of `messages.FileRef`), unless a file is a part of its own there;
        `link`, the person's reply page, stands at the foot of every body if the view has it. Raises
        jinja2.UndefinedError if the view lacks something.
        """
        subject = self._words(kind, "subject.txt", view)
        bodies = parts.split(self._words(kind, _body(kind, format), view) + self._foot(view, format), max_bytes)
        html = self._words(kind, "body.html", view) if channel in WITH_HTML and len(bodies) == 1 else None
        card = self._card(kind, view) if format in CARDS and kind in WITH_CARD and len(bodies) == 1 else None
        rendered = [Rendered(subject, body, html, format=format, card=card) for body in bodies]
        files = _files(view)
        if channel in FILES_APART:
            rendered += [Rendered(subject, file.name, files=(file,)) for file in files]
            files = ()
        rendered[0] = replace(rendered[0], mentions=_mentions(view), files=files)
        return [replace(one, part=part, parts=len(rendered)) for part, one in enumerate(rendered, start=1)]

    def _card(self, kind: MessageKind, view: Mapping[str, object]) -> Card | None:
        """The card, None if this view has nothing that a card would show better."""
        words = self._words(kind, "card.json", view)
        if not words:
            return None
        made: dict[str, Any] = json.loads(words)
        lines = tuple((name, value) for name, value in made["lines"] if value)
        options, buttons = (tuple(Tap(**tap) for tap in made[name]) for name in ("options", "buttons"))
        return Card(made["title"], lines, made["note"], options, buttons, str(view.get("link") or ""), made["link"])

    def _foot(self, view: Mapping[str, object], format: str) -> str:
        """The person's own link to the reply page, if the view has one."""
        if not view.get("link"):
            return ""
        return "\n\n" + self.environment.get_template("_parts/link.txt" if format == "text" else "_parts/link.md").render(view).strip()

    def _words(self, kind: MessageKind, name: str, view: Mapping[str, object]) -> str:
        return self._template(kind, name).render(view).strip()

    def _template(self, kind: MessageKind, name: str) -> Template:
        return self.environment.get_template(f"{kind.value}/{name}")


def _line(text: object) -> str:
    """A filter for text that came from outside: one line, so that it cannot break a row, and half characters as “?”."""
    return " ".join(str(text).split()).encode(errors="replace").decode()


def _body(kind: MessageKind, format: str) -> str:
    if format == "markdown_v2" and kind in WITH_TABLE:
        return "table.md"
    return BODIES["text" if format == "text" else "markdown"]


def _files(view: Mapping[str, object]) -> tuple[FileRef, ...]:
    files = view.get("files", ())
    return tuple(FileRef(**file) for file in files) if isinstance(files, Sequence) else ()


def _mentions(view: Mapping[str, object]) -> tuple[str, ...]:
    names = view.get("mentions", ())
    return tuple(map(str, names)) if isinstance(names, Sequence) and not isinstance(names, str) else ()
