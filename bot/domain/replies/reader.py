"""The reader: text in, `Reading` out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain import times
from bot.domain.replies import (
    calendar_days,
    clauses,
    decide,
    english,
    normalise,
    parts,
    periods,
    precedents,
    quote,
    rules_talk,
    tagging,
    tally,
)
from bot.domain.replies.calendar_days import Moment
from bot.domain.replies.clauses import Clause
from bot.domain.replies.decide import Verdict, confidence, second_look
from bot.domain.replies.precedents import Opinion
from bot.domain.replies.reading import Part, Reading, Reason
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

LONGEST = 1200
"""Characters of own words read; beyond it nobody answers a reminder, and the reading is unsure."""

RANK = (
    Intent.CORRECTION_NOT_DONE, Intent.DIFFICULTY, Intent.EXTENSION_REQUEST, Intent.IN_PROGRESS, Intent.PROMISE, Intent.NOT_RESPONSIBLE,
    Intent.DONE, Intent.ZERO_REPORT, Intent.HANDOVER, Intent.QUESTION, Intent.ACK, Intent.IRRELEVANT,
)  # fmt: skip
"""Several reports in one answer: the one furthest from done speaks for the whole."""

FORWARD = frozenset({Intent.PROMISE, Intent.EXTENSION_REQUEST, Intent.CORRECTION_NOT_DONE})
BACKWARD = frozenset({Intent.DONE, Intent.ZERO_REPORT})
COUNTED = frozenset({Intent.DONE, Intent.IN_PROGRESS, Intent.PROMISE, Intent.ZERO_REPORT, Intent.EXTENSION_REQUEST})
DENIED = re.compile(
    r"^.{0,9}?(?:不行|来不及|赶不|够呛|不成|没戏|[交报发HW完给]不|费劲|悬|太紧|太赶|是周|是T|不赶趟|不现实|不可能|G|没(?!问题|毛病))"
)
MACHINE = re.compile("|".join(rules_talk.MACHINE))
FOREIGN = re.compile("|".join(rules_talk.FOREIGN))
CHAT_LOG = re.compile("|".join(rules_talk.CHAT_LOG), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """One report of an answer, understood; the names and numbers it goes by."""

    names: tuple[str, ...]
    numbers: tuple[int, ...]
    verdict: Verdict
    day: date | None
    counts: dict[str, int]
    unsure: bool


def read(text: str, asked_at: datetime, calendar: WorkCalendar) -> Reading:
    """What an answer to a reminder means.

    `asked_at` (aware) is when it came in, the base of every relative day. Never raises for any text; the same text always
    gives the same reading.
    """
    whole = normalise.normalise(text)
    if machine := MACHINE.search(whole):
        return _nothing(machine.group(), "machine text", unsure=False)
    own = quote.own_words(whole)
    if not own:
        return _nothing(whole[:40], "quoted text only", unsure=False)
    if foreign := FOREIGN.search(own) or CHAT_LOG.search(own):
        return _nothing(foreign.group(), "not the sender's own statement", unsure=True)
    return _understand(english.rendered(own[:LONGEST])[:LONGEST], Moment(times.local(asked_at), calendar), too_long=len(own) > LONGEST)


def _nothing(words: str, rule: str, *, unsure: bool) -> Reading:
    reason = Reason(words[:60], rule, 0.9)
    return Reading(Intent.IRRELEVANT, None, {}, (), (reason,), 0.5 if unsure else 0.9, None, unsure)


def _understand(own: str, moment: Moment, *, too_long: bool) -> Reading:
    tagged = ""
    stretches: list[tuple[tuple[str, ...], tuple[int, ...], list[Clause]]] = []
    for item in parts.numbered(own):
        whole = tagging.tag(item.text, moment)
        tagged += whole.text
        pieces = [clauses.read(piece, n) for n, piece in enumerate(clauses.split(whole))]
        stretches.extend((names, item.numbers, stretch) for names, stretch in _stretches(pieces) if stretch)
    several = len(stretches) > 1
    like = None if several else precedents.opinion(own, tagged)
    reports = [_report(names, numbers, stretch, moment, several=several, like=like) for names, numbers, stretch in stretches]
    if several:
        reports = [report for report in reports if report.numbers or report.names or report.verdict.found] or reports
    total = tally.stated_total(clause for _, _, stretch in stretches for clause in stretch) if several else {}
    return _reading(own, moment, reports, total, too_long=too_long)


def _stretches(pieces: list[Clause]) -> list[tuple[tuple[str, ...], list[Clause]]]:
    """The clauses of each report with the names it goes by; one stretch without a name if there is only one report."""
    by_unit = [parts.units(clause.tagged) for clause in pieces]
    named = [names for names in by_unit if names]
    if runs := parts.runs([names or None for names in by_unit]):
        return [((), pieces[: runs[0][0]]), *((by_unit[start], pieces[start:end]) for start, end in runs)]
    if runs := parts.runs([parts.matter(clause.tagged) for clause in pieces]):
        heads = [parts.matter(clause.tagged) for clause in pieces]
        return [((heads[start] or "",), pieces[start if n else 0 : end]) for n, (start, end) in enumerate(runs)]
    return [(named[0] if len(named) == 1 else (), pieces)]


def _report(
    names: tuple[str, ...],
    numbers: tuple[int, ...],
    stretch: Sequence[Clause],
    moment: Moment,
    *,
    several: bool,
    like: Opinion | None,
) -> Report:
    verdict = second_look(decide.decide(stretch), stretch, like)
    day, past = _day(verdict, stretch, moment)
    return Report(names, numbers, verdict, day, _counts(verdict, stretch, several), verdict.hold or past)


def _parts(report: Report) -> list[Part]:
    intent = report.verdict.intent
    if report.numbers:
        return [Part(report.names[0] if report.names else None, number, intent, report.day, report.counts) for number in report.numbers]
    return [Part(name, None, intent, report.day, report.counts) for name in report.names]


def _day(verdict: Verdict, stretch: Sequence[Clause], moment: Moment) -> tuple[date | None, bool]:
    """The day of a report, and whether it was named in a way that has already passed."""
    if verdict.intent in FORWARD:
        return _coming(verdict, stretch, moment)
    if verdict.intent in BACKWARD:
        return _gone(verdict, stretch, moment), False
    return None, False


def _coming(verdict: Verdict, stretch: Sequence[Clause], moment: Moment) -> tuple[date | None, bool]:
    carrying = [c for c in stretch if "promise" in c.found or "extension" in c.found]
    preferred = [c for c in carrying if c in verdict.clauses] or carrying
    for among in (
        preferred,
        carrying,
        [c for c in stretch if "blocked" not in c.found]
        if verdict.intent is Intent.EXTENSION_REQUEST or verdict.found[0].group == decide.PRECEDENT
        else [],
    ):
        named = [m for c in among for at, m in c.mentions() if m.tag != "P" and not DENIED.match(c.text[at + 1 :])]
        if any(calendar_days.already_past(mention, moment) for mention in named) and len(named) == 1:
            return None, True
        days = [day for mention in named if (day := calendar_days.resolve(mention, moment, forward=True))]
        if days:
            return max(days), False
    return None, False


def _gone(verdict: Verdict, stretch: Sequence[Clause], moment: Moment) -> date | None:
    first = min((clause.index for clause in verdict.clauses), default=0)
    beside = [c for c in stretch if "promise" not in c.found or (c.index < first and c.found["promise"].reason.rule == decide.DAY_ONLY)]
    for among in (verdict.clauses, beside):
        for clause in among:
            for _, mention in clause.mentions():
                if mention.tag != "D" and (day := calendar_days.resolve(mention, moment, forward=False)):
                    return day
    return None


def _counts(verdict: Verdict, stretch: Sequence[Clause], several: bool) -> dict[str, int]:
    found = tally.tally(stretch, totals=not several) if verdict.intent in COUNTED else {}
    if verdict.intent is not Intent.ZERO_REPORT:
        return found
    return {name: number for name, number in found.items() if not number} | tally.none_of(stretch)


def _reading(own: str, moment: Moment, reports: list[Report], total: dict[str, int], *, too_long: bool) -> Reading:
    if not reports:
        return _nothing(own[:40], "nothing understood", unsure=False)
    intent = min((report.verdict.intent for report in reports), key=RANK.index)
    speaking = [report for report in reports if report.verdict.intent is intent]
    day = max((report.day for report in speaking if report.day), default=None)
    one = len(reports) == 1
    found = tuple(part for report in reports for part in _parts(report))
    reasons = tuple(hit.reason for report in speaking for hit in report.verdict.found)
    sure = min((confidence(report.verdict) for report in reports), default=0.0)
    unsure = too_long or any(report.unsure for report in reports) or _unsure(intent, sure)
    return Reading(intent, day, reports[0].counts if one else total, found, reasons, sure, periods.hint(own, moment.day), unsure)


def _unsure(intent: Intent, sure: float) -> bool:
    return sure < (0.7 if intent in BACKWARD else 0.35)
