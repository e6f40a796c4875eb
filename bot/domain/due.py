"""From the day a rule names to the day we aim for and the last day the sender may claim (STUB, owner: calendar)."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Shift(StrEnum):
    """What happens when the day is no workday. EARLIER is our default target; the circular always ranks by `Due.limit`."""

    EARLIER = "earlier"
    LATER = "later"
    AS_IS = "as-is"


@dataclass(frozen=True, slots=True)
class Due:
    """When one period of an obligation is due.

    `nominal` is the day the rule names (included in the time allowed); `target` the day we aim for after the shift;
    `limit` the last day of the reading kindest to the sender: the day included until 24:00, the next workday if it is a rest day.
    `hour` is the Shanghai time on `target` by which we ask for it. `provisional`: a day in the reckoning has no published calendar.
    """

    period: str
    nominal: date
    target: date
    limit: date
    hour: time
    shift: Shift
    provisional: bool
    rule: str
    hour_stated: bool = False
    shift_stated: bool = False
