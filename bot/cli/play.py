"""A rehearsal told on the terminal: day by day, then the matrix, the warnings and the circular."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.domain import notices, period_names, rules, times
from bot.domain.words import CLOSED, Status, label
from bot.store.matrix import Cell
from bot.wiring.record import Record

Watch = Callable[[datetime], None]
LAMPS = {Status.REPORTED: "[green]报[/]", Status.ZERO_REPORT: "[green]零[/]", Status.ACCEPTED: "[green]核[/]", Status.EXEMPT: "[dim]免[/]"}
OPEN_LAMPS = {Status.PROMISED: "[yellow]诺[/]", Status.BLOCKED: "[magenta]难[/]", Status.IN_PROGRESS: "[yellow]办[/]"}


@dataclass(frozen=True, slots=True)
class Event:
    """One line's worth: something went to (→) or came from (←) the named one by a channel."""

    at: datetime
    arrow: str
    channel: str
    about: str
    name: str


NAMED = 3
"""Units or people named in one line of the timeline; the rest are counted."""


def show(console: Console, record: Record, doubts: Sequence[notices.Doubt]) -> None:
    """Print the whole rehearsal. Lines are not broken: the terminal does that, and a file keeps them whole."""
    console.soft_wrap = True
    _duties(console, record, doubts)
    _timeline(console, record)
    _matrix(console, record)
    _figures(console, record)
    console.print("\n[bold]提示[/]" if record.warnings else "\n[bold]提示[/] 无")
    for warning in record.warnings:
        console.print(f"  · {escape(warning)}", highlight=False)
    for edition in record.bulletins:
        console.print(f"\n[bold]通报（第{edition.edition}稿，截至{times.local(edition.as_of):%Y-%m-%d %H:%M}）[/]")
        console.print(escape(edition.text), highlight=False)


def _duties(console: Console, record: Record, doubts: Sequence[notices.Doubt]) -> None:
    console.print(f"[bold]演练 {record.since} 至 {record.until}[/]，报送事项 {len(record.obligations)} 项", highlight=False)
    for number, duty in enumerate(record.obligations, 1):
        when = f"{rules.describe(rules.parse(duty.rule))}（{duty.rule}）"
        console.print(f"  {number}. {escape(duty.what)}：{when}，报送至{escape(duty.recipient) or '（未写明）'}", highlight=False)
        console.print(f"     [dim]原文：{escape(duty.sentence)}[/]", highlight=False)
    for doubt in doubts:
        console.print(f"  [yellow]待定[/] {escape(doubt.question)}", highlight=False)


def _timeline(console: Console, record: Record) -> None:
    console.print("\n[bold]逐日经过[/]")
    said = [Event(send.said.at, "→", send.said.channel, send.reason, send.to) for send in record.sends]
    heard = [Event(got.at, "←", got.channel, f"“{escape(got.text)}”", name) for got, name in record.inbound]
    events = sorted(said + heard, key=lambda event: (event.at, event.arrow))
    for day, of_day in groupby(events, key=lambda event: times.civil_day(event.at)):
        console.print(f"[bold]{day}[/]（星期{'一二三四五六日'[day.weekday()]}）", highlight=False)
        for line in _day(list(of_day)):
            console.print(f"  {line}", highlight=False)


def _day(events: Sequence[Event]) -> Iterable[str]:
    """Messages of one kind by one channel make one line; answers are told by what was said."""
    alike: dict[tuple[str, str, str], list[Event]] = {}
    for event in events:
        alike.setdefault((event.arrow, event.channel, event.about), []).append(event)
    for (arrow, channel, about), group in alike.items():
        yield f"{times.local(group[0].at):%H:%M} {arrow} {channel:<14} {about} {escape(_names([event.name for event in group]))}"


def _names(names: Sequence[str]) -> str:
    different = list(dict.fromkeys(names))
    shown = "、".join(different[:NAMED])
    return shown if len(different) <= NAMED else f"{shown} 等{len(different)}个"


def _matrix(console: Console, record: Record) -> None:
    table = Table(title="单位 × 报告期", title_justify="left", pad_edge=False)
    table.add_column("单位")
    for column in record.matrix.columns:
        table.add_column(f"{period_names.label(column.period)}\n{escape(column.what[:8])}", justify="center")
    for row in record.matrix.rows:
        indent = "  " if row.unit.level == "county" else ""
        cells = (row.cells.get(column.period_id) for column in record.matrix.columns)
        limits = (column.limit_at for column in record.matrix.columns)
        end = times.end_of(record.until)
        table.add_row(indent + row.unit.short_name, *(_lamp(cell, limit, end) for cell, limit in zip(cells, limits, strict=True)))
    console.print()
    console.print(table)
    console.print("报 已报  零 零报告  诺 承诺  办 办理中  难 有困难  [red]缺[/] 逾期未报  · 未到期；迟 表示逾期后才报", highlight=False)


def _lamp(cell: Cell | None, limit: datetime, end: datetime) -> str:
    if cell is None:
        return ""
    if cell.status in CLOSED:
        late = cell.reported_at is not None and cell.reported_at >= limit and cell.extended_to is None
        return "[yellow]迟[/]" if late else LAMPS[cell.status]
    if limit <= end:
        return "[red]缺[/]"
    return OPEN_LAMPS.get(cell.status, "[dim]·[/]")


def _figures(console: Console, record: Record) -> None:
    for column in record.matrix.columns:
        counts: dict[Status, int] = {}
        for row in record.matrix.rows:
            if cell := row.cells.get(column.period_id):
                counts[cell.status] = counts.get(cell.status, 0) + 1
        words = "，".join(f"{label(status)} {count}" for status, count in sorted(counts.items()))
        console.print(f"{period_names.label(column.period)} {escape(column.what)}：{words}", highlight=False)
    console.print(f"共发送 {len(record.sends)} 条，收到答复 {len(record.inbound)} 条", highlight=False)
