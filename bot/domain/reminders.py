"""Which rung fires now, and what one letter to one person says about all that is still owed (STUB: types only, owner: ladder/status)."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.words import Status


@dataclass(frozen=True, slots=True)
class Line:
    """One open task inside a reminder, as the store reads it in the claim transaction."""

    task_id: int
    obligation_id: int
    unit_id: int
    unit: str
    what: str
    period: str
    nominal: date
    target: date
    limit: date
    hour: time
    status: Status
    promised_on: date | None
    extended_to: date | None
    rung: str
    recipient: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    sentence: str
    published: datetime
