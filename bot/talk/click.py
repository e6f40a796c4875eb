"""A tap on the reply page is heard: the same facts as a sentence would make, from what was tapped and not from words.

The page offers only what can be recorded, and shows what was: so nothing is asked back and nothing is sent.
"""

from bot.domain import clicks, times
from bot.domain.clicks import Act, Click
from bot.domain.status import Course
from bot.store.inbox import InboxState, Reply
from bot.store.people import Person
from bot.store.tasks import Task
from bot.talk import deciding, record, undo
from bot.talk.route import Statement
from bot.talk.turn import Turn

NOT_THEIRS = "not a task of this person"
NOTHING = "nothing to take back"
"""Why a tap did nothing, for administrators."""


def sender(hearing: Turn) -> Person | None:
    """Whose tap it is, by the link it came through; None if the person has left."""
    found = hearing.tx.people.get(int(hearing.inbound.sender.removeprefix(clicks.SENDER)))
    return found if found.active else None


def take(hearing: Turn, person: Person) -> InboxState:
    """Record the tap; files that came with it belong to its task."""
    click = clicks.load(hearing.inbound.raw)
    if click.act in clicks.DECISIONS:
        theirs = click.task_id in {task.id for task in deciding.waiting_for(hearing.tx, person, hearing.today)}
        return deciding.tapped(hearing, person, click) if theirs else hearing.settle(InboxState.TROUBLE, person, trouble=NOT_THEIRS)
    task = _task(hearing, person, click.task_id)
    if task is None:
        return hearing.settle(InboxState.TROUBLE, person, trouble=NOT_THEIRS)
    hearing.tx.files.tie(hearing.inbound.id, task.id)
    return _undo(hearing, person, task) if click.act is Act.UNDO else _record(hearing, person, task, click)


def _task(hearing: Turn, person: Person, task_id: int) -> Task | None:
    """The task, if it is owed or was lately closed where the person holds a role today."""
    today = times.civil_day(hearing.at)
    theirs = {post.unit_id for post in hearing.tx.people.posts(person.id, today)}
    task = hearing.tx.tasks.get(task_id)
    return task if task.unit_id in theirs else None


def _record(hearing: Turn, person: Person, task: Task, click: Click) -> InboxState:
    said = Statement(task, clicks.INTENTS[click.act], click.day, click.counts, click.note)
    decision = record.decide(hearing, said, sure=True)
    reasons = (f"page: {click.act.value}",)
    if decision.course is not Course.RECORD:
        return hearing.settle(InboxState.TROUBLE, person, [Reply(said.intent, None, None, said.day, said.counts, reasons)], decision.reason)
    change, event_id = record.make(hearing, person, said, decision)
    deciding.request(hearing, [change])
    if (pending := hearing.tx.questions.open(person.id)) is not None:
        hearing.tx.questions.answer(pending.id, hearing.now)
    trouble = record.for_a_human([change])
    replies = [Reply(said.intent, task.id, event_id, said.day, said.counts, reasons)]
    return hearing.settle(InboxState.TROUBLE if trouble else InboxState.READ, person, replies, trouble)


def _undo(hearing: Turn, person: Person, task: Task) -> InboxState:
    acts = undo.last_about(hearing.tx.context.acts(hearing.by(person), hearing.at - undo.WINDOW), task.id)
    undo.take_back(hearing, person, acts)
    return hearing.settle(InboxState.READ, person, trouble="" if acts else NOTHING)
