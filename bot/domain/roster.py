"""Who works where and how they are reached, as an office writes it into a table: what a row means and what makes a table unusable.

One row is one address of one person at one unit; an empty cell says "as it is known". A person is the same under two rows if name,
unit and role agree, if name and an address agree, or if both give the same personal account. Mailboxes are shared in offices, so
under two names they are two people.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import CuibaoError
from bot.domain.words import Role, label

CODE, UNIT, SHORT, LEVEL, PARENT = "单位代码", "单位名称", "简称", "级别", "上级代码"
PERSON, ROLE, PHONE, CHANNEL, ADDRESS = "姓名", "角色", "手机", "渠道", "地址"
COLUMNS: Final = (CODE, UNIT, SHORT, LEVEL, PARENT, PERSON, ROLE, PHONE, CHANNEL, ADDRESS)

LEVELS: Final = {"省": "province", "市州": "prefecture", "县区": "county"}
"""From the top of the tree down."""
ROLES: Final = {label(role): role for role in (Role.PRIMARY, Role.SUBSTITUTE, Role.LEADER, Role.GROUP, Role.ADMIN)}
ROBOTS: Final = frozenset({"wecom_robot", "dingtalk_robot", "feishu_robot"})
"""Channels into a group chat: a private reminder must never go there."""
SHARED: Final = frozenset({"mail", "console"})
"""Channels whose addresses several people may have in common; on any other an address is one person's or one group's alone."""

WITHDRAWN: Final = "名单中已删去"
"""The reason at an address that a later table no longer lists; listing it again makes it good."""
SHOWN: Final = 100
"""Problems that the message of a refusal spells out; `RosterError.problems` has all of them."""

Address = tuple[str, str]
"""Channel and address, as the store writes them."""
Post = tuple[str, Role]
"""Code of the unit, and what the person is to it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that cannot be used. `row` counts from 1 with the header, as Excel shows it; `expected` says what it should be."""

    row: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"第 {self.row} 行“{self.column}”列{f'写的是“{self.value}”' if self.value else '空白'}：{self.expected}"


def problem(row: int, column: str, value: str, expected: str) -> Problem:
    """A problem whose value can be shown on a terminal: cut at 40 characters, control characters replaced."""
    seen = "".join("�" if unicodedata.category(character)[0] == "C" else character for character in value[:41])
    return Problem(row, column, f"{seen[:40]}…" if len(seen) > 40 else seen, expected)


class RosterError(CuibaoError):
    """A table that cannot be taken over; nothing of it was. `problems` names every cell in order of rows; empty: the file itself."""

    def __init__(self, problems: Sequence[Problem] = (), said: str = "") -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.row, COLUMNS.index(each.column) if each.column in COLUMNS else -1)))
        lines = [f"  {each}" for each in self.problems[:SHOWN]]
        more = [f"  另有 {len(self.problems) - SHOWN} 处，改完这些再导入一次就会列出"] if len(self.problems) > SHOWN else []
        super().__init__("\n".join([said or f"名单有 {len(self.problems)} 处要改，一条也没有导入：", *lines, *more]))


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """What the table says of one unit; empty: nothing. `level` is a value of LEVELS, `row` where it stands first."""

    code: str
    name: str
    short_name: str
    level: str
    parent_code: str
    row: int


@dataclass(frozen=True, slots=True)
class Contact:
    """One person, or one group chat, with everything the table says of it. Addresses are in order of preference."""

    name: str
    group: bool
    phone: str
    posts: tuple[Post, ...]
    addresses: tuple[Address, ...]
    row: int


@dataclass(frozen=True, slots=True)
class Roster:
    """A table as read. With `problems` it must not be taken over; `doubtful` are the codes of units that some of them concern."""

    units: tuple[UnitEntry, ...]
    contacts: tuple[Contact, ...]
    problems: tuple[Problem, ...]
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit that is known already stands in the tree; `parent_code` is empty at the top."""

    level: str
    parent_code: str


def misplaced(roster: Roster, known: Mapping[str, Place]) -> list[Problem]:
    """What is wrong with the tree that the table and the known units make together: gaps, loops, levels upside down."""
    tree = dict(known)
    for entry in roster.units:
        before = known.get(entry.code, Place("", ""))
        tree[entry.code] = Place(entry.level or before.level, entry.parent_code or before.parent_code)
    found: list[Problem] = []
    for entry in roster.units:
        if entry.code not in roster.doubtful:
            found += [] if entry.code in known else _undescribed(entry)
            found += _unplaced(entry, tree, roster.doubtful)
    return found


def _undescribed(entry: UnitEntry) -> list[Problem]:
    missing = [column for column, value in ((UNIT, entry.name), (LEVEL, entry.level)) if not value]
    return [problem(entry.row, column, "", f"系统里还没有单位 {entry.code}，请写明") for column in missing]


def _unplaced(entry: UnitEntry, tree: Mapping[str, Place], doubtful: Collection[str]) -> list[Problem]:
    place = tree[entry.code]
    above = place.parent_code
    if not above or above in doubtful:
        return []
    if above not in tree:
        return [problem(entry.row, PARENT, above, "名单和系统里都没有这个代码的单位")]
    loop = _loop(entry.code, tree)
    if loop:
        return [problem(entry.row, PARENT, above, f"上级绕成了圈（{' → '.join(loop)}），请改正其中一处")]
    order = list(LEVELS.values())
    if place.level in order and tree[above].level in order and order.index(tree[above].level) >= order.index(place.level):
        return [problem(entry.row, PARENT, above, "上级单位的级别应当更高；省级单位没有上级，请留空")]
    return []


def _loop(code: str, tree: Mapping[str, Place]) -> list[str]:
    """The way up from a unit back to itself; empty if it ends, or turns in a loop further up (that one is named there)."""
    way, above = [code], tree[code].parent_code
    while above in tree and above not in way:
        way.append(above)
        above = tree[above].parent_code
    return [*way[:6], *(["…"] if len(way) > 6 else []), code] if above == code else []


Identity = tuple[str, ...]


def named(group: bool, name: str, addresses: Iterable[Address]) -> list[Identity]:
    """By what a person is recognised at another unit or in another role: the name with one of these addresses."""
    return [("group" if group else "person", name, *address) for address in addresses]


def accounts(addresses: Iterable[Address]) -> list[Address]:
    """The addresses that are one person's or one group's alone."""
    return [address for address in addresses if address[0] not in SHARED]


def held_by(name: str, contact: Contact, account: Address) -> Problem:
    """The contact gives an account that somebody else has and keeps; an empty name: it is not for telling."""
    if not name:
        return problem(contact.row, ADDRESS, account[1], "这个账号在系统里是其他单位的人的，请核对；如已换人，请联系省级管理员")
    expected = f"这个账号在系统里是“{name}”的；如已换人，请在名单里也写上对方现在的地址"
    return problem(contact.row, ADDRESS, account[1], expected)


def not_yours(entry: UnitEntry) -> Problem:
    """A unit that whoever loads the table may not touch."""
    return problem(entry.row, CODE, entry.code, "不在您管辖的单位之内，请从名单里删去；需要时请联系省级管理员")


def serves_others(contact: Contact) -> Problem:
    """A person who also has posts at units that whoever loads the table may not touch."""
    return problem(contact.row, PERSON, contact.name, "这个人还在您管辖范围以外的单位任职，请由省级管理员修改")
