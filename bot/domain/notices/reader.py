"""Reading a notice: from its text to the duties it lays down, and the questions left open."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.domain import periods, rules
from bot.domain.due import Shift
from bot.domain.errors import NoticeError
from bot.domain.notices import binding, contacts, doubts, duty, head, phrases, resolve, sentences, surroundings, times
from bot.domain.notices.binding import Bound
from bot.domain.notices.clean import Clean, clean
from bot.domain.notices.contacts import Contacts
from bot.domain.notices.reading import Doubt, DoubtKind, NoticeReading, ObligationReading
from bot.domain.notices.resolve import Context
from bot.domain.notices.sentences import Sentence

MAX_CHARACTERS: Final = 2_000_000
MAX_LINES: Final = 200_000
MAX_OBLIGATIONS: Final = 500
DUES: Final = 4

_GATHERED_BY: Final = re.compile(
    r"由(?P<who>[\u4e00-\u9fff]{2,20}?)(?:统一|负责|集中){0,2}(?:汇总|审核|整理|研究)[^,。;]{0,8},?(?:于|在)?$"
)


@dataclass(frozen=True, slots=True)
class _Document:
    """What holds for the whole notice while its sentences are read."""

    clean: Clean
    issued: date | None
    articles: int | None
    issuer: str | None
    contacts: Contacts
    shift: Shift | None


def read(text: str, issued: date | None = None) -> NoticeReading:
    """The duties to hand something in that a notice lays down. `issued` outweighs the date that the text bears.

    Pure and bounded: the time is linear in the length. Raises NoticeError for a text over 2,000,000 characters or 200,000 lines.
    """
    _refuse_size(text)
    cleaned = clean(text)
    top = head.read(cleaned.text)
    document = _Document(cleaned, issued or top.issued, top.articles, top.issuer, contacts.find(cleaned.text), _shift(cleaned.text))
    found: list[ObligationReading] = []
    open_questions: list[Doubt] = []
    for sentence in sentences.split(cleaned.text):
        duties, questions = _read_sentence(document, sentence)
        found += duties
        open_questions += questions
    obligations = tuple(_with_recipients(_distinct(found)))[:MAX_OBLIGATIONS]
    open_questions += _general(document, obligations)
    title = _as_printed(cleaned, top.title, 0, head.REACH) if top.title else None
    return NoticeReading(
        title, top.number, top.issuer, document.issued, top.published, obligations, tuple(open_questions[: doubts.MAX_DOUBTS])
    )


def _refuse_size(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise NoticeError(f"文本有 {len(text)} 字，超过 {MAX_CHARACTERS} 字的上限。请只粘贴通知正文，附件和表格不必粘贴")
    if (lines := text.count("\n")) > MAX_LINES:
        raise NoticeError(f"文本有 {lines} 行，超过 {MAX_LINES} 行的上限。请只粘贴通知正文，附件和表格不必粘贴")


def _shift(text: str) -> Shift | None:
    found = re.search(
        r"(?:遇|逢|如遇|适逢)[^。;\n]{0,16}(?:节假日|假日|休息日|公休日|双休日|周末)[^。;\n]{0,16}?(?P<how>顺延|推迟|后延|提前)", text
    )
    if not found:
        return None
    return Shift.EARLIER if found["how"] == "提前" else Shift.LATER


def _read_sentence(document: _Document, sentence: Sentence) -> tuple[list[ObligationReading], list[Doubt]]:
    verbs = duty.verbs(sentence.text)
    if not verbs and not duty.announces(sentence.text, sentence.heading):
        return [], [_doubt(document, DoubtKind.ANNOUNCED_LATER, sentence)] if doubts.announces_later(sentence.text) else []
    mentions = times.mentions(sentence.text)
    bound = binding.bind(sentence, mentions, verbs) if mentions else []
    duties: list[ObligationReading] = []
    questions: list[Doubt] = []
    for one in (one for one in _one_each(bound, sentence) if not _is_issuers_own(document, sentence, one)):
        previous = duties[-1].due[-1] if duties and duties[-1].rule.startswith(("once", "dates")) else None
        standing = document.articles is not None and sentence.start >= document.articles
        around = surroundings.context(
            sentence, one, [other.mention for other in bound], issued=document.issued, standing=standing, previous=previous
        )
        read_duties, kinds = _duty(document, sentence, one, around)
        duties += read_duties
        questions += [_doubt(document, kind, sentence) for kind in kinds]
    return duties, questions + _unanswered(document, sentence, bool(bound), verbs)


def _one_each(bound: list[Bound], sentence: Sentence) -> Iterator[Bound]:
    """Two limits with the same words for the same verb are one (paper and mail)."""
    seen: set[tuple[object, object]] = set()
    for one in bound:
        key = (one.mention.when, phrases.what_of(sentence, one))
        if key not in seen:
            seen.add(key)
            yield one


def _is_issuers_own(document: _Document, sentence: Sentence, one: Bound) -> bool:
    """Whether the issuing body gathers first and sends on itself: 由科研处汇总后于3月5日前上报, signed by 科研处."""
    found = _GATHERED_BY.search(sentence.text[: one.mention.start][-40:])
    return bool(found and document.issuer and document.issuer.endswith(found["who"]))


def _duty(document: _Document, sentence: Sentence, one: Bound, around: Context) -> tuple[list[ObligationReading], tuple[DoubtKind, ...]]:
    text = sentence.text
    resolved = resolve.resolve(one.mention.when, around)
    if not one.mention.marked and DoubtKind.BEFORE_ISSUE in resolved.doubts:
        return [], ()  # a day gone by that nothing makes a limit tells what was done
    own = contacts.of_sentence(text, document.contacts)
    span = document.clean.span(sentence.start, sentence.end)
    reading = ObligationReading(
        what=_as_printed(document.clean, phrases.what_of(sentence, one), max(0, sentence.start - sentences.MAX_SENTENCE), sentence.end),
        rule="",
        due=(),
        text=document.clean.original[slice(*span)],
        span=span,
        recipient=phrases.recipient_of(sentence, one),
        emails=own.emails,
        phones=own.phones,
        hour=one.mention.hour,
        shift=document.shift,
    )
    kinds = resolved.doubts + ((DoubtKind.VOLUNTARY,) if doubts.is_voluntary(text) else ())
    return [replace(reading, rule=str(rule), due=_due(rule, document.issued)) for rule in resolved.found], kinds


def _as_printed(cleaned: Clean, words: str, start: int, end: int) -> str:
    """Words with the characters that the text as given has there (full-width brackets), where nothing was left out inside them.

    They are looked for in the stretch `start` to `end` (exclusive) of the cleaned text.
    """
    place = cleaned.text.find(words, start, end)
    if place < 0:
        return words
    printed = cleaned.original[slice(*cleaned.span(place, place + len(words)))]
    return printed if len(printed) == len(words) else words


def _due(rule: rules.Rule, issued: date | None) -> tuple[date, ...]:
    match rule:
        case rules.Once(day):
            return (day,)
        case rules.Dates(days):
            return days[:DUES]
        case rules.After():
            return ()
        case _:
            return tuple(period.nominal for period in periods.first(rule, issued, DUES)) if issued else ()


def _doubt(document: _Document, kind: DoubtKind, sentence: Sentence) -> Doubt:
    span = document.clean.span(sentence.start, sentence.end)
    return doubts.doubt(kind, document.clean.original[slice(*span)], span)


def _unanswered(document: _Document, sentence: Sentence, answered: bool, verbs: list[duty.Verb]) -> list[Doubt]:
    if doubts.announces_later(sentence.text):
        return [_doubt(document, DoubtKind.ANNOUNCED_LATER, sentence)]
    if not answered and verbs and doubts.has_no_such_day(sentence.text):
        return [_doubt(document, DoubtKind.IMPOSSIBLE_DATE, sentence)]
    strong = [verb for verb in verbs if not verb.weak]
    if not answered and strong and doubts.asks(sentence.text[: strong[0].start]):
        return [_doubt(document, DoubtKind.NO_DEADLINE, sentence)]
    return []


def _distinct(found: list[ObligationReading]) -> Iterator[ObligationReading]:
    """The same duty said again elsewhere (rule and thing the same, and the thing named) counts once."""
    seen: set[tuple[str, str]] = set()
    for one in found:
        if one.what == phrases.UNNAMED or (one.rule, one.what) not in seen:
            seen.add((one.rule, one.what))
            yield one


def _with_recipients(found: Iterator[ObligationReading]) -> Iterator[ObligationReading]:
    """Where exactly one recipient is named in the notice, it is assumed for the duties that name none."""
    duties = list(found)
    named = {one.recipient for one in duties if one.recipient}
    only = named.pop() if len(named) == 1 else None
    for one in duties:
        yield replace(one, recipient=only, recipient_assumed=True) if only and not one.recipient else one


def _general(document: _Document, obligations: tuple[ObligationReading, ...]) -> list[Doubt]:
    if not obligations:
        return [doubts.doubt(DoubtKind.NOTHING_FOUND, "", (0, 0))]
    questions = []
    for one in obligations:
        if one.recipient is None or one.recipient_assumed:
            questions.append(doubts.doubt(DoubtKind.NO_RECIPIENT, one.text, one.span))
        if not one.rule.startswith(("once", "dates", "workdays-", "days-")) and not re.search(
            r"(?:至|到|截止|截至)[^。]{0,12}(?:为止|年底|结束)", one.text
        ):
            questions.append(doubts.doubt(DoubtKind.NO_END, one.text, one.span))
    if not any(one.emails or one.phones for one in obligations):
        questions.append(doubts.doubt(DoubtKind.NO_CONTACT, "", (0, 0)))
    if document.shift is None and any(_may_rest(one) for one in obligations):
        questions.append(doubts.doubt(DoubtKind.REST_DAY, "", (0, 0)))
    return questions


def _may_rest(one: ObligationReading) -> bool:
    return not one.rule.startswith("workdays-") and (
        not one.due or not one.rule.startswith(("once", "dates")) or any(day.weekday() > 4 for day in one.due)
    )
