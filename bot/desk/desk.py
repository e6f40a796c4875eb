"""The desk itself: the house as administrators reach it, and who sits there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.desk.seal import Seal
from bot.domain import rights
from bot.domain.windows import Windows
from bot.domain.words import Rank
from bot.domain.workdays import WorkCalendar
from bot.render import Renderer
from bot.store import Store
from bot.store.sessions import Life
from bot.talk.decide import Office


@dataclass(frozen=True, slots=True)
class Actor:
    """The administrator who acts. `units` are the ids they see, None: all."""

    account_id: int
    login: str
    name: str
    rank: Rank
    units: frozenset[int] | None

    @property
    def by(self) -> str:
        """How the audit log and the facts name them."""
        return f"admin:{self.account_id}"

    @property
    def may_act(self) -> bool:
        """Whether they may change anything about units, people and tasks."""
        return rights.may_act(self.rank)

    @property
    def may_manage(self) -> bool:
        """Whether they may change the installation itself."""
        return rights.may_manage(self.rank)

    @property
    def may_audit(self) -> bool:
        """Whether they may read the audit log."""
        return rights.may_audit(self.rank)

    @property
    def may_reveal(self) -> bool:
        """Whether they may see telephone numbers in full."""
        return rights.may_reveal(self.rank)

    @property
    def sees_all(self) -> bool:
        """Whether they see every unit."""
        return self.units is None

    def sees(self, unit_id: int) -> bool:
        """Whether the unit lies in their subtree."""
        return self.units is None or unit_id in self.units


@dataclass(frozen=True, slots=True)
class Desk:
    """The house from the administrators' side.

    `now` is the clock of the duties (virtual in a rehearsal; `rehearsing` says so), `wall` the clock on the wall, by which
    sessions and passwords age. `channels` are those that are switched on, `walls` the calls a month
    that their platforms allow (left out: no wall known).
    """

    store: Store
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    calendar: Callable[[], WorkCalendar]
    renderer: Renderer
    seal: Seal
    channels: frozenset[str]
    windows: Windows
    life: Life
    rehearsing: bool
    walls: Mapping[str, int] = field(default_factory=dict)

    def office(self) -> Office:
        """By what a decision about a task is laid out."""
        return Office(self.calendar(), self.channels, self.windows)
