"""The figures of a circular as a workbook: the totals by level and prefecture, and every unit. Nothing in it is ever a formula."""

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook

from bot.desk.circular_docx import COLUMNS, row_words
from bot.desk.sheet import MEDIA_TYPE, text

__all__ = ["MEDIA_TYPE", "write"]

TOTALS = (
    ("due", "应报"),
    ("on_time", "按时"),
    ("late", "逾期报送"),
    ("missing", "尚未报送"),
    ("unclear", "情况待核"),
    ("open", "未到期"),
    ("exempt", "免报"),
    ("zero", "其中零报告"),
)
RATES = (("timeliness_permille", "按时率"), ("completeness_permille", "报送率"))
LEVELS = {"province": "省级", "prefecture": "市州", "county": "县区"}


def write(title: str, figures: Mapping[str, Any], digest: str) -> bytes:
    """The workbook; its last line is the mark of the edition."""
    book = Workbook(write_only=True)
    totals, units = book.create_sheet("汇总"), book.create_sheet("各单位")
    units.freeze_panes = "B2"
    totals.append([text(totals, title, bold=True)])
    totals.append([text(totals, word, bold=True) for word in ("范围", *(word for _, word in (*TOTALS, *RATES)))])
    for name, group in _groups(figures):
        rates = [f"{group[key] / 10:.1f}%" if group[key] is not None else "—" for key, _ in RATES]
        totals.append([text(totals, name), *(group[key] for key, _ in TOTALS), *(text(totals, rate) for rate in rates)])
    totals.append([text(totals, f"数据指纹（SHA-256）：{digest}")])
    units.append([text(units, word, bold=True) for word in COLUMNS])
    for unit in figures["units"]:
        units.append([text(units, word) for word in row_words(unit)])
    taken = io.BytesIO()
    book.save(taken)
    return taken.getvalue()


def _groups(figures: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    levels = [(LEVELS.get(name, name), group) for name, group in figures["by_level"].items()]
    return [("总计", figures["overall"]), *levels, *figures["by_prefecture"].items()]
