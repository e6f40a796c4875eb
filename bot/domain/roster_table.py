"""A table before anything in it is understood: rows of text, what cannot be used whatever it says, and which files are no table.

Bytes are told apart by what they begin with, never by their name; a workbook is measured before anybody unpacks it.
"""

import io
import zipfile
from dataclasses import dataclass
from typing import Final

from bot.domain.roster import RosterError

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 20_000
"""Rows taken from one file: some twenty times the addresses of a province with all its counties."""
MAX_UNPACKED: Final = 100 * 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_WIDTH: Final = 60
"""Columns looked at: what stands further out is none of ours."""
ADVICE: Final = "请在 Excel 或 WPS 里打开，用“另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传"

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DECLARED = (b"<!D", "<!D".encode("utf-16-le"), "<!D".encode("utf-16-be"))
"""How a DTD begins. No spreadsheet program writes one; what it declares may expand without end."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell that cannot be used for what it is (merged, hidden, calculated). `row` counts from 1, `place` from 0."""

    row: int
    place: int
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows as text, the header first; `unread` are the names of other sheets of the workbook, which nobody looks at."""

    rows: tuple[tuple[str, ...], ...]
    flaws: tuple[Flaw, ...] = ()
    unread: tuple[str, ...] = ()


def is_workbook(raw: bytes, name: str) -> bool:
    """Whether these are the bytes of an Excel workbook that may be unpacked; False: of a text, as far as can be seen.

    `name` only helps to say what it is. Raises RosterError for another kind of file, a protected, damaged or suspicious one.
    """
    if len(raw) > MAX_BYTES:
        raise RosterError(said=f"文件有 {len(raw) / 1024 / 1024:.1f} MB，超过 10 MB 的上限。名单不会这么大，请检查是否选错了文件")
    if raw.startswith(_OLE):
        raise RosterError(said=_old(raw, name))
    if not raw.startswith(_ZIP):
        return False
    _measure(raw)
    return True


def merged(area: str) -> str:
    """What to do about cells that were joined."""
    return f"单元格 {area} 是合并的，请拆开并把每一格填满"


def hidden_row() -> str:
    """What to do about a row nobody sees."""
    return "这一行是隐藏的（或被筛选掉了），看不见的内容不会导入，请取消隐藏，或删去这一行"


def hidden_column() -> str:
    """What to do about a column nobody sees."""
    return "这一列是隐藏的，请取消隐藏，或删去这一列"


def formula() -> str:
    """What to do about a cell that is calculated."""
    return "是公式，不能导入；请复制这一列，用“选择性粘贴 → 数值”粘贴回来"


def broken() -> str:
    """What to do about a cell whose calculation failed."""
    return "是 Excel 的错误值，请改成实际内容"


def no_sheet() -> RosterError:
    """A workbook in which everything is hidden or empty."""
    return RosterError(said="工作簿里没有可以看见、有内容的工作表。名单要写在第一张可见的工作表里，请取消隐藏后再上传")


def too_many(rows: int) -> RosterError:
    """A sheet with so many rows, or with a cell so far down."""
    told = f"工作表有 {rows} 行，最多 {MAX_ROWS} 行，一条也没有导入"
    return RosterError(said=f"{told}。请检查是否选错了文件；空白行也算，请把用不到的行删去，或分成几个文件导入")


def unreadable() -> RosterError:
    """A workbook that is none inside."""
    return RosterError(said=f"文件打不开，可能已损坏，或不是真正的 Excel 工作簿，一条也没有导入。{ADVICE}")


def _old(raw: bytes, name: str) -> str:
    if _ENCRYPTED in raw:
        return "文件设了打开密码，读不出来，一条也没有导入。请在 Excel 或 WPS 里打开，去掉密码后另存，再上传"
    kind = "WPS 表格（.et）" if name.lower().endswith(".et") else "旧版 Excel（.xls）或 WPS 文件"
    return f"这是{kind}，不能直接导入，一条也没有导入。{ADVICE}"


def _measure(raw: bytes) -> None:
    """Raises RosterError unless it is a workbook of a size that an office's roster may have."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            listed = parts.infolist()
            _refuse_bomb(listed)
            names = {part.filename for part in listed}
            if "xl/workbook.xml" not in names:
                kind = "二进制工作簿（.xlsb）" if "xl/workbook.bin" in names else "压缩包或别的文件"
                raise RosterError(said=f"这是{kind}，不是 Excel 工作簿（.xlsx），一条也没有导入。{ADVICE}")
            for name in sorted(names):
                if name.endswith((".xml", ".rels")):
                    _count(parts, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise unreadable() from error  # whatever zipfile and zlib say of bytes that are not what they claim


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    size = sum(part.file_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise RosterError(said="文件设了密码，读不出来，一条也没有导入。请去掉密码后另存，再上传")
    if size > MAX_UNPACKED or len(parts) > MAX_PARTS:
        said = (
            f"文件展开后有 {size / 1024 / 1024:.0f} MB，远超一份名单的大小，没有打开，一条也没有导入。请把名单复制到新建的工作簿里，再上传"
        )
        raise RosterError(said=said)


def _count(parts: zipfile.ZipFile, name: str) -> None:
    """Raises RosterError for a sheet with too many rows, before anybody makes cells of them, and for a part that declares entities."""
    rows, tail = 0, b""
    with parts.open(name) as sheet:
        while chunk := sheet.read(_CHUNK):
            joined = tail + chunk
            if any(mark in joined for mark in _DECLARED):
                raise unreadable()
            rows += (tail[-4:] + chunk).count(b"<row ")
            tail = joined[-5:]
    if rows > MAX_ROWS:
        raise too_many(rows)
