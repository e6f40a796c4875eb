"""The text of a document that somebody hands in: plain text, Word (docx) or PDF. Whatever it is, it is never more than its text.

The two libraries are loaded when such a document comes: most installations never see one at the start.
"""

import importlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from bot.domain import notices
from bot.domain.errors import NoticeError
from bot.domain.notices.decode import ADVICE, MAX_BYTES

ZIP, PDF, OLE = b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
"""How an encrypted docx, which is an OLE file, names what it holds."""
MAX_UNPACKED: Final = 60 * 1024 * 1024
"""Bytes that a docx may unpack to; a notice with a few pictures has a tenth of it."""
MAX_PARTS: Final = 2_000
MAX_PAGES: Final = 200
BROKEN: Final = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, SyntaxError, TypeError, ValueError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What a broken file makes the two libraries raise besides errors of their own; lxml's are SyntaxErrors."""


def text(raw: bytes) -> str:
    """The text of the document. Raises NoticeError, in Chinese and with what to do, for one that has none to be read."""
    if len(raw) <= MAX_BYTES:  # what is larger is refused by `decode` with its size
        if raw.startswith(ZIP):
            return _worded(_docx(raw))
        if raw.startswith(PDF):
            return _worded(_pdf(raw))
        if raw.startswith(OLE) and ENCRYPTED in raw:
            raise NoticeError(f"这个 Word 文件加了密码，读不出文字。请去掉密码另存一份再上传，或复制全文粘贴。{ADVICE}")
    return notices.decode(raw)


def _worded(found: str) -> str:
    if not found.strip():
        raise NoticeError(f"文件里没有可读的文字（可能是扫描件或图片）。{ADVICE}")
    return found


def _docx(raw: bytes) -> str:
    _refuse_bomb(raw)
    refusals = (importlib.import_module("docx.opc.exceptions").OpcError, importlib.import_module("docx.exceptions").PythonDocxError)
    try:
        return "\n".join(_lines(importlib.import_module("docx").Document(io.BytesIO(raw))))
    except (*refusals, *BROKEN) as error:
        raise NoticeError(f"这个 Word 文件打不开，可能已损坏或不是 docx。{ADVICE}") from error


def _refuse_bomb(raw: bytes) -> None:
    """By what the archive says of itself before anything of it is unpacked; zipfile holds each part to it."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except zipfile.BadZipFile as error:
        raise NoticeError(f"文件不完整，打不开。请重新保存后上传。{ADVICE}") from error
    if "word/document.xml" not in {part.filename for part in parts}:
        raise NoticeError(f"这不是 Word 文件（docx），可能是 Excel 表格或压缩包。{ADVICE}")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise NoticeError(f"这个文件解压后超过 {MAX_UNPACKED // 1024 // 1024} MB，没有打开。请去掉图片和附件另存一份，或复制全文粘贴")


def _lines(document: Any) -> Iterator[str]:
    """Paragraphs and table rows in their order; a row's cells are parted by tabs, as the reader knows them from pasted tables."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                yield "\t".join(dict.fromkeys(cell.text.replace("\n", " ") for cell in row.cells))
        else:
            yield block.text


def _pdf(raw: bytes) -> str:
    library = importlib.import_module("pypdf")
    try:
        reader = library.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NoticeError(f"这个 PDF 加了密码，读不出文字。请去掉密码另存一份再上传，或复制全文粘贴。{ADVICE}")
        if len(reader.pages) > MAX_PAGES:
            raise NoticeError(f"这个 PDF 有 {len(reader.pages)} 页，最多 {MAX_PAGES} 页。请只上传通知正文")
        return "\n".join(page.extract_text() for page in reader.pages)
    except (library.errors.PyPdfError, *BROKEN) as error:
        raise NoticeError(f"这个 PDF 打不开，可能已损坏。{ADVICE}") from error
