"""Which accounts are listened to follows from the settings alone."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import settings
from bot.domain.secret import Secret
from bot.wiring import listeners

MAILBOX = {"IMAP_HOST": "imap.example.com", "IMAP_USER": "bot@example.com", "IMAP_PASSWORD": "code"}


def now() -> datetime:
    return datetime(2018, 10, 15, 1, 7, tzinfo=UTC)


def test_a_mailbox_is_listened_to_if_its_server_is_named() -> None:
    assert listeners.build(settings.read({}), now, Secret("tags"), {}) == []
    [listener] = listeners.build(settings.read(MAILBOX | {"IMAP_POLL_SECONDS": "120"}), now, Secret("tags"), {})
    assert (listener.name, listener.key) == ("mail", "mail:bot@example.com")
    assert listener.silence > timedelta(seconds=120)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"IMAP_PASSWORD": ""}, "IMAP_PASSWORD"), ({"IMAP_SECURITY": "plain"}, "IMAP_SECURITY"), ({"IMAP_FOLDER": "x"}, "IMAP_FOLDER")],
)
def test_a_mailbox_that_could_not_be_read_or_not_safely_is_refused_at_start(wrong: dict[str, str], word: str) -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.read(MAILBOX | wrong)
    assert word in str(caught.value)
    assert "code" not in str(caught.value)
