"""The administrators' desk on an opened installation."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.base import Channel
from bot.desk.desk import Desk
from bot.desk.seal import Seal
from bot.store.sessions import Life
from bot.wiring.ground import Ground


def build(
    ground: Ground, now: Callable[[], datetime], wall: Callable[[], datetime], ways: Mapping[str, Channel], *, rehearsing: bool = False
) -> Desk:
    """The desk; `now` is the clock of the duties, `wall` that of the wall, `ways` are the channels that are switched on."""
    settings = ground.settings
    life = Life(timedelta(minutes=settings.cuibao_idle_minutes), timedelta(hours=settings.cuibao_session_hours))
    return Desk(
        store=ground.store,
        now=now,
        wall=wall,
        calendar=lambda: ground.calendar,
        renderer=ground.renderer,
        seal=Seal(ground.secret),
        channels=frozenset(ways),
        windows=settings.cuibao_send_windows,
        life=life,
        rehearsing=rehearsing,
        walls={name: way.limits.per_month for name, way in ways.items() if way.limits.per_month},
    )
