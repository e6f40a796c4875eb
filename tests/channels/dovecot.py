"""A real mail server on loopback: Dovecot with IMAP, IMAPS and LMTP, and an SMTP server in front that hands mail over to it."""

import asyncio
import getpass
import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imapclient
from aiosmtpd.smtp import SMTP

PASSWORD = "authorisation-code"
VERSION = "2.3."
"""Of the language of the configuration below; 2.4 speaks another."""
CONFIG = """
base_dir = {d}/run
state_dir = {d}/run
log_path = {d}/dovecot.log
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {account}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{d}/cert.pem
ssl_key = <{d}/cert.pem
disable_plaintext_auth = no
mail_location = maildir:{d}/mail/%u
first_valid_uid = 1
lmtp_save_to_detail_mailbox = yes
recipient_delimiter = +
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={d}/mail/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  user = {account}
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox Rubbish {{
    auto = subscribe
    special_use = \\Junk
  }}
}}
"""


def missing() -> str:
    """Why there is no Dovecot here; empty if there is one."""
    if not shutil.which("dovecot") or not Path("/usr/lib/dovecot/lmtp").exists():
        return "dovecot-imapd and dovecot-lmtpd are not installed"
    found = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=False).stdout
    return "" if found.startswith(VERSION) else f"Dovecot {found.strip()} speaks another language than {VERSION}x"


class Dovecot:
    """Every user with the one password has a mailbox. `certificate` holds key and certificate in PEM."""

    def __init__(self, directory: Path, certificate: Path) -> None:
        self.directory = directory
        self._account = "nobody" if os.geteuid() == 0 else getpass.getuser()
        entry = pwd.getpwnam(self._account)
        self._ids = (entry.pw_uid, entry.pw_gid)
        self.imap, self.imaps, self.lmtp = _free_ports(3)
        for name in ("run", "mail"):
            (directory / name).mkdir()
        shutil.copy(certificate, directory / "cert.pem")
        group = subprocess.run(["id", "-gn", self._account], capture_output=True, text=True, check=True).stdout.strip()
        fields = {"d": directory, "account": self._account, "group": group, "password": PASSWORD}
        text = CONFIG.format(**fields, imap=self.imap, imaps=self.imaps, lmtp=self.lmtp)
        (directory / "dovecot.conf").write_text(text, encoding="utf-8")
        self._give([directory, *directory.rglob("*")])
        self._process: subprocess.Popen[bytes] | None = None

    def _give(self, paths: list[Path]) -> None:
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, *self._ids)

    def start(self) -> None:
        who: dict[str, Any] = {"user": self._ids[0], "group": self._ids[1], "extra_groups": []} if os.geteuid() == 0 else {}
        self._process = subprocess.Popen(["dovecot", "-F", "-c", str(self.directory / "dovecot.conf")], **who)
        for port in (self.imap, self.imaps, self.lmtp):
            self._await(port)

    def _await(self, port: int) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        log = self.directory / "dovecot.log"
        raise RuntimeError(log.read_text(encoding="utf-8") if log.exists() else "dovecot did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def deliver(self, raw: bytes, user: str, folder: str = "") -> None:
        """As the local delivery of a mail server does it."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            name, _, domain = user.partition("@")
            lmtp.sendmail("sender@example.com", [f"{name}+{folder}@{domain}" if folder else user], raw)

    @contextmanager
    def client(self, user: str) -> Iterator[imapclient.IMAPClient]:
        client = imapclient.IMAPClient("127.0.0.1", self.imap, ssl=False)
        client.login(user, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def folder(self, user: str, name: str = "INBOX") -> Path:
        return self.directory / "mail" / user / ("" if name == "INBOX" else f".{name}")

    def renumber(self, user: str) -> None:
        """The server loses count and numbers its mails anew: another UIDVALIDITY."""
        self.stop()
        for path in self.folder(user).iterdir():
            if path.name.startswith("dovecot"):
                path.unlink()
        time.sleep(1.1)  # validities are seconds
        self.start()


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in held]
    for each in held:
        each.close()
    return ports


@contextmanager
def running(certificate: Path) -> Iterator[Dovecot]:
    """A fresh server in a directory of its own, which the account that it runs as can reach."""
    directory = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    directory.chmod(0o755)
    server = Dovecot(directory, certificate)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


class Front:
    """The SMTP server in front: takes a mail only if Dovecot has taken it. Use as `async with Front(dovecot) as front`."""

    def __init__(self, behind: Dovecot) -> None:
        self._behind, self.port = behind, 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Front":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="mx.example.com"), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        for recipient in envelope.rcpt_tos:
            await asyncio.to_thread(self._behind.deliver, envelope.original_content, recipient)
        return "250 OK queued"


def trusting(certificate: Path) -> ssl.SSLContext:
    """Trusts the test's own certificate and nothing else."""
    return ssl.create_default_context(cafile=str(certificate))
