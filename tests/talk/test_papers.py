"""Documents handed in: what is read, and in which words everything else is refused."""

import io
import zipfile

import docx
import pypdf
import pytest

from bot.domain.errors import NoticeError
from bot.talk import papers

SENTENCE = "请各市州于2018年9月28日前报送名单。"


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "报表", "每月5日前"
    taken = io.BytesIO()
    document.save(taken)
    return taken.getvalue()


def pdf(password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    taken = io.BytesIO()
    writer.write(taken)
    return taken.getvalue()


def packed(name: str, content: bytes) -> bytes:
    taken = io.BytesIO()
    with zipfile.ZipFile(taken, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return taken.getvalue()


def test_a_word_file_is_read_with_its_tables_in_order():
    assert papers.text(word("通知", SENTENCE)) == f"通知\n{SENTENCE}\n报表\t每月5日前"


def test_plain_text_is_read_as_ever():
    assert papers.text(SENTENCE.encode("gb18030")) == SENTENCE


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "文件是空的"),
        (b"a" * (10 * 1024 * 1024 + 1), "超过 10 MB 的上限"),
        (packed("xl/workbook.xml", b"<x/>"), "这不是 Word 文件"),
        (packed("word/document.xml", b"0" * 70_000_000), "解压后超过 60 MB"),
        (packed("word/document.xml", b"<broken"), "Word 文件打不开"),
        (word("通知")[:400], "文件不完整"),
        (papers.OLE + b"\x00" * 600 + papers.ENCRYPTED, "这个 Word 文件加了密码"),
        (papers.OLE + b"\x00" * 600, "旧版 Word"),
        (pdf("secret"), "这个 PDF 加了密码"),
        (pdf(), "没有可读的文字（可能是扫描件"),
        (b"%PDF-1.7\nnothing here", "这个 PDF 打不开"),
        (b"\x89PNG\r\n\x1a\n0000", "这是图片"),
    ],
    ids=range(12),
)
def test_what_has_no_text_to_be_read_is_refused_with_the_reason_and_what_to_do(raw: bytes, says: str):
    with pytest.raises(NoticeError) as refused:
        papers.text(raw)
    assert says in str(refused.value)
    assert "请" in str(refused.value)


def test_entities_of_a_word_file_are_not_followed():
    evil = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w">&x;</w:document>'
    with pytest.raises(NoticeError):
        papers.text(packed("word/document.xml", evil))
