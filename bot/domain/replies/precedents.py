"""A second opinion beside the rules: what answers written like this one have meant.

The rules know what is said; the precedents (`answered`) know how it is said. Characters and tags, alone and in pairs, are counted
by intent (naive Bayes, every intent equally likely beforehand): pure arithmetic over a table people can read and extend, so the
same text reads the same for ever. Where both agree a reading is nearly always right; where they do not, `Opinion.margin` tells how
clearly the precedents speak.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from math import inf, log, sqrt

from bot.domain import times
from bot.domain.replies import answered, english, normalise, quote, tagging
from bot.domain.replies.calendar_days import Moment
from bot.domain.replies.reading import Reason
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

LONGEST = 80
"""Characters of an answer the precedents are asked about; they are one-liners themselves."""

FEWEST = 2
"""Precedents that must share a feature before it counts."""

SMOOTHING = 0.2
"""Added to every count: a feature never seen with an intent speaks against it, but forbids nothing."""

AT = Moment(datetime(2018, 10, 17, 9, 20, tzinfo=times.SHANGHAI), WorkCalendar())
"""When the precedents are taken to have been written: with the third quarter owed."""

SHOWN = 3
"""Features named in a reason."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the precedents say. `margin`: how far `intent` lies ahead of the next, in log odds per root of the features heard."""

    intent: Intent
    margin: float
    words: str

    @property
    def reason(self) -> Reason:
        """The features that spoke most clearly, and how clearly, as a score."""
        return Reason(self.words, "like answers known", round(min(0.9, 0.4 + self.margin / 8), 2))


@dataclass(frozen=True, slots=True)
class Table:
    """`settled`: whole precedents, normalised and tagged. `weights`: log odds of each feature by intent, in the order of `intents`."""

    intents: tuple[Intent, ...]
    weights: dict[str, tuple[float, ...]]
    settled: dict[tuple[str, str], Intent]


@lru_cache(maxsize=8192)
def opinion(own: str, tagged: str) -> Opinion | None:
    """What answers like `own`, tagged as `tagged`, have meant; None if it is too long or shares nothing with any of them."""
    if len(own) > LONGEST:
        return None
    known = table()
    if intent := known.settled.get((own, tagged)):
        return Opinion(intent, inf, own)
    heard = [feature for feature in features(own, tagged) if feature in known.weights]
    if not heard:
        return None
    odds = [sum(column) for column in zip(*(known.weights[feature] for feature in heard), strict=True)]
    second, first = sorted(range(len(odds)), key=odds.__getitem__)[-2:]
    return Opinion(known.intents[first], (odds[first] - odds[second]) / sqrt(len(heard)), _clearest(heard, known, first, second))


def features(own: str, tagged: str) -> set[str]:
    """Characters and tags of an answer, alone and in pairs; a tag is told from a character by the mark before it."""
    return {*_pairs(f"^{own}$"), *("\0" + pair for pair in _pairs(f"^{tagged}$"))}


def _pairs(text: str) -> Iterator[str]:
    yield from text
    yield from map("".join, pairwise(text))


def _clearest(heard: list[str], known: Table, first: int, second: int) -> str:
    def lead(feature: str) -> float:
        weights = known.weights[feature]
        return weights[first] - weights[second]

    typed = sorted((feature for feature in heard if feature[0] != "\0"), key=lead, reverse=True)
    return " ".join(feature.strip("^$") for feature in typed[:SHOWN]).strip()


@lru_cache(maxsize=1)
def table() -> Table:
    """The features of all precedents, counted once, when first asked for."""
    settled = dict(_precedents())
    seen: defaultdict[str, Counter[Intent]] = defaultdict(Counter)
    for (own, tagged), intent in settled.items():
        for feature in features(own, tagged):
            seen[feature][intent] += 1
    kept = {feature: counts for feature, counts in seen.items() if counts.total() >= FEWEST}
    totals: Counter[Intent] = Counter()
    for counts in kept.values():
        totals.update(counts)
    mass = {intent: total + SMOOTHING * len(kept) for intent, total in totals.items()}
    weights = {feature: tuple(log((counts[intent] + SMOOTHING) / mass[intent]) for intent in mass) for feature, counts in kept.items()}
    return Table(tuple(mass), weights, settled)


def _precedents() -> Iterator[tuple[tuple[str, str], Intent]]:
    for intent, texts in answered.TEXTS.items():
        for text in texts.replace("\n", " | ").split(" | "):
            own = english.rendered(quote.own_words(normalise.normalise(text)))
            if own:
                yield (own, tagging.tag(own, AT).text), intent
