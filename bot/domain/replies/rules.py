"""What a rule is, and how its pattern is read.

Patterns are regular expressions over tagged text (`tagging`): capital letters are classes of words, each explained where its words
stand (`lexicon.TAGGED`), or marks with a value: D a day to come, T a day that may lie either way, P one that is past, C a number of
enterprises, I none of them, Y a category without a number, U a unit, N a person, F a telephone or mailbox. Small letters, digits
and Chinese characters stand for themselves. A clause holds no comma, so `.` never leaves it.
"""

import re
from dataclasses import dataclass

from bot.domain.replies import beside
from bot.domain.words import Intent

_BESIDE = "|".join(sorted(set(beside.BESIDE.split()), key=len, reverse=True))

MACROS = {
    # from the beginning of the clause on, what may stand before a report
    "‹beside›": f"^(?>(?:{_BESIDE}|[^一-鿿HXZ])*)",
    # words that may stand between a verb of handing in and the mark that it is over; the longest first and kept (see `_one_way`)
    "‹to›": (
        "(?>过去|出去|一份|一遍|一下|过来|两份|企业|这边|那边|那儿|那里|两个|相关|指定|有关|给|到|往|"
        "至|里|面|上|进|去|出|走|完|好|齐|各|三|两|个|全|成|满|回|表|版|件|处|[ACMNUYFI])"
    ),
    # the event is over
    "‹over›": "(?:了|过(?!去|来)|完|毕|Z|成功|妥|好了)",
    # anything within the clause, but not far
    "‹›": "[^,]{0,12}?",
    "‹far›": "[^,]{0,30}?",
}


WIDER = {"W": "WSΔ", "K": "KΠ", "E": "EΛ", "M": "MΘΩ", "G": "GΓ"}
"""Classes that cover others: no covers not yet, work is also arranging and doing, to ask is also to beg, later is also an extension,
what we owe is also its electronic form and the duty as such."""

NARROW = {"‹work›": "W", "‹can›": "K", "‹none›": "G"}
"""The same classes without those they cover."""

REPEATED = re.compile(r"\(\?:((?:[^()\[\].?*+{}\\^$|]|\[[^\]|]*\]|\|)+)\)([*+]\??)")
"""A choice between plain words, repeated."""

WIDE = re.compile(r"\[[^\]]*\]|[WKEMG]")


@dataclass(frozen=True, slots=True)
class Rule:
    """A clause whose tagged text holds one of `says` and none of `unless` says `intent`.

    `score` (0 to 1) is how sure that is; `hold`: the words show that it may be otherwise, so the caller asks instead of acting.
    """

    name: str
    intent: Intent
    says: tuple[str, ...]
    score: float = 0.9
    unless: tuple[str, ...] = ()
    hold: bool = False


Compiled = tuple[Rule, re.Pattern[str], re.Pattern[str] | None]
"""A rule ready for use: itself, what it looks for, what forbids it."""


def compiled(rules: tuple[Rule, ...]) -> tuple[Compiled, ...]:
    """The rules with their macros spelled out."""
    return tuple((rule, _regex(rule.says), _regex(rule.unless) if rule.unless else None) for rule in rules)


def _regex(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    pattern = "|".join(alternatives)
    for name, meaning in MACROS.items():
        pattern = pattern.replace(name, meaning)
    pattern = WIDE.sub(_widened, pattern)
    for name, narrow in NARROW.items():
        pattern = pattern.replace(name, narrow)
    return re.compile(REPEATED.sub(_one_way, pattern))


def _one_way(found: re.Match[str]) -> str:
    """A repeated choice of words in which each position has one reading: no word twice, the longest first and kept.

    等到 beside 等 and 到, or a word listed twice, would be tried in every combination: 2ⁿ of them in a text of n such words.
    """
    words = sorted(dict.fromkeys(found[1].split("|")), key=_letters, reverse=True)
    return f"(?>{'|'.join(words)}){found[2]}"


def _letters(word: str) -> int:
    return 1 if word.startswith("[") else len(word)


def _widened(found: re.Match[str]) -> str:
    """A wide class as the set of its classes: bare, or as part of a set that is already there."""
    text = found.group()
    if not text.startswith("["):
        return f"[{WIDER[text]}]"
    for narrow, wide in WIDER.items():
        text = text.replace(narrow, wide)
    return text
