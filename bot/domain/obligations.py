"""A duty from a notice: what is owed, by which rule, to whom it goes, and which ladder chases it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.due import Shift


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that units owe for every period of `rule`. `rule` is the printed form that `rules.parse` reads.

    `published` is the instant from which reminders may go; `begins` the first day whose periods count (a due day on or
    after it is owed), `ends` the last (None: until revoked). `hour` is the Shanghai time we ask for on the day.
    `sentence` is the notice's own, word for word. `ladder` is the ladder as text (`ladder_text.named`). `wants_file`: the
    reply page takes files for it.
    """

    id: int
    notice_id: int | None
    what: str
    rule: str
    shift: Shift
    hour: time
    recipient: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    sentence: str
    published: datetime
    begins: date
    ends: date | None
    ladder: str
    hour_stated: bool = False
    shift_stated: bool = False
    wants_file: bool = False
