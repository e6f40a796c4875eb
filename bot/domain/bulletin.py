"""The circular (通报): who was on time, late, missing, exempt, and what is not yet clear (PROMISES D7).

A draft for a person to sign. It follows the ledger and the administrative order, names units and never persons, and blames
nobody: a unit that none of our messages reached, or that disputes the duty, is unclear and not missing. Text is a template's.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.domain import wording
from bot.domain.words import Punctuality, label

SMALLEST = 5
"""A rate is given for at least so many units; under that it would say more than there is to say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of the period. `order` is its place in the administrative order; `prefecture` the one it is counted with.

    `reported_at` is the first moment on record, `days_late` in workdays, `extension` the granted day, `delivered` whether any
    reminder of ours arrived. `note` is what the unit stated (a difficulty, an objection) without naming a person.
    """

    unit: str
    level: str
    order: int
    punctuality: Punctuality
    reported_at: datetime | None
    days_late: int
    extension: date | None
    delivered: bool
    note: str = ""
    prefecture: str = ""
    zero_report: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """The first sentence: to whom, on the basis of which document, what was due, and the last day on time."""

    addressees: str
    basis: str
    what: str
    due: date


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units stand where. `due` is all that owe; what is exempt is not in it. `zero` counts zero reports among those received."""

    due: int
    on_time: int
    late: int
    missing: int
    exempt: int
    unclear: int
    open: int
    zero: int

    @property
    def completeness(self) -> int | None:
        """Received, per thousand of those judged (received or missing); None for fewer than five of them."""
        return _permille(self.on_time + self.late, self._judged)

    @property
    def timeliness(self) -> int | None:
        """Received on time, per thousand of those judged; None for fewer than five of them."""
        return _permille(self.on_time, self._judged)

    @property
    def _judged(self) -> int:
        return self.on_time + self.late + self.missing


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A drafted circular as of an instant. The sections hold rows in administrative order; `figures` is JSON from which every
    number recomputes, and `digest` the SHA-256 of it in canonical form. A correction is a new edition, never a change."""

    title: str
    opening: Opening
    as_of: datetime
    tally: Tally
    sections: dict[str, tuple[Row, ...]]
    footnotes: tuple[str, ...]
    figures: dict[str, object]
    digest: str


def draft(title: str, rows: Sequence[Row], as_of: datetime, opening: Opening) -> Bulletin:
    """The circular of one period. The same rows, in whatever order, always make the same one."""
    ordered = sorted((_fair(row) for row in rows), key=lambda row: (row.order, row.unit))
    figures = _figures(ordered, as_of, opening)
    return Bulletin(
        title=title,
        opening=opening,
        as_of=as_of,
        tally=_tally(ordered),
        sections={name: tuple(row for row in ordered if row.punctuality in members) for name, members in _SECTIONS.items()},
        footnotes=_footnotes(ordered),
        figures=figures,
        digest=digest(figures),
    )


def digest(figures: dict[str, object]) -> str:
    """SHA-256 in hexadecimal of the canonical JSON of `figures`: keys sorted, no blanks, UTF-8."""
    canonical = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def view(bulletin: Bulletin) -> dict[str, object]:
    """What the templates get: JSON values only."""
    opening, tally = bulletin.opening, bulletin.tally
    return {
        "title": bulletin.title,
        "addressees": opening.addressees,
        "opening": {
            "basis": opening.basis,
            "what": opening.what,
            "due": wording.full_day(opening.due),
            "as_of": wording.moment_word(bulletin.as_of),
        },
        "totals": {
            **_counts(tally),
            "rate": wording.percent(tally.timeliness),
            "completeness": wording.percent(tally.completeness),
        },
        **{name: [_row_view(row) for row in section] for name, section in bulletin.sections.items()},
        "footnotes": list(bulletin.footnotes),
        "digest": bulletin.digest,
        "draft": True,
    }


_SECTIONS: dict[str, frozenset[Punctuality]] = {
    "on_time": frozenset({Punctuality.ON_TIME, Punctuality.ON_TIME_DUE_DAY, Punctuality.ON_TIME_SHIFTED}),
    "late": frozenset({Punctuality.LATE}),
    "missing": frozenset({Punctuality.MISSING}),
    "unclear": frozenset({Punctuality.UNCLEAR}),
    "open": frozenset({Punctuality.OPEN}),
    "exempt": frozenset({Punctuality.EXEMPT}),
}


_COUNTS_DAYS = frozenset({Punctuality.LATE, Punctuality.MISSING})


def _fair(row: Row) -> Row:
    """Whom we never reached is unclear and not missing; days are charged only to who is late or missing."""
    unheard = row.punctuality is Punctuality.MISSING and not row.delivered
    judged = Punctuality.UNCLEAR if unheard else row.punctuality
    return replace(row, punctuality=judged, days_late=row.days_late if judged in _COUNTS_DAYS else 0)


def _tally(rows: Sequence[Row]) -> Tally:
    found = {name: sum(row.punctuality in members for row in rows) for name, members in _SECTIONS.items()}
    received = _SECTIONS["on_time"] | _SECTIONS["late"]
    zero = sum(row.zero_report and row.punctuality in received for row in rows)
    return Tally(due=len(rows) - found["exempt"], zero=zero, **found)


def _permille(part: int, whole: int) -> int | None:
    """Rounded half up, but a thousand only if nothing is missing."""
    if whole < SMALLEST:
        return None
    return 1000 if part == whole else min(999, (2000 * part + whole) // (2 * whole))


def _counts(tally: Tally) -> dict[str, object]:
    names = ("due", "on_time", "late", "missing", "exempt", "unclear", "open", "zero")
    return {name: getattr(tally, name) for name in names}


def _figures(rows: Sequence[Row], as_of: datetime, opening: Opening) -> dict[str, object]:
    return {
        "as_of": _utc(as_of),
        "due": opening.due.isoformat(),
        "overall": _rated(rows),
        "by_level": _grouped(rows, lambda row: row.level),
        "by_prefecture": _grouped(rows, lambda row: row.prefecture),
        "units": [_row_figures(row) for row in rows],
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _rated(rows: Sequence[Row]) -> dict[str, object]:
    tally = _tally(rows)
    return {**_counts(tally), "completeness_permille": tally.completeness, "timeliness_permille": tally.timeliness}


def _grouped(rows: Sequence[Row], name: Callable[[Row], str]) -> dict[str, object]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[name(row)].append(row)
    return {group: _rated(members) for group, members in groups.items() if group}


def _row_figures(row: Row) -> dict[str, object]:
    return {
        "unit": row.unit,
        "level": row.level,
        "prefecture": row.prefecture,
        "punctuality": row.punctuality.value,
        "reported_at": _utc(row.reported_at) if row.reported_at else None,
        "days_late": row.days_late,
        "extension": row.extension.isoformat() if row.extension else None,
        "delivered": row.delivered,
        "zero_report": row.zero_report,
        "note": row.note,
    }


def _footnotes(rows: Sequence[Row]) -> tuple[str, ...]:
    """One for each unit that our messages did not reach and that is not simply on time, for each that was given more time,
    and one where there are too few units for a rate."""
    notes = []
    for row in rows:
        if not row.delivered and row.punctuality in (Punctuality.LATE, Punctuality.UNCLEAR):
            notes.append(wording.not_delivered(row.unit))
        if row.extension:
            notes.append(wording.extension_footnote(row.unit, row.extension))
    if _tally(rows).timeliness is None:
        notes.append(wording.small_group_footnote(SMALLEST))
    return tuple(notes)


_WORTH_SAYING = frozenset({Punctuality.ON_TIME_DUE_DAY, Punctuality.ON_TIME_SHIFTED})


def _row_view(row: Row) -> dict[str, object]:
    how = label(row.punctuality) if row.punctuality in _WORTH_SAYING else ""
    return {
        "unit": row.unit,
        "received": wording.moment_word(row.reported_at) if row.reported_at else "",
        "days_late": row.days_late,
        "note": wording.listed((how, row.note)),
    }
