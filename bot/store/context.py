"""What a conversation is about: what we last told a person, what the person last made us record, how often we have answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Result, Select, bindparam, exists, func, select, text, update
from sqlalchemy.exc import DataError, IntegrityError

from bot.domain.status import EventKind
from bot.domain.words import CHASING, MessageKind, MessageState
from bot.store import tables
from bot.store.inbox import NEW

REFUSED = (DataError, IntegrityError)
"""What a database raises about a value that it cannot hold: the fault of one inbound, not of the connection."""

_MESSAGE = tables.of(tables.Message)
_DELIVERY = tables.of(tables.Delivery)
_EVENT = tables.of(tables.Event)
_INBOUND = tables.of(tables.Inbound)
_GONE = (MessageState.SENT.value, MessageState.UNKNOWN.value, MessageState.SENDING.value)
_OVER = (MessageState.SUPERSEDED.value, MessageState.DEAD.value)
_NO_CHANGE = (MessageKind.QUESTION.value, MessageKind.ANSWER.value)
ECHOES = 5
"""So many of our last messages are looked at when somebody sends our own words back."""


@dataclass(frozen=True, slots=True)
class Act:
    """A fact somebody made us record and nobody has taken back."""

    event_id: int
    task_id: int
    kind: EventKind
    at: datetime
    inbound_id: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """The last letter that reminded a person: when it went, and the tasks in the order in which its words name them."""

    at: datetime
    task_ids: tuple[int, ...]


class Context:
    """Queries about the state of a conversation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, inbound_id: int) -> bool:
        """Whether nobody has interpreted it yet; if so it is ours until the transaction ends."""
        return self._connection.execute(_HOLD, {"of": inbound_id}).rowcount == 1

    def told(self, person_id: int, at: datetime) -> Told | None:
        """The last letter that may have reached the person by `at`; None if there is none."""
        return self._told(self._connection.execute(_TOLD, {"person": person_id, "at": at}))

    def letter(self, key: str) -> Told | None:
        """The letter that went out under this dedupe key, to whomever; None if none named any task."""
        return self._told(self._connection.execute(_LETTER.where(_MESSAGE.c.dedupe == bindparam("of")), {"of": key.partition("#")[0]}))

    def letter_numbered(self, number: int) -> Told | None:
        """The letter that carries this number (编号), to whomever; None if there is none or it named no task."""
        return self._told(self._connection.execute(_LETTER.where(_MESSAGE.c.id == bindparam("of")), {"of": number}))

    def acts(self, by: str, since: datetime) -> list[Act]:
        """What this actor's words were recorded as, not taken back, at or after `since`; the latest first."""
        rows = self._connection.execute(_ACTS, {"by_": by, "since": since})
        return [Act(row.id, row.task_id, EventKind(row.kind), row.at, row.inbound_id) for row in rows]

    def answered(self, person_id: int, since: datetime) -> int:
        """How many questions and answers, confirmations of a change not counted, we have put to the person since."""
        query = select(func.count()).where(_MESSAGE.c.person_id == person_id, _MESSAGE.c.kind.in_(_NO_CHANGE), _OWN)
        query = query.where(_MESSAGE.c.created_at >= since, _MESSAGE.c.state.not_in(_OVER))
        return int(self._connection.execute(query).scalar_one())

    def _told(self, found: Result[Any]) -> Told | None:
        row = found.first()
        named = tuple(dict.fromkeys(task_id for task_id, _ in row.rendered["said"])) if row else ()
        return None if row is None else Told(row.went, named)

    def mailed(self, person_id: int, since: datetime, until: datetime) -> int:
        """How many automatic mails of any kind, reminders not counted, the person gets in [since, until)."""
        return int(self._connection.execute(_MAILED, {"person": person_id, "since": since, "until": until}).scalar_one())

    def words(self, person_id: int, upto: datetime) -> list[str]:
        """What our last messages to the person said, part by part, the latest first."""
        found = self._connection.execute(_WORDS, {"person": person_id, "upto": upto}).scalars()
        return [part["body"] for rendered in found for part in rendered["parts"]]


def _went() -> ColumnElement[datetime]:
    """When a message went out, as far as anybody knows."""
    tried = select(func.max(_DELIVERY.c.at)).where(_DELIVERY.c.message_id == _MESSAGE.c.id).correlate(_MESSAGE).scalar_subquery()
    return func.coalesce(_MESSAGE.c.sent_at, tried, _MESSAGE.c.not_before)


def _letters() -> Select[Any]:
    """Letters that reminded somebody, with the tasks their words speak of."""
    query = select(_MESSAGE.c.rendered, _went().label("went"))
    return query.where(_MESSAGE.c.kind.in_([kind.value for kind in CHASING]), _MESSAGE.c.rendered.is_not(None))


def _last() -> Select[Any]:
    gone, went = _MESSAGE.c.state.in_(_GONE) | (_MESSAGE.c.doubts > 0), _went()
    found = _letters().with_only_columns(_MESSAGE.c.id).where(_MESSAGE.c.person_id == bindparam("person"), gone, went <= bindparam("at"))
    last = found.order_by(went.desc(), _MESSAGE.c.id.desc()).limit(1).scalar_subquery()  # the ids are sorted, not the letters
    return _letters().where(_MESSAGE.c.id == last)


_UNDOING = _EVENT.alias("undoing")
_UNDONE = exists().where(_UNDOING.c.task_id == _EVENT.c.task_id, _UNDOING.c.undoes == _EVENT.c.id)  # of the same task: few to look at
_ACTS = (
    select(_EVENT.c.id, _EVENT.c.task_id, _EVENT.c.kind, _EVENT.c.at, _EVENT.c.inbound_id)
    .where(_EVENT.c.by == bindparam("by_"), _EVENT.c.at >= bindparam("since"), _EVENT.c.kind != EventKind.UNDONE.value, ~_UNDONE)
    .order_by(_EVENT.c.id.desc())
)
_OWN = _MESSAGE.c.dedupe.not_like("decide:%")  # what others ask of a person is no answer to him
_MAILED = select(func.count()).where(
    _MESSAGE.c.person_id == bindparam("person"),
    _MESSAGE.c.channel == "mail",
    _MESSAGE.c.kind.in_((*_NO_CHANGE, MessageKind.CONFIRMATION.value)),
    _MESSAGE.c.not_before >= bindparam("since"),
    _MESSAGE.c.not_before < bindparam("until"),
    _MESSAGE.c.state.not_in(_OVER),
    _OWN,
)
_HOLD = update(_INBOUND).where(_INBOUND.c.id == bindparam("of"), text(NEW)).values(state=_INBOUND.c.state)
_TOLD, _LETTER = _last(), _letters()
_WORDS = (
    select(_MESSAGE.c.rendered)
    .where(_MESSAGE.c.person_id == bindparam("person"), _MESSAGE.c.rendered.is_not(None), _MESSAGE.c.not_before <= bindparam("upto"))
    .order_by(_MESSAGE.c.not_before.desc(), _MESSAGE.c.id.desc())
    .limit(ECHOES)
)
