"""From a message kind and its view to the words a person reads, cut to what the platform takes.

Every sentence lives in `templates/messages/<kind>/`: `subject.txt`, `body.txt`, `body.md`, and `body.html` for mail; what several
kinds share lies in `_parts/`. A view holds JSON values only, and a template that asks for more than it holds fails (StrictUndefined).
Only `.html` is escaped: a `.txt` file or macro used by one may print our own words and numbers, nothing that came from outside.
"""

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from bot.domain import parts
from bot.domain.messages import Rendered
from bot.domain.words import MessageKind

WITH_HTML = frozenset({"mail"})
"""Channels whose messages carry HTML beside the text."""

BODIES = {"text": "body.txt", "markdown": "body.md"}
"""The template of each format that `Limits.format` can name."""


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

        `format` is `text` or `markdown`. For channel `mail` a message of one part also has HTML. The optional key `mentions` of the
        view (platform user ids or mobile numbers) goes with the first part. Raises jinja2.UndefinedError if the view lacks something.
        """
        subject = self._words(kind, "subject.txt", view)
        bodies = parts.split(self._words(kind, BODIES[format], view), max_bytes)
        html = self._words(kind, "body.html", view) if channel in WITH_HTML and len(bodies) == 1 else None
        mentions = _mentions(view)
        return [
            Rendered(subject, body, html, mentions if part == 1 else (), part, len(bodies)) for part, body in enumerate(bodies, start=1)
        ]

    def _words(self, kind: MessageKind, name: str, view: Mapping[str, object]) -> str:
        return self._template(kind, name).render(view).strip()

    def _template(self, kind: MessageKind, name: str) -> Template:
        return self.environment.get_template(f"{kind.value}/{name}")


def _line(text: object) -> str:
    """A filter for text that came from outside: one line, so that it cannot break a row, and half characters as “?”."""
    return " ".join(str(text).split()).encode(errors="replace").decode()


def _mentions(view: Mapping[str, object]) -> tuple[str, ...]:
    names = view.get("mentions", ())
    return tuple(map(str, names)) if isinstance(names, Sequence) and not isinstance(names, str) else ()
