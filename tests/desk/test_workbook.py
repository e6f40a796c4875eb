"""An Excel workbook becomes rows of text; every kind of file that is none is refused with a sentence, and nothing is guessed."""

import contextlib
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from bot.desk import workbook
from bot.domain import roster, roster_file
from bot.domain.roster import RosterError
from bot.settings import CHANNELS

ROWS = (
    roster.COLUMNS,
    ("220000", "吉林省厅", "吉林省", "省", None, None, None, None, None, None),
    (220182, "榆树市局", "榆树", "县区", "220000", "张三", "联络员", 13800000001, "mail", "zs@example.com"),
)


def book(change: Callable[[Worksheet], object] = lambda sheet: None, rows=ROWS) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append(row)
    change(sheet)
    taken = io.BytesIO()
    made.save(taken)
    return taken.getvalue()


def problems(raw: bytes) -> list[tuple[str, str, str]]:
    table = workbook.table(raw, "名单.xlsx")
    columns = roster_file.header(table)
    found = roster_file.understood(table, CHANNELS).problems
    return [(roster_file.cell(columns, each), each.value, each.expected) for each in found]


def refused(raw: bytes, name: str = "名单.xlsx") -> str:
    with pytest.raises(RosterError) as error:
        workbook.table(raw, name)
    return str(error.value)


def repacked(raw: bytes, **parts: bytes) -> bytes:
    """The workbook with parts of it (dots for slashes) replaced."""
    taken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(taken, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, parts.get(part.filename.rpartition("/")[2].partition(".")[0], old.read(part)))
    return taken.getvalue()


def test_numbers_are_read_as_excel_shows_them():
    found = roster_file.understood(workbook.table(book(), "a.xlsx"), CHANNELS)
    assert found.problems == ()
    assert [unit.code for unit in found.units] == ["220000", "220182"]
    assert [(each.name, each.phone, each.addresses) for each in found.contacts] == [("张三", "13800000001", (("mail", "zs@example.com"),))]


def test_the_empty_table_reads_back_and_its_cells_are_text():
    raw = workbook.template(CHANNELS)
    table = workbook.table(raw, "名单.xlsx")
    assert tuple(roster_file.header(table)) == roster.COLUMNS
    assert table.rows[1:3] == roster_file.examples()
    assert table.flaws == ()
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    assert {sheet.cell(row, place).number_format for row in (2, 500) for place in (1, 8)} == {"@"}


def test_a_bad_cell_is_named_as_excel_names_it_with_its_value_and_the_cure():
    def spoil(sheet: Worksheet) -> None:
        sheet["H3"], sheet["J3"] = "12345", "zs#example"

    assert problems(book(spoil)) == [
        ("H3", "12345", "应为 11 位手机号，或 0431-12345678 这样的座机号"),
        ("J3", "zs#example", "应为 name@example.com 这样的邮箱"),
    ]


@pytest.mark.parametrize(
    ("change", "cell", "says"),
    [
        (lambda sheet: sheet.__setitem__("F3", '=HYPERLINK("http://x")'), "F3", "是公式"),
        (lambda sheet: sheet.__setitem__("C3", "#REF!"), "C3", "错误值"),
        (lambda sheet: sheet.merge_cells("B2:B3"), "B2", "单元格 B2:B3 是合并的"),
        (lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True), "A3", "这一行是隐藏的"),
        (lambda sheet: setattr(sheet.column_dimensions["H"], "hidden", True), "H1", "这一列是隐藏的"),
        (lambda sheet: sheet.__setitem__("M3", "备注"), "3", "在表头之外"),
        (lambda sheet: sheet.__setitem__("B3", "<b>局</b>"), "B3", "不能有尖括号"),
    ],
)
def test_merged_hidden_calculated_and_stray_cells_are_named(change: Callable[[Worksheet], object], cell: str, says: str):
    found = problems(book(change))
    assert any(where == cell and says in expected for where, _, expected in found), found


def test_other_sheets_are_told_and_hidden_ones_are_not_read():
    made = openpyxl.load_workbook(io.BytesIO(book()))
    made.worksheets[0].title = "名单"
    secret = made.create_sheet("旧名单", 0)
    secret.append(("别的", "东西"))
    secret.sheet_state = "hidden"
    made.create_sheet("空的")
    taken = io.BytesIO()
    made.save(taken)
    table = workbook.table(taken.getvalue(), "名单.xlsx")
    assert (table.unread, table.rows[2][5]) == (("旧名单",), "张三")


def test_a_workbook_with_nothing_to_see_is_refused():
    assert "没有可以看见、有内容的工作表" in refused(book(rows=()))


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "名单.xls", "旧版 Excel（.xls）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "名单.et", "WPS 表格（.et）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "名单.xlsx", "打开密码"),
        (b"PK\x03\x04" + bytes(600), "名单.xlsx", "打不开，可能已损坏"),
        (b"%PDF-1.7 " + b"x" * 600, "名单.xlsx", "PDF"),
        (bytes(10 * 1024 * 1024 + 1), "名单.xlsx", "超过 10 MB"),
    ],
)
def test_files_that_are_no_workbook_are_refused_with_what_to_do(raw: bytes, name: str, says: str):
    said = refused(raw, name)
    assert says in said
    assert "请" in said


def test_another_office_file_and_a_binary_workbook_are_told_apart():
    for part, says in (("word/document.xml", "别的文件"), ("xl/workbook.bin", "二进制工作簿")):
        taken = io.BytesIO()
        with zipfile.ZipFile(taken, "w") as made:
            made.writestr(part, b"x")
        assert says in refused(taken.getvalue())


def test_a_bomb_is_measured_and_never_unpacked():
    bomb = repacked(book(), sheet1=b"<a>" + bytes(120 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    assert "展开后有 12" in refused(bomb)


def test_a_hundred_thousand_rows_are_counted_before_they_become_cells():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (number, number) for number in range(1, 100_001))
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + rows + b"</sheetData></worksheet>"
    assert "工作表有 100000 行，最多 20000 行" in refused(repacked(book(), sheet1=sheet))


@pytest.mark.parametrize("part", ["sheet1", "workbook", "styles"])
@pytest.mark.parametrize(
    "content",
    [
        b"not xml",
        b"",
        b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<other/>",
    ],
)
def test_a_workbook_that_is_broken_inside_is_refused_and_never_expands(part: str, content: bytes):
    raw = repacked(book(), **{part: content})
    if b"DOCTYPE" in content:
        assert "打不开" in refused(raw)
        return
    with contextlib.suppress(RosterError):  # an empty style sheet is no harm, the library goes on without
        assert len(workbook.table(raw, "名单.xlsx").rows) == 3


def test_a_cell_at_the_end_of_the_sheet_costs_no_more_than_a_sentence():
    """Whoever looks at every place up to it makes seventeen thousand million cells."""

    def far(sheet: Worksheet) -> None:
        sheet["XFD1048576"] = "x"

    with pytest.raises(RosterError, match="1048576 行"):
        workbook.table(book(far), "名单.xlsx")


def test_a_cell_far_to_the_right_is_left_aside():
    def far(sheet: Worksheet) -> None:
        sheet["XFD1"] = "x"

    assert workbook.table(book(far), "名单.xlsx").rows[0][: len(roster.COLUMNS)] == roster.COLUMNS
