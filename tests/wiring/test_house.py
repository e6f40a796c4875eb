"""The virtual clock of an installation only goes forward."""

from datetime import datetime, timedelta
from pathlib import Path

from bot import settings
from bot.domain import times
from bot.wiring import playing
from bot.wiring.clock import RealClock
from bot.wiring.ground import open_ground
from bot.wiring.house import RehearsalHouse, virtual_now

START: datetime = times.parse_instant("2018-08-27T00:00:00+08:00")
LATER = START + timedelta(days=60)


def test_the_virtual_clock_that_is_kept_never_goes_back(tmp_path: Path) -> None:
    ground = open_ground(settings.read({"CUIBAO_DATA": str(tmp_path)}))
    playing.prepare(ground.store, playing.sample_play())
    with ground.store.begin() as tx:
        tx.meta.set("virtual_now", LATER.isoformat())  # moved on by another process since we started
    until = playing.SAMPLE_SPAN[1]
    play = playing.open_rehearsal(ground.store, ground.renderer, ground.settings.cuibao_send_windows, start=START, until=until, seed=1)
    house = RehearsalHouse(ground, RealClock(), play.doors, play.cast.stage.channels, {}, rehearsal=play)
    house.advance("workday")
    assert house.rehearsal is not None
    assert house.rehearsal.clock.now() < LATER
    assert virtual_now(ground, START) == LATER
    play.close()
    ground.close()
