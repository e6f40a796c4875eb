"""Tables that administrators uploaded: kept as they came until somebody confirms or drops them, then only that it was so."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from bot.store import tables

_UPLOAD = tables.of(tables.Upload)


class UploadState(StrEnum):
    """Where an uploaded table stands."""

    WAITING = "waiting"
    LOADED = "loaded"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Upload:
    """A table as it came. `name` is what the file was called: shown, never a path; `content` is empty once it was decided."""

    id: int
    at: datetime
    by: str
    name: str
    digest: str
    content: bytes
    state: UploadState


class Uploads:
    """Queries about uploaded tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, by: str, name: str, content: bytes, at: datetime) -> int:
        """Keep a table; what the same administrator left waiting is dropped. Returns its id."""
        waiting = (_UPLOAD.c.by == by, _UPLOAD.c.state == UploadState.WAITING.value)
        self._connection.execute(update(_UPLOAD).where(*waiting).values(state=UploadState.DROPPED.value, content=b"", decided_at=at))
        digest = hashlib.sha256(content).hexdigest()
        row = {"at": at, "by": by, "name": name[:200], "digest": digest, "content": content, "state": UploadState.WAITING.value}
        return int(self._connection.execute(insert(_UPLOAD).values(row).returning(_UPLOAD.c.id)).scalar_one())

    def get(self, upload_id: int) -> Upload:
        """One table. Raises LookupError."""
        columns = [_UPLOAD.c[name] for name in Upload.__dataclass_fields__]
        row = self._connection.execute(select(*columns).where(_UPLOAD.c.id == upload_id)).first()
        if row is None:
            raise LookupError(f"upload {upload_id}")
        return Upload(**{**row._mapping, "content": bytes(row.content), "state": UploadState(row.state)})

    def decide(self, upload_id: int, state: UploadState, at: datetime) -> bool:
        """Loaded or dropped; its content goes. False if it was decided before."""
        waiting = (_UPLOAD.c.id == upload_id, _UPLOAD.c.state == UploadState.WAITING.value)
        values = {"state": state.value, "content": b"", "decided_at": at}
        return self._connection.execute(update(_UPLOAD).where(*waiting).values(values)).rowcount == 1
