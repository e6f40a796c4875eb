"""An office's roster as an Excel workbook: what stands in its first visible sheet, and the empty one to begin with."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import openpyxl
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.domain import roster, roster_file, roster_table
from bot.domain.roster_table import MAX_ROWS, MAX_WIDTH, Flaw, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHITE_ROWS = 2_000
"""Rows of the empty table that are text and offer their choices."""
BEGINNING = 1_000
"""Rows within which a sheet that is not empty says something."""
_DAMAGED = (zipfile.BadZipFile, SyntaxError, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError)
"""What the library raises for bytes that are no workbook inside: it checks nothing and stumbles where it stands. Parsers of XML raise
kinds of SyntaxError."""


def table(raw: bytes, name: str) -> Table:
    """The rows of a workbook, or of a file of text. Raises RosterError, in Chinese, for every file that cannot be used."""
    if not roster_table.is_workbook(raw, name):
        return roster_file.table(raw)
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of what it leaves out: none of it concerns us
            book = openpyxl.load_workbook(io.BytesIO(raw), keep_links=False)
    except _DAMAGED as error:
        raise roster_table.unreadable() from error
    sheets = [sheet for sheet in book.worksheets if _says_something(sheet)]
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not shown:
        raise roster_table.no_sheet()
    return _read(shown[0], [sheet.title for sheet in sheets if sheet is not shown[0]])


def template(channels: Iterable[str]) -> bytes:
    """The header and two example rows; cells are text, and columns with few answers offer them."""
    book = Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate((roster.COLUMNS, *roster_file.examples()), 1):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place, value)
            cell.font = Font(bold=number == 1, italic=number > 1, color="000000" if number == 1 else "808080")
    for place, column in enumerate(roster.COLUMNS, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 30 if column in (roster.UNIT, roster.ADDRESS) else 14
        sheet.cell(1, place).fill = PatternFill("solid", fgColor="E8EEF5")
        for number in range(1, WHITE_ROWS + 1):
            sheet.cell(number, place).number_format = "@"
    sheet.freeze_panes = "A2"
    for column, words in ((roster.LEVEL, roster.LEVELS), (roster.ROLE, roster.ROLES), (roster.CHANNEL, channels)):
        _offer(sheet, roster.COLUMNS.index(column) + 1, words)
    taken = io.BytesIO()
    book.save(taken)
    return taken.getvalue()


def _offer(sheet: Worksheet, place: int, words: Iterable[str]) -> None:
    choice = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    letter = get_column_letter(place)
    choice.add(f"{letter}2:{letter}{WHITE_ROWS}")
    sheet.add_data_validation(choice)


def _says_something(sheet: Worksheet) -> bool:
    """Whether anything stands where a roster would begin. Looking at a place makes a cell of it: one far away must not make millions."""
    top = sheet.iter_rows(max_row=min(sheet.max_row, BEGINNING), max_col=min(sheet.max_column, MAX_WIDTH), values_only=True)
    return any(any(row) for row in top)


def _read(sheet: Worksheet, unread: Iterable[str]) -> Table:
    if sheet.max_row > MAX_ROWS:
        raise roster_table.too_many(sheet.max_row)
    rows = [list(row) for row in sheet.iter_rows(max_col=min(sheet.max_column, MAX_WIDTH))]
    flaws = [*_merged(sheet), *_hidden(sheet, rows), *_strange(rows)]
    return Table(tuple(tuple(_text(cell) for cell in row) for row in rows), tuple(flaws), tuple(unread))


def _merged(sheet: Worksheet) -> Iterator[Flaw]:
    for area in sheet.merged_cells.ranges:
        yield Flaw(area.min_row, area.min_col - 1, "", roster_table.merged(area.coord))


def _hidden(sheet: Worksheet, rows: list[list[Cell | MergedCell]]) -> Iterator[Flaw]:
    for number, row in enumerate(rows, 1):
        if sheet.row_dimensions[number].hidden and any(_text(cell) for cell in row):
            yield Flaw(number, 0, "", roster_table.hidden_row())
    for dimension in sheet.column_dimensions.values():
        for place in range(dimension.min or 1, min(dimension.max or 0, len(rows[0])) + 1):
            if dimension.hidden and any(_text(row[place - 1]) for row in rows):
                yield Flaw(1, place - 1, _text(rows[0][place - 1]), roster_table.hidden_column())


def _strange(rows: list[list[Cell | MergedCell]]) -> Iterator[Flaw]:
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if cell.data_type in ("f", "e"):
                expected = roster_table.formula() if cell.data_type == "f" else roster_table.broken()
                yield Flaw(number, place, str(cell.value), expected)


def _text(cell: Cell | MergedCell) -> str:
    """What Excel shows, as far as it matters: whole numbers without a point. A flawed cell is empty: it is complained of once."""
    value = cell.value
    if value is None or cell.data_type in ("f", "e"):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)
