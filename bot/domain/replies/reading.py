"""What the reader makes of an answer."""

from dataclasses import dataclass, field
from datetime import date

from bot.domain.words import Intent


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a reading came out as it did: the words as they were typed, the name of the rule, its score from 0 to 1."""

    words: str
    rule: str
    score: float


@dataclass(frozen=True, slots=True)
class Part:
    """One of several reports in one answer.

    `unit` is the unit or the matter it speaks of as written ("榆树", "三季度情况"), `number` the numbering of our own last
    message it answers to ("2延到25日"); either may be None, not both.
    """

    unit: str | None
    number: int | None
    intent: Intent
    day: date | None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """The understood form of one answer.

    `day` is the day of handing in (done, zero report) or the day promised or asked for, in Shanghai, that day included; None
    for the other intents. `counts` has any of 百强, 专精特新, 成长型, 合计. `period_hint` is the quarter named (`2018Q3`) or
    `NOM2018` for the nomination list. `confidence` runs from 0 to 1. `unsure`: ask one question with choices, change nothing.
    """

    intent: Intent
    day: date | None
    counts: dict[str, int]
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    confidence: float
    period_hint: str | None
    unsure: bool
