"""Tagged text cut into clauses, and what the rules find in each."""

import functools
import re
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.replies import (
    lexicon,
    rules,
    rules_looks_done,
    rules_nothing,
    rules_open,
    rules_people,
    rules_status,
    rules_talk,
    rules_withdrawn,
)
from bot.domain.replies.counts import Count
from bot.domain.replies.days import Mention
from bot.domain.replies.reading import Reason
from bot.domain.replies.tagging import Tagged
from bot.domain.words import Intent

EMOJI = "[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u221a]"
BREAK = re.compile(
    r"[,。;!\n~ :()]+|(?<=\?)(?!\?)|\?+(?=[^?])|(?=但(?!凡))|(?<=[了H])(?=没(?:毛病|问题|错)(?![吗么?吧]))"
    rf"|(?<!{EMOJI})(?={EMOJI})|(?<={EMOJI})(?!{EMOJI})"
)
ONLY_ASKS = re.compile(r"^(?:[KΠ]+|可以|行|成|好|中|ok)(?:吗|么|不|呗|吧|嘛|\?)*$|^[吗么呗吧]\??$")
_POLITE = "哥|姐|主任|领导|老师|处长|处|局|科长|亲|的|啊|呀|呢|哈|哦|噢|哟|滴|您|你|嘞|收到|谢谢|感谢|知道|~|!|[👌👍🙏🫡💪✅]"
LONGEST_ASSENT = 10
LONGEST_REMEMBERED = 40
"""Characters of a clause."""


@functools.cache
def _assent() -> re.Pattern[str]:
    """Words of assent in a row. Compiled by the first answer and not by the start, which it would hold up."""
    words = "|".join(sorted(map(re.escape, lexicon.ASSENT.split()), key=len, reverse=True))
    return re.compile(rf"(?:{words})(?:{words}|{_POLITE})*")


Hit = tuple[str, rules.Rule, int, int]
"""Group, rule, and where in the clause it matched."""

TRIMMED = ".'\"#*·^_=+、-|/\\{}<>@&$"

GROUPS: dict[str, tuple[rules.Compiled, ...]] = {
    "retraction": rules.compiled(rules_withdrawn.RETRACTION),
    "claim": rules.compiled(rules_withdrawn.CLAIM),
    "resent": rules.compiled(rules_withdrawn.RESENT),
    "zero question": rules.compiled(rules_nothing.ZERO_QUESTION),
    "zero": rules.compiled(rules_nothing.ZERO),
    "handover": rules.compiled(rules_people.HANDOVER),
    "not mine": rules.compiled(rules_people.NOT_MINE),
    "referral": rules.compiled(rules_people.REFERRAL),
    "extension": rules.compiled(rules_open.EXTENSION),
    "blocked": rules.compiled(rules_open.BLOCKED),
    "promise": rules.compiled(rules_open.PROMISE),
    "looks done": rules.compiled(rules_looks_done.LOOKS_DONE),
    "hedged": rules.compiled(rules_looks_done.HEDGED),
    "done": rules.compiled(rules_status.DONE),
    "stranger": rules.compiled(rules_looks_done.STRANGER),
    "under way": rules.compiled(rules_status.UNDER_WAY),
    "none of a kind": rules.compiled(rules_nothing.NONE_OF_A_KIND),
    "looks into it": rules.compiled(rules_status.LOOKING_INTO),
    "numbers": rules.compiled(rules_status.NUMBERS),
    "question": rules.compiled(rules_talk.QUESTION),
    "ack": rules.compiled(rules_talk.ACK),
    "irrelevant": rules.compiled(rules_talk.IRRELEVANT),
    "guess": rules.compiled(rules_talk.GUESS),
}
"""All rules by group; within a group the first that fits speaks."""


@dataclass(frozen=True, slots=True)
class Found:
    """One group's word about one clause."""

    group: str
    intent: Intent
    reason: Reason
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and what was found in it, by group. `index` counts from 0 within the answer."""

    tagged: Tagged
    index: int
    found: dict[str, Found]

    @property
    def text(self) -> str:
        """The tagged text."""
        return self.tagged.text

    def mentions(self) -> list[tuple[int, Mention]]:
        """The days named, with their position in `text`."""
        return [(at, value) for at, value in enumerate(self.tagged.values) if isinstance(value, Mention)]

    def counts(self) -> list[tuple[int, Count]]:
        """The numbers of enterprises, with their position in `text`."""
        return [(at, value) for at, value in enumerate(self.tagged.values) if isinstance(value, Count)]


def split(tagged: Tagged) -> list[Tagged]:
    """The clauses; one that only asks ("行吗") belongs to the one before."""
    pieces: list[Tagged] = []
    start = 0
    for found in BREAK.finditer(tagged.text):
        _append(pieces, tagged, start, found.start() + (found.group().startswith("?")))
        start = found.end()
    _append(pieces, tagged, start, len(tagged.text))
    return pieces


def _append(pieces: list[Tagged], tagged: Tagged, start: int, end: int) -> None:
    while start < end and tagged.text[start] in TRIMMED:
        start += 1
    while end > start and tagged.text[end - 1] in TRIMMED:
        end -= 1
    if end <= start:
        return
    piece = tagged.slice(start, end)
    if pieces and ONLY_ASKS.match(piece.text):
        last = pieces.pop()
        piece = Tagged(last.text + piece.text, last.words + piece.words, last.values + piece.values)
    pieces.append(piece)


def read(tagged: Tagged, index: int) -> Clause:
    """What the rules find in one clause."""
    text, typed = tagged.text, tagged.typed(0, len(tagged.text)).strip()
    if len(typed) <= LONGEST_ASSENT and _assent().fullmatch(typed):
        return Clause(tagged, index, {"ack": Found("ack", Intent.ACK, Reason(typed, "assent", 0.9))})
    hits = _remembered(text) if len(text) <= LONGEST_REMEMBERED else _hits(text)
    found: dict[str, Found] = {}
    for group, rule, start, end in hits:
        reason = Reason(tagged.typed(start, end) or typed, rule.name, rule.score)
        found[group] = Found(group, rule.intent, reason, rule.hold)
    return Clause(tagged, index, found)


def _hits(text: str) -> tuple[Hit, ...]:
    """Which groups speak about tagged `text`, by which rule, and where; those that are silenced are left out."""
    heard: dict[str, Hit] = {}
    for group, entries in GROUPS.items():
        if group == "stranger" and ("done" not in heard or heard["done"][1].name not in CLAIMS):
            continue
        for rule, search, veto in entries:
            hit = search.search(text)
            if hit and not (veto and veto.search(text)):
                heard[group] = (group, rule, hit.start(), hit.end())
                break
    return tuple(_sorted_out(heard, text).values())


_remembered = lru_cache(maxsize=8192)(_hits)
"""Short clauses recur (`XH`, `GH`, `H了`): a pure function's answers, kept."""


SILENCED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("zero question", ("zero", "promise", "looks done", "hedged", "done", "under way", "extension", "blocked", "not mine")),
    ("extension", ("promise", "question", "looks done", "hedged", "done", "under way", "blocked")),
    ("handover", ("looks done", "hedged", "under way", "question", "not mine", "blocked", "promise", "done")),
    ("not mine", ("looks done", "hedged", "under way", "question", "blocked", "promise", "done", "zero")),
    ("zero", ("promise", "looks done", "hedged", "done", "under way", "blocked", "question")),
    ("blocked", ("question", "looks done", "hedged", "done", "under way")),
    ("question", ("promise", "hedged", "under way", "looks done", "done", "numbers")),
    ("promise", ("looks done", "hedged", "done", "under way")),
    ("looks done", ("hedged", "done", "under way")),
    ("hedged", ("done", "under way")),
    ("stranger", ("done", "resent")),
    ("done", ("under way",)),
)
"""Within one clause: if the first group spoke, the others are not heard (tie-breaking rules 1 to 9, in their order)."""

STANDS_OVER_QUESTION = frozenset(
    {
        "done, asked back",
        "said in irony",
        "question about done",
        "will check whether it was sent",
        "does not know whether it was sent",
        "only if",
    }
)
CLAIMS = frozenset({"already handed in", "handed in", "handed in, in the past", "finished"})
"""Rules that hear a report in a statement; it must be ours and about what we owe."""

ANY_MATTER = frozenset({"retraction", "irrelevant", "claim", "not mine", "handover"})
"""What may be said in a clause about another matter and still concern ours."""

RECEIPT = re.compile("(?:X.{0,3}H|H[ACMN给到过去上完好]*了).{0,10}(?:收到|收没收|看到|看没看)")
"""Sent, and asks whether it arrived: done (tie-breaking rule 3)."""

OUR_MATTER = re.compile("M|Y|C|Q")
OTHERS = re.compile("M?O(?:[^,HX]{0,4}[MΘΩ])?")


def _sorted_out(heard: dict[str, Hit], text: str) -> dict[str, Hit]:
    if "O" in text and not OUR_MATTER.search(OTHERS.sub("", text)):
        return {group: hit for group, hit in heard.items() if group in ANY_MATTER}
    over = any(rule.name in STANDS_OVER_QUESTION for _, rule, _, _ in heard.values())
    if "question" in heard and (over or ("done" in heard and RECEIPT.search(text))):
        del heard["question"]
    if text.startswith("如果"):
        heard.pop("blocked", None)
    for first, others in SILENCED:
        if first in heard:
            for other in others:
                heard.pop(other, None)
    return heard
