"""A form on its way: what was typed, and what of it was refused. The page is shown again with both, so nothing has to be typed twice.

A handler parses with `day` and `instant`, calls the desk, and on `Refused` shows its page again with `refused(fields, refusal)` and 422.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.desk import problems
from bot.desk.problems import Refused
from bot.domain import times

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed by field name; `says` is why `field` was refused (an empty field: the form as a whole). `which` names the form
    of a page that has several."""

    typed: Mapping[str, str] = field(default_factory=dict)
    field: str = ""
    says: str = ""
    which: str = ""

    def value(self, name: str, otherwise: object = "") -> str:
        """What was typed, or what stands there before anybody types."""
        return self.typed.get(name, str(otherwise))

    def problem(self, name: str) -> str:
        """Why this field was refused, empty if it was not."""
        return self.says if self.field == name else ""

    def of(self, which: str) -> "Form":
        """The form of this name: as it was typed if it is the one that was refused, else fresh."""
        return self if self.which == which else FRESH


FRESH = Form()


def refused(fields: Mapping[str, str], refusal: Refused, which: str = "") -> Form:
    """The form to show again."""
    return Form(fields, refusal.field, refusal.says, which)


def day(fields: Mapping[str, str], name: str) -> date:
    """A civil day. Raises Refused."""
    value = fields.get(name, "").strip()
    found = civil(value)
    if found is None:
        raise problems.no_day(name, value)
    return found


def civil(typed: str) -> date | None:
    """The day that was typed, None for what is none or lies in none of `times.YEARS`."""
    try:
        found = date.fromisoformat(typed.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None
    return found if found.year in times.YEARS else None


def instant(fields: Mapping[str, str], name: str) -> datetime:
    """A moment of Shanghai's clock. Raises Refused."""
    value = fields.get(name, "").strip()
    try:
        found = times.parse_instant(value.replace("/", "-"))
    except (ValueError, OverflowError) as error:
        raise problems.no_instant(name, value) from error
    if found.year not in times.YEARS:
        raise problems.no_instant(name, value)
    return found


def number(fields: Mapping[str, str], name: str) -> int:
    """The number of a thing that a page of ours put there; 0 for anything else, which no thing has."""
    value = fields.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0
