"""An outbox with people in it."""

import pytest
from post import Post

from bot.store import Store


@pytest.fixture
def post(store: Store) -> Post:
    """What tests do with an outbox, on both databases."""
    return Post(store)
