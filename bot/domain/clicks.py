"""A tap on the reply page: what it says of one task. Kept as JSON like everything that arrives, and read from there again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from bot.domain.words import Intent, label

CHANNEL: Final = "page"
"""The channel of what comes from the reply page. Nothing can be sent there: the page itself shows what was recorded."""
SENDER: Final = "person:"
"""How the sender of a tap is written: this and the person's number, which the signed link names."""
LONGEST_NOTE: Final = 300
"""Characters of a note."""
MOST: Final = 999_999
"""The largest number of enterprises that can be given."""


class Act(StrEnum):
    """What can be tapped."""

    DONE = "done"
    TODAY = "today"
    UNTIL = "until"
    DIFFICULTY = "difficulty"
    ZERO = "zero"
    NOT_MINE = "not_mine"
    NOT_YET = "not_yet"
    UNDO = "undo"
    GRANT = "grant"
    REFUSE = "refuse"


INTENTS: Final[Mapping[Act, Intent]] = {
    Act.DONE: Intent.DONE,
    Act.TODAY: Intent.PROMISE,
    Act.UNTIL: Intent.PROMISE,
    Act.DIFFICULTY: Intent.DIFFICULTY,
    Act.ZERO: Intent.ZERO_REPORT,
    Act.NOT_MINE: Intent.NOT_RESPONSIBLE,
    Act.NOT_YET: Intent.CORRECTION_NOT_DONE,
}
"""What each says of a task; UNDO says nothing of its own, and who grants or refuses more time speaks of another's."""

DECISIONS: Final = frozenset({Act.GRANT, Act.REFUSE})
"""What is tapped by whoever decides."""


@dataclass(frozen=True, slots=True)
class Click:
    """One tap. `day` goes with TODAY and UNTIL, and with GRANT if it is another than the one asked for; `counts` with reports.

    `note` is kept beside the fact and never interpreted.
    """

    act: Act
    task_id: int
    day: date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""

    @property
    def words(self) -> str:
        """The tap in words, for administrators."""
        said = label(INTENTS[self.act]) if self.act in INTENTS else self.act.value
        counted = " ".join(f"{name}{number}" for name, number in self.counts.items())
        return " ".join(filter(None, (said, self.day.isoformat() if self.day else "", counted, self.note)))


def dump(click: Click, files: Mapping[str, str]) -> bytes:
    """As it is kept raw; `files` are the SHA-256 of what came with it, by name."""
    values = {
        "act": click.act.value,
        "task": click.task_id,
        "day": click.day.isoformat() if click.day else None,
        "counts": click.counts,
        "note": click.note,
        "files": dict(files),
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True).encode()


def load(raw: bytes) -> Click:
    """The tap that was kept. Raises ValueError or KeyError for anything else."""
    values = json.loads(raw)
    day = date.fromisoformat(values["day"]) if values["day"] else None
    counts = {str(name): int(number) for name, number in values["counts"].items()}
    return Click(Act(values["act"]), int(values["task"]), day, counts, str(values["note"]))
