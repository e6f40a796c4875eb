import dataclasses
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.channels import mail_message
from bot.channels.base import SendFailed
from bot.channels.mail import Mail, MailConfig, Security
from bot.channels.mail_codes import Reply, Stage, meaning
from bot.channels.mail_message import Sender
from bot.domain import mail as reading
from bot.domain.inbound import Attachment
from bot.domain.messages import Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.ledger import Ledger
from bot.sandbox.mailroom import Mailroom, MailSetup, submit
from bot.sandbox.smtp import SmtpServer
from tests.channels import rigs
from tests.channels.rigs import ADDRESS, CONTENT, CREDENTIAL, NOW, THROTTLED, TRANSIENT

SENDER = Sender("bot@example.com", "企业培育催报", Secret("tag-secret"))


def mail(**changes: Any) -> EmailMessage:
    fields: dict[str, Any] = {"address": "zhangsan@example.com", "rendered": Rendered("请报送", "第一行\n第二行", "<p>第一行</p>")}
    message = rigs.message(**(fields | changes))
    return email.message_from_bytes(mail_message.compose(message, SENDER, NOW), policy=policy.default)


def test_a_mail_says_that_a_machine_wrote_it_and_which_message_it_is() -> None:
    written = mail()
    assert written["Auto-Submitted"] == "auto-generated"
    assert written["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert len(written["X-Cuibao-Id"]) == 32
    assert written["From"].addresses[0].display_name == "企业培育催报"
    assert written["To"] == "zhangsan@example.com"
    assert written["Date"].datetime == NOW
    assert "Precedence" not in written
    assert "List-Unsubscribe" not in written


def test_text_comes_before_html_and_both_survive_a_seven_bit_gateway() -> None:
    raw = mail_message.compose(rigs.message(address="a@example.com", rendered=Rendered("标题", "正文 👍", "<p>正文</p>")), SENDER, NOW)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    parts = [part for part in email.message_from_bytes(raw, policy=policy.default).walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["base64", "base64"]
    assert parts[0].get_content().strip() == "正文 👍"


def test_without_html_the_mail_is_plain() -> None:
    assert mail(rendered=Rendered("标题", "正文")).get_content_type() == "text/plain"


def test_a_resend_is_the_same_mail_byte_for_byte() -> None:
    message = rigs.message(address="a@example.com", rendered=Rendered("标题", "正文", "<p>正文</p>"))
    assert mail_message.compose(message, SENDER, NOW) == mail_message.compose(message, SENDER, NOW)


def test_an_answer_names_the_first_mail_in_whole_however_long_the_domain_is() -> None:
    sender = dataclasses.replace(SENDER, mailbox="bot@" + "long-name." * 6 + "example.com")
    raw = mail_message.compose(rigs.message(address="a@example.com", thread="first"), sender, NOW)
    for header in ("In-Reply-To", "References"):
        assert f"{header}: {mail_message.message_id(sender, 'first')}\r\n" in raw.decode("ascii")


def test_the_subject_carries_a_tag_that_nobody_can_guess() -> None:
    subject = str(mail()["Subject"])
    tag = mail_message.TAG.search(subject)
    assert tag
    assert subject == f"[CB-{tag[1]}] 请报送"
    assert tag[1] == mail_message.tag(SENDER, "reminder:1:T-1:7")
    assert mail_message.tag(dataclasses.replace(SENDER, tag_secret=Secret("other")), "reminder:1:T-1:7") != tag[1]


def test_a_tag_in_the_subject_is_kept() -> None:
    assert mail(rendered=Rendered("[CB-7K3MQ9XD2F] 请报送", "x"))["Subject"] == "[CB-7K3MQ9XD2F] 请报送"


def test_a_later_mail_of_a_conversation_answers_the_first_and_keeps_its_tag() -> None:
    first, later = mail(key="r:1"), mail(key="r:2", thread="r:1")
    assert later["In-Reply-To"] == later["References"] == first["Message-ID"]
    assert later["Message-ID"] != first["Message-ID"]
    assert mail_message.TAG.findall(str(later["Subject"])) == mail_message.TAG.findall(str(first["Subject"]))
    assert mail(key="r:1", thread="r:1")["References"] is None


def test_a_subject_cannot_smuggle_a_header_in() -> None:
    written = mail(rendered=Rendered("请报送\r\nBcc: lisi@example.com", "x"))
    assert written["Bcc"] is None


def test_an_answer_says_that_it_is_one_and_where_answers_go_is_said_only_if_it_is_elsewhere() -> None:
    written = mail(answers=True)
    assert written["Auto-Submitted"] == "auto-replied"
    assert written["Reply-To"] is None
    sender = dataclasses.replace(SENDER, reply_to="desk@example.com")
    raw = mail_message.compose(rigs.message(address="a@example.com"), sender, NOW)
    assert email.message_from_bytes(raw, policy=policy.default)["Reply-To"] == "desk@example.com"


@pytest.mark.parametrize("html", [None, "<p>见附件</p>"])
def test_files_go_behind_the_words_and_come_out_as_they_went_in(html: str | None) -> None:
    content = bytes(range(256)) * 20
    files = (
        Attachment("三季度未报单位名单（截至10月15日，共七十个单位，含县区）.xlsx", "application/vnd.ms-excel", content),
        Attachment('a"b\r\nBcc: lisi@example.com.txt', "text/plain\r\nX: y", b"x"),
    )
    raw = mail_message.compose(rigs.message(address="a@example.com", rendered=Rendered("名单", "见附件", html), files=files), SENDER, NOW)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    written = email.message_from_bytes(raw, policy=policy.default)
    assert (written["Bcc"], written["X"]) == (None, None)
    body = written.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "见附件"
    first, second = written.iter_attachments()
    assert (first.get_filename(), first.get_content()) == (files[0].name, content)
    assert second.get_content_type() == "application/octet-stream"
    letter = reading.read(raw)
    assert letter.attachments[0].name == files[0].name
    assert letter.attachments[0].content == content


async def test_at_our_own_limit_of_a_day_nothing_goes_until_midnight() -> None:
    room, clock = Mailroom(ROOM, Ledger()), rigs.Clock()
    channel = Mail(config(1, per_day=2), clock, submit=submit(room, clock))
    for _ in range(2):
        await channel.send(rigs.message(address="zhangsan@example.com"))
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address="zhangsan@example.com"))
    assert (caught.value.kind, caught.value.code) == (THROTTLED, "per_day")
    assert caught.value.retry_after == timedelta(hours=14, minutes=53)
    clock.now += caught.value.retry_after
    await channel.send(rigs.message(address="zhangsan@example.com"))
    assert len(room.ledger.messages) == 3


ROOM = MailSetup({"bot@example.com": "pw"}, frozenset({"gone@example.com"}))


def config(port: int, security: Security = Security.PLAIN, **changes: object) -> MailConfig:
    plain = MailConfig("127.0.0.1", port, "bot@example.com", Secret("tags"), "催报", security, "bot@example.com", Secret("pw"), seconds=2)
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def served(certificate: Path, security: Security, room: Mailroom) -> AsyncIterator[SmtpServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    clock = rigs.Clock()
    server = SmtpServer(room, clock, tls=context) if security is Security.TLS else SmtpServer(room, clock, starttls=context)
    async with server:
        yield server


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_mail_travels_protected_and_only_to_a_server_that_proves_itself(certificate: Path, security: Security) -> None:
    room = Mailroom(ROOM, Ledger())
    async with served(certificate, security, room) as server:
        trusting = ssl.create_default_context(cafile=str(certificate))
        known = Mail(config(server.port, security, host="localhost"), rigs.Clock(), tls=trusting)
        await known.send(rigs.message(address="zhangsan@example.com"))
        doubting = Mail(config(server.port, security, host="localhost"), rigs.Clock())
        with pytest.raises(SendFailed) as caught:
            await doubting.send(rigs.message(address="zhangsan@example.com"))
    assert caught.value.kind is TRANSIENT
    assert len(room.ledger.messages) == 1


async def test_a_server_without_starttls_gets_no_mail_in_the_clear() -> None:
    room = Mailroom(ROOM, Ledger())
    async with SmtpServer(room, rigs.Clock()) as server:
        with pytest.raises(SendFailed) as caught:
            await Mail(config(server.port, Security.STARTTLS), rigs.Clock()).send(rigs.message(address="zhangsan@example.com"))
    assert caught.value.kind is CREDENTIAL
    assert room.ledger.messages == []


@pytest.mark.parametrize("host", ["mail.example.com", "10.0.0.1", "0.0.0.0", "::2"])
def test_a_plain_connection_stays_on_this_machine(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        config(25, host=host)
    assert config(25, host="localhost").host == config(25, host="::1").host.replace("::1", "localhost")


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"password": Secret("wrong")}, CREDENTIAL, "535"),
        ({"sender": "other@example.com"}, CREDENTIAL, "501"),
        ({"username": ""}, CREDENTIAL, "501"),
    ],
)
async def test_wrong_settings_are_a_credential_fault(changes: dict[str, Any], kind: FailureKind, code: str) -> None:
    async with SmtpServer(Mailroom(ROOM, Ledger()), rigs.Clock()) as server:
        with pytest.raises(SendFailed) as caught:
            await Mail(config(server.port, **changes), rigs.Clock()).send(rigs.message(address="zhangsan@example.com"))
    assert (caught.value.kind, caught.value.code) == (kind, code)


BUSY = Fault(FaultKind.CODE, count=9, path="login", code="454", text="temporary authentication failure")


@pytest.mark.parametrize(
    "fault", [BUSY, *(Fault(kind, path=stage) for kind in (FaultKind.HANG, FaultKind.RESET) for stage in ("sender", "recipient"))]
)
async def test_trouble_before_the_content_is_transient(fault: Fault) -> None:
    room = Mailroom(ROOM, Ledger())
    room.faults.add(fault)
    async with SmtpServer(room, rigs.Clock()) as server:
        with pytest.raises(SendFailed) as caught:
            await Mail(config(server.port, seconds=0.3), rigs.Clock()).send(rigs.message(address="zhangsan@example.com"))
    assert caught.value.kind is TRANSIENT


async def test_nobody_listening_is_transient() -> None:
    with pytest.raises(SendFailed) as caught:
        await Mail(config(rigs.closed_port()), rigs.Clock()).send(rigs.message(address="zhangsan@example.com"))
    assert caught.value.kind is TRANSIENT


@pytest.mark.parametrize(
    "address",
    ["", "zhangsan", "a b@example.com", "a@b@c", "a@example.com\r\nRCPT TO:<x@y>", "张三@example.com", "a..b@example.com", "<a@b.c>"],
)
async def test_what_is_no_mailbox_is_an_address_fault_before_any_connection(address: str) -> None:
    with pytest.raises(SendFailed) as caught:
        await Mail(config(rigs.closed_port()), rigs.Clock()).send(rigs.message(address=address))
    assert (caught.value.kind, caught.value.code) == (ADDRESS, "no_mailbox")


def test_a_sender_that_is_no_mailbox_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="mailbox"):
        config(25, sender="bot")


async def test_half_a_character_in_the_html_is_refused_before_any_connection() -> None:
    channel = Mail(config(rigs.closed_port()), rigs.Clock())
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address="zhangsan@example.com", rendered=Rendered("标题", "正文", "<p>\ud83d</p>")))
    assert (caught.value.kind, caught.value.code) == (CONTENT, "not_composed")


async def test_a_rehearsal_hands_the_mail_over_without_a_socket() -> None:
    room = Mailroom(ROOM, Ledger())
    channel = Mail(config(1), rigs.Clock(), submit=submit(room, rigs.Clock()))
    receipt = await channel.send(rigs.message(address="zhangsan@example.com"))
    [kept] = room.ledger.messages
    assert kept.key == receipt.platform_id
    assert kept.sender == "bot@example.com"
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address="gone@example.com"))
    assert caught.value.kind is ADDRESS
    assert "gone@example.com" not in str(caught.value)
    room.faults.add(Fault(FaultKind.DROP, path="content"))
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address="zhangsan@example.com"))
    assert caught.value.kind is FailureKind.IN_DOUBT
    assert len(room.ledger.messages) == 2


@pytest.mark.parametrize(
    ("stage", "code", "text", "kind", "wait"),
    [
        (Stage.CONNECT, 421, "HL:ICC too many connections", THROTTLED, timedelta(minutes=15)),
        (Stage.CONNECT, 421, "try later", TRANSIENT, None),
        (Stage.CONNECT, 554, "no SMTP service here", CREDENTIAL, None),
        (Stage.LOGIN, 535, "Login Fail", CREDENTIAL, None),
        (Stage.LOGIN, 454, "temporary", TRANSIENT, None),
        (Stage.SENDER, 501, "mail from address must be same as authorization user", CREDENTIAL, None),
        (Stage.SENDER, 553, "Mail from must equal authorized user", CREDENTIAL, None),
        (Stage.SENDER, 552, "size", CONTENT, None),
        (Stage.SENDER, 530, "Authentication required", CREDENTIAL, None),
        (Stage.RECIPIENT, 550, "5.1.1 User unknown", ADDRESS, None),
        (Stage.RECIPIENT, 553, "not a mailbox", ADDRESS, None),
        (Stage.RECIPIENT, 550, "Relaying denied", CREDENTIAL, None),
        (Stage.RECIPIENT, 451, "greylisted", TRANSIENT, None),
        (Stage.RECIPIENT, 550, "Connection frequency limited", THROTTLED, timedelta(minutes=15)),
        (Stage.CONTENT, 451, "MI:SFQ", THROTTLED, timedelta(minutes=15)),
        (Stage.CONTENT, 554, "MI:STC", THROTTLED, timedelta(hours=14, minutes=53)),
        (Stage.CONTENT, 554, "DT:SPM", CONTENT, None),
        (Stage.CONTENT, 554, "DT:SUM", CREDENTIAL, None),
        (Stage.CONTENT, 550, "Mailbox not found", ADDRESS, None),
        (Stage.CONTENT, 552, "too big", CONTENT, None),
        (Stage.CONTENT, 599, "?", CONTENT, None),
    ],
)
def test_each_reply_of_a_mail_server_has_its_meaning(stage: Stage, code: int, text: str, kind: FailureKind, wait: timedelta | None) -> None:
    found = meaning(Reply(stage, code, text), NOW)
    assert (found.kind, found.wait) == (kind, wait)
