"""What a notice was read as: plain values, each tied to the words it came from."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bot.domain.due import Shift


class DoubtKind(StrEnum):
    """Why a person must look. The question of a doubt says it in Chinese."""

    IMPOSSIBLE_DATE = "impossible_date"
    NO_YEAR = "no_year"
    NO_ISSUE_DATE = "no_issue_date"
    BEFORE_ISSUE = "before_issue"
    ANNOUNCED_LATER = "announced_later"
    NO_DEADLINE = "no_deadline"
    NO_END = "no_end"
    NO_CONTACT = "no_contact"
    NO_RECIPIENT = "no_recipient"
    REST_DAY = "rest_day"
    APPROXIMATE = "approximate"
    VOLUNTARY = "voluntary"
    NOTHING_FOUND = "nothing_found"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One open question. `span` is (start, end) in the text as given, end exclusive; `text` is what stands there."""

    kind: DoubtKind
    text: str
    span: tuple[int, int]
    question: str


@dataclass(frozen=True, slots=True)
class ObligationReading:
    """One duty to hand something in, for one deadline that is stated.

    `rule` is the printed form that `rules.parse` reads. `due` are its first calendar days, at most four, on or after the day of
    issue, never moved for rest days; empty where the rule has no calendar day or that day is unknown. `text` is the sentence, word
    for word, at `span` (end exclusive) of the text as given. `hour` is Shanghai time, None where the notice names none. `shift`
    is what the notice says about rest days, None where it is silent. `recipient_assumed`: the sentence names no recipient and
    """

    what: str
    rule: str
    due: tuple[date, ...]
    text: str
    span: tuple[int, int]
    recipient: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    hour: time | None = None
    shift: Shift | None = None
    recipient_assumed: bool = False


@dataclass(frozen=True, slots=True)
class NoticeReading:
    """A notice as read. `issued` is the day it bears (成文), `published` the day it appeared (发布); None where not found."""

    title: str | None
    number: str | None
    issuer: str | None
    issued: date | None
    published: date | None
    obligations: tuple[ObligationReading, ...] = ()
    doubts: tuple[Doubt, ...] = ()
