"""The only SQL: private tables, one file of queries per noun, migrations. The rest of the house sees `Store` and frozen dataclasses.

Belongs here: what must be true in the database however it is reached (unique keys, chains, states that move in one place only).
Does not belong here: rules (they come from `bot.domain` as values), sentences, the network, the clock.
Synchronous on purpose: SQLAlchemy Core over sets of rows; who lives in an event loop goes through a thread.
"""

from bot.store.engine import Store
from bot.store.errors import NestedBegin, NoAddress, StoreError
from bot.store.tx import Tx

__all__ = ["NestedBegin", "NoAddress", "Store", "StoreError", "Tx"]
