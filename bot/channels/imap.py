"""Answers by e-mail: one mailbox, several folders, over one IMAP connection that waits with IDLE or looks in from time to time.

How far was read is kept for each folder as `UIDVALIDITY:UID:day`, in the transaction that keeps the mails. When a server numbers its mails
anew, the folder is read again from the day before that day: what was kept before is known by its Message-ID.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Final

from bot.channels import mail_inbound
from bot.channels.base import Clock
from bot.channels.imap_session import Account, Fetched, Folder, Session
from bot.channels.listener import Bookmark, Desk, ListenFailed
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.words import FailureKind

FIRST_LOOK: Final = timedelta(days=14)
"""How far back a mailbox is read that was never read before, and then only what answers a mail of ours: the rest is none of ours."""
OVERLAP: Final = timedelta(days=2)
"""How far before the last look a renumbered folder is read again. Days of IMAP are days of the server's own time zone."""
GROUP: Final = 20
"""Mails kept in one transaction at most."""
GROUP_BYTES: Final = 4_000_000
LONGEST_IDLE: Final = 540.0
"""Seconds: NetEase and QQ were seen to drop what idles for longer (read 2026-11-23); RFC 2177 says 29 minutes."""
LONGEST_PLACE: Final = 120
"""Characters of a bookmark's place."""
GRACE: Final = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class ImapConfig:
    """The account, the names of folders that are read if they exist, and how often they are looked into, in seconds."""

    account: Account
    folders: tuple[str, ...]
    poll_seconds: float


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a folder was read: the last UID within a validity, and the day of the look."""

    validity: int
    uid: int
    day: date

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}:{self.day.isoformat()}"


class Imap:
    """Listens to a mailbox; `tls` are the certificates trusted instead of the system's."""

    name: Final = "mail"

    def __init__(self, config: ImapConfig, clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._config, self._clock, self._tls = config, clock, tls
        self.key = f"mail:{config.account.user}"
        self.silence = timedelta(seconds=config.poll_seconds) + GRACE

    async def listen(self, desk: Desk) -> None:
        """Read what is new in every folder, wait, and again, until cancelled. Raises ListenFailed."""
        while True:
            session = await self._open()
            try:
                desk.frame()
                await self._hold(session, desk)
            finally:
                session.close()
            await asyncio.sleep(self._config.poll_seconds)

    async def _open(self) -> Session:
        opening = asyncio.ensure_future(asyncio.to_thread(Session, self._config.account, self._tls))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_when_open)
            raise

    async def _hold(self, session: Session, desk: Desk) -> None:
        """Stay while the server tells of new mail by itself. One that does not (163) drops who is silent, and is left after a round."""
        idles = await asyncio.to_thread(session.can_idle)
        folders = await asyncio.to_thread(session.folders, self._config.folders)
        if not folders:
            raise ListenFailed(FailureKind.TRANSIENT, "no_folder", "none of IMAP_FOLDERS exists")
        while True:
            reached = [await self._read(session, folder, desk) for folder in folders]
            if not idles:
                await asyncio.to_thread(session.leave)
                return
            await asyncio.to_thread(_wait, session, folders[-1], reached[-1], min(self._config.poll_seconds, LONGEST_IDLE))
            desk.frame()

    async def _read(self, session: Session, name: str, desk: Desk) -> int:
        """Keep what is new in the folder; returns the UID up to which it was read."""
        desk.frame()
        place = name[:LONGEST_PLACE]
        folder = await asyncio.to_thread(session.open, name)
        mark = _parsed(await desk.bookmark(place))
        uids, end = await asyncio.to_thread(self._new, session, folder, mark)
        group: list[Inbound] = []
        for uid in uids:
            fetched = await asyncio.to_thread(session.fetch, uid)
            if fetched is not None:
                inbound = await asyncio.to_thread(_inbound, fetched, folder)
                if mark is not None or mail_inbound.is_ours(inbound):
                    group.append(inbound)
            if len(group) >= GROUP or sum(len(each.raw) for each in group) >= GROUP_BYTES:
                await desk.keep(group, self._halfway(place, folder, mark, uid))
                group = []
        if group or mark is None or (mark.validity, mark.uid) != (folder.validity, end):
            await desk.keep(group, Bookmark(place, str(_Mark(folder.validity, end, self._today()))))
        return end

    def _new(self, session: Session, folder: Folder, mark: _Mark | None) -> tuple[Sequence[int], int]:
        """The UIDs to read, and the one up to which the folder will then have been read."""
        if mark is not None and mark.validity == folder.validity:
            uids = session.after(mark.uid)
            return uids, max([mark.uid, *uids])
        uids = session.since(self._today() - FIRST_LOOK if mark is None else mark.day - OVERLAP)
        return uids, max([folder.next_uid - 1, 0, *uids])

    def _halfway(self, place: str, folder: Folder, mark: _Mark | None, uid: int) -> Bookmark | None:
        """How far was read in the middle of a folder. A sweep that breaks off is done again: its old mark stays."""
        swept = mark is None or mark.validity != folder.validity
        return None if swept else Bookmark(place, str(_Mark(folder.validity, uid, self._today())))

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()


def _wait(session: Session, folder: str, reached: int, seconds: float) -> None:
    """Until something comes into the folder or it is time to look. What came since it was read is not waited for."""
    if session.open(folder).next_uid <= reached + 1:
        session.idle(seconds)


def _inbound(fetched: Fetched, folder: Folder) -> Inbound:
    """A mail that the server cannot bring out is kept as a note, so that it stands in nobody's way."""
    if fetched.raw is None:
        key = f"unreadable:{folder.validity}:{fetched.uid}:{folder.name}"
        return Inbound("mail", key, "", fetched.arrived_at, "", b"", kind=InboundKind.OTHER, about=f"unreadable:{fetched.size}")
    return mail_inbound.read(fetched.raw, fetched.arrived_at, size=None if fetched.is_whole else fetched.size)


def _parsed(value: str) -> _Mark | None:
    validity, _, rest = value.partition(":")
    uid, _, day = rest.partition(":")
    try:
        return _Mark(int(validity), int(uid), date.fromisoformat(day))
    except ValueError:
        return None


def _close_when_open(opening: "asyncio.Future[Session]") -> None:
    """Whoever asked for the connection has gone."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
