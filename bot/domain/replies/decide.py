"""From clauses about one matter to one intent: the labelling rules' tie-breaking, in their order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from bot.domain.replies import rules, rules_looks_done, rules_withdrawn
from bot.domain.replies.clauses import Clause, Found
from bot.domain.replies.precedents import Opinion
from bot.domain.words import Intent

PAPER = re.compile("纸质|纸的|纸版|原件|盖章件|盖章版|红头|邮寄件|签字版|纸件")
ELECTRONIC = re.compile("电子|扫描件|excel|word")
PAST = re.compile("P|之前|原来|本来|昨")
OTHERS_BELIEVED = re.compile("(?:B|N|L|A|他|她|人家|别人).{0,3}以为")
STAGES = frozenset({"handed to somebody else", "others handed in to them", "between two stages"})
"""Stages on the way, which a report sent later leaves behind."""

QUIET = frozenset({"numbers", "none of a kind", "ack", "irrelevant", "guess"})
"""Groups that speak against nothing."""

CLOSING = frozenset({Intent.DONE, Intent.ZERO_REPORT})
"""What a task is closed by: the precedents need more to say it, and less to speak against it."""

CLEAR, FAINT, LOUD = 2.5, 1.0, 3.0
"""How far ahead (`Opinion.margin`) the precedents must be to overrule the rules: in general, to find a report where the rules hardly
heard anything, and to find one where they heard something else. Chosen on answers no rule was made from."""

AGAINST = 2.0
"""The same, to speak against a report."""

DENIALS = frozenset({"stranger", "hedged", "retraction", "claim", "extension", "zero question"})
"""Groups of rules over which no precedent finds a report."""

PRECEDENT = "precedent"
"""The group under which the second opinion is found."""

STRANGERS = rules.compiled(rules_looks_done.STRANGER)

BESIDE_DONE = frozenset({Intent.QUESTION, Intent.ACK})
"""What may be said beside a report that stands (tie-breaking rule 3)."""

ASKED_BACK = "done, asked back"
"""A question in form, which the precedents cannot tell from one in earnest."""

SAYS_DONE = re.compile("[XZP]|了|过|完|成功|查收|附件|的$")
UNSAYS_DONE = re.compile("[GΓKQODV没未不该白吗么?谁哪如等待差剩别忘]|快|正在|准备|要H|能H|会H|完了.{0,3}H")
"""Tagged text that may be a report, and that holds a word by which it may not."""

DOUBTFUL = 0.6

DAY_ONLY = "a day alone"
WEAK = 0.7


@dataclass(frozen=True, slots=True)
class Verdict:
    """The intent of one report, the words that carried it, the clauses they stand in; `rivals` would have said otherwise."""

    intent: Intent
    found: tuple[Found, ...]
    clauses: tuple[Clause, ...]
    rivals: tuple[Found, ...]
    hold: bool


def decide(clauses: Sequence[Clause]) -> Verdict:
    """One intent for clauses that speak of one matter."""
    heard = _without_paper(clauses)
    for step in STEPS:
        group = step(heard)
        if group:
            return _verdict(heard, group)
    return Verdict(Intent.IRRELEVANT, (), tuple(clauses), (), hold=False)


def second_look(verdict: Verdict, clauses: Sequence[Clause], like: Opinion | None) -> Verdict:
    """`verdict`, or that of the precedents where they are clearly of another opinion; whoever closes a task that way is asked."""
    if like is None or like.intent is verdict.intent or like.margin <= _needed(verdict, like) or _forbidden(verdict, clauses, like):
        return verdict
    found = Found(PRECEDENT, like.intent, like.reason)
    return Verdict(like.intent, (found,), tuple(clauses), verdict.found, hold=bool(CLOSING & {like.intent, verdict.intent}))


def _forbidden(verdict: Verdict, clauses: Sequence[Clause], like: Opinion) -> bool:
    """Whether a report is found where nobody may find one: the rules heard a denial, or no word says that it is over."""
    if like.margin == inf:
        return False
    if verdict.intent is Intent.DONE and like.intent in BESIDE_DONE and len(clauses) > 1:
        return True
    if like.intent not in CLOSING:
        return any(hit.reason.rule == ASKED_BACK for hit in verdict.found)
    text = ",".join(clause.text for clause in clauses)
    denied = _has(clauses, *DENIALS) or any(_strange(clause.text) for clause in clauses)
    return denied or (like.intent is Intent.DONE and (not SAYS_DONE.search(text) or bool(UNSAYS_DONE.search(text))))


def _strange(text: str) -> bool:
    return any(says.search(text) and not (unless and unless.search(text)) for _, says, unless in STRANGERS)


def _needed(verdict: Verdict, like: Opinion) -> float:
    if like.intent in CLOSING:
        return FAINT if verdict.hold or confidence(verdict) < DOUBTFUL else LOUD
    return AGAINST if verdict.intent in CLOSING else CLEAR


def confidence(verdict: Verdict) -> float:
    """How sure a verdict is, 0 to 1: its best reason, less for what speaks against it."""
    best = max((hit.reason.score for hit in verdict.found), default=0.3)
    against = max((hit.reason.score for hit in verdict.rivals), default=0.0)
    return round(max(0.1, best - 0.25 * against), 3)


def _verdict(clauses: Sequence[Clause], group: str) -> Verdict:
    carrying = [clause for clause in clauses if group in clause.found]
    found = tuple(clause.found[group] for clause in carrying)
    intent = Intent.CORRECTION_NOT_DONE if group in ("retraction", "claim") else found[0].intent
    rivals = tuple(hit for clause in clauses for hit in clause.found.values() if hit.intent is not intent and hit.group not in QUIET)
    return Verdict(intent, found, tuple(carrying), rivals, any(hit.hold for hit in found))


def _has(clauses: Sequence[Clause], *groups: str) -> bool:
    return any(group in clause.found for clause in clauses for group in groups)


def _last(clauses: Sequence[Clause], group: str) -> int:
    return max((clause.index for clause in clauses if group in clause.found), default=-1)


def _without_paper(clauses: Sequence[Clause]) -> Sequence[Clause]:
    """The full electronic version sent is the report; a paper copy that follows changes nothing (rule 3)."""
    paper = [c for c in clauses if PAPER.search(_typed(c)) and not ELECTRONIC.search(_typed(c))]
    others = [clause for clause in clauses if clause not in paper]
    return others if paper and _has(others, "done") and not _has(others, "looks done", "hedged", "blocked") else clauses


def _typed(clause: Clause) -> str:
    return clause.tagged.typed(0, len(clause.text))


def _retraction(clauses: Sequence[Clause]) -> str | None:
    later = max(_last(clauses, group) for group in ("looks done", "hedged", "blocked"))
    if _has(clauses, "resent") and not _has(clauses, "promise"):
        return "resent" if _last(clauses, "resent") > later else None
    if _has(clauses, "retraction") and not (_others_believed(clauses) and _only_on_second_look(clauses)):
        return "retraction"
    if _taken_back(clauses):
        return "claim"
    others = [clause for clause in clauses if "claim" not in clause.found]
    denied = _has(others, "looks done", "blocked", "hedged")
    return "claim" if len(others) < len(clauses) and denied and not _has(others, "done") else None


def _others_believed(clauses: Sequence[Clause]) -> bool:
    """Whether the claim that turns out wrong was somebody else's: 局长以为我报了，其实还没."""
    return any(OTHERS_BELIEVED.search(clause.text) for clause in clauses)


def _only_on_second_look(clauses: Sequence[Clause]) -> bool:
    return all(c.found["retraction"].reason.rule == rules_withdrawn.SECOND_LOOK for c in clauses if "retraction" in c.found)


def _taken_back(clauses: Sequence[Clause]) -> bool:
    """Reported, then "no, wait", then denied: 已发，哦不对，没发这个."""
    waits = [c.index for c in clauses if "claim" in c.found and c.found["claim"].reason.rule == rules_withdrawn.TAKEN_BACK]
    if not waits:
        return False
    reported = any("done" in c.found and c.index < waits[-1] for c in clauses)
    return reported and _last(clauses, "looks done") > waits[-1] > _last(clauses, "done")


def _zero(clauses: Sequence[Clause]) -> str | None:
    if _has(clauses, "zero question"):
        return "zero question"
    if not _has(clauses, "zero"):
        return None
    positive = any(count.number for clause in clauses if "zero" not in clause.found for _, count in clause.counts())
    return None if positive or _has(clauses, "extension") else "zero"


def _extension(clauses: Sequence[Clause]) -> str | None:
    return "extension" if _has(clauses, "extension") else None


def _promise(clauses: Sequence[Clause]) -> str | None:
    if not _has(clauses, "promise"):
        return None
    done = [clause for clause in clauses if "done" in clause.found]
    promised = [clause for clause in clauses if "promise" in clause.found]
    if done and all(c.found["promise"].reason.rule == DAY_ONLY and "D" not in c.text for c in promised):
        return None
    return "promise"


def _not_mine(clauses: Sequence[Clause]) -> str | None:
    if _has(clauses, "handover"):
        return None if _has(clauses, "done") else "handover"
    return "not mine" if _has(clauses, "not mine") else None


def _blocked(clauses: Sequence[Clause]) -> str | None:
    if not _has(clauses, "blocked"):
        return None
    hard = any(c.found["blocked"].reason.score >= WEAK for c in clauses if "blocked" in c.found)
    if not hard and (_has(clauses, "under way") or _last(clauses, "question") > _last(clauses, "blocked")):
        return None
    return None if _last(clauses, "done") > _last(clauses, "blocked") and not _has(clauses, "looks done") else "blocked"


def _open(clauses: Sequence[Clause]) -> str | None:
    done = _last(clauses, "done")
    for group in ("looks done", "hedged"):
        standing = [clause for clause in clauses if group in clause.found and not (clause.index < done and _overtaken(clause, group))]
        if standing:
            return group
    if _has(clauses, "under way") and (done < 0 or _last(clauses, "under way") > done):
        weak = all(c.found["under way"].reason.score < WEAK for c in clauses if "under way" in c.found)
        return None if weak and (done >= 0 or _has(clauses, "question")) else "under way"
    return None


def _overtaken(clause: Clause, group: str) -> bool:
    """Whether what a clause says may have been true only until the report was sent, as a later clause says."""
    return group == "looks done" and (clause.found[group].reason.rule in STAGES or bool(PAST.search(clause.text)))


def _rest(clauses: Sequence[Clause]) -> str | None:
    order = (
        "done",
        "handover",
        "referral",
        "question",
        "none of a kind",
        "under way",
        "numbers",
        "ack",
        "looks into it",
        "stranger",
        "irrelevant",
        "guess",
    )
    return next((group for group in order if _has(clauses, group)), None)


STEPS = (_retraction, _zero, _extension, _promise, _not_mine, _blocked, _open, _rest)
