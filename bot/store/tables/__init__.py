"""The tables. Private to the store: the rest of the house sees frozen dataclasses.

Instants are UTC (`columns.instant`), civil days are dates, closed sets are short strings, lists and maps are JSON.
A `prev_hash`/`hash` pair makes a fact table a chain (`chain.py`): rows go into it through `chain.append` only, which also numbers them.
Indexes stand with the query they serve. A change here needs a migration (`migrations/`); a test compares the two.
"""

from sqlalchemy import Table
from sqlmodel import SQLModel

from bot.store.tables.accounts import Account, LoginSession
from bot.store.tables.duties import Notice, Obligation, ObligationUnit, Period, Silence, Step
from bot.store.tables.office import Audit, Bulletin, Head, Holiday, LoginLink, Meta, Upload
from bot.store.tables.outbox import Delivery, Message, Reminder, Robot
from bot.store.tables.people import Address, Person, Role, Unit
from bot.store.tables.talk import Attachment, Bookmark, Ear, File, Handover, Inbound, Question, Reply
from bot.store.tables.tasks import Event, Tally, Task

__all__ = [
    "METADATA",
    "Account",
    "Address",
    "Attachment",
    "Audit",
    "Bookmark",
    "Bulletin",
    "Delivery",
    "Ear",
    "Event",
    "File",
    "Handover",
    "Head",
    "Holiday",
    "Inbound",
    "LoginLink",
    "LoginSession",
    "Message",
    "Meta",
    "Notice",
    "Obligation",
    "ObligationUnit",
    "Period",
    "Person",
    "Question",
    "Reminder",
    "Reply",
    "Robot",
    "Role",
    "Silence",
    "Step",
    "Tally",
    "Task",
    "Unit",
    "Upload",
    "of",
]


METADATA = SQLModel.metadata
"""All of them: importing this package has registered every one."""


def of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements over sets."""
    return METADATA.tables[str(model.__tablename__)]
