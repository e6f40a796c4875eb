"""A year's published arrangement (放假安排) as a file in holiday-cn's schema, turned into overrides of the calendar.

`{"year": 2027, "papers": [address, …], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, …]}`; other keys are
ignored. A file may name days of the neighbouring years (a make-up Saturday in December belongs to the next year's paper).
An empty list of days means that the paper is not out yet, not that there are no holidays.
"""

import json
from collections.abc import Mapping
from datetime import date

from bot.domain.errors import CalendarError
from bot.domain.workdays import Override


def read(text: str) -> dict[date, Override]:
    """The overrides that the file names. Raises CalendarError if anything in it cannot be used; then nothing is taken over."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CalendarError(f"放假安排文件不是有效的 JSON：{error}。请使用 holiday-cn 发布的年度文件。") from error
    if not isinstance(data, dict) or not isinstance(data.get("year"), int) or not isinstance(data.get("days"), list):
        raise CalendarError("放假安排文件缺少 year 或 days，请使用 holiday-cn 发布的年度文件。")
    year, days = data["year"], data["days"]
    if not days:
        raise CalendarError(f"{year}年的放假安排文件里没有任何日期：国务院尚未公布，请公布后再载入。")
    source = _source(data.get("papers"), year)
    return dict(_entry(entry, number, year, source) for number, entry in enumerate(days, start=1))


def _source(papers: object, year: int) -> str:
    if isinstance(papers, list) and papers and isinstance(papers[0], str):
        return papers[0]
    return f"{year}年放假安排"


def _entry(entry: object, number: int, year: int, source: str) -> tuple[date, Override]:
    if not isinstance(entry, Mapping):
        raise CalendarError(f"放假安排文件第 {number} 天不是一条记录。")
    name, off = entry.get("name"), entry.get("isOffDay")
    if not isinstance(name, str) or not isinstance(off, bool):
        raise CalendarError(f"放假安排文件第 {number} 天缺少 name（文字）或 isOffDay（true 或 false）。")
    try:
        day = date.fromisoformat(str(entry.get("date")))
    except ValueError as error:
        raise CalendarError(f"放假安排文件第 {number} 天的日期“{entry.get('date')}”不存在，应形如 2027-01-01。") from error
    if abs(day.year - year) > 1:
        raise CalendarError(f"放假安排文件第 {number} 天 {day} 不属于{year}年。")
    return day, Override(workday=not off, name=name, source=source)
