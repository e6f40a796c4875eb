"""What the writer of a mail wrote himself: above, below or between what he answered."""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.mail import boundaries, signatures
from bot.domain.mail.boundaries import Boundary
from bot.domain.mail.lines import is_quoted, normalised
from bot.domain.mail.markup import CUT

_POINTS_DOWN: Final = re.compile(
    r"见下|如下|下方|下面|内联|逐条|红字|蓝字|原文中|正文中|文中回复|\binline\b|\bbelow\b|在原邮件", re.IGNORECASE
)
"""Words above the quotation by which the answer is said to stand within it."""


def visible(text: str) -> str:
    """The writer's own words in `text`; empty if everything in it is quoted, a signature or a banner."""
    lines = normalised(text)
    boundary = boundaries.find(lines)
    above = signatures.trimmed(_above(lines, boundary))
    if boundary is not None and (not above or (len(above) <= 3 and _POINTS_DOWN.search(" ".join(above)))):
        above = [*above, *_within(lines, boundary)]
    return _tidy(above)


def _above(lines: Sequence[str], boundary: Boundary | None) -> list[str]:
    if boundary is None:
        return [line for line in lines if not is_quoted(line)]
    kept = [line for line in lines[: boundary.line] if not is_quoted(line)]
    return [*kept, lines[boundary.line][: boundary.column]] if boundary.column else kept


def _within(lines: Sequence[str], boundary: Boundary) -> list[str]:
    answers = boundaries.answers_within(lines, boundary.line)
    again = boundaries.find(answers)
    return signatures.trimmed(answers[: again.line] if again else answers)


def _tidy(lines: Sequence[str]) -> str:
    """Without spaces at the ends, with one blank line where there were several."""
    kept = [line.strip() for line in lines if line != CUT]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
