"""The audit log as a page and as a file. For who may audit; who does not see everything sees only their own acts there."""

import csv
import io
import json
from collections.abc import Iterator, Mapping

from bot.desk import problems
from bot.desk.desk import Actor, Desk
from bot.domain import times
from bot.store.audit import Entry, Search

PAGE = 100
COLUMNS = ("id", "at", "by", "act", "about", "before", "after")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet program calculate instead of show."""


def read(desk: Desk, actor: Actor, wanted: Search, before: int | None = None) -> tuple[list[Entry], Mapping[str, str]]:
    """A page of entries, the newest first, and who `by` is by name. Raises Forbidden."""
    if not actor.may_audit:
        raise problems.Forbidden
    scope = wanted if actor.units is None else Search(actor.by, wanted.about, wanted.act, wanted.since, wanted.until)
    with desk.store.read() as tx:
        names = {f"admin:{account.id}": account.name for account in tx.accounts.all()}
        return tx.audit.search(scope, PAGE, before), names


def export(desk: Desk, actor: Actor, wanted: Search) -> Iterator[str]:
    """All entries as CSV that Excel opens (with its byte-order mark), some hundred at a time. Raises Forbidden."""
    entries, _ = read(desk, actor, wanted)
    yield "\ufeff" + _line(COLUMNS)
    while entries:
        yield "".join(_line(_cells(entry)) for entry in entries)
        entries, _ = read(desk, actor, wanted, entries[-1].id)


def _cells(entry: Entry) -> tuple[str, ...]:
    at = f"{times.local(entry.at):%Y-%m-%d %H:%M:%S}"
    told = (json.dumps(value, ensure_ascii=False) if value else "" for value in (entry.before, entry.after))
    return str(entry.id), at, entry.by, entry.act, entry.about, *told


def _line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return line.getvalue()
