"""From the bytes of a table that an office saved to a roster: every cell that cannot be used is named, and nothing else is guessed.

CSV in UTF-8 (with or without a mark) or GB18030, or Excel's "Unicode text" (UTF-16 with tabs). Columns may stand in any order.
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from bot.domain import notices, roster, roster_cells, roster_rows
from bot.domain.errors import NoticeError
from bot.domain.notices.decode import ADVICE as NOTICE_ADVICE
from bot.domain.roster import Problem, Roster, RosterError, problem
from bot.domain.roster_rows import Line
from bot.domain.roster_table import MAX_BYTES, MAX_ROWS, Table
from bot.domain.words import Role

OUTSIDE: Final = "表外"
"""Stands for the column of a cell that lies beyond the header."""
ADVICE: Final = "请在 Excel 或 WPS 中用“另存为”，类型选“CSV（逗号分隔）”或“CSV UTF-8”，再导入"

_EXAMPLES: Final = (
    ("220182", "榆树市工业和信息化局", "榆树", "县区", "", "张三", "联络员", "13800000001", "mail", "zhangsan@example.com"),
    ("220182", "", "", "", "", "李四", "替补联络员", "13800000002", "mail", "lisi@example.com"),
)


def template() -> str:
    """The header and two example rows, as a file that Excel opens."""
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows((roster.COLUMNS, *_EXAMPLES))
    return lines.getvalue()


def examples() -> tuple[tuple[str, ...], ...]:
    """The two example rows of an empty table."""
    return _EXAMPLES


def read(raw: bytes, channels: Collection[str]) -> Roster:
    """The roster in a file of text; `channels` are the words for 渠道. Problems of cells are in the roster.

    Raises RosterError if the file itself cannot be used: no text, over 10 MB, too many rows, a wrong header.
    """
    return understood(table(raw), channels)


def table(raw: bytes) -> Table:
    """The rows of a file of text. Raises RosterError."""
    return Table(tuple(map(tuple, _rows(_text(raw)))))


def understood(given: Table, channels: Collection[str], skip: Collection[int] = ()) -> Roster:
    """The roster in a table, without the rows in `skip`. Raises RosterError for a wrong header, or if nothing is left."""
    lines, problems = _lines(given.rows, channels, skip)
    columns = header(given)
    flaws = [problem(flaw.row, _column(columns, flaw.place), flaw.value, flaw.expected) for flaw in given.flaws if flaw.row not in skip]
    units = roster_rows.units(lines)
    contacts = roster_rows.contacts(lines)
    found = (*flaws, *problems, *units.problems, *contacts.problems)
    return Roster(units.entries, contacts.contacts, found, units.doubtful)


def header(given: Table) -> list[str]:
    """The columns of a table as they stand. Raises RosterError naming every one that is missing, unknown or there twice."""
    return _header(given.rows)


def cell(columns: Sequence[str], found: Problem) -> str:
    """Where Excel shows the cell of a problem: `C7`; only the row where it concerns no column."""
    if found.column not in columns:
        return str(found.row)
    return f"{_letters(columns.index(found.column))}{found.row}"


def _letters(place: int) -> str:
    letters = ""
    while place >= 0:
        letters = chr(ord("A") + place % 26) + letters
        place = place // 26 - 1
    return letters


def _column(columns: Sequence[str], place: int) -> str:
    return columns[place] if place < len(columns) else OUTSIDE


def _text(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise RosterError(said=f"文件有 {len(raw) / 1024 / 1024:.1f} MB，超过 10 MB 的上限。名单不会这么大，请检查是否选错了文件")
    try:
        return notices.decode(raw).removeprefix("\ufeff")
    except NoticeError as refusal:
        raise RosterError(said=f"{str(refusal).removesuffix(NOTICE_ADVICE)}{ADVICE}") from refusal


def _rows(text: str) -> list[list[str]]:
    delimiter = "\t" if "\t" in text.lstrip("\r\n").partition("\n")[0] else ","
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise RosterError(said=f"名单超过 {MAX_ROWS} 行，请检查是否选错了文件，或分成几个文件导入")
    except csv.Error as error:
        raise RosterError(said=f"第 {len(rows) + 1} 行读不出来（引号没有成对，或单元格过长）。{ADVICE}") from error
    return rows


def _lines(rows: Sequence[Sequence[str]], channels: Collection[str], skip: Collection[int]) -> tuple[list[Line], list[Problem]]:
    columns = _header(rows)
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows[1:], 2):
        if number not in skip and any(map(str.strip, row)):
            line, found = _line(number, row, columns, channels)
            lines.append(line)
            problems += found
    if not lines:
        raise RosterError(said="名单只有表头，没有内容")
    return lines, problems


def _header(rows: Sequence[Sequence[str]]) -> list[str]:
    """The columns as they stand. Raises RosterError naming every one that is missing, unknown or there twice."""
    columns = [cell.strip(" \t\u3000\ufeff") for cell in rows[0]] if rows else []
    while columns and not columns[-1]:
        columns.pop()
    missing = [problem(1, column, "", "表头缺少这一列") for column in roster.COLUMNS if column not in columns]
    extra = [column for place, column in enumerate(columns) if column not in roster.COLUMNS or column in columns[:place]]
    if missing or extra:
        unknown = [problem(1, "表头", column, "不认识或重复的列，请删去") for column in extra]
        raise RosterError([*missing, *unknown], f"表头应为：{','.join(roster.COLUMNS)}（可用 --template 打印），一条也没有导入：")
    return columns


def _line(number: int, row: Sequence[str], columns: Sequence[str], channels: Collection[str]) -> tuple[Line, list[Problem]]:
    padded = [*row, *[""] * (len(columns) - len(row))]
    cells = {column: roster_cells.clean(column, cell) for column, cell in zip(columns, padded, strict=False)}
    if cells[roster.CHANNEL] == "mail":
        cells[roster.ADDRESS] = cells[roster.ADDRESS].lower()
    problems = [
        problem(number, column, value, expected)
        for column, value in cells.items()
        if value and (expected := roster_cells.flaw(column, value))
    ]
    problems += [problem(number, column, cells[column], expected) for column, expected in _together(cells, channels)]
    problems += [problem(number, OUTSIDE, cell, "这一格在表头之外，请删去或移到对应的列") for cell in row[len(columns) :] if cell.strip()]
    return Line(number, cells, frozenset(each.column for each in problems)), problems


def _together(cells: dict[str, str], channels: Collection[str]) -> Iterator[tuple[str, str]]:
    """Cells that are wrong, or missing, because of what stands in others."""
    role, channel, address = roster.ROLES.get(cells[roster.ROLE]), cells[roster.CHANNEL], cells[roster.ADDRESS]
    if not cells[roster.CODE]:
        yield roster.CODE, "每一行都要写单位代码（合并的单元格请拆开填满）"
    if any(cells[column] for column in (roster.ROLE, roster.PHONE, roster.CHANNEL, roster.ADDRESS)) and not cells[roster.PERSON]:
        yield roster.PERSON, "请写姓名；工作群写群名"
    if cells[roster.PERSON] and not cells[roster.ROLE]:
        yield roster.ROLE, f"应为{'、'.join(roster.ROLES)}之一"
    if role is Role.GROUP and cells[roster.PHONE]:
        yield roster.PHONE, "工作群没有手机，请留空"
    if bool(channel) is not bool(address):
        yield (roster.ADDRESS, "写了渠道就要写地址") if channel else (roster.CHANNEL, f"应为{'、'.join(channels)}之一")
    elif channel and channel not in channels:
        yield roster.CHANNEL, f"应为{'、'.join(channels)}之一"
    elif channel:
        yield from _way(role, channel, address)


def _way(role: Role | None, channel: str, address: str) -> Iterator[tuple[str, str]]:
    if wrong := roster_cells.channel_flaw(role, channel):
        yield roster.CHANNEL, wrong
    elif not roster_cells.flaw(roster.ADDRESS, address) and (wrong := roster_cells.address_flaw(channel, address, role)):
        yield roster.ADDRESS, wrong
