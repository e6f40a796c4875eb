"""One IMAP connection, blocking: what the listener asks of IMAPClient, and what its failures mean.

Nothing on the server is changed: folders are opened with EXAMINE, mails read with BODY.PEEK. Providers' habits (read 2026-11-23):
163 and 126 let in who has logged in without ID, and then refuse every folder ("Unsafe Login"); QQ answers what it does not know with an
untagged BAD only, so that every command needs a deadline; both punish haste.
"""

import imaplib
import logging
import re
import socket
import ssl
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import imapclient
from imapclient.exceptions import LoginError

from bot.channels.listener import ListenFailed
from bot.channels.mail_server import Security, require_protection
from bot.channels.redact import hide
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

INBOX: Final = "INBOX"
LARGEST: Final = 30_000_000
"""Bytes of a mail that is taken whole; of a longer one the beginning."""
BEGINNING: Final = 262_144
SECONDS: Final = 60.0
"""Patience with each command."""
LOOK: Final = 2.0
"""Seconds of IDLE between two looks whether somebody has closed the connection."""
LOGIN_REST: Final = timedelta(minutes=15)
"""Wait after a login that was refused for haste."""
IDENTITY: Final = {"name": "cuibao", "version": "1.0", "vendor": "cuibao"}
_HASTE: Final = re.compile(
    r"too (?:many|fast|frequent)|frequen|try again|later|unavailable|\[(?:unavailable|limit|inuse|serverbug)\]|rate", re.IGNORECASE
)
_REFUSED: Final = re.compile(r"unsafe login|kefu@188|not enabled|disabled|authentication|authorization", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Account:
    """The mailbox that is listened to. Raises ValueError for a plain connection that would leave this machine."""

    host: str
    port: int
    user: str
    password: Secret
    security: Security = Security.TLS
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        require_protection(self.host, self.security)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it stands: UIDs count within `validity`; the next mail gets at least `next_uid`."""

    name: str
    validity: int
    next_uid: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail, or its beginning if its `size` in bytes is over the limit; `raw` is None if the server cannot bring it out."""

    uid: int
    arrived_at: datetime
    raw: bytes | None
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether `raw` is all of it."""
        return self.raw is not None and self.size <= LARGEST


class Session:
    """A connection, logged in. Every method blocks, and raises ListenFailed when the connection is of no more use."""

    def __init__(self, account: Account, tls: ssl.SSLContext | None = None) -> None:
        self._account, self._closed = account, False
        logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it logs whole mails
        with self._translated("connect"):
            self._client = self._connected(tls)
        try:
            self._log_in()
        except ListenFailed:
            self.close()
            raise

    def _connected(self, tls: ssl.SSLContext | None) -> Any:
        account = self._account
        direct = account.security is Security.TLS
        patience = imapclient.SocketTimeout(account.seconds, account.seconds)
        client = imapclient.IMAPClient(account.host, account.port, ssl=direct, ssl_context=tls, timeout=patience)
        client.normalise_times = False
        if account.security is Security.STARTTLS:
            client.starttls(tls)
        return client

    def _log_in(self) -> None:
        with self._translated("login"):
            self._client.login(self._account.user, self._account.password.reveal())
        with self._translated("id"), suppress(imaplib.IMAP4.error):
            if self._client.has_capability("ID"):
                self._client.id_(IDENTITY)

    def can_idle(self) -> bool:
        """Whether the server tells of new mail by itself."""
        with self._translated("capability"):
            return bool(self._client.has_capability("IDLE"))

    def folders(self, wanted: Sequence[str]) -> list[str]:
        """Of the folders the server has those that are wanted by name, and the one it calls junk; the inbox last."""
        names = {word.casefold() for word in wanted}
        with self._translated("list"):
            listed = self._client.list_folders()
            found = [str(name) for flags, delimiter, name in listed if _is_read(flags, delimiter, str(name), names)]
        return sorted(dict.fromkeys(found), key=lambda name: (name.upper() == INBOX, name))

    def open(self, folder: str) -> Folder:
        """Look into a folder without changing it."""
        with self._translated("examine"):
            state = self._client.select_folder(folder, readonly=True)
            return Folder(folder, int(state[b"UIDVALIDITY"]), int(state.get(b"UIDNEXT") or 0))

    def after(self, uid: int) -> list[int]:
        """UIDs beyond this one, ascending. (`n:*` always brings the last mail, whatever its number.)"""
        with self._translated("search"):
            return sorted(each for each in self._client.search(["UID", f"{uid + 1}:*"]) if each > uid)

    def since(self, day: date) -> list[int]:
        """UIDs of mails that arrived on this day or later, ascending."""
        with self._translated("search"):
            return sorted(self._client.search(["SINCE", day]))

    def fetch(self, uid: int) -> Fetched | None:
        """One mail; None if it has gone meanwhile."""
        size, arrived_at = self._measured(uid)
        if size < 0:
            return None
        what = b"BODY.PEEK[]" if size <= LARGEST else f"BODY.PEEK[]<0.{BEGINNING}>".encode()
        with self._translated("fetch"):
            try:
                found = self._client.fetch([uid], [what]).get(uid, {})
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return Fetched(uid, arrived_at, None, size)
        raw = next((value for key, value in found.items() if key.startswith(b"BODY[]")), None)
        return Fetched(uid, arrived_at, raw, size)

    def _measured(self, uid: int) -> tuple[int, datetime]:
        with self._translated("fetch"):
            found = self._client.fetch([uid], [b"RFC822.SIZE", b"INTERNALDATE"]).get(uid)
        if found is None:
            return -1, datetime.min.replace(tzinfo=UTC)
        return int(found.get(b"RFC822.SIZE") or 0), found[b"INTERNALDATE"].astimezone(UTC)

    def idle(self, seconds: float) -> bool:
        """Wait in the open folder until the server says anything; False if it said nothing for so long."""
        with self._translated("idle"):
            self._client.idle()
            try:
                until = time.monotonic() + seconds
                while not self._closed and (left := until - time.monotonic()) > 0:
                    look = min(left, LOOK)
                    began = time.monotonic()
                    if self._client.idle_check(timeout=look) or time.monotonic() - began < look / 2:
                        return True  # said something, or nothing and yet too soon: the connection has ended, as DONE will show
                return False
            finally:
                self._client.idle_done()

    def leave(self) -> None:
        """Say good-bye and end."""
        with suppress(OSError, imaplib.IMAP4.error, AttributeError):
            self._client.logout()

    def close(self) -> None:
        """End the connection from any thread, at once: whoever waits for it is woken, and only then is closed what he was reading from."""
        self._closed = True
        with suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)
        with suppress(OSError, imaplib.IMAP4.error, AttributeError):
            self._client.shutdown()

    @contextmanager
    def _translated(self, step: str) -> Iterator[None]:
        try:
            yield
        except LoginError as refused:
            raise self._login_refused(str(refused)) from None
        except (imaplib.IMAP4.error, OSError, ssl.SSLError, ValueError, KeyError, TypeError) as error:
            said = str(error)
            bad = isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort) and _REFUSED.search(said)
            unsure = isinstance(error, ssl.SSLCertVerificationError)
            kind = FailureKind.CREDENTIAL_BAD if bad or unsure else FailureKind.TRANSIENT
            raise ListenFailed(kind, f"{step}_{type(error).__name__}", self._hidden(said)) from None

    def _login_refused(self, said: str) -> ListenFailed:
        if _HASTE.search(said):
            return ListenFailed(FailureKind.THROTTLED, "login", self._hidden(said), LOGIN_REST)
        return ListenFailed(FailureKind.CREDENTIAL_BAD, "login", self._hidden(said))

    def _hidden(self, said: str) -> str:
        return hide(said, self._account.user, self._account.password.reveal())


def _is_read(flags: Sequence[bytes], delimiter: object, name: str, wanted: Collection[str]) -> bool:
    """By its whole name or the last part of it, or because it is the junk folder. One that only holds others cannot be opened."""
    if b"\\Noselect" in flags:
        return False
    last = name.split(delimiter.decode("ascii") if isinstance(delimiter, bytes) and delimiter else "/")[-1]
    return b"\\Junk" in flags or name.casefold() in wanted or last.casefold() in wanted
