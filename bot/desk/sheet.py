"""The matrix as a sheet for Excel: words in the cells, colours like the lamps, nothing in it is ever a formula."""

import io
from collections.abc import Iterable, Iterator
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from bot.desk.progress import Cell, Head, Progress
from bot.domain import period_names, times
from bot.domain.lamps import Lamp
from bot.domain.words import label

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "报送进度"
_WORDS = {Lamp.LATE: "逾期报送", Lamp.MISSING: "逾期未报"}
_FILLS = {
    Lamp.OK: PatternFill("solid", fgColor="DCF1E3"),
    Lamp.LATE: PatternFill("solid", fgColor="FFE6BF"),
    Lamp.MISSING: PatternFill("solid", fgColor="F4B6B1"),
    Lamp.PROMISED: PatternFill("solid", fgColor="DBE8FA"),
    Lamp.BLOCKED: PatternFill("solid", fgColor="ECDFF7"),
    Lamp.EXEMPT: PatternFill("solid", fgColor="ECEFF2"),
}
_BOLD, _WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")


def write(pages: Iterable[Progress], today: date) -> bytes:
    """The workbook. Rows are written as they come, so the whole matrix is never held."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(TITLE)
    for number, page in enumerate(pages):
        if not number:
            _begin(sheet, page.heads, today)
        for row in page.rows:
            sheet.append([text(sheet, row.unit.code), text(sheet, row.unit.name), *(_cell(sheet, cell) for cell in row.cells)])
    taken = io.BytesIO()
    book.save(taken)
    return taken.getvalue()


def _begin(sheet: WriteOnlyWorksheet, heads: Iterable[Head], today: date) -> None:
    sheet.freeze_panes = "C4"
    sheet.column_dimensions["B"].width = 30  # type: ignore[attr-defined]  # the stubs do not know it
    found = list(heads)
    sheet.append([text(sheet, f"{TITLE}（截至 {today}）", bold=True)])
    sheet.append([text(sheet, ""), text(sheet, ""), *(text(sheet, head.column.what, wrap=True) for head in found)])
    sheet.append([text(sheet, "代码", bold=True), text(sheet, "单位", bold=True), *_periods(sheet, found)])


def _periods(sheet: WriteOnlyWorksheet, heads: Iterable[Head]) -> Iterator[SheetCell]:
    for head in heads:
        name = period_names.label(head.column.period)
        yield text(sheet, f"{name}\n{head.column.target}\n{head.settled}/{head.owed}", bold=True, wrap=True)


def _cell(sheet: WriteOnlyWorksheet, cell: Cell | None) -> SheetCell:
    if cell is None:
        return text(sheet, "")
    words = [_WORDS.get(cell.lamp, label(cell.status))]
    if cell.reported_at:
        words.append(f"{times.local(cell.reported_at):%Y-%m-%d %H:%M}")
    made = text(sheet, " ".join(words))
    if cell.lamp in _FILLS:
        made.fill = _FILLS[cell.lamp]
    return made


def text(sheet: WriteOnlyWorksheet, words: str, *, bold: bool = False, wrap: bool = False) -> SheetCell:
    """A cell that is text whatever it begins with: openpyxl would make a formula of “=…”, and so would whoever edits it in Excel."""
    cell = WriteOnlyCell(sheet, value=words)
    cell.data_type, cell.quotePrefix = "s", True
    if bold:
        cell.font = _BOLD
    if wrap:
        cell.alignment = _WRAPPED
    return cell
