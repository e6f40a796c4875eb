"""A question of ours is answered without a sentence of its own: by numbers, by the words of a choice, by a name, by "all" or "yes"."""

from collections.abc import Sequence

from bot.domain import choices
from bot.domain.replies.reading import Reading, Reason
from bot.domain.words import Intent
from bot.store.inbox import InboxState
from bot.store.people import Person
from bot.store.questions import Question
from bot.store.tasks import Task
from bot.talk import ask
from bot.talk.record import record
from bot.talk.route import Statement, picked
from bot.talk.turn import Turn


def by_number(hearing: Turn, pending: Question) -> tuple[int, ...]:
    """The numbers of the choices that were answered; none if it is something else, or a bare number in a group, where it means nothing."""
    if hearing.inbound.chat:
        return ()
    return choices.chosen(hearing.own, tuple(offer.words for offer in ask.offers(pending)))


def by_name(reading: Reading, text: str, tasks: Sequence[Task], pending: Question) -> tuple[int, ...]:
    """The number of the choice whose task was named instead ("三季度的"), or of all of them ("都报了")."""
    offered = ask.offers(pending)
    if choices.begins_with_all(text) and not reading.parts and not reading.unsure:
        whole = [number for number, offer in enumerate(offered, 1) if len(offer.task_ids) > 1 and offer.intent is reading.intent]
        return tuple(whole[:1])
    if len({offer.intent for offer in offered if offer.intent is not None}) > 1:
        return ()  # what was meant is open too: a name says nothing of that, and must never close a task
    singles = [(offer.task_ids[0], number) for number, offer in enumerate(offered, 1) if len(offer.task_ids) == 1]
    number_of = dict(singles)
    if reading.intent is not Intent.IRRELEVANT or not choices.may_name(text) or len(number_of) < len(singles):
        return ()  # several choices about one task: naming it answers nothing
    task = picked(text, reading.period_hint, [task for task in tasks if task.id in number_of])
    return () if task is None else (number_of[task.id],)


def take(hearing: Turn, person: Person, pending: Question, numbers: Sequence[int]) -> InboxState:
    """Record what these choices say; choices that say different things settle nothing, nor does "none of these"."""
    taken = [ask.offers(pending)[number - 1] for number in numbers]
    first = taken[0]
    intent = first.intent or Intent.IRRELEVANT
    reason = Reason(hearing.own[:60], f"choice {', '.join(map(str, numbers))}", 1.0)
    reading = Reading(intent, first.day, dict(first.counts or {}), (), (reason,), 1.0, None, False)
    hearing.tx.questions.answer(pending.id, hearing.now)
    if first.intent is None or len({(offer.intent, offer.day) for offer in taken}) > 1:
        return ask.pass_on(hearing, person, reading, ask.UNSETTLED)
    tasks = [hearing.tx.tasks.get(task_id) for task_id in dict.fromkeys(task_id for offer in taken for task_id in offer.task_ids)]
    state = record(hearing, person, reading, [Statement(task, intent, first.day, reading.counts) for task in tasks], None)
    ask.next_one(hearing, person, pending)
    return state
