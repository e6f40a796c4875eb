"""Commands that need only the rules: `calendar`, `due`, `notice read`, `reply read`, `reply explain`, `mail read`."""

import json
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.domain import due as dues
from bot.domain import mail, notices, periods, replies, times, words, workdays
from bot.domain import rules as grammar
from bot.domain.errors import CuibaoError

YEARS = (1900, 2100)
"""The first and the last year (both included) of days that are typed in: far from where the arithmetic of days ends."""


class InputError(CuibaoError):
    """A word or line on the input cannot be used; the message says which and what form it should have."""


def civil_day(text: str) -> date:
    """A civil day as it is typed. Raises InputError for what is none, and for a year that no notice speaks of."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"日期“{text}”无法识别，应为 2018-09-28 这样的形式") from error
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise InputError(f"日期“{text}”超出范围，年份应在 {YEARS[0]} 到 {YEARS[1]} 之间")
    return found


def instant(text: str, like: str = "2018-09-28T09:05+08:00") -> datetime:
    """An instant as it is typed; `like` is the form to show. Raises InputError."""
    try:
        found = times.parse_instant(text)
    except (ValueError, OverflowError) as error:
        raise InputError(f"时刻“{text}”无法识别，应为 {like} 这样的形式") from error
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise InputError(f"时刻“{text}”超出范围，年份应在 {YEARS[0]} 到 {YEARS[1]} 之间")
    return found


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def calendar(days: list[str], as_json: bool) -> None:
    """Say of each date whether people work and by what source."""
    known = workdays.WorkCalendar()
    found = [known.day(civil_day(text)) for text in days]
    if as_json:
        for day in found:
            line = {"date": day.date, "workday": day.workday, "kind": day.kind, "source": day.source, "provisional": day.provisional}
            sys.stdout.write(_dump(line) + "\n")
        return
    _table(
        ("日期", "上班", "说明", "依据", ""),
        ((day.date, "是" if day.workday else "否", day.name or day.kind, day.source, "暂定" if day.provisional else "") for day in found),
    )


def due(rule: str, since: str, count: int, shift: str, as_json: bool) -> None:
    """List the first periods of a rule from a day on, that day included."""
    known, parsed, start = workdays.WorkCalendar(), grammar.parse(rule), civil_day(since)
    upcoming = periods.first(parsed, start, count, anchor=start, calendar=known)
    found = [dues.due(parsed, period, calendar=known, shift=dues.Shift(shift)) for period in upcoming]
    if as_json:
        lines = [
            {"period": d.period, "nominal": d.nominal, "due": d.target, "limit": d.limit, "explain": dues.explain(d, known)} for d in found
        ]
        sys.stdout.write(_dump(lines) + "\n")
        return
    if not found:
        Console().print(f"{start} 起没有要报的报告期：规则 {rule} 的截止日都在此之前", highlight=False, soft_wrap=True)
        return
    _table(("报告期", "名义", "截止", "最迟", "说明"), ((d.period, d.nominal, d.target, d.limit, dues.explain(d, known)) for d in found))


def notice_read(file: str, issued: str, as_json: bool) -> None:
    """Read a notice and print its obligations and doubts."""
    reading = notices.read(notices.decode(_bytes(file)), civil_day(issued) if issued else None)
    if as_json:
        sys.stdout.write(_dump(_notice(reading)) + "\n")
        return
    console = Console()
    console.print(f"[bold]{escape(reading.title or '（未读出标题）')}[/]  {escape(reading.number or '')}  成文 {reading.issued or '未知'}")
    for item in reading.obligations:
        days = "、".join(map(str, item.due)) or "待定"
        where = escape(item.recipient or "未写明")
        console.print(f"\n● {escape(item.what)}\n  规则 {item.rule}；首个截止 {days}；报送至 {where}", highlight=False)
        console.print(f"  原文：{escape(item.text)}", highlight=False)
    for doubt in reading.doubts:
        console.print(f"\n[yellow]？ {escape(doubt.question)}[/]\n  {escape(doubt.text)}", highlight=False)


def _notice(reading: notices.NoticeReading) -> dict[str, Any]:
    return {
        "title": reading.title,
        "number": reading.number,
        "issued": reading.issued,
        "obligations": [
            {
                "what": item.what,
                "rule": item.rule,
                "due": list(item.due),
                "text": item.text,
                "recipient": item.recipient,
                "emails": list(item.emails),
                "phones": list(item.phones),
            }
            for item in reading.obligations
        ],
        "doubts": [{"kind": doubt.kind, "text": doubt.text, "question": doubt.question} for doubt in reading.doubts],
    }


def _bytes(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"读不到文件 {file}：{error.strerror}。请检查路径与权限") from error


def reply_read() -> None:
    """Answer each line of stdin with a line of stdout; one that cannot be used is answered with its error, and the exit code is 2."""
    known, refused = workdays.WorkCalendar(), False
    for number, raw in enumerate(sys.stdin.buffer, 1):
        if raw.strip():
            answer = _understood(raw, number, known)
            refused = refused or "error" in answer
            sys.stdout.write(_dump(answer) + "\n")
    if refused:
        raise SystemExit(2)


def _understood(raw: bytes, number: int, known: workdays.WorkCalendar) -> dict[str, Any]:
    try:
        text, asked_at = _utterance(raw, number)
    except InputError as refusal:
        return {"error": str(refusal)}
    reading = replies.read(text, asked_at, known)
    return {"intent": reading.intent, "date": reading.day, "counts": dict(reading.counts) or None}


def _utterance(raw: bytes, number: int) -> tuple[str, datetime]:
    try:
        entry = json.loads(raw.decode("utf-8-sig"))
        return str(entry["text"]), instant(entry["asked_at"], "2018-09-28T09:00:00")
    except (ValueError, KeyError, TypeError, RecursionError, InputError) as error:
        raise InputError(f'第 {number} 行无法识别，应为 {{"text": "…", "asked_at": "2018-09-28T09:00:00"}}') from error


def reply_explain(text: str, at: str) -> None:
    """Say how an answer is understood, and why."""
    asked_at = instant(at, "2018-09-28T09:00")
    reading = replies.read(text, asked_at, workdays.WorkCalendar())
    day = f"，日期 {reading.day}" if reading.day else ""
    doubt = "，需要追问" if reading.unsure else ""
    Console().print(f"[bold]{words.label(reading.intent)}[/]（{reading.intent}）{day}，把握 {reading.confidence:.0%}{doubt}")
    _table(("词", "规则", "分"), ((reason.words, reason.rule, reason.score) for reason in reading.reasons))


def mail_read() -> None:
    """One mail on stdin, `{"kind","text","from","token","attachments"}` on stdout; never fails, whatever the bytes are."""
    letter = mail.read(sys.stdin.buffer.read(mail.MOST_BYTES))
    files = [
        {"name": file.name, "media_type": file.media_type, "size": len(file.content), "sha256": file.digest} for file in letter.attachments
    ]
    found = {"kind": letter.kind.value, "text": letter.text, "from": letter.sender, "token": letter.token, "attachments": files}
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


def _table(heads: Iterable[str], rows: Iterable[tuple[object, ...]]) -> None:
    table = Table()
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    Console().print(table)
