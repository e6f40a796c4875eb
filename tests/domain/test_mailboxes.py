import pytest

from bot.domain import mailboxes


@pytest.mark.parametrize("text", ["bot@example.com", "zhang.san+cb@mail.example.com", "root@localhost"])
def test_a_bare_mailbox_is_one(text: str) -> None:
    assert mailboxes.is_mailbox(text)


@pytest.mark.parametrize(
    "text",
    ["", "bot", "@example.com", "bot@", ".bot@example.com", "张三@example.com", "a@example.com,b@example.com", "a@example.com\r\nBcc: b"],
)
def test_nothing_around_a_mailbox_is_let_through(text: str) -> None:
    assert not mailboxes.is_mailbox(text)
