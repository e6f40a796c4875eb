"""The words of a message as JSON, the form in which the outbox keeps them until they are sent. What is not there is not written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.cards import Card, Tap
from bot.domain.messages import FileRef, Rendered


def dump(parts: Sequence[Rendered]) -> list[dict[str, Any]]:
    """The parts of one message, in order."""
    return [
        {"subject": part.subject, "body": part.body, "html": part.html, "mentions": list(part.mentions), **_extras(part)} for part in parts
    ]


def load(parts: Sequence[Mapping[str, Any]]) -> Iterator[Rendered]:
    """What `dump` wrote, also before there were cards, files and formats."""
    for number, part in enumerate(parts, 1):
        files = tuple(FileRef(*file) for file in part.get("files", ()))
        plain = (part["subject"], part["body"], part["html"], tuple(part["mentions"]))
        yield Rendered(*plain, number, len(parts), part.get("format", ""), _card(part.get("card")), files)


def _extras(part: Rendered) -> dict[str, Any]:
    card = _dumped(part.card) if part.card else None
    extras = {"format": part.format, "card": card, "files": [[file.name, file.media_type, file.digest] for file in part.files]}
    return {name: value for name, value in extras.items() if value}


def _dumped(card: Card) -> dict[str, Any]:
    return {
        "title": card.title,
        "lines": [list(line) for line in card.lines],
        "note": card.note,
        "options": [[tap.label, tap.say, tap.about] for tap in card.options],
        "buttons": [[tap.label, tap.say, tap.about] for tap in card.buttons],
        "url": card.url,
    }


def _card(kept: Mapping[str, Any] | None) -> Card | None:
    if kept is None:
        return None
    options, buttons = (tuple(Tap(*tap) for tap in kept[name]) for name in ("options", "buttons"))
    return Card(kept["title"], tuple((name, value) for name, value in kept["lines"]), kept["note"], options, buttons, kept["url"])
