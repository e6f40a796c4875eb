"""A roster comes in by the pages: kept as it came, looked at without changing anything, then taken over as it was looked at.

Taken over is all of it, or only the rows without a problem. With a bad row all rows of the same name stay behind: a person's addresses
are those of the table, so half a person would lose some.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.desk import people_problems, problems
from bot.desk.desk import Actor, Desk
from bot.domain import roster, roster_file, times
from bot.domain.roster import Problem, RosterError
from bot.domain.roster_table import Table
from bot.settings import CHANNELS
from bot.store.tx import Tx
from bot.store.uploads import Upload, UploadState
from bot.talk import roster as rosters
from bot.talk.roster import Outcome

ROUNDS = 30
"""Leaving rows out may make others wrong (a unit whose parent is gone), which are left out in turn; at most so often."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A problem with the cell as Excel names it (`C7`)."""

    cell: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Look:
    """What a table would change. `outcome` is None if nothing of it can be used; `skipped` are the rows that stay behind."""

    upload_id: int
    name: str
    at: datetime
    unread: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    skipped: tuple[int, ...]
    outcome: Outcome | None
    says: str = ""
    complete: bool = False

    @property
    def seen(self) -> str:
        """What the page showed, in one word: another one as soon as the table would change something else."""
        return hashlib.sha256(repr((self.skipped, self.outcome)).encode()).hexdigest()[:16]


def keep(desk: Desk, actor: Actor, name: str, content: bytes) -> int:
    """Keep the bytes as they came; returns the number to look at them by."""
    _may(actor)
    if not content:
        raise people_problems.no_file()
    with desk.store.begin() as tx:
        return tx.uploads.keep(actor.by, name, content, desk.wall())


def look(desk: Desk, actor: Actor, upload_id: int, table: Table, *, complete: bool = False) -> Look:
    """What would change; nothing does. Raises LookupError for a table of somebody else, or one that was decided."""
    with desk.store.read() as tx:
        return _look(tx, actor, _mine(tx, actor, upload_id), table, times.civil_day(desk.now()), complete=complete)


def content(desk: Desk, actor: Actor, upload_id: int) -> tuple[str, bytes]:
    """The name and the bytes of a table that waits. Raises LookupError."""
    _may(actor)
    with desk.store.read() as tx:
        upload = _mine(tx, actor, upload_id)
    return upload.name, upload.content


def load(desk: Desk, actor: Actor, upload_id: int, table: Table, seen: str, *, complete: bool = False) -> Outcome:
    """Take over what was looked at. Raises LookupError, Changed if it would now be something else, Refused if nothing can be used."""
    _may(actor)
    now = desk.now()
    looked = look(desk, actor, upload_id, table, complete=complete)  # what takes long is done before anybody has to wait for us
    if looked.outcome is None:
        raise people_problems.nothing_usable()
    given = roster_file.understood(table, CHANNELS, looked.skipped)
    with desk.store.begin() as tx:
        upload = _mine(tx, actor, upload_id)
        outcome = _again(tx, given, times.civil_day(now), actor, complete=looked.complete)
        if outcome is None or looked.seen != seen or replace(looked, outcome=outcome).seen != seen:
            raise people_problems.roster_changed()
        rosters.put(tx, outcome, now, by=actor.by, filename=upload.name)
        tx.uploads.decide(upload_id, UploadState.LOADED, desk.wall())
    return outcome


def drop(desk: Desk, actor: Actor, upload_id: int) -> None:
    """Nothing of it is taken over, and its bytes go. Raises LookupError."""
    _may(actor)
    with desk.store.begin() as tx:
        _mine(tx, actor, upload_id)
        tx.uploads.decide(upload_id, UploadState.DROPPED, desk.wall())


def _again(tx: Tx, given: roster.Roster, on: date, actor: Actor, *, complete: bool) -> Outcome | None:
    """What would change by now; None if it can no longer be taken over."""
    try:
        return rosters.preview(tx, given, on, complete=complete, within=actor.units)
    except RosterError:
        return None


def _may(actor: Actor) -> None:
    if not actor.may_act:
        raise problems.Forbidden


def _mine(tx: Tx, actor: Actor, upload_id: int) -> Upload:
    upload = tx.uploads.get(upload_id)
    if upload.by != actor.by or upload.state is not UploadState.WAITING:
        raise LookupError(f"upload {upload_id}")
    return upload


def _look(tx: Tx, actor: Actor, upload: Upload, table: Table, on: date, *, complete: bool) -> Look:
    wrong: list[Problem] = []
    skipped: set[int] = set()
    outcome, says = None, ""
    for _ in range(ROUNDS):
        try:
            given = roster_file.understood(table, CHANNELS, skipped)
            outcome = rosters.preview(tx, given, on, complete=complete and not skipped, within=actor.units)
            break
        except RosterError as refusal:
            wrong += [each for each in refusal.problems if each not in wrong]
            more = _with_namesakes(table, {each.row for each in refusal.problems}) - skipped
            if not more or 1 in more:
                says = str(refusal).partition("\n")[0]
                break
            skipped |= more
    named = tuple(Wrong(roster_file.cell(_columns(table), each), each) for each in wrong)
    return Look(upload.id, upload.name, upload.at, table.unread, named, tuple(sorted(skipped)), outcome, says, complete and not skipped)


def _columns(table: Table) -> list[str]:
    return [cell.strip() for cell in table.rows[0]] if table.rows else []


def _with_namesakes(table: Table, rows: Collection[int]) -> set[int]:
    """These rows, and all others in which one of the same people stands."""
    columns = _columns(table)
    if roster.PERSON not in columns:
        return set(rows)
    place = columns.index(roster.PERSON)
    names = [row[place].strip() if place < len(row) else "" for row in table.rows]
    bad = {names[row - 1] for row in rows if 1 < row <= len(names)} - {""}
    return {*rows, *(number for number, name in enumerate(names, 1) if number > 1 and name in bad)}
