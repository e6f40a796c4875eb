"""The coverage report as a sheet for Excel: which unit lacks whom."""

import io
from collections.abc import Iterable
from datetime import date

from openpyxl import Workbook

from bot.desk import sheet as sheets
from bot.desk.units import LOOKED_AT, Hole
from bot.domain.words import label

MEDIA_TYPE = sheets.MEDIA_TYPE
TITLE = "联络员覆盖情况"
_LACKS = {False: "无人", True: "有人但收不到消息"}


def write(holes: Iterable[Hole], today: date) -> bytes:
    """The workbook: one row for each unit that lacks somebody."""
    book = Workbook(write_only=True)
    page = book.create_sheet(TITLE)
    page.column_dimensions["B"].width = 34
    page.append([sheets.text(page, f"{TITLE}（截至 {today}）", bold=True)])
    page.append([sheets.text(page, word, bold=True) for word in ("代码", "单位", "能否催到", *map(label, LOOKED_AT))])
    for hole in holes:
        reach = "催不到" if hole.dark else "能"
        lacks = [_LACKS[hole.lacks[role]] if role in hole.lacks else "有" for role in LOOKED_AT]
        page.append([sheets.text(page, word) for word in (hole.unit.code, hole.unit.name, reach, *lacks)])
    taken = io.BytesIO()
    book.save(taken)
    return taken.getvalue()
