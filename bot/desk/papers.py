"""Notices: handed in and read, their drafts beside the text, and confirmed into obligations. Nothing is owed before that.

A notice belongs to who handed it in and to whom its obligations concern; whoever sees everything sees all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.desk import differences, duties, foretell, problems, wishes
from bot.desk.desk import Actor, Desk
from bot.desk.problems import Refused
from bot.desk.wishes import Draft, Wish
from bot.domain import due as dues
from bot.domain import notices, times
from bot.domain.due import Due
from bot.domain.errors import NoticeError
from bot.domain.notices import Doubt, ObligationReading
from bot.domain.obligations import Obligation
from bot.store.notices import Notice
from bot.store.tx import Tx
from bot.talk import intake
from jobs import due as due_job

SHOWN = 3
"""Due dates of a draft that are shown."""
LONGEST = 60_000
"""Characters of the text that the page shows; the document itself is kept whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """One notice of the list, with how many obligations came of it."""

    notice: Notice
    armed: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """One draft. `known` is the id of the obligation it has become, 0 for none; `left` workdays are left until the first date."""

    number: int
    reading: ObligationReading
    obligation: Obligation
    upcoming: tuple[tuple[Due, str], ...]
    left: int
    known: int

    @property
    def hasty(self) -> bool:
        """Whether the first date asks for confirmation (PROMISES E6)."""
        return bool(self.upcoming) and self.left < duties.NOTICE


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text, with the numbers of the drafts and of the doubts that it belongs to."""

    text: str
    drafts: tuple[int, ...]
    doubts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A notice beside what was read from it. `begins`: from which day periods count; `unshown` characters are left out at the end."""

    notice: Notice
    sketches: tuple[Sketch, ...]
    doubts: tuple[Doubt, ...]
    pieces: tuple[Piece, ...]
    begins: date
    unshown: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agrees to: the wishes by number of the draft, the doubts that are decided, and that haste is meant."""

    wishes: Mapping[int, Wish]
    decided: frozenset[int]
    sure: bool


def listed(desk: Desk, actor: Actor) -> tuple[Line, ...]:
    """The notices, the newest first."""
    with desk.store.read() as tx:
        owed = [one.obligation.notice_id for one in tx.obligations.owed(actor.units)]
        found = [notice for notice in tx.notices.all() if _theirs(tx, actor, notice.id, owed)]
    return tuple(Line(notice, owed.count(notice.id)) for notice in found)


def take(desk: Desk, actor: Actor, raw: bytes, filename: str) -> int:
    """Keep a document and read it; returns its number. Raises Forbidden, Refused for one that cannot be read (it is kept all the same)."""
    if not actor.may_act:
        raise problems.Forbidden
    if not raw.strip():
        raise problems.no_paper()
    now = desk.now()
    try:
        taken = intake.take(desk.store, raw, filename, now)
    except NoticeError as error:
        raise problems.spoken("text", str(error)) from error
    with desk.store.begin() as tx:
        tx.audit.write(actor.by, "notice.taken", now, about=f"notice:{taken.notice_id}", after={"filename": filename})
    return taken.notice_id


def view(desk: Desk, actor: Actor, notice_id: int) -> Page:
    """The notice and its drafts. Raises LookupError for one that is none of theirs."""
    with desk.store.read() as tx:
        return _page(tx, desk, _mine(tx, actor, notice_id))


def original(desk: Desk, actor: Actor, notice_id: int) -> bytes:
    """The document as it came. Raises LookupError."""
    with desk.store.read() as tx:
        return tx.notices.raw(_mine(tx, actor, notice_id).id)


def redate(desk: Desk, actor: Actor, notice_id: int, issued: date | None, published: date | None) -> None:
    """Read it as written and published on these days. Raises Forbidden, LookupError."""
    if not actor.may_act:
        raise problems.Forbidden
    with desk.store.begin() as tx:
        notice = _mine(tx, actor, notice_id)
        tx.notices.describe(notice_id, issued=issued, published=published)
        before, after = _dated(notice.issued, notice.published), _dated(issued, published)
        tx.audit.write(actor.by, "notice.redated", desk.now(), about=f"notice:{notice_id}", before=before, after=after)


def confirm(desk: Desk, actor: Actor, notice_id: int, agreed: Agreed) -> tuple[int, ...]:
    """Make obligations of the drafts that were ticked; returns their ids. Raises Forbidden, LookupError, Refused."""
    if not actor.may_act:
        raise problems.Forbidden
    with desk.store.begin() as tx:
        page = _page(tx, desk, _mine(tx, actor, notice_id))
        chosen = [sketch for sketch in page.sketches if sketch.number in agreed.wishes and not sketch.known]
        if not chosen:
            raise problems.nothing_taken()
        undecided = [str(number) for number in range(1, len(page.doubts) + 1) if number not in agreed.decided]
        if undecided:
            raise problems.doubts_open("、".join(undecided))
        made = {_key(sketch.reading): _add(tx, desk, actor, _drafted(tx, desk, actor, sketch, agreed)) for sketch in chosen}
        after = {"obligations": list(made.values()), "drafts": made}
        tx.audit.write(actor.by, "notice.armed", desk.now(), about=f"notice:{notice_id}", after=after)
    due_job.run(desk.now(), desk.store, desk.calendar(), desk.windows)
    return tuple(made.values())


def _drafted(tx: Tx, desk: Desk, actor: Actor, sketch: Sketch, agreed: Agreed) -> Draft:
    try:
        draft = wishes.understood(tx, desk, actor, agreed.wishes[sketch.number], sketch.obligation)
        first = next(iter(foretell.upcoming(draft.obligation, times.civil_day(desk.now()), desk.calendar(), 1)), None)
        if first is None:
            raise problems.never_due(draft.obligation.begins)
        left = desk.calendar().count(times.civil_day(desk.now()), first.target)
        if left < duties.NOTICE and not agreed.sure:
            raise problems.short_notice(first.target, left)
    except Refused as refusal:
        raise problems.of_draft(sketch.number, refusal) from refusal
    return draft


def _add(tx: Tx, desk: Desk, actor: Actor, draft: Draft) -> int:
    new = tx.obligations.add(draft.obligation, draft.units)
    after = differences.shown(draft.obligation, draft.units)
    tx.audit.write(actor.by, "obligation.added", desk.now(), about=f"obligation:{new}", after=after)
    return new


def _mine(tx: Tx, actor: Actor, notice_id: int) -> Notice:
    notice = tx.notices.get(notice_id)
    if not _theirs(tx, actor, notice_id, [one.obligation.notice_id for one in tx.obligations.owed(actor.units)]):
        raise LookupError(f"notice {notice_id}")
    return notice


def _dated(issued: date | None, published: date | None) -> dict[str, str]:
    return {"issued": str(issued or ""), "published": str(published or "")}


def _theirs(tx: Tx, actor: Actor, notice_id: int, owed: Iterable[int | None]) -> bool:
    if actor.units is None or notice_id in owed:
        return True
    return any(entry.act == "notice.taken" and entry.by == actor.by for entry in tx.audit.list(f"notice:{notice_id}"))


def _page(tx: Tx, desk: Desk, notice: Notice) -> Page:
    today = times.civil_day(desk.now())
    reading = notices.read(notice.text, notice.issued) if notice.text else None
    found, doubts = (reading.obligations, reading.doubts) if reading else ((), ())
    known = _known(tx, notice.id, found)
    begins = max(notice.issued or today, today)
    sketches = [_sketch(desk, notice, number, one, begins, known) for number, one in enumerate(found, start=1)]
    shown = notice.text[:LONGEST]
    return Page(notice, tuple(sketches), doubts, tuple(_pieces(shown, found, doubts)), begins, len(notice.text) - len(shown))


def _key(one: ObligationReading) -> str:
    """What names a draft of a notice, whatever was changed about it before it was confirmed."""
    return f"{one.span[0]}-{one.span[1]}:{one.rule}:{one.what}"


def _known(tx: Tx, notice_id: int, found: Iterable[ObligationReading]) -> dict[str, int]:
    """Which drafts have become which obligations: here, or as they stood on the command line."""
    armed = [entry for entry in tx.audit.list(f"notice:{notice_id}") if entry.act == "notice.armed"]
    here = {key: number for entry in armed for key, number in dict(entry.after.get("drafts", {})).items()}
    plain = {(duty.sentence, duty.what): duty.id for duty in tx.obligations.all() if duty.notice_id == notice_id}
    return {_key(one): plain[one.text, one.what[: intake.WHAT]] for one in found if (one.text, one.what[: intake.WHAT]) in plain} | here


def _sketch(desk: Desk, notice: Notice, number: int, one: ObligationReading, begins: date, known: Mapping[str, int]) -> Sketch:
    now, calendar = desk.now(), desk.calendar()
    published = times.instant(notice.published, intake.OPENING) if notice.published else now
    draft = intake.obligation(notice.id, one, published, begins, "default")
    found = foretell.upcoming(draft, begins, calendar, SHOWN)
    left = calendar.count(times.civil_day(now), found[0].target) if found else 0
    told = tuple((due, dues.explain(due, calendar)) for due in found)
    return Sketch(number, one, draft, told, left, known.get(_key(one), 0))


def _pieces(text: str, found: Iterable[ObligationReading], doubts: Iterable[Doubt]) -> Iterator[Piece]:
    """The text cut where a sentence of a draft or a doubt begins or ends; nothing is left out."""
    drafts = [(number, *one.span) for number, one in enumerate(found, start=1)]
    asked = [(number, *one.span) for number, one in enumerate(doubts, start=1) if one.span[1] > one.span[0]]
    marks = sorted({0, len(text), *(min(mark, len(text)) for _, start, end in (*drafts, *asked) for mark in (start, end))})
    for start, end in pairwise(marks):
        covers = [tuple(number for number, a, b in spans if a <= start and end <= b) for spans in (drafts, asked)]
        yield Piece(text[start:end], covers[0], covers[1])
