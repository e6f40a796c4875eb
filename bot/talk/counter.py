"""The counter behind the reply page: hands out what a person may see, and passes on what he taps like every other answer.

Raw first: a tap is kept as an inbound of the channel `page` before anything is made of it, and heard by `hear` (`click`), so that the
chain of evidence is one. Decided 2026-11: a tap is not confirmed by a message, for the page itself shows what was recorded and takes it
back; a link stays good until its last day, because a person owes again next quarter, and ends with the person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain import clicks, times
from bot.domain.clicks import Act, Click
from bot.domain.inbound import Inbound
from bot.domain.workdays import WorkCalendar
from bot.store import Store
from bot.store.people import Person
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import pressed, sheet, undo
from bot.talk.pressed import Pressed, PressRefused, Problem
from bot.talk.reply_links import Link, LinkRefused, Refusal, ReplyLinks
from bot.talk.sheet import Card, Request, View


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page: `mark` for its forms; days from `today` to `farthest` can be chosen, both included."""

    person: str
    mark: str
    today: date
    farthest: date
    open: tuple[Card, ...]
    closed: tuple[Card, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """`take` keeps what was tapped and has it heard at once; `clock` is the one by which answers are dated."""

    store: Store
    links: ReplyLinks
    clock: Callable[[], datetime]
    take: Callable[[Inbound], object]

    def sheet(self, token: str) -> Sheet:
        """The page of a link; changes nothing. Raises LinkRefused."""
        now = self.clock()
        link = self.links.read(token, now)
        with self.store.read() as tx:
            person = _person(tx, link)
            view = _view(tx, person, now)
            cards, requests = sheet.cards(view, link.task_id), sheet.requests(view)
        mark, today = self.links.form(person.id, now), times.civil_day(now)
        open_, closed = (tuple(card for card in cards if card.closed is is_closed) for is_closed in (False, True))
        return Sheet(sheet.masked(person.name), mark, today, today + pressed.FARTHEST, open_, closed, tuple(requests))

    def press(self, token: str, form: Pressed) -> int:
        """Take a tap; the same form twice has one effect. Returns the task it is about. Raises LinkRefused and PressRefused."""
        now = self.clock()
        link = self.links.read(token, now)
        serial = self._serial(link, form.mark, now)
        with self.store.read() as tx:
            click = _click(_view(tx, _person(tx, link), now), form)
        self.take(_inbound(link, click, form, serial, now))
        return click.task_id

    def _serial(self, link: Link, mark: str, now: datetime) -> str:
        try:
            made = self.links.read_form(mark, now)
        except LinkRefused as refused:
            raise PressRefused(Problem.PAGE_OLD) from refused
        if made.person_id != link.person_id:
            raise PressRefused(Problem.PAGE_OLD)
        return made.serial


def _view(tx: Tx, person: Person, now: datetime) -> View:
    return View(tx, person, now, WorkCalendar(tx.calendar.overrides()))


def _person(tx: Tx, link: Link) -> Person:
    """The link's person. Raises LinkRefused if he has left: his links end with him."""
    try:
        person = tx.people.get(link.person_id)
    except LookupError as error:
        raise LinkRefused(Refusal.EXPIRED) from error
    if not person.active or person.kind != "person":
        raise LinkRefused(Refusal.EXPIRED)
    return person


def _click(view: View, form: Pressed) -> Click:
    """What was tapped, if it can be recorded. Raises PressRefused."""
    if form.act in clicks.DECISIONS:
        return _decision(view, form)
    task = _task(view, form.task_id)
    click = pressed.click(form, view.today, wants_file=view.tx.obligations.get(task.obligation_id).wants_file)
    if click.act is Act.UNDO and not undo.last_about(view.facts(undo.WINDOW), task.id):
        raise PressRefused(Problem.NOTHING_TO_UNDO)
    return click


def _decision(view: View, form: Pressed) -> Click:
    """A decision on a request that waits for this person. Raises PressRefused."""
    if form.task_id not in {request.task_id for request in sheet.requests(view)}:
        raise PressRefused(Problem.NO_SUCH_REQUEST)
    return pressed.click(form, view.today, wants_file=False)


def _task(view: View, task_id: int) -> Task:
    """A task of a unit at which the person holds a role today. Raises PressRefused."""
    theirs = {post.unit_id for post in view.tx.people.posts(view.person.id, view.today)}
    try:
        task = view.tx.tasks.get(task_id)
    except LookupError as error:
        raise PressRefused(Problem.NO_SUCH_TASK) from error
    if task.unit_id not in theirs:
        raise PressRefused(Problem.NO_SUCH_TASK)
    return task


def _inbound(link: Link, click: Click, form: Pressed, serial: str, now: datetime) -> Inbound:
    """The tap as it is kept: one form and one task are one answer, however often they are sent."""
    return Inbound(
        channel=clicks.CHANNEL,
        platform_id=f"{link.person_id}-{serial}-{click.task_id}",
        sender=f"{clicks.SENDER}{link.person_id}",
        at=now,
        text=click.words,
        raw=clicks.dump(click, {file.name: file.digest for file in form.files}),
        about=f"task:{click.task_id}",
        attachments=form.files,
    )
