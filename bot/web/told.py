"""What the next page says once about what was just done, with the way to take it back: a signed cookie, so no script is needed.

The sentences stand in `templates/web/parts/told.html`, one for each `kind`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.web import state


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence: its kind, the figures and names in it, and the audit entry of an act that can be undone (0: it cannot)."""

    kind: str
    words: Mapping[str, object] = field(default_factory=dict)
    undo: int = 0


def after(request: Request, address: str, told: Told) -> Response:
    """To the page at `address`, which will say it."""
    answer = RedirectResponse(address, 303)
    answer.headers.append("set-cookie", state.cookies(request).tell([told.kind, dict(told.words), told.undo]))
    return answer


def read(request: Request) -> Told | None:
    """What this page has to say."""
    match state.cookies(request).told(request.cookies):
        case [str(kind), dict(words), int(undo)]:
            return Told(kind, words, undo)
    return None
