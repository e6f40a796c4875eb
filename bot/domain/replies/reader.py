"""The reader: text in, `Reading` out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain import times
from bot.domain.replies import calendar_days, clauses, counts, decide, normalise, parts, quote, rules_talk, tagging
from bot.domain.replies.calendar_days import Moment
from bot.domain.replies.clauses import Clause
from bot.domain.replies.decide import Verdict
from bot.domain.replies.reading import Part, Reading, Reason
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

LONGEST = 1500
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
UNCOUNTED = re.compile(r"(?:差|缺|少|漏|剩|另|补充?|增加|新增|加|多|减|删|去掉|退|改|G|没)(?:了|最后|上)?$")
MACHINE = re.compile(rules_talk.MACHINE)
FOREIGN = re.compile(rules_talk.FOREIGN)
CHAT_LOG = re.compile(rules_talk.CHAT_LOG, re.MULTILINE)
QUARTER = re.compile(r"(?:(20\d\d)年?)?第?([一二三四1-4])(?:个)?季度?|\bq([1-4])\b")
NOMINATION = re.compile("名单|百千万|推荐表")
VAGUE = re.compile("过两[天日]")


@dataclass(frozen=True, slots=True)
class Report:
    """One report of an answer, understood."""

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
    return _understand(own[:LONGEST], Moment(times.local(asked_at), calendar), too_long=len(own) > LONGEST)


def _nothing(words: str, rule: str, *, unsure: bool) -> Reading:
    reason = Reason(words[:60], rule, 0.9)
    return Reading(Intent.IRRELEVANT, None, {}, (), (reason,), 0.5 if unsure else 0.9, None, unsure)


def _understand(own: str, moment: Moment, *, too_long: bool) -> Reading:
    items = parts.numbered(own)
    found: list[Part] = []
    reports: list[Report] = []
    total: dict[str, int] = {}
    for item in items:
        pieces = [clauses.read(piece, n) for n, piece in enumerate(clauses.split(tagging.tag(item.text)))]
        if not pieces:
            continue
        for names, stretch in _stretches(pieces):
            report = _report(stretch, moment)
            reports.append(report)
            total.update(_stated_total(stretch))
            found.extend(_parts(names, item.numbers, report))
    return _reading(own, moment, reports, found, total, too_long=too_long)


def _stretches(pieces: list[Clause]) -> list[tuple[tuple[str, ...], list[Clause]]]:
    """The clauses of each report with the names it goes by; one stretch without a name if there is only one report."""
    by_unit = [parts.units(clause.tagged) for clause in pieces]
    named = [names for names in by_unit if names]
    if runs := parts.runs([names or None for names in by_unit]):
        return [(by_unit[start], pieces[start:end]) for start, end in runs]
    if runs := parts.runs([parts.matter(clause.tagged) for clause in pieces]):
        heads = [parts.matter(clause.tagged) for clause in pieces]
        return [((heads[start] or "",), pieces[start if n else 0 : end]) for n, (start, end) in enumerate(runs)]
    return [(named[0] if len(named) == 1 else (), pieces)]


def _parts(names: tuple[str, ...], numbers: tuple[int, ...], report: Report) -> list[Part]:
    verdict = report.verdict
    if numbers:
        return [Part(names[0] if names else None, number, verdict.intent, report.day, report.counts) for number in numbers]
    return [Part(name, None, verdict.intent, report.day, report.counts) for name in names]


def _report(stretch: Sequence[Clause], moment: Moment) -> Report:
    verdict = decide.decide(stretch)
    day, past = _day(verdict, stretch, moment)
    return Report(verdict, day, _counts(verdict, stretch), verdict.hold or past)


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
        [c for c in stretch if "blocked" not in c.found] if verdict.intent is Intent.EXTENSION_REQUEST else [],
    ):
        named = [m for c in among for at, m in c.mentions() if m.tag != "P" and not DENIED.match(c.text[at + 1 :])]
        if any(calendar_days.already_past(mention, moment) for mention in named) and len(named) == 1:
            return None, True
        days = [day for mention in named if (day := calendar_days.resolve(mention, moment, forward=True))]
        if days:
            return max(days), False
    return None, False


def _gone(verdict: Verdict, stretch: Sequence[Clause], moment: Moment) -> date | None:
    for among in (verdict.clauses, stretch):
        for clause in among:
            for _, mention in clause.mentions():
                if mention.tag != "D" and (day := calendar_days.resolve(mention, moment, forward=False)):
                    return day
    return None


def _counts(verdict: Verdict, stretch: Sequence[Clause]) -> dict[str, int]:
    if verdict.intent not in COUNTED:
        return {}
    return counts.total(count for clause in stretch for at, count in clause.counts() if not UNCOUNTED.search(clause.text[:at]))


def _stated_total(stretch: Sequence[Clause]) -> dict[str, int]:
    for clause in stretch:
        for at, count in clause.counts():
            if count.category == counts.TOTAL and re.search(counts._TOTALS, clause.tagged.words[at]):
                return {counts.TOTAL: count.number or 0}
    return {}


def _reading(own: str, moment: Moment, reports: list[Report], found: list[Part], total: dict[str, int], *, too_long: bool) -> Reading:
    if not reports:
        return _nothing(own[:40], "nothing understood", unsure=False)
    intent = min((report.verdict.intent for report in reports), key=RANK.index)
    speaking = [report for report in reports if report.verdict.intent is intent]
    day = max((report.day for report in speaking if report.day), default=None)
    one = len(reports) == 1
    reasons = tuple(hit.reason for report in speaking for hit in report.verdict.found)
    confidence = min((_confidence(report) for report in reports), default=0.0)
    unsure = too_long or any(report.unsure for report in reports) or _unsure(intent, confidence)
    return Reading(intent, day, reports[0].counts if one else total, tuple(found), reasons, confidence, _period(own, moment.day), unsure)


def _confidence(report: Report) -> float:
    best = max((hit.reason.score for hit in report.verdict.found), default=0.3)
    against = max((hit.reason.score for hit in report.verdict.rivals if hit.intent not in (Intent.ACK, Intent.IRRELEVANT)), default=0.0)
    return round(max(0.1, best - 0.25 * against), 3)


def _unsure(intent: Intent, confidence: float) -> bool:
    return confidence < (0.7 if intent in BACKWARD else 0.35)


def _period(own: str, today: date) -> str | None:
    quarter = QUARTER.search(own)
    if not quarter:
        return f"NOM{today.year}" if NOMINATION.search(own) else None
    number = quarter[2] or quarter[3]
    nth = "一二三四".find(number) + 1 or int(number)
    year = int(quarter[1]) if quarter[1] else today.year - (3 * nth - 2 > today.month)
    return f"{year}Q{nth}"
