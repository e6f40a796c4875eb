"""The address people are told is the one at which they are served."""

from datetime import datetime
from pathlib import Path

import pytest

from bot import settings
from bot.domain import times
from bot.wiring import address
from bot.wiring.ground import open_ground

NOW: datetime = times.parse_instant("2018-09-28T09:00:00+08:00")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("localhost", "http://localhost:8000"),
    ],
)
def test_an_address_can_be_typed_into_a_browser(host: str, shown: str) -> None:
    assert address.of(host, 8000) == shown


def test_a_login_link_leads_to_the_process_that_serves_and_afterwards_to_the_configured_port(tmp_path: Path) -> None:
    ground = open_ground(settings.read({"CUIBAO_DATA": str(tmp_path), "CUIBAO_PORT": "8123"}))
    with address.served(ground, 45678) as here:
        assert here == "http://127.0.0.1:45678"
        assert address.login_link(ground, NOW).startswith("http://127.0.0.1:45678/login/")
        with address.served(ground, 45679):
            pass
    assert address.known(ground) == ""
    assert address.login_link(ground, NOW).startswith("http://127.0.0.1:8123/login/")
    ground.close()


def test_one_process_that_ends_does_not_hide_the_address_of_another(tmp_path: Path) -> None:
    ground = open_ground(settings.read({"CUIBAO_DATA": str(tmp_path)}))
    first = address.served(ground, 1111)
    first.__enter__()
    with address.served(ground, 2222):
        first.__exit__(None, None, None)
        assert address.known(ground) == "http://127.0.0.1:2222"
    ground.close()


def test_the_public_address_wins(tmp_path: Path) -> None:
    ground = open_ground(settings.read({"CUIBAO_DATA": str(tmp_path), "CUIBAO_BASE_URL": "https://cuibao.example.com"}))
    with address.served(ground, 45678):
        assert address.login_link(ground, NOW).startswith("https://cuibao.example.com/login/")
    ground.close()
