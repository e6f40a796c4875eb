"""An inbound becomes a reply, a reply becomes facts about tasks, and the sender is told: one transaction for each inbound.

"Reported" needs evidence: an unsure reading asks one question with choices and changes nothing (DESIGN 5.7). The instant of a
fact is when it was said, not when it was read. An inbound that cannot be processed is left to an administrator with the reason,
and never stands in the way of the next.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain import choices, clicks, numbering, replies, status, times
from bot.domain.errors import CuibaoError
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.replies import normalise, quote
from bot.domain.replies.reading import Reading
from bot.domain.status import EventKind
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar
from bot.store import Store
from bot.store.context import REFUSED
from bot.store.inbox import InboxState
from bot.store.people import Person
from bot.store.questions import Question
from bot.store.tasks import Task
from bot.talk import answer, ask, bounce, choose, click, deciding, evidence, handover, proof, turn, undo
from bot.talk.evidence import Referred
from bot.talk.record import record
from bot.talk.route import Routed, route
from bot.talk.turn import Turn

log = structlog.get_logger()

SPOKEN_OF = timedelta(days=45)
"""Tasks due later than this have not been mentioned yet unless a letter named them, so an answer cannot be about them."""
RECENT = timedelta(days=60)
"""How long after its due day a closed task may still be spoken of."""
HANDOVER = "change of contact"
COMPLAINT = "complaint"
"""Why a human has to look at a 投诉."""
MACHINES = frozenset({"machine text", "quoted text only"})
"""Rules of the reader by which nobody has said anything."""
ECHO = 12
"""Characters of our own words that make an echo; a shorter answer may well be words that we proposed."""

_BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError, RecursionError, CuibaoError, *REFUSED)
"""Faults of one inbound. What is not listed (the database is gone, the disk is full) ends the pass, and the next one tries again."""


def run(
    now: datetime,
    store: Store,
    channels: frozenset[str],
    calendar: WorkCalendar,
    limit: int = 500,
    tag_of: Callable[[str], str] = turn.no_tag,
) -> Counter[InboxState]:
    """Read every inbound that waits, the oldest first; returns how many were left in which state. `tag_of`: as in `Turn`."""
    with store.read() as tx:
        waiting = tx.inbox.unread(limit)
    left: Counter[InboxState] = Counter()
    for inbound in waiting:
        state = _one(store, inbound, now, channels, calendar, tag_of)
        if state is not None:
            left[state] += 1
    return left


def at_once(store: Store, inbound: Inbound, now: datetime, channels: frozenset[str], calendar: WorkCalendar) -> InboxState | None:
    """Keep what has just arrived and read it now; None if it came before or somebody else reads it."""
    with store.begin() as tx:
        number = tx.inbox.keep(inbound, now)
    return None if number is None else _one(store, replace(inbound, id=number), now, channels, calendar, turn.no_tag)


def _one(
    store: Store,
    inbound: Inbound,
    now: datetime,
    channels: frozenset[str],
    calendar: WorkCalendar,
    tag_of: Callable[[str], str],
) -> InboxState | None:
    try:
        with store.begin() as tx:
            if not tx.context.hold(inbound.id):
                return None  # another process has read it since
            own = quote.own_words(normalise.normalise(inbound.text))
            return _hear(Turn(tx, inbound, own, min(inbound.at, now), now, channels, calendar, tag_of))
    except _BROKEN as fault:
        log.error("inbound_not_heard", inbound=inbound.id, fault=type(fault).__name__)
        with store.begin() as tx:
            tx.inbox.settle(inbound.id, InboxState.TROUBLE, now, trouble=f"{type(fault).__name__}: {fault}")
    return InboxState.TROUBLE


def _hear(hearing: Turn) -> InboxState:
    """Understand, record, answer. Returns the state the inbound is left in."""
    inbound = hearing.inbound
    if inbound.channel == clicks.CHANNEL:
        tapped = click.sender(hearing)
        return click.take(hearing, tapped) if tapped else hearing.settle(InboxState.STRANGER, None)
    person = hearing.tx.people.by_address(inbound.channel, inbound.sender) if inbound.sender else None
    if inbound.kind is not InboundKind.SAID:
        return bounce.take(hearing, person) if inbound.kind is InboundKind.BOUNCE else hearing.settle(InboxState.IGNORED, person)
    if person is None:
        addressee = proof.addressee(hearing)
        return _stranger(hearing) if addressee is None else _said(replace(hearing, behalf=True), addressee)
    return _said(hearing, person)


def _said(hearing: Turn, person: Person) -> InboxState:
    """What the person said, or a mailbox for them: a mailbox decides nothing in the person's place."""
    if _is_wordless(hearing.inbound):
        return _show_how(hearing, person)
    if choices.is_undo(hearing.own):
        return undo.undo(hearing, person)
    if choices.is_complaint(hearing.own):
        hearing.say(answer.passed_on(hearing, person.id, COMPLAINT))
        return hearing.settle(InboxState.TROUBLE, person, trouble=COMPLAINT)
    if not hearing.behalf and (decided := deciding.take(hearing, person)) is not None:
        return decided
    referred = evidence.find(hearing, person)
    if referred.pending is not None and (numbers := choose.by_number(hearing, referred.pending)):
        return choose.take(hearing, person, referred.pending, numbers)
    return _read(hearing, person, referred)


def _is_wordless(inbound: Inbound) -> bool:
    """Whether somebody sent a picture, a voice or a file in a chat with us and not a word: by mail a file may be the report itself."""
    return not (inbound.text.strip() or inbound.chat or inbound.about or inbound.channel == proof.MAIL)


def _show_how(hearing: Turn, person: Person) -> InboxState:
    """Say once a day how to answer, if there is anything to answer."""
    if hearing.tx.tasks.open_of(person.id, hearing.today):
        hearing.say(answer.remark(hearing, person.id, "no_words"))
    return hearing.settle(InboxState.IGNORED, person)


def _stranger(hearing: Turn) -> InboxState:
    """Ask once a day who it is: not in a group, where anybody may speak, not a machine, not where no answer can go."""
    inbound = hearing.inbound
    reading = replies.read(inbound.text, hearing.at, hearing.calendar)
    if _is_machine(reading):
        return hearing.settle(InboxState.IGNORED, None, [ask.untied(reading)])
    if hearing.own and not inbound.chat and (inbound.sender or inbound.answer_to):
        who = hashlib.sha256(f"{inbound.channel}\0{inbound.sender}".encode()).hexdigest()[:32]
        hearing.say(answer.who_are_you(hearing, f"stranger:{who}"))
    return hearing.settle(InboxState.STRANGER, None)


def _read(hearing: Turn, person: Person, referred: Referred) -> InboxState:
    text, pending = _without_echo(hearing, person), referred.pending
    reading = replies.read(text, hearing.at, hearing.calendar)
    if _is_machine(reading):
        return hearing.settle(InboxState.IGNORED, person, [ask.untied(reading)])
    text, reading = _by_numbers(hearing, text, reading, referred)
    if reading.intent is Intent.HANDOVER and not reading.unsure and not reading.parts:
        return _handed_over(hearing, person, reading)
    tasks = _tasks(hearing, person, referred, reading.intent)
    if pending is not None and (numbers := choose.by_name(reading, hearing.own, tasks, pending)):
        return choose.take(hearing, person, pending, numbers)
    last_act = _last_act(hearing, person) if reading.intent is Intent.CORRECTION_NOT_DONE else ()
    routed = route(reading, text, tasks, evidence.of(referred, last_act, reading.intent))
    if not routed.statements and not any(doubt.candidates for doubt in routed.doubts):
        return _nothing_open(hearing, person, reading)
    return _act(hearing, person, reading, routed, pending)


def _by_numbers(hearing: Turn, text: str, reading: Reading, referred: Referred) -> tuple[str, Reading]:
    """The text and its reading, a line for each number where it answers by numbers."""
    own = quote.own_words(normalise.normalise(text))
    lines = numbering.written_out(own, referred.count)
    return (text, reading) if lines == own else (lines, replies.read(lines, hearing.at, hearing.calendar))


def _act(hearing: Turn, person: Person, reading: Reading, routed: Routed, pending: Question | None) -> InboxState:
    doubts = [doubt for doubt in routed.doubts if doubt.candidates]
    meant = [said.task for said in routed.statements] or [task for doubt in doubts for task in doubt.candidates]
    about = list({task.id: task for task in meant}.values())
    if reading.intent is Intent.QUESTION and not reading.unsure:
        return _facts(hearing, person, reading, about)
    if reading.intent is Intent.IRRELEVANT and (not reading.unsure or hearing.inbound.chat):
        return hearing.settle(InboxState.READ, person, [ask.untied(reading)])
    if reading.unsure:
        return ask.what_is_meant(hearing, person, reading, status.Reason.UNSURE, about, pending)
    if routed.statements:
        return _record(hearing, person, reading, routed, pending)
    return ask.which_task(hearing, person, reading, doubts, pending)


def _record(hearing: Turn, person: Person, reading: Reading, routed: Routed, pending: Question | None) -> InboxState:
    """Record what was said of tasks; a change of contact for some of them is kept apart."""
    handed = {said.task.unit_id for said in routed.statements if said.intent is Intent.HANDOVER}
    said = [one for one in routed.statements if one.intent is not Intent.HANDOVER]
    if not said:
        return _handed_over(hearing, person, reading, handed)
    if handed:
        handover.announce(hearing, person, handed)
    return record(hearing, person, reading, said, pending, unplaced=bool(routed.doubts), handed=bool(handed))


def _handed_over(hearing: Turn, person: Person, reading: Reading, unit_ids: Collection[int] = ()) -> InboxState:
    """A change of contact waits for an administrator; the person is told what was kept."""
    drafts = handover.announce(hearing, person, unit_ids)
    hearing.say(answer.handed_over(hearing, person.id, drafts))
    return hearing.settle(InboxState.TROUBLE, person, [ask.untied(reading)], HANDOVER)


def _tasks(hearing: Turn, person: Person, referred: Referred, intent: Intent) -> list[Task]:
    """What the person may speak of: what is owed and was or may have been mentioned, and what was closed lately.

    The closed ones keep an answer that comes twice from closing the next task. A retraction by somebody who has said nothing
    is about what others reported, if there is anything.
    """
    today, named = times.civil_day(hearing.at), referred.task_ids
    closed = hearing.tx.tasks.closed_of(person.id, today, hearing.at - RECENT)
    if intent is Intent.CORRECTION_NOT_DONE and closed and not referred.pointed and not _last_act(hearing, person):
        return closed
    upto = hearing.at + SPOKEN_OF
    open_ = [task for task in hearing.tx.tasks.open_of(person.id, today) if task.due_at <= upto or task.id in named]
    return evidence.among(referred, [*open_, *closed])


def _last_act(hearing: Turn, person: Person) -> tuple[int, ...]:
    """The tasks that the person's last answer changed."""
    acts = [act for act in hearing.tx.context.acts(hearing.by(person), hearing.at - RECENT) if act.kind is not EventKind.ACKNOWLEDGED]
    return tuple(act.task_id for act in acts if act.inbound_id == acts[0].inbound_id)


def _nothing_open(hearing: Turn, person: Person, reading: Reading) -> InboxState:
    if reading.intent not in (Intent.IRRELEVANT, Intent.ACK):
        hearing.say(answer.remark(hearing, person.id, "nothing_open"))
    return hearing.settle(InboxState.READ, person, [ask.untied(reading)])


def _facts(hearing: Turn, person: Person, reading: Reading, tasks: Sequence[Task]) -> InboxState:
    """A question about what is owed is answered from the notice."""
    duties = {task.obligation_id: hearing.tx.obligations.get(task.obligation_id) for task in tasks}
    hearing.say(answer.facts(hearing, person.id, tasks, duties))
    return hearing.settle(InboxState.READ, person, [ask.untied(reading)])


def _without_echo(hearing: Turn, person: Person) -> str:
    """The text without our own words, if they came back with it or as it: their short lines ("1. 已报") only if a long one did.

    Mail programs break lines anew, so a line is ours if it is a piece of what we said, or goes on where such a piece ended; and
    whoever's letter it was, its hints are ours.
    """
    lines = hearing.inbound.text.splitlines()
    if max(map(_length, lines), default=0) < ECHO:
        return hearing.inbound.text
    bodies = hearing.tx.context.words(person.id, hearing.now)
    echoed = _echoed(lines, [_bare(body) for body in bodies])
    if not any(echoed):
        return hearing.inbound.text
    ours = {_bare(line) for body in bodies for line in body.splitlines()}
    return "\n".join(line for line, is_ours in zip(lines, echoed, strict=True) if not is_ours and _bare(line) not in ours)


def _echoed(lines: Sequence[str], bodies: Sequence[str]) -> list[bool]:
    """Which lines are long pieces of these bodies, or go on from one, or are a hint of any letter."""
    found: list[bool] = []
    for number, line in enumerate(lines):
        goes_on = bool(found) and found[-1] and any(_bare(lines[number - 1]) + _bare(line) in body for body in bodies)
        piece = _length(line) >= ECHO and any(_bare(line) in body for body in bodies)
        found.append(piece or goes_on or choices.is_hint(line))
    return found


def _bare(line: str) -> str:
    """Without blanks, and without the mark of a quotation."""
    return "".join(line.split()).lstrip(">")


def _length(line: str) -> int:
    return len(_bare(line))


def _is_machine(reading: Reading) -> bool:
    return reading.intent is Intent.IRRELEVANT and any(reason.rule in MACHINES for reason in reading.reasons)
