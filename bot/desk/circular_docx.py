"""A circular as a Word document in the layout of official documents (GB/T 9704-2012), for a person to finish and sign.

Letterhead, number, seal and signature are never made by a machine. The standard's fonts are commercial: they are named, not
shipped, and a machine without them falls back to its own.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from docx import Document
from docx.document import Document as TheDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from bot.domain import times
from bot.domain.words import Punctuality, label

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, TITLE, HEADING, TABLE = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
"""Text, title, first-level headings (GB/T 9704-2012, 7.3), and the attached table."""
SIZE, TITLE_SIZE, TABLE_SIZE, FOOT_SIZE = Pt(16), Pt(22), Pt(10.5), Pt(14)
"""三号, 二号, 五号, 四号."""
LINE: Final = Pt(29)
"""22 lines on 225 mm (5.2.3)."""
COLUMNS: Final = ("单位", "报送情况", "收到时间", "逾期工作日", "展期至", "备注")

_HEADING: Final = re.compile(r"[一二三四五六七八九十]、")
_ONE_EACH: Final = re.compile(r"：|^注\d")
"""Lines that say something about one unit stay lines; bare names are joined into one paragraph."""


def write(text: str, figures: Mapping[str, Any], digest: str) -> bytes:
    """The document: `text` as the circular reads, the units of `figures` as its attachment, `digest` as the mark of the edition."""
    document = Document()
    _page(document.sections[0])
    for words in paragraphs(text):
        _paragraph(document, words)
    _attachment(document, figures, digest)
    taken = io.BytesIO()
    document.save(taken)
    return taken.getvalue()


def title(text: str) -> str:
    """The title line of the circular, empty if there is none."""
    return next((line.strip() for line in text.splitlines() if _is_title(line.strip())), "")


def paragraphs(text: str) -> Iterator[str]:
    """The lines of the circular as paragraphs: lists of names that were broken for a chat are one again."""
    names: list[str] = []
    for line in (*text.splitlines(), ""):
        if names and (not line.strip() or _HEADING.match(line)):
            yield "、".join(names)
            names.clear()
        if not line.strip():
            continue
        if _HEADING.match(line) or _ONE_EACH.search(line) or line.endswith(("。", "】")) or not _is_list(line):
            yield line.strip()
        else:
            names.append(line.strip())


def _is_title(line: str) -> bool:
    return line.startswith("关于") and line.endswith("的通报")


def _is_list(line: str) -> bool:
    return "。" not in line and "关于" not in line


def _page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)  # 7 mm below the text
    section.even_page_footer.is_linked_to_previous = False
    _even_pages_differ(section)
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _even_pages_differ(section: Section) -> None:
    """Odd page numbers stand right, even ones left (7.5)."""
    section._document_part.settings.odd_and_even_pages_header_footer = True


def _number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character from the edge."""
    paragraph.alignment = side
    edge = paragraph.paragraph_format
    edge.left_indent, edge.right_indent = (FOOT_SIZE, None) if side is WD_ALIGN_PARAGRAPH.LEFT else (None, FOOT_SIZE)
    _font(paragraph.add_run("— "), TABLE, FOOT_SIZE)
    run = paragraph.add_run()
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        run._r.append(_field(kind, words))
    _font(run, TABLE, FOOT_SIZE)
    _font(paragraph.add_run(" —"), TABLE, FOOT_SIZE)


def _field(kind: str, words: str) -> Any:
    if kind:
        element = OxmlElement("w:fldChar")
        element.set(qn("w:fldCharType"), kind)
        return element
    element = OxmlElement("w:instrText")
    element.text = words
    return element


def _paragraph(document: TheDocument, words: str) -> None:
    paragraph = document.add_paragraph()
    if _is_title(words):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _font(paragraph.add_run(words), TITLE, TITLE_SIZE)
        _lines(paragraph, Pt(36), after=LINE)
        return
    heading = _HEADING.match(words) is not None
    flush = words.endswith("：") or words.startswith("【")
    _font(paragraph.add_run(words), HEADING if heading else BODY, SIZE)
    _lines(paragraph, LINE)
    if not flush:
        paragraph.paragraph_format.first_line_indent = SIZE * 2


def _lines(paragraph: Paragraph, height: Pt, after: Pt | None = None) -> None:
    spacing = paragraph.paragraph_format
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, height
    spacing.space_before, spacing.space_after = Pt(0), after or Pt(0)


def _font(run: Run, name: str, size: Pt) -> None:
    """Word keeps the font of Chinese characters apart from that of Latin ones."""
    run.font.name, run.font.size = name, size
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _attachment(document: TheDocument, figures: Mapping[str, Any], digest: str) -> None:
    head = document.add_paragraph()
    head.paragraph_format.page_break_before = True
    _font(head.add_run("附件：各单位报送情况"), HEADING, SIZE)
    units = figures["units"]
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _row(table.rows[0].cells, COLUMNS)
    for unit in units:
        _row(table.add_row().cells, row_words(unit))
    mark = document.add_paragraph()
    _font(mark.add_run(f"数据指纹（SHA-256）：{digest}"), TABLE, Pt(9))


def _row(cells: Sequence[Any], words: Sequence[str]) -> None:
    for cell, word in zip(cells, words, strict=True):
        _font(cell.paragraphs[0].add_run(word), TABLE, TABLE_SIZE)


def row_words(unit: Mapping[str, Any]) -> tuple[str, ...]:
    """One unit of the figures as the columns of the attachment."""
    received = f"{times.local(times.parse_instant(unit['reported_at'])):%Y-%m-%d %H:%M}" if unit["reported_at"] else ""
    notes = [unit["note"], "零报告" if unit["zero_report"] else "", "" if unit["delivered"] else "提醒未送达"]
    days = str(unit["days_late"]) if unit["days_late"] else ""
    return (unit["unit"], label(Punctuality(unit["punctuality"])), received, days, unit["extension"] or "", "；".join(filter(None, notes)))
