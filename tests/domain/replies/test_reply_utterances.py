"""Every row of the tables is read as its label says. A misread answer from the field is one more row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain import replies, times
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

TABLES = Path(__file__).parent / "utterances"
CALENDAR = WorkCalendar()


@dataclass(frozen=True)
class Row:
    text: str
    asked_at: str
    intent: Intent
    day: str
    counts: dict[str, int]
    why: str


def rows() -> Iterator[Row]:
    for table in sorted(TABLES.glob("*.tsv")):
        with table.open(encoding="utf-8", newline="") as lines:
            for text, asked_at, intent, day, counts, why in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if not text.startswith("#"):
                    numbers = dict(pair.split("=") for pair in counts.split())
                    yield Row(text.replace("\\n", "\n"), asked_at, Intent(intent), day, {k: int(n) for k, n in numbers.items()}, why)


ROWS = list(rows())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:24])
def test_an_answer_is_read_as_its_row_says(row: Row) -> None:
    reading = replies.read(row.text, times.parse_instant(row.asked_at), CALENDAR)

    day = reading.day.isoformat() if reading.day else ""
    assert (reading.intent, day, reading.counts) == (row.intent, row.day, row.counts), f"{row.why}: {reading.reasons}"


def test_every_intent_has_rows_of_its_own() -> None:
    assert {row.intent for row in ROWS} == set(Intent)


def test_the_rows_are_distinct() -> None:
    assert len({(row.text, row.asked_at) for row in ROWS}) == len(ROWS)


def test_the_reader_rarely_asks_back() -> None:
    unsure = sum(replies.read(row.text, times.parse_instant(row.asked_at), CALENDAR).unsure for row in ROWS)

    assert unsure <= len(ROWS) * 0.1
