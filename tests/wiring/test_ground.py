"""What every command stands on."""

from pathlib import Path

from bot import settings
from bot.wiring.ground import open_ground


def test_a_data_directory_that_we_make_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    open_ground(settings.read({"CUIBAO_DATA": str(data)})).close()
    assert data.stat().st_mode & 0o077 == 0
