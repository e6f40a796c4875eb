"""The record of a rehearsal: what went to whom by which channel and why, what came back, where everything stands, what to beware of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.channels.base import Limits
from bot.domain import foresight, ladder, ladder_text, period_names, times
from bot.domain.foresight import Sending
from bot.domain.obligations import Obligation
from bot.domain.words import MessageKind, MessageState, label
from bot.domain.workdays import WorkCalendar
from bot.rehearse import Rehearsal
from bot.store.bulletins import Edition
from bot.store.matrix import Matrix, Page
from bot.store.people import Person
from bot.store.story import About, Heard, Said
from bot.store.tx import Tx

ANSWERS = (MessageKind.CONFIRMATION, MessageKind.QUESTION, MessageKind.ANSWER)


@dataclass(frozen=True, slots=True)
class Send:
    """One message that went out. `units` are those it speaks of, `rungs` the rungs that fired (none: an answer)."""

    said: Said
    to: str
    units: tuple[str, ...]
    rungs: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why it went out, in Chinese."""
        return "、".join(dict.fromkeys(map(foresight.rung_word, self.rungs))) or label(self.said.kind)


@dataclass(frozen=True, slots=True)
class Record:
    """A whole rehearsal as plain values, in order of time."""

    since: date
    until: date
    obligations: tuple[Obligation, ...]
    sends: tuple[Send, ...]
    inbound: tuple[tuple[Heard, str], ...]
    matrix: Matrix
    warnings: tuple[str, ...]
    bulletins: tuple[Edition, ...]


def read(rehearsal: Rehearsal, since: date) -> Record:
    """Everything that happened so far."""
    calendar = rehearsal.calendar
    with rehearsal.cast.store.read() as tx:
        names = {person.id: display_name(person) for person in tx.people.all()}
        obligations = tuple(tx.obligations.all())
        sends = _sends(tx, names)
        heard = tuple((heard, names.get(heard.person_id or 0, heard.sender)) for heard in tx.story.heard())
        warnings = (*_dead_rungs(tx, obligations, rehearsal, calendar), *_load(sends, heard, rehearsal))
        owed = tx.tasks.matrix(page=Page(until=rehearsal.ends))
        return Record(since, rehearsal.ends, obligations, sends, heard, owed, warnings, tuple(_circulars(tx, obligations)))


def display_name(person: Person) -> str:
    """A person with the unit they speak for; a group by its name."""
    if person.kind == "group" or not person.roles:
        return person.name
    return f"{person.roles[0].unit} {person.name}"


def _sends(tx: Tx, names: Mapping[int, str]) -> tuple[Send, ...]:
    about = tx.story.about()
    gone = [said for said in tx.story.said() if said.state in (MessageState.SENT, MessageState.UNKNOWN)]
    return tuple(_send(said, names, about.get(said.id, ())) for said in sorted(gone, key=lambda said: (said.at, said.id)))


def _send(said: Said, names: Mapping[int, str], about: Sequence[About]) -> Send:
    units = tuple(dict.fromkeys(each.unit for each in about))
    rungs = tuple(dict.fromkeys(each.rung for each in about))
    return Send(said, names.get(said.person_id or 0, said.address), units, rungs)


def _dead_rungs(tx: Tx, obligations: Sequence[Obligation], rehearsal: Rehearsal, calendar: WorkCalendar) -> list[str]:
    found = []
    for duty in obligations:
        for period in tx.periods.of(duty.id):
            if period.due.target <= rehearsal.ends:
                laid = ladder_text.named(duty.ladder)
                dead = ladder.dead_rungs(laid, period.due, duty.published, calendar, rehearsal.cast.windows)
                found += [foresight.dead_rung(duty.what, period_names.label(period.name), rung, reason) for rung, reason in dead]
    return found


def _load(sends: Sequence[Send], heard: Sequence[tuple[Heard, str]], rehearsal: Rehearsal) -> list[str]:
    limits = {name: channel.limits for name, channel in rehearsal.cast.stage.channels.items()}
    calls = _calls(sends, limits)
    sendings = [_sending(send, limits[send.said.channel].group, calls[send.said.id]) for send in sends]
    said = [(times.civil_day(each.at), each.channel) for each, _ in heard]
    walls = foresight.walls(sendings, said, {name: limit.per_month for name, limit in limits.items()})
    return [*walls, *foresight.burden(sendings)]


def _calls(sends: Sequence[Send], limits: Mapping[str, Limits]) -> dict[int, int]:
    """What each message costs: a call for each of its parts, nothing if it goes along with one of equal words at the same moment."""
    alike: Counter[tuple[object, ...]] = Counter()
    calls = {}
    for send in sends:
        said = send.said
        words = (said.channel, said.at, said.bodies)
        calls[said.id] = 0 if alike[words] % limits[said.channel].batch else len(said.bodies)
        alike[words] += 1
    return calls


def _sending(send: Send, group: bool, calls: int) -> Sending:
    last_day, said = any(rung.startswith("T0") for rung in send.rungs), send.said
    return Sending(times.civil_day(said.at), said.channel, "" if group else send.to, said.kind in ANSWERS, last_day, calls)


def _circulars(tx: Tx, obligations: Sequence[Obligation]) -> list[Edition]:
    """The latest edition of every period's circular."""
    periods = [period for duty in obligations for period in tx.periods.of(duty.id)]
    editions = (tx.bulletins.of(period.id) for period in sorted(periods, key=lambda period: (period.due.limit, period.id)))
    return [of_period[-1] for of_period in editions if of_period]


def as_json(record: Record) -> dict[str, Any]:
    """The one JSON document of `cuibao rehearse --json`; the shape is fixed, other people's scripts read it."""
    columns = {column.period_id: column.period for column in record.matrix.columns}
    return {
        "from": record.since,
        "to": record.until,
        "obligations": [_duty(duty) for duty in record.obligations],
        "sends": [_sent(send) for send in record.sends],
        "inbound": [
            {"at": _iso(heard.at), "from": name, "channel": heard.channel, "text": heard.text, "intent": _first(heard.intents)}
            for heard, name in record.inbound
        ],
        "matrix": [
            {
                "unit": row.unit.name,
                "period": columns[period_id],
                "obligation": _what(record, period_id),
                "status": cell.status.value,
                "reported_at": _iso(cell.reported_at),
            }
            for row in record.matrix.rows
            for period_id, cell in row.cells.items()
        ],
        "warnings": list(record.warnings),
        "bulletin": "\n\n".join(edition.text for edition in record.bulletins),
    }


def _duty(duty: Obligation) -> dict[str, Any]:
    named = ("what", "rule", "recipient", "published", "begins")
    return {name: getattr(duty, name) for name in named} | {"emails": list(duty.emails), "phones": list(duty.phones), "text": duty.sentence}


def _sent(send: Send) -> dict[str, Any]:
    said = send.said
    return {
        "at": _iso(said.at),
        "channel": said.channel,
        "to": send.to,
        "units": list(send.units),
        "rung": send.rungs[-1] if send.rungs else None,
        "reason": send.reason,
        "parts": len(said.bodies),
        "bytes": sum(len(body.encode()) for body in said.bodies),
    }


def _what(record: Record, period_id: int) -> str:
    return next(column.what for column in record.matrix.columns if column.period_id == period_id)


def _first(intents: Sequence[Any]) -> str | None:
    return intents[0].value if intents else None


def _iso(at: datetime | None) -> str | None:
    return times.local(at).isoformat(timespec="seconds") if at else None
