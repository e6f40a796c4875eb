"""A rehearsal as the page shows it: conversations as people see them, and the matrix with its lamps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from bot.domain import lamps, period_names, rules, times
from bot.domain.due import Due
from bot.domain.lamps import Lamp
from bot.domain.words import Intent, MessageState, label
from bot.rehearse import Rehearsal
from bot.store.matrix import Cell as StoredCell
from bot.store.matrix import Column as StoredColumn
from bot.store.matrix import Matrix as StoredMatrix
from bot.store.people import Person
from bot.store.story import Heard, Said
from bot.store.tx import Tx
from bot.web.house import Cell, Column, Conversation, Duty, Entry, Matrix, Notice, Row, Scene
from bot.wiring import record

SHOWN = (MessageState.SENT, MessageState.UNKNOWN)
MARKS: Mapping[Lamp, str] = dict(zip(Lamp, "✓迟缺诺难·免", strict=True))

Place = tuple[datetime, int]
"""Of an entry in its conversation: its instant; within one, what reminds (0), what was said (1), what answers that (2)."""


def read(rehearsal: Rehearsal) -> Scene:
    """The whole scene in one transaction, so that it shows a single moment."""
    now, next_wake = rehearsal.clock.now(), rehearsal.next_wake()
    played = record.read(rehearsal, times.civil_day(now))
    with rehearsal.cast.store.read() as tx:
        notices = tx.notices.all()
        conversations = tuple(_conversations(tx, rehearsal, {send.said.id: send.reason for send in played.sends}))
        matrix = _matrix(tx, played.matrix, now)
    counts = Counter(cell.word for row in matrix.rows for cell in row.cells if cell is not None)
    return Scene(
        now=now,
        next_send=next_wake,
        ends=rehearsal.ends,
        notice=Notice(notices[0].title, notices[0].number) if notices else Notice("", ""),
        obligations=tuple(Duty(d.what, rules.describe(rules.parse(d.rule)), d.sentence) for d in played.obligations),
        conversations=conversations,
        matrix=matrix,
        totals=dict(counts.most_common()),
        warnings=played.warnings,
        bulletin="\n\n".join(edition.text for edition in played.bulletins),
    )


def _conversations(tx: Tx, rehearsal: Rehearsal, reasons: Mapping[int, str]) -> Iterable[Conversation]:
    """One for each person or group that has received or said anything; groups first. `reasons` say of each message why it went out."""
    people = {person.id: person for person in tx.people.all()}
    told: defaultdict[tuple[int, str], list[tuple[Place, Entry]]] = defaultdict(list)
    channels = rehearsal.cast.stage.channels
    formats = {name: channel.limits.format for name, channel in channels.items()}
    for message in tx.story.said():
        if message.person_id is not None and message.state in SHOWN:
            place = (message.at, 2 if message.kind in record.ANSWERS else 0)
            entries = _out(message, formats[message.channel], reasons.get(message.id, label(message.kind)))
            told[message.person_id, message.channel] += [(place, entry) for entry in entries]
    for heard in tx.story.heard():
        if heard.person_id is not None:
            told[heard.person_id, heard.channel].append(((heard.at, 1), _in(heard)))
    for (person_id, channel), placed in sorted(told.items(), key=lambda item: _place(people[item[0][0]], item[0][1])):
        entries = [entry for _, entry in sorted(placed, key=lambda each: each[0])]
        yield _conversation(people[person_id], channel, entries, group=channels[channel].limits.group)


def _place(person: Person, channel: str) -> tuple[bool, int, str]:
    return person.kind != "group", person.id, channel


def _conversation(person: Person, channel: str, entries: list[Entry], *, group: bool) -> Conversation:
    kind: Literal["group", "chat", "mail"] = "group" if group else "mail" if channel == "mail" else "chat"
    latest = next((number for number, entry in enumerate(reversed(entries)) if entry.direction == "in"), len(entries))
    best = next((address.channel for address in person.addresses if not address.bad), "")
    return Conversation(
        person_id=person.id,
        title=record.display_name(person),
        subtitle="、".join(dict.fromkeys(label(post.role) for post in person.roles)),
        channel=channel,
        kind=kind,
        can_answer=not group and channel == best,
        unread=latest,
        entries=tuple(entries),
    )


def _out(said: Said, format: str, reason: str) -> list[Entry]:
    return [
        Entry(
            at=said.at,
            direction="out",
            subject=said.subject if said.channel == "mail" else "",
            body=body,
            format="markdown" if format == "markdown" else "text",
            state_word=label(said.state),
            reason=reason,
        )
        for body in said.bodies
    ]


def _in(heard: Heard) -> Entry:
    understood = "、".join(label(intent) for intent in heard.intents) or label(Intent.IRRELEVANT)
    return Entry(at=heard.at, direction="in", body=heard.text, understood=understood)


def _matrix(tx: Tx, stored: StoredMatrix, now: datetime) -> Matrix:
    shown = stored.columns
    reminded = tx.story.reminded(tuple(column.period_id for column in shown))
    dues = {column.period_id: tx.periods.get(column.period_id).due for column in shown}
    return Matrix(
        columns=tuple(
            Column(c.period_id, period_names.label(c.period), c.what, dues[c.period_id].target, dues[c.period_id].limit) for c in shown
        ),
        rows=tuple(
            Row(
                row.unit.name,
                row.unit.short_name,
                row.unit.level,
                tuple(_cell(row.cells.get(c.period_id), c, dues, reminded, now) for c in shown),
            )
            for row in stored.rows
        ),
    )


def _cell(
    stored: StoredCell | None, column: StoredColumn, dues: Mapping[int, Due], reminded: Mapping[int, int], now: datetime
) -> Cell | None:
    if stored is None:
        return None
    late_from = lamps.end(column.limit_at, stored.extended_to)
    lamp = lamps.lamp(stored.status, stored.reported_at, late_from, now, disputed=stored.disputed)
    return Cell(stored.task_id, lamp, MARKS[lamp], label(stored.status), reminded.get(stored.task_id, 0))
