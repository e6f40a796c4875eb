"""A reminder goes out by SMTP, lands in a mailbox of Dovecot, is answered there, and the answer is heard: none lost, none doubled."""

import asyncio
import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from bot.channels import mail_message
from bot.channels.imap import Imap, ImapConfig
from bot.channels.imap_session import Account
from bot.channels.mail import Mail, MailConfig
from bot.channels.mail_message import Sender
from bot.channels.mail_server import Security
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.messages import Rendered
from bot.domain.secret import Secret
from bot.domain.words import MessageKind
from bot.store import Store
from bot.wiring.clock import RealClock
from bot.wiring.supervision import Supervisor
from jobs import deliver
from tests.channels.dovecot import PASSWORD, Dovecot, Front
from tests.post import Post
from tests.waiting import until

ROOT = Path(__file__).parents[2]
BOT, PERSON, BUSY = "bot@example.com", "zhangsan@example.com", "busy@example.com"
SECRET = Secret("tags")
MAILS = 60
"""Answers that come in while the process that hears them is killed."""


CLOCK = RealClock()
"""The time as the servers tell it: what they stamp on mails has to be comparable."""


def render(kind: MessageKind, view: object, *, max_bytes: int, format: str, channel: str) -> list[Rendered]:
    return [Rendered("请报送三季度台账", "张三同志：\n三季度台账今天 17:00 截止，尚未收到。", "<p>张三同志：</p><p>尚未收到。</p>")]


def answer_to(mail: EmailMessage, words: str) -> EmailMessage:
    """As NetEase's web pages do it: the answer on top, the mail below without marks."""
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = f"张三 <{PERSON}>", BOT, f"回复:{mail['Subject']}"
    answer["In-Reply-To"] = answer["References"] = mail["Message-ID"]
    answer["Message-ID"], answer["Date"] = f"<{time.monotonic_ns()}@example.com>", CLOCK.now()
    quoted = mail.get_body(("plain",))
    assert quoted is not None
    answer.set_content(
        f'{words}\n\n\n在 2026-09-21 09:07:12，"催报" <{BOT}> 写道：\n{quoted.get_content()}', charset="gb18030", cte="base64"
    )
    return answer


def post_letter(port: int, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(mail)


def mails(server: Dovecot, user: str) -> list[EmailMessage]:
    with server.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        raw = client.fetch(uids, [b"BODY.PEEK[]"]) if uids else {}
        return [message_from_bytes(raw[uid][b"BODY[]"], policy=policy.default) for uid in uids]  # type: ignore[misc]


def heard(store: Store) -> list[Inbound]:
    with store.read() as tx:
        return tx.inbox.unread(1000)


async def test_a_reminder_is_answered_by_mail_and_heard_as_an_answer_to_it(server: Dovecot, sqlite_store: Store) -> None:
    post = Post(sqlite_store)
    person = post.person(("mail", PERSON))
    post.put(person, "reminder:1:T-1:7", CLOCK.now())
    account = Account("127.0.0.1", server.imap, BOT, Secret(PASSWORD), Security.PLAIN, 10)
    listener = Imap(ImapConfig(account, ("INBOX",), 30), CLOCK.now)
    ear = asyncio.create_task(Supervisor(listener, sqlite_store, CLOCK.now, lambda: None).keep_on())
    async with Front(server) as front:
        channel = Mail(MailConfig("127.0.0.1", front.port, BOT, SECRET, "催报", Security.PLAIN, per_minute=0), CLOCK.now)
        done = await deliver.run(CLOCK, sqlite_store, {"mail": channel}, render)
        assert done.sent == 1
        [reminder] = mails(server, PERSON)
        await asyncio.to_thread(post_letter, front.port, answer_to(reminder, "已报，请查收。"))
    await until(lambda: len(heard(sqlite_store)) == 1)
    ear.cancel()
    with suppress(asyncio.CancelledError):
        await ear
    [inbound] = heard(sqlite_store)
    tag = mail_message.tag(Sender(BOT, "", SECRET), "reminder:1:T-1:7")
    assert (inbound.kind, inbound.sender, inbound.text) == (InboundKind.SAID, PERSON, "已报，请查收。")
    assert inbound.about == f"message:reminder:1:T-1:7 tag:{tag}"
    assert timedelta(0) <= CLOCK.now() - inbound.at < timedelta(minutes=5)
    with sqlite_store.read() as tx:
        found = tx.outbox.by_tag(tag, lambda key: mail_message.tag(Sender(BOT, "", SECRET), key))
    assert found is not None
    assert found.person_id == person


def reader(url: str, server: Dovecot, ahead: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(ROOT / "tests" / "channels" / "mailbox_reader.py"), url, str(server.imap), BUSY, PASSWORD, str(ahead)]
    return subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)


async def test_answers_that_come_while_the_listener_is_killed_are_kept_once_each(
    server: Dovecot, sqlite_url: str, make_store: Callable[[str], Store]
) -> None:
    store = make_store(sqlite_url)

    def deliver_some(first: int, last: int) -> None:
        for number in range(first, last):
            head = f"From: {PERSON}\r\nSubject: Re: [CB-7K3MQ9XD2F] x\r\nMessage-ID: <answer-{number}@example.com>\r\n\r\n"
            server.deliver(head.encode() + f"已报 {number}\r\n".encode(), BUSY)

    deliver_some(0, 1)
    for round_, (first, last) in enumerate([(1, MAILS // 3), (MAILS // 3, 2 * MAILS // 3), (2 * MAILS // 3, MAILS)]):
        process = reader(sqlite_url, server, ahead=61 * round_)
        await until(lambda: bool(heard(store)))
        sending = asyncio.create_task(asyncio.to_thread(deliver_some, first, last))
        if last < MAILS:
            await asyncio.sleep(0.2)
            process.send_signal(signal.SIGKILL)
            process.wait()
            await sending
        else:
            await sending
            await until(lambda: len(heard(store)) >= MAILS)
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert sorted(inbound.platform_id for inbound in heard(store)) == sorted(f"<answer-{number}@example.com>" for number in range(MAILS))
