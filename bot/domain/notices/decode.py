"""From the bytes of an uploaded file to text: which encoding, and which files are no text at all."""

import codecs
from typing import Final

from bot.domain.errors import NoticeError

MAX_BYTES: Final = 10 * 1024 * 1024
ADVICE: Final = "请打开原文件，复制全文粘贴，或另存为 UTF-8 编码的文本文件（.txt）后再上传"

SIGNATURES: Final = (
    (b"%PDF", "PDF 文件"),
    (b"PK\x03\x04", "Word/Excel 文件（docx、xlsx）或压缩包"),
    (b"PK\x05\x06", "压缩包"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Word/Excel/WPS 文件（doc、xls、wps）"),
    (b"{\\rtf", "RTF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"BM", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"OFDR", "OFD 文件"),
)
"""First bytes of files that people take for text, and what they are."""

MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8 (with or without BOM), UTF-16 or GB18030.

    Raises NoticeError, in Chinese and with what to do, for an empty file, one over 10 MB, a binary file and an unknown encoding.
    """
    _refuse_size(raw)
    _refuse_binary(raw)
    text = _marked(raw) or _bare_utf16(raw) or _plain(raw)
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise NoticeError(f"文件里没有文字。{ADVICE}")
    if _mostly_noise(text):
        raise NoticeError(f"文件不是文本，里面有无法显示的字符。{ADVICE}")
    return text


def _refuse_size(raw: bytes) -> None:
    if not raw:
        raise NoticeError(f"文件是空的。{ADVICE}")
    if len(raw) > MAX_BYTES:
        raise NoticeError(f"文件有 {len(raw) / 1024 / 1024:.1f} MB，超过 10 MB 的上限。请只上传通知正文，附件不必上传")


def _refuse_binary(raw: bytes) -> None:
    for signature, name in SIGNATURES:
        if raw.startswith(signature) and not (signature == b"BM" and b"\x00" not in raw[:64]):
            raise NoticeError(f"这是{name}，还不能直接读出文字。{ADVICE}")


def _marked(raw: bytes) -> str | None:
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise _undecodable(error.start) from error
    return None


def _bare_utf16(raw: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its ASCII part (digits, line ends) is zero."""
    even, odd = raw[:4096:2].count(0), raw[1:4096:2].count(0)
    if len(raw) % 2 or not (even or odd):
        return None
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if min(even, odd) == 0 and not _mostly_noise(text) else None


def _plain(raw: bytes) -> str:
    if b"\x00" in raw:
        raise NoticeError(f"文件不是文本（含有空字节）。{ADVICE}")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _undecodable(error.start) from error


def _undecodable(position: int) -> NoticeError:
    return NoticeError(f"认不出文件的编码（第 {position + 1} 个字节处），既不是 UTF-8 也不是 GB18030。{ADVICE}")


def _mostly_noise(text: str) -> bool:
    """Whether control characters, unassigned or private code points are too many for a text."""
    sample = text[:20_000]
    noise = sum(1 for c in sample if (ord(c) < 32 and c not in "\t\r\n\f\v") or 0xE000 <= ord(c) <= 0xF8FF or ord(c) >= 0x30000)
    return noise * 20 > len(sample)
