"""Rows for people and for machines."""

import math
from collections.abc import Iterable
from dataclasses import asdict

from rich.table import Table

from benchmarks.figure import Row, Spread

COLUMNS = ("figure", "what", "rounds", "ours", "bare limit", "ratio", "must", "aim", "reached")


def show(rows: Iterable[Row]) -> Table:
    """The table. A ratio is the median of the rounds with its range; without a bare limit the column is empty."""
    table = Table(*COLUMNS)
    for row in rows:
        ratio = _range(row.figure, "×") if row.ratio else ""
        reached = {None: "", True: "[green]yes[/]", False: "[red]missed[/]"}[row.reached]
        limits = (_limit(row.must, row.at_most), _limit(row.aim, row.at_most))
        bare = _number(row.bare.median) + f" {row.unit}" if row.bare else ""
        table.add_row(row.id, row.what, str(row.rounds), _range(row.ours, f" {row.unit}"), bare, ratio, *limits, reached)
    return table


def plain(row: Row) -> dict[str, object]:
    """A row as JSON values."""
    return asdict(row)


def _range(found: Spread, unit: str) -> str:
    if math.isnan(found.median):
        return "not made"
    median = f"{_number(found.median)}{unit}"
    return median if found.low == found.high else f"{median} ({_number(found.low)}–{_number(found.high)})"


def _limit(limit: float | None, at_most: bool) -> str:
    return "" if limit is None else f"{'≤' if at_most else '≥'} {_number(limit)}"


def _number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
