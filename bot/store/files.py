"""Files that came with answers or go with messages: each content once, and which inbound and which task one that came belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.domain.inbound import Attachment
from bot.domain.messages import FileRef
from bot.store import conflict, tables
from bot.store.tables.columns import storable

FILE = tables.of(tables.File)
ATTACHMENT = tables.of(tables.Attachment)


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment without its content. `size` is in bytes; `digest` the SHA-256 in hex."""

    id: int
    inbound_id: int
    task_id: int | None
    name: str
    media_type: str
    digest: str
    size: int


class Files:
    """Queries about files. Those that come are written with their inbound (`Inbox.keep`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_inbound(self, inbound_id: int) -> list[Kept]:
        """What came with it, in order."""
        return self._list(inbound_id=inbound_id)

    def of_task(self, task_id: int) -> list[Kept]:
        """What was sent for a task, in order."""
        return self._list(task_id=task_id)

    def tie(self, inbound_id: int, task_id: int) -> None:
        """What came with the inbound and belongs to no task yet was sent for this one."""
        self._connection.execute(_TIE, {"of": inbound_id, "task": task_id})

    def put(self, file: Attachment) -> FileRef:
        """Keep a file that is to be sent; the same content again is kept once."""
        new = conflict.insert_new(self._connection, FILE, ["digest"])
        self._connection.execute(new, _content_row(file.digest, file.content))
        return FileRef(file.name, file.media_type, file.digest)

    def with_content(self, files: Sequence[FileRef]) -> tuple[Attachment, ...]:
        """The same files with their content. Raises LookupError if one is no longer kept."""
        query = select(FILE.c.digest, FILE.c.content).where(FILE.c.digest.in_([file.digest for file in files]))
        contents = {row.digest: bytes(row.content) for row in self._connection.execute(query)}
        if missing := [file.name for file in files if file.digest not in contents]:
            raise LookupError(missing[0])
        return tuple(Attachment(file.name, file.media_type, contents[file.digest]) for file in files)

    def content(self, attachment_id: int) -> bytes:
        """The bytes. Raises LookupError."""
        found = select(FILE.c.content).join(ATTACHMENT, ATTACHMENT.c.digest == FILE.c.digest).where(ATTACHMENT.c.id == attachment_id)
        content = self._connection.execute(found).scalar()
        if content is None:
            raise LookupError(f"attachment {attachment_id}")
        return bytes(content)

    def _list(self, **of: int) -> list[Kept]:
        rows = self._connection.execute(_LIST.filter_by(**of).order_by(ATTACHMENT.c.id))
        return [Kept(**row._mapping) for row in rows]


def attach(connection: Connection, came: Sequence[tuple[int, Sequence[Attachment]]]) -> None:
    """Store what came with these inbounds, by their ids."""
    rows = [(id_, attachment) for id_, attachments in came for attachment in attachments]
    if not rows:
        return
    contents = {attachment.digest: attachment.content for _, attachment in rows}
    new = conflict.insert_new(connection, FILE, ["digest"])
    connection.execute(new, [_content_row(digest, content) for digest, content in contents.items()])
    connection.execute(_ATTACH, [_row(id_, attachment) for id_, attachment in rows])


def _content_row(digest: str, content: bytes) -> dict[str, object]:
    return {"digest": digest, "size": len(content), "content": content}


def _row(inbound_id: int, attachment: Attachment) -> dict[str, object]:
    return {
        "inbound_id": inbound_id,
        "task_id": None,
        "name": storable(attachment.name)[:200],
        "media_type": storable(attachment.media_type)[:100],
        "digest": attachment.digest,
    }


_ATTACH = insert(ATTACHMENT)
_TIE = (
    update(ATTACHMENT).where(ATTACHMENT.c.inbound_id == bindparam("of"), ATTACHMENT.c.task_id.is_(None)).values(task_id=bindparam("task"))
)
_LIST = select(*(ATTACHMENT.c[name] for name in ("id", "inbound_id", "task_id", "name", "media_type", "digest")), FILE.c.size).join_from(
    ATTACHMENT, FILE, ATTACHMENT.c.digest == FILE.c.digest
)
