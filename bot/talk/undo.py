"""撤回: everything that the person's last recorded answer did is taken back, within 24 hours (PROMISES C4)."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.status import Event, EventKind
from bot.store.context import Act
from bot.store.inbox import InboxState
from bot.store.people import Person
from bot.store.tasks import Task
from bot.talk import answer
from bot.talk.turn import Turn

WINDOW = timedelta(hours=24)
"""For how long after it was said, counted to when 撤回 is said."""
REMEMBERED = timedelta(days=60)
"""How far back we look to tell "too late" from "nothing"."""


def undo(hearing: Turn, person: Person) -> InboxState:
    """Take back the last answer that recorded something, and say where the tasks stand again."""
    acts = _records(hearing, person, WINDOW)
    last = [act for act in acts if act.inbound_id == acts[0].inbound_id]
    if not last:
        about = "too_late_to_undo" if _records(hearing, person, REMEMBERED) else "nothing_to_undo"
        hearing.say(answer.remark(hearing, person.id, about))
        return hearing.settle(InboxState.READ, person)
    tasks = take_back(hearing, person, last)
    hearing.say(answer.taken_back(hearing, person.id, tasks))
    return hearing.settle(InboxState.READ, person)


def take_back(hearing: Turn, person: Person, acts: Sequence[Act]) -> list[Task]:
    """Undo these acts, the latest first; the tasks as they stand again, in the order in which they were spoken of."""
    for act in acts:
        event = Event(EventKind.UNDONE, hearing.at, hearing.by(person), undoes=act.event_id, inbound_id=hearing.inbound.id)
        hearing.tx.tasks.append(act.task_id, event)
    return [hearing.tx.tasks.get(task_id) for task_id in dict.fromkeys(act.task_id for act in reversed(acts))]


def last_about(acts: Sequence[Act], task_id: int) -> list[Act]:
    """Of these acts, the latest first, what the last answer about one task did to it."""
    theirs = [act for act in acts if act.task_id == task_id and act.kind is not EventKind.ACKNOWLEDGED]
    return [act for act in theirs if act.inbound_id == theirs[0].inbound_id]


def _records(hearing: Turn, person: Person, within: timedelta) -> Sequence[Act]:
    """The latest first. A 收到 is no record to take back: it must not stand between 撤回 and what was reported before it."""
    acts = hearing.tx.context.acts(hearing.by(person), hearing.at - within)
    return [act for act in acts if act.kind is not EventKind.ACKNOWLEDGED]
