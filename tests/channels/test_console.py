from pathlib import Path

import pytest

from bot.channels.base import SendFailed
from bot.channels.console import Console, ConsoleConfig
from bot.domain.words import FailureKind
from tests.channels import rigs


async def test_messages_are_appended_with_their_address_for_a_person_to_carry(tmp_path: Path) -> None:
    channel = Console(ConsoleConfig(tmp_path / "out.txt"), rigs.Clock())
    for key in ("a", "b"):
        receipt = await channel.send(rigs.message("正文", key=key, address="东区 张三"))
    text = (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert text.count("2018-10-15 09:07  → 东区 张三") == 2
    assert text.index("[a]") < text.index("请报送三季度台账\n正文") < text.index("[b]")
    assert receipt.code == "written"
    assert (tmp_path / "out.txt").stat().st_mode & 0o077 == 0
    await channel.close()


async def test_a_file_that_cannot_be_opened_is_transient(tmp_path: Path) -> None:
    channel = Console(ConsoleConfig(tmp_path / "no" / "such" / "folder.txt"), rigs.Clock())
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message())
    assert caught.value.kind is FailureKind.TRANSIENT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
async def test_a_full_disk_leaves_the_message_in_doubt() -> None:
    with pytest.raises(SendFailed) as caught:
        await Console(ConsoleConfig(Path("/dev/full")), rigs.Clock()).send(rigs.message())
    assert caught.value.kind is FailureKind.IN_DOUBT


async def test_the_limits_of_every_channel_hold_here_too(tmp_path: Path) -> None:
    channel = Console(ConsoleConfig(tmp_path / "out.txt"), rigs.Clock())
    with pytest.raises(SendFailed):
        await channel.send(rigs.message("x" * (channel.limits.max_bytes + 1)))
    assert not (tmp_path / "out.txt").exists()
    assert channel.robot("anybody") == "console"
