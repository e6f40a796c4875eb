"""What the reply page shows: one person's own matters in words, and nobody else's. Who else spoke of them, and how, stays here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain import due, holds, times, wording
from bot.domain.obligations import Obligation
from bot.domain.replies import counts
from bot.domain.status import EventKind
from bot.domain.workdays import WorkCalendar
from bot.store.context import Act
from bot.store.people import Person
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import answer, deciding, turn, undo

RECENT = timedelta(days=60)
"""How long after its due day a closed task is still shown."""
QUOTED = 60
"""Characters of the person's own last words that are shown again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the person last said of a task, in his words, when, and whether it can still be taken back."""

    at: datetime
    words: str
    undo: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One task as its person sees it. `target` is what we ask for, `limit` the last day on time, `why` explains both.

    `categories` are what can be counted beside the sum; `files` the names of those the person sent.
    """

    task_id: int
    unit: str
    what: str
    target: str
    limit: str
    why: str
    standing: str
    closed: bool
    late: bool
    recipient: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    wants_file: bool
    categories: tuple[str, ...]
    files: tuple[str, ...]
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class Request:
    """More time that the person decides on: who asks for what until when, and the last day so far."""

    task_id: int
    unit: str
    what: str
    standing: str
    limit: str


@dataclass(frozen=True, slots=True)
class View:
    """By what cards are made: whose they are, when, and the working calendar."""

    tx: Tx
    person: Person
    now: datetime
    calendar: WorkCalendar

    @property
    def today(self) -> date:
        """The civil day."""
        return times.civil_day(self.now)

    def facts(self, since: timedelta) -> Sequence[Act]:
        """What the person's own words were recorded as since then and stands, the latest first."""
        return self.tx.context.acts(turn.by(self.person), self.now - since)


def cards(view: View, first: int | None) -> list[Card]:
    """The open tasks, the most urgent first, then those closed lately; the task `first` before all others."""
    closed = view.tx.tasks.closed_of(view.person.id, view.today, view.now - RECENT)
    tasks = sorted([*view.tx.tasks.open_of(view.person.id, view.today), *closed], key=lambda task: task.id != first)
    duties = {task.obligation_id: view.tx.obligations.get(task.obligation_id) for task in tasks}
    facts = view.facts(RECENT)
    return [_card(view, task, duties[task.obligation_id], facts) for task in tasks]


def requests(view: View) -> list[Request]:
    """What waits for the person's decision, the most urgent first."""
    return [_request(view, task) for task in deciding.waiting_for(view.tx, view.person, view.today)]


def masked(name: str) -> str:
    """A name on a page that others may look at over a shoulder: 张三 → 张*."""
    return name[:1] + "*" * (len(name) - 1)


def _request(view: View, task: Task) -> Request:
    limit = wording.day_and_weekday(holds.last_day(task.due, task.state.extended_to), view.today)
    return Request(task.id, task.unit_short, _what(task), answer.standing(task, view.today), limit)


def _what(task: Task) -> str:
    return " ".join(filter(None, (wording.period_word(task.period), task.what)))


def _card(view: View, task: Task, duty: Obligation, facts: Sequence[Act]) -> Card:
    extended = task.state.extended_to
    last = holds.last_day(task.due, extended)
    return Card(
        task_id=task.id,
        unit=task.unit_short,
        what=_what(task),
        target=wording.day_and_hour(holds.aim(task.due, extended), task.due.hour, view.today),
        limit=wording.day_and_weekday(last, view.today),
        why=due.explain(task.due, view.calendar),
        standing=answer.standing(task, view.today),
        closed=task.closed,
        late=not task.closed and view.today > last,
        recipient=duty.recipient,
        emails=duty.emails,
        phones=duty.phones,
        wants_file=duty.wants_file,
        categories=_categories(view.tx, duty),
        files=_files(view, task),
        heard=_heard(view, [act for act in facts if act.task_id == task.id]),
    )


def _categories(tx: Tx, duty: Obligation) -> tuple[str, ...]:
    """What can be counted beside the sum: the categories of which the duty or its notice speaks."""
    notice = tx.notices.get(duty.notice_id).text if duty.notice_id is not None else ""
    return tuple(name for name in counts.VARIANTS if name in duty.what + duty.sentence + notice)


def _files(view: View, task: Task) -> tuple[str, ...]:
    sent = view.tx.files.of_task(task.id)
    return tuple(kept.name for kept in sent if view.tx.inbox.get(kept.inbound_id).person_id == view.person.id)


def _heard(view: View, acts: Sequence[Act]) -> Heard | None:
    """The last thing the person said of a task, if it stands."""
    if not acts or acts[0].inbound_id is None:
        return None
    words = view.tx.inbox.get(acts[0].inbound_id).inbound.text
    fresh = view.now - acts[0].at <= undo.WINDOW and any(act.kind is not EventKind.ACKNOWLEDGED for act in acts)
    return Heard(acts[0].at, " ".join(words.split())[:QUOTED], fresh)
