"""From the rows of a roster to units and people: what is said several times must be the same each time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain import roster
from bot.domain.roster import Address, Contact, Identity, Problem, UnitEntry, problem
from bot.domain.words import Role

OF_UNIT: Final = (roster.CODE, roster.UNIT, roster.SHORT, roster.LEVEL, roster.PARENT)


@dataclass(frozen=True, slots=True)
class Line:
    """One row, cleaned: every column of the roster is in `cells`; `bad` are those that cannot be used."""

    row: int
    cells: dict[str, str]
    bad: frozenset[str]

    @property
    def code(self) -> str:
        """Which unit it is about; empty if that cannot be told."""
        return "" if roster.CODE in self.bad else self.cells[roster.CODE]

    @property
    def role(self) -> Role | None:
        """What the person is to the unit; None where none is named."""
        return roster.ROLES.get(self.cells[roster.ROLE])

    @property
    def address(self) -> Address | None:
        """Where the person is reached, if the row says so."""
        channel, value = self.cells[roster.CHANNEL], self.cells[roster.ADDRESS]
        return (channel, value) if channel and value else None


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a table in order of their first rows, and the codes of which something is wrong."""

    entries: tuple[UnitEntry, ...]
    problems: tuple[Problem, ...]
    doubtful: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contacts:
    """The people and groups of a table in order of their first rows."""

    contacts: tuple[Contact, ...]
    problems: tuple[Problem, ...]


def units(lines: Sequence[Line]) -> Units:
    """One entry for each code; the first row that fills a cell decides, and another one must not contradict it."""
    first: dict[str, int] = {}
    said: defaultdict[str, dict[str, str]] = defaultdict(dict)
    problems: list[Problem] = []
    doubtful = {line.cells[roster.CODE] for line in lines if line.bad.intersection(OF_UNIT)}
    for line in (line for line in lines if line.code):
        row = first.setdefault(line.code, line.row)
        for column in OF_UNIT[1:]:
            value = "" if column in line.bad else line.cells[column]
            known = said[line.code].setdefault(column, value) or value
            said[line.code][column] = known
            if value and value != known:
                expected = f"代码 {line.code} 前面（首见于第 {row} 行）写的是“{known}”，同一代码只能是一个单位"
                problems.append(problem(line.row, column, value, expected))
                doubtful.add(line.code)
    return Units(tuple(_entry(code, said[code], row) for code, row in first.items()), tuple(problems), frozenset(doubtful))


def _entry(code: str, said: dict[str, str], row: int) -> UnitEntry:
    level = roster.LEVELS.get(said[roster.LEVEL], "")
    return UnitEntry(code, said[roster.UNIT], said[roster.SHORT], level, said[roster.PARENT], row)


def contacts(lines: Sequence[Line]) -> Contacts:
    """One contact for each person; rows that cannot be used are left out."""
    usable = [line for line in lines if line.cells[roster.PERSON] and line.role and line.code and not line.bad]
    problems = [*_taken(usable)]
    found: list[Contact] = []
    for rows in _people(usable):
        found.append(_contact(rows))
        problems += _two_phones(rows)
    return Contacts(tuple(found), tuple(problems))


def _people(lines: Sequence[Line]) -> list[list[Line]]:
    """The rows by person, each in order: rows that share an identity belong together, and so do those that share one with them."""
    leads = list(range(len(lines)))
    first: dict[Identity, int] = {}
    for place, line in enumerate(lines):
        for identity in _identities(line):
            one, other = _lead(leads, place), _lead(leads, first.setdefault(identity, place))
            leads[max(one, other)] = min(one, other)
    people: defaultdict[int, list[Line]] = defaultdict(list)
    for place, line in enumerate(lines):
        people[_lead(leads, place)].append(line)
    return list(people.values())


def _lead(leads: list[int], place: int) -> int:
    while leads[place] != place:
        leads[place] = leads[leads[place]]
        place = leads[place]
    return place


def _identities(line: Line) -> Iterator[Identity]:
    name, role = line.cells[roster.PERSON], line.cells[roster.ROLE]
    yield ("post", name, line.code, role)
    if line.address is not None:
        yield from roster.named(line.role is Role.GROUP, name, [line.address])


def _contact(rows: Sequence[Line]) -> Contact:
    head = rows[0]
    posts = dict.fromkeys((line.code, line.role) for line in rows if line.role is not None)
    addresses = dict.fromkeys(line.address for line in rows if line.address is not None)
    phone = next((line.cells[roster.PHONE] for line in rows if line.cells[roster.PHONE]), "")
    return Contact(head.cells[roster.PERSON], head.role is Role.GROUP, phone, tuple(posts), tuple(addresses), head.row)


def _two_phones(rows: Sequence[Line]) -> Iterator[Problem]:
    told = [line for line in rows if line.cells[roster.PHONE]]
    for line in told[1:]:
        if line.cells[roster.PHONE] != told[0].cells[roster.PHONE]:
            expected = f"与第 {told[0].row} 行同一个人的手机不一致，请改成一样或留空"
            yield problem(line.row, roster.PHONE, line.cells[roster.PHONE], expected)


def _taken(lines: Sequence[Line]) -> Iterator[Problem]:
    """An account that stands at two names: one of them would get what is meant for the other."""
    holders: dict[Address, Line] = {}
    for line in lines:
        for account in roster.accounts([line.address] if line.address else []):
            holder = holders.setdefault(account, line)
            if holder.cells[roster.PERSON] != line.cells[roster.PERSON]:
                expected = f"这个账号在第 {holder.row} 行写给了“{holder.cells[roster.PERSON]}”，一个账号只能是一个人（或一个群）的"
                yield problem(line.row, roster.ADDRESS, account[1], expected)
