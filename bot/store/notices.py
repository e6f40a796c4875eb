"""The documents, raw first: kept before anyone tries to read them."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.store import tables

_NOTICE = tables.of(tables.Notice)


@dataclass(frozen=True, slots=True)
class Notice:
    """A document as it came and what was read from it. `issued` 成文, `published` 发布; `trouble` says why it could not be read."""

    id: int
    filename: str
    digest: str
    received_at: datetime
    text: str
    title: str
    number: str
    issuer: str
    issued: date | None
    published: date | None
    trouble: str


_COLUMNS = [_NOTICE.c[name] for name in Notice.__dataclass_fields__]


class Notices:
    """Queries about notices."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, raw: bytes, filename: str, received_at: datetime) -> int:
        """Keep a document whatever it is; the same bytes again are the same notice. Returns its id."""
        digest = hashlib.sha256(raw).hexdigest()
        known = self._connection.execute(select(_NOTICE.c.id).where(_NOTICE.c.digest == digest)).scalar()
        if known is not None:
            return int(known)
        values = {"raw": raw, "filename": filename[:200], "digest": digest, "received_at": received_at} | _UNREAD
        return int(self._connection.execute(insert(_NOTICE).values(values).returning(_NOTICE.c.id)).scalar_one())

    def describe(self, notice_id: int, **found: Any) -> None:
        """Write what was read: any of text, title, number, issuer, issued, published, trouble."""
        unknown = set(found) - {*_UNREAD, "issued", "published"}
        if unknown:
            raise TypeError(f"a notice has no {', '.join(sorted(unknown))}")
        self._connection.execute(update(_NOTICE).where(_NOTICE.c.id == notice_id).values(found))

    def get(self, notice_id: int) -> Notice:
        """One notice. Raises LookupError."""
        row = self._connection.execute(select(*_COLUMNS).where(_NOTICE.c.id == notice_id)).first()
        if row is None:
            raise LookupError(f"notice {notice_id}")
        return Notice(**row._mapping)

    def raw(self, notice_id: int) -> bytes:
        """The document, byte for byte. Raises LookupError."""
        raw = self._connection.execute(select(_NOTICE.c.raw).where(_NOTICE.c.id == notice_id)).scalar()
        if raw is None:
            raise LookupError(f"notice {notice_id}")
        return bytes(raw)

    def all(self) -> list[Notice]:
        """Every notice, the newest first."""
        return [Notice(**row._mapping) for row in self._connection.execute(select(*_COLUMNS).order_by(_NOTICE.c.id.desc()))]


_UNREAD = {"text": "", "title": "", "number": "", "issuer": "", "trouble": ""}
