"""The one question that may be open with a person, and the numbered choices it offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select, update

from bot.store import tables

_QUESTION = tables.of(tables.Question)


@dataclass(frozen=True, slots=True)
class Question:
    """What we asked about an inbound; `choices` in the order they were numbered, from 1; `then` are the questions that follow it."""

    id: int
    person_id: int
    inbound_id: int
    asked_at: datetime
    choices: tuple[Mapping[str, Any], ...]
    then: tuple[Mapping[str, Any], ...] = ()


class Questions:
    """Queries about questions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(
        self, person_id: int, inbound_id: int, choices: Sequence[Mapping[str, Any]], at: datetime, then: Sequence[Mapping[str, Any]] = ()
    ) -> int:
        """Open a question, with those that follow it; one that was open with the person lapses. Returns its id."""
        self._lapse(_QUESTION.c.person_id == person_id, at)
        asked = {"choices": [dict(choice) for choice in choices], "then": [dict(later) for later in then]}
        values = asked | {"person_id": person_id, "inbound_id": inbound_id, "asked_at": at}
        return int(self._connection.execute(insert(_QUESTION).values(values).returning(_QUESTION.c.id)).scalar_one())

    def open(self, person_id: int) -> Question | None:
        """The question that waits for this person's answer."""
        return _read(self._connection.execute(_PENDING, {"person": person_id}).first())

    def about(self, person_id: int, inbound_id: int) -> Question | None:
        """The last question that was put to this person about an inbound, open or not."""
        return _read(self._connection.execute(_ABOUT, {"person": person_id, "inbound": inbound_id}).first())

    def answer(self, question_id: int, at: datetime) -> None:
        """It has been answered."""
        self._connection.execute(update(_QUESTION).where(_QUESTION.c.id == question_id, _OPEN).values(answered_at=at))

    def lapse(self, asked_before: datetime, at: datetime) -> int:
        """Close what was asked before an instant and never answered; returns how many."""
        return self._lapse(_QUESTION.c.asked_at < asked_before, at)

    def _lapse(self, where: ColumnElement[bool], at: datetime) -> int:
        return self._connection.execute(update(_QUESTION).where(_OPEN, where).values(lapsed_at=at)).rowcount


def _read(row: Row[Any] | None) -> Question | None:
    return None if row is None else Question(row.id, row.person_id, row.inbound_id, row.asked_at, tuple(row.choices), tuple(row.then or ()))


_OPEN = _QUESTION.c.answered_at.is_(None) & _QUESTION.c.lapsed_at.is_(None)
_PENDING = select(_QUESTION).where(_OPEN, _QUESTION.c.person_id == bindparam("person"))
_ABOUT = (
    select(_QUESTION)
    .where(_QUESTION.c.person_id == bindparam("person"), _QUESTION.c.inbound_id == bindparam("inbound"))
    .order_by(_QUESTION.c.id.desc())
    .limit(1)
)
