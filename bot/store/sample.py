"""The sample a newcomer starts with: Jilin's units as they were on a day, and stand-in people for them. Nobody in it is real.

Units in force on a day are the rows of `data/jilin_divisions.csv` with `official` = 1 whose days cover it: 1 province,
9 prefectures, 60 counties; and the agency for 长白山, which the province writes to directly although it has no code of its own.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from bot.domain.words import Role
from bot.store.tx import Tx
from bot.store.units import UnitRow

_DATA = Path(__file__).with_name("data")
_MARK = "sample"
_APPS = ("wecom_app", "dingtalk_app", "mail")
_ROBOTS = ("wecom_robot", "dingtalk_robot")


@dataclass(frozen=True, slots=True)
class Sample:
    """What was loaded: unit ids by code, those that owe reports (all but the province, in administrative order), and counts."""

    units: Mapping[str, int]
    owing: tuple[int, ...]
    people: int
    groups: int


def load(tx: Tx, on: date, seed: int = 0) -> Sample:
    """Load the units in force `on` a day and stand-in people, everything marked as sample; `seed` shifts who uses which channel.

    The same arguments always give the same sample; where one has been loaded, its people stay and only units are added.
    """
    rows = sorted(_in_force(on), key=lambda row: row["code"])
    ids = tx.units.put_many([_unit(row, position) for position, row in enumerate(rows, 1)])
    if tx.meta.get(_MARK) is None:
        _people(tx, rows, ids, seed)
        tx.meta.set(_MARK, f"jilin {on}")
    owing = tuple(ids[row["code"]] for row in rows if row["level"] != "province")
    people = [person for person in tx.people.all() if person.sample]
    groups = sum(person.kind == "group" for person in people)
    return Sample(ids, owing, len(people) - groups, groups)


Division = dict[str, str]


def _in_force(on: date) -> list[Division]:
    with (_DATA / "jilin_divisions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if _counts(row) and row["since"] <= str(on) and (not row["until"] or str(on) < row["until"])]


def _counts(row: Division) -> bool:
    """A unit with a code of its own, or a zone that is treated like a prefecture and written to directly."""
    return row["official"] == "1" or (row["parent_code"] == "220000" and row["direct_2018"] == "1")


def _unit(row: Division, position: int) -> UnitRow:
    return UnitRow(
        code=row["code"],
        name=row["bureau_label_2018"],
        short_name=row["short_name"],
        level=row["level"],
        kind=row["kind"],
        parent_code=row["parent_code"],
        position=position,
        pinyin=f"{row['pinyin'].replace(' ', '')} {row['short_pinyin']}",
        initials=row["pinyin_initials"],
        since=_day(row["since"]),
        until=_day(row["until"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _people(tx: Tx, rows: list[Division], ids: Mapping[str, int], seed: int) -> None:
    names = json.loads((_DATA / "sample_people.json").read_text(encoding="utf-8"))
    for number, row in enumerate(rows):
        unit_id, code = ids[row["code"]], row["code"].lower()
        contact = tx.people.put(names["contact"], phone=f"138000000{number:02d}", sample=True)
        _reach(tx, contact, _APPS[(number + seed) % len(_APPS)], f"zs{code}")
        tx.people.assign(contact, unit_id, Role.PRIMARY)
        substitute = tx.people.put(names["substitute"], sample=True)
        _reach(tx, substitute, "mail", f"ls{code}")
        tx.people.assign(substitute, unit_id, Role.SUBSTITUTE)
        leader = tx.people.put(names["leader"], phone=f"138000001{number:02d}", sample=True)
        _reach(tx, leader, "mail", f"ld{code}")
        tx.people.assign(leader, unit_id, Role.LEADER)
    _groups(tx, rows, ids, names["group"])


def _reach(tx: Tx, person_id: int, channel: str, name: str) -> None:
    """The channel first, if it is no mailbox, and a mailbox always."""
    if channel != "mail":
        tx.people.add_address(person_id, channel, name, rank=0)
    tx.people.add_address(person_id, "mail", f"{name}@example.com", rank=1)


def _groups(tx: Tx, rows: list[Division], ids: Mapping[str, int], name: str) -> None:
    """One group chat for each prefecture with its counties."""
    turn = count()
    for row in rows:
        if row["level"] == "prefecture":
            group = tx.people.put(name.format(place=row["name"]), kind="group", sample=True)
            tx.people.add_address(group, _ROBOTS[next(turn) % len(_ROBOTS)], row["short_pinyin"], rank=0)
            for member in rows:
                if row["code"] in (member["code"], member["parent_code"]):
                    tx.people.assign(group, ids[member["code"]], Role.GROUP)
