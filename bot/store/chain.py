"""Facts in chains: each row carries a hash of its own content and of the row before, so that no row can be changed unnoticed.

Event, delivery, inbound and audit are such chains. The head (`tables.Head`) holds the last number and hash: appending costs the same
however long the chain is, two writers cannot fork it (they queue at the head), and a cut tail shows. Rows are numbered without gaps by the
chain itself, so a missing number names the row that was deleted. Who can rewrite the whole database can rewrite the chain as well:
an excerpt of `head` kept elsewhere (the circular, a mail) closes that door.
"""

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, Table, bindparam, select, update

from bot.store import bulk, conflict, tables

HEAD = tables.of(tables.Head)
CHAINS: Mapping[str, Table] = {name: tables.METADATA.tables[name] for name in ("event", "delivery", "inbound", "audit")}
"""The chains by name."""

OUTSIDE = frozenset({"id", "hash"})
"""Columns outside the hash: the order is in `prev_hash`."""

READ_LATER: Mapping[str, frozenset[str]] = {"inbound": frozenset({"state", "person_id", "trouble", "kind", "about"})}
"""Further ones, by chain: how an inbound is read is not what it was (`raw` is). Columns of the same name elsewhere are facts."""

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)

BATCH = 1000
"""Rows read at a time while verifying: what bounds its memory."""


class Damage(StrEnum):
    """How a chain was found broken."""

    ALTERED = "altered"
    DELETED = "deleted"
    REORDERED = "reordered"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row at which a chain does not hold; `id` is the number of the missing row if it was deleted."""

    chain: str
    id: int
    damage: Damage


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a chain, ours until the transaction ends: what the next row hangs on."""

    last_id: int
    hash: str


def append(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Add facts at the end, in this order; returns their ids. `rows` name every column but `id`, `prev_hash` and `hash`."""
    return hang(connection, table, lock(connection, table), rows) if rows else []


def lock(connection: Connection, table: Table) -> Tail:
    """Hold the end of the chain (SQLite: the whole database is held already). Writers of one chain queue here."""
    row = connection.execute(_LOCK, {"chain": table.name}).first()
    if row is None:
        connection.execute(conflict.insert_new(connection, HEAD, ["name"]), {"name": table.name, "last_id": 0, "hash": ""})
        row = connection.execute(_LOCK, {"chain": table.name}).one()
    return Tail(row.last_id, row.hash)


def hang(connection: Connection, table: Table, tail: Tail, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """`append` for who has locked the chain already."""
    last_hash, links = tail.hash, []
    for number, row in enumerate(rows, tail.last_id + 1):
        link = {**row, "id": number, "prev_hash": last_hash}
        last_hash = link["hash"] = digest(table, link)
        links.append(link)
    bulk.insert(connection, table, links)
    last_id = tail.last_id + len(rows)
    connection.execute(_MOVE, {"chain": table.name, "to": last_id, "seal": last_hash})
    return list(range(tail.last_id + 1, last_id + 1))


def digest(table: Table, row: Mapping[str, object] | RowMapping) -> str:
    """SHA-256 of the row's canonical JSON: every column but those `OUTSIDE` and `READ_LATER`, sorted; `prev_hash` is one of them."""
    covered = {name: value if type(value := row[name]) in _PLAIN else _plain(value) for name in _covered(table)}
    return hashlib.sha256(_JSON.encode(covered).encode()).hexdigest()


@functools.cache
def _covered(table: Table) -> tuple[str, ...]:
    outside = OUTSIDE | READ_LATER.get(table.name, frozenset())
    return tuple(column.name for column in table.columns if column.name not in outside)


def head(connection: Connection, table: Table) -> tuple[int, str]:
    """Number and hash of the last row; (0, "") for an empty chain."""
    row = connection.execute(select(HEAD.c.last_id, HEAD.c.hash).where(HEAD.c.name == table.name)).first()
    return (row.last_id, row.hash) if row else (0, "")


def verify(connection: Connection, table: Table) -> Broken | None:
    """Read the whole chain; the first row that was altered, deleted, reordered or added by another way, or None."""
    last_id, last_hash = head(connection, table)
    number, previous = 0, ""
    for row in _rows(connection, table):
        number += 1
        if row["id"] != number:
            return Broken(table.name, number, Damage.DELETED)
        if number > last_id:
            return Broken(table.name, number, Damage.ADDED)
        damage = _damage(table, row, previous)
        if damage is not None:
            return Broken(table.name, number, damage)
        previous = str(row["hash"])
    if number < last_id:
        return Broken(table.name, number + 1, Damage.DELETED)
    return None if previous == last_hash else Broken(table.name, number, Damage.ALTERED)


def verify_all(connection: Connection, chains: Iterable[str] = CHAINS) -> list[Broken]:
    """The damage found in each of the named chains; empty when all hold."""
    found = (verify(connection, CHAINS[name]) for name in chains)
    return [broken for broken in found if broken is not None]


def _damage(table: Table, row: RowMapping, previous: str) -> Damage | None:
    if row["hash"] != digest(table, row):
        return Damage.ALTERED
    return None if row["prev_hash"] == previous else Damage.REORDERED


def _rows(connection: Connection, table: Table) -> Iterator[RowMapping]:
    after = 0
    while True:
        page = connection.execute(select(table).where(table.c.id > after).order_by(table.c.id).limit(BATCH)).mappings().all()
        yield from page
        if len(page) < BATCH:
            return
        after = page[-1]["id"]


_PLAIN = frozenset({str, int, type(None), bool})  # most values need no look at their class


def _plain(value: object) -> object:
    """The one JSON form of a value, the same before it is stored and after it is read by either database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


_LOCK = select(HEAD.c.last_id, HEAD.c.hash).where(HEAD.c.name == bindparam("chain")).with_for_update()
_MOVE = update(HEAD).where(HEAD.c.name == bindparam("chain")).values(last_id=bindparam("to"), hash=bindparam("seal"))
