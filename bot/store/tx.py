"""One open transaction and the questions that can be asked in it: one object per noun, each in the file of its name."""

from sqlalchemy import Connection

from bot.store.meta import Meta


class Tx:
    """A transaction of `Store.begin()` or `Store.read()`. Use it inside the `with` block only, in one thread.

    Each noun class takes the open `Connection` and nothing else; making one does nothing.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.meta = Meta(connection)
