"""An office in which people are spoken to and heard."""

import pytest
from office import Office


@pytest.fixture
def office(sqlite_store) -> Office:
    return Office(sqlite_store).open()


@pytest.fixture
def office_anywhere(store) -> Office:
    """The same on both databases."""
    return Office(store).open()
