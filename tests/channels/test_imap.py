"""The mailbox as it is read: against Dovecot, and against a stand-in with the habits of providers."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels import imap_session, mail_inbound
from bot.channels.imap import Imap, ImapConfig
from bot.channels.imap_session import Account
from bot.channels.listener import Bookmark, ListenFailed
from bot.channels.mail_server import Security
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from tests.channels import dovecot, rigs
from tests.channels.dovecot import PASSWORD, Dovecot
from tests.channels.imap_stub import Habits, Provider
from tests.waiting import until

BOT = "bot@example.com"


def letter(number: int, subject: str = "Re: [CB-7K3MQ9XD2F] x", **fields: str) -> bytes:
    head = {"From": "zhangsan@example.com", "To": BOT, "Subject": subject, "Message-ID": f"<m{number}@example.com>", **fields}
    return "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode() + f"\r\n第 {number} 封，已报\r\n".encode()


class Desk:
    """Keeps what it is given as the store does: once for each platform id."""

    def __init__(self) -> None:
        self.kept: dict[str, Inbound] = {}
        self.given: list[str] = []
        self.marks: dict[str, str] = {}
        self.frames = 0

    def frame(self) -> None:
        self.frames += 1

    async def keep(self, arrived: Sequence[Inbound], bookmark: Bookmark | None = None) -> None:
        for each in arrived:
            self.given.append(each.platform_id)
            self.kept.setdefault(each.platform_id, each)
        if bookmark is not None:
            self.marks[bookmark.place] = bookmark.value

    async def bookmark(self, place: str) -> str:
        return self.marks.get(place, "")


@asynccontextmanager
async def listening(listener: Imap, desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(listener.listen(desk))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def at_stub(
    provider: Provider, *, poll: float = 60, password: str = "pw", seconds: float = 2, folders: tuple[str, ...] = ("INBOX",)
) -> Imap:
    account = Account("127.0.0.1", provider.port, BOT, Secret(password), Security.PLAIN, seconds)
    return Imap(ImapConfig(account, folders, poll), rigs.Clock())


async def fails(listener: Imap, desk: Desk | None = None) -> ListenFailed:
    with pytest.raises(ListenFailed) as caught:
        async with asyncio.timeout(20):
            await listener.listen(desk or Desk())
    assert "pw" not in caught.value.detail
    assert BOT not in caught.value.detail
    return caught.value


async def test_netease_opens_no_folder_before_it_knows_who_asks() -> None:
    desk = Desk()
    async with Provider(Habits({1: letter(1)}, wants_id=True, idles=False)) as provider, listening(at_stub(provider), desk):
        await until(lambda: len(desk.kept) == 1)
        verbs = [command.partition(" ")[0] for command in provider.said]
    assert 'ID ("name" "cuibao" "version" "1.0" "vendor" "cuibao")' in provider.said
    assert verbs.index("ID") < verbs.index("EXAMINE")


async def test_a_server_that_does_not_tell_of_new_mail_is_looked_into_over_a_fresh_connection() -> None:
    desk, habits = Desk(), Habits({1: letter(1)}, idles=False)
    async with Provider(habits) as provider, listening(at_stub(provider, poll=0.2), desk):
        await until(lambda: len(desk.kept) == 1)
        habits.mails[5] = letter(5)
        await until(lambda: len(desk.kept) == 2)
        assert provider.connections >= 2
        assert "IDLE" not in provider.said
    assert desk.given == ["<m1@example.com>", "<m5@example.com>"]


async def test_new_mail_wakes_the_listener_at_once() -> None:
    desk, habits = Desk(), Habits({1: letter(1)})
    async with Provider(habits) as provider, listening(at_stub(provider), desk):
        await until(lambda: "IDLE" in provider.said)
        habits.mails[2] = letter(2)
        provider.arrived.set()
        await until(lambda: len(desk.kept) == 2)
        assert provider.connections == 1
    assert desk.marks == {"INBOX": "7:2:2018-10-15"}


async def test_nothing_on_the_server_is_changed() -> None:
    desk = Desk()
    async with Provider(Habits({1: letter(1)})) as provider, listening(at_stub(provider), desk):
        await until(lambda: "IDLE" in provider.said)
        verbs = {command.split(" ")[0] for command in provider.said}
        assert verbs <= {"CAPABILITY", "LOGIN", "ID", "LIST", "EXAMINE", "UID", "IDLE"}
        assert all("PEEK" in command for command in provider.said if "BODY" in command)


async def test_a_mail_that_cannot_be_brought_out_stands_in_nobodys_way() -> None:
    desk = Desk()
    desk.marks["INBOX"] = "7:0:2018-10-15"
    async with (
        Provider(Habits({1: letter(1), 2: letter(2), 3: letter(3)}, broken=frozenset({2}))) as provider,
        listening(at_stub(provider), desk),
    ):
        await until(lambda: len(desk.kept) == 3)
    note = desk.kept["unreadable:7:2:INBOX"]
    assert (note.kind, note.raw, note.about) == (InboundKind.OTHER, b"", f"unreadable:{len(letter(2))}")


async def test_of_a_mail_that_is_too_big_the_beginning_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "LARGEST", 1000)
    monkeypatch.setattr(imap_session, "BEGINNING", 400)
    desk, raw = Desk(), letter(1) + b"x" * 5000
    async with Provider(Habits({1: raw})) as provider, listening(at_stub(provider), desk):
        await until(lambda: len(desk.kept) == 1)
    [kept] = desk.kept.values()
    assert kept.raw == raw[:400]
    assert f"oversize:{len(raw)}" in kept.about.split(" ")
    assert kept.attachments == ()


async def test_a_wrong_authorisation_code_is_a_credential_fault_and_haste_is_not() -> None:
    async with Provider(Habits()) as provider:
        failed = await fails(at_stub(provider, password="pw-wrong"))
    assert (failed.kind, failed.code) == (FailureKind.CREDENTIAL_BAD, "login")
    async with Provider(Habits(refusal="[UNAVAILABLE] Login frequency limited, try again later")) as provider:
        failed = await fails(at_stub(provider, password="pw-wrong"))
    assert (failed.kind, failed.retry_after) == (FailureKind.THROTTLED, timedelta(minutes=15))


@pytest.mark.parametrize(
    "habits",
    [Habits({1: letter(1)}, swallows="SEARCH"), Habits({1: letter(1)}, drops_after="SEARCH"), Habits({1: letter(1)}, drops_after="IDLE")],
)
async def test_a_server_that_falls_silent_or_away_is_a_passing_fault(habits: Habits) -> None:
    async with Provider(habits) as provider:
        assert (await fails(at_stub(provider, seconds=0.4))).kind is FailureKind.TRANSIENT


async def test_a_mailbox_without_any_of_the_folders_says_so() -> None:
    async with Provider(Habits(folders=("Archive",))) as provider:
        failed = await fails(at_stub(provider))
    assert (failed.kind, failed.code) == (FailureKind.TRANSIENT, "no_folder")


async def test_nobody_listening_there_is_a_passing_fault() -> None:
    account = Account("127.0.0.1", rigs.closed_port(), BOT, Secret("pw"), Security.PLAIN, 2)
    failed = await fails(Imap(ImapConfig(account, ("INBOX",), 60), rigs.Clock()))
    assert failed.kind is FailureKind.TRANSIENT


async def test_a_mailbox_is_not_read_in_the_clear_over_a_network() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Account("imap.example.com", 143, BOT, Secret("pw"), Security.PLAIN)


async def test_a_mailbox_read_for_the_first_time_gives_only_what_answers_us() -> None:
    old = {1: letter(1, "开会通知"), 2: letter(2), 3: letter(3, "x", **{"In-Reply-To": f"<cb.{'0' * 32}@example.com>"})}
    desk = Desk()
    async with Provider(Habits(old)) as provider, listening(at_stub(provider), desk):
        await until(lambda: bool(desk.marks))
    assert sorted(desk.kept) == ["<m2@example.com>", "<m3@example.com>"]
    assert desk.marks["INBOX"].startswith("7:3:")


async def test_what_came_while_nobody_listened_is_read_whoever_wrote_it() -> None:
    desk = Desk()
    desk.marks["INBOX"] = "7:1:2018-10-15"
    async with Provider(Habits({1: letter(1), 4: letter(4, "开会通知")})) as provider, listening(at_stub(provider), desk):
        await until(lambda: len(desk.kept) == 1)
    assert desk.given == ["<m4@example.com>"]


def test_an_inbound_tells_what_it_is_about_and_when_it_was_said() -> None:
    arrived = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)
    ours = f"<cb.{'a' * 32}@example.com>"
    raw = letter(1, **{"References": f"<other@example.com>{ours}", "Date": "Mon, 15 Oct 2018 08:30:00 +0800"})
    inbound = mail_inbound.read(raw, arrived)
    assert inbound.about == f"mid:{ours} mid:<other@example.com> tag:7K3MQ9XD2F"
    assert (inbound.channel, inbound.platform_id, inbound.sender) == ("mail", "<m1@example.com>", "zhangsan@example.com")
    assert inbound.at == datetime(2018, 10, 15, 0, 30, tzinfo=UTC)
    for claimed in ("Mon, 15 Oct 2018 05:00:00 +0800", "Tue, 16 Oct 2018 08:30:00 +0800", "soon"):
        assert mail_inbound.read(letter(1, Date=claimed), arrived).at == arrived


@pytest.mark.parametrize(
    ("name", "kind", "sender", "about"),
    [
        ("dsn_permanent", InboundKind.BOUNCE, "zhangsan@example.com", "mid:<cb.abc@example.com> tag:7K3MQ9XD2F failed:5.1.1"),
        ("dsn_delayed", InboundKind.AUTO, "zhangsan@example.com", "mid:<cb.abc@example.com> tag:7K3MQ9XD2F delayed:4.4.1"),
        ("netease_bounce_html", InboundKind.BOUNCE, "zhangsan@example.com", "tag:7K3MQ9XD2F failed:550"),
        ("qq_vacation", InboundKind.AUTO, "zhangsan@example.com", "tag:7K3MQ9XD2F"),
        ("mailing_list", InboundKind.OTHER, "zhangsan@example.com", ""),
    ],
)
def test_a_machines_mail_says_whose_mailbox_it_is_about(name: str, kind: InboundKind, sender: str, about: str) -> None:
    raw = (Path(__file__).parents[1] / "domain" / "mail" / "letters" / f"{name}.eml").read_bytes()
    inbound = mail_inbound.read(raw, rigs.NOW)
    assert (inbound.kind, inbound.sender, inbound.about) == (kind, sender, about)


@pytest.mark.parametrize(("subject", "text"), [("三季度台账已报", "三季度台账已报"), ("回复：请报送", ""), ("[CB-7K3MQ9XD2F] 请报送", "")])
def test_of_an_empty_mail_the_subject_speaks_if_its_writer_made_it(subject: str, text: str) -> None:
    raw = f"From: zhangsan@example.com\r\nSubject: {subject}\r\n\r\n\r\n".encode()
    assert mail_inbound.read(raw, rigs.NOW).text == text


def test_a_mail_without_a_message_id_is_known_by_its_content() -> None:
    one, other = (mail_inbound.read(b"From: a@example.com\r\n\r\n" + words, rigs.NOW).platform_id for words in (b"1", b"2"))
    assert one.startswith("sha256:")
    assert one != other


def at_dovecot(server: Dovecot, user: str, **changes: object) -> Imap:
    account = Account("127.0.0.1", server.imap, user, Secret(PASSWORD), Security.PLAIN, 10)
    config = ImapConfig(account, ("INBOX", "Junk", "垃圾邮件"), 30)
    return Imap(dataclasses.replace(config, **changes), rigs.Clock())  # type: ignore[arg-type]


async def test_dovecot_wakes_the_listener_when_a_mail_comes(server: Dovecot) -> None:
    desk = Desk()
    async with listening(at_dovecot(server, "idle@example.com"), desk):
        await until(lambda: "INBOX" in desk.marks)
        await asyncio.sleep(0.5)
        started = asyncio.get_running_loop().time()
        server.deliver(letter(1), "idle@example.com")
        await until(lambda: len(desk.kept) == 1)
        assert asyncio.get_running_loop().time() - started < 5
    [kept] = desk.kept.values()
    assert kept.text == "第 1 封，已报"


async def test_junk_and_folders_with_chinese_names_are_read_too(server: Dovecot) -> None:
    user, desk = "folders@example.com", Desk()
    with server.client(user) as client:
        client.create_folder("垃圾邮件")
        client.create_folder("其他")
        for number, folder in enumerate(("Rubbish", "垃圾邮件", "其他", "INBOX"), 1):
            client.append(folder, letter(number))
    async with listening(at_dovecot(server, user), desk):
        await until(lambda: "INBOX" in desk.marks)
    assert desk.given == ["<m1@example.com>", "<m2@example.com>", "<m4@example.com>"]
    assert sorted(desk.marks) == ["INBOX", "Rubbish", "垃圾邮件"]


async def test_a_mail_is_read_byte_for_byte_and_no_flag_is_set(server: Dovecot) -> None:
    user, desk = "bytes@example.com", Desk()
    raw = b"From: a@example.com\r\nSubject: Re: [CB-7K3MQ9XD2F]\r\n\r\n" + "已报，张喆".encode("gb18030") + b"\r\n"
    with server.client(user) as client:
        client.append("INBOX", raw)
        async with listening(at_dovecot(server, user), desk):
            await until(lambda: bool(desk.kept))
        client.select_folder("INBOX", readonly=True)
        assert client.get_flags([1])[1] == (b"\\Recent",) or client.get_flags([1])[1] == ()
    [kept] = desk.kept.values()
    assert kept.raw == raw
    assert kept.text == "已报，张喆"


async def test_a_mailbox_that_is_numbered_anew_loses_and_doubles_nothing(server: Dovecot) -> None:
    user, desk = "anew@example.com", Desk()
    for number in (1, 2):
        server.deliver(letter(number), user)
    async with listening(at_dovecot(server, user), desk):
        await until(lambda: len(desk.kept) == 2)
    before = desk.marks["INBOX"]
    server.deliver(letter(3), user)
    server.renumber(user)
    async with listening(at_dovecot(server, user), desk):
        await until(lambda: len(desk.kept) == 3)
        await until(lambda: desk.marks["INBOX"] != before)
    assert sorted(desk.kept) == [f"<m{number}@example.com>" for number in (1, 2, 3)]
    assert desk.marks["INBOX"].split(":")[0] != before.split(":")[0]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_the_mailbox_is_read_protected_and_only_from_a_server_that_proves_itself(
    server: Dovecot, certificate: Path, security: Security
) -> None:
    user, desk = f"{security}@example.com", Desk()
    server.deliver(letter(1), user)
    port = server.imaps if security is Security.TLS else server.imap
    config = ImapConfig(Account("localhost", port, user, Secret(PASSWORD), security, 10), ("INBOX",), 30)
    async with listening(Imap(config, rigs.Clock(), dovecot.trusting(certificate)), desk):
        await until(lambda: len(desk.kept) == 1)
    failed = await fails(Imap(config, rigs.Clock()))
    assert failed.kind is FailureKind.CREDENTIAL_BAD
    assert "SSLCertVerificationError" in failed.code


async def test_dovecot_refuses_a_wrong_password(server: Dovecot) -> None:
    account = Account("127.0.0.1", server.imap, "wrong@example.com", Secret("pw-wrong"), Security.PLAIN, 10)
    failed = await fails(at_dovecot(server, "wrong@example.com", account=account))
    assert (failed.kind, failed.code) == (FailureKind.CREDENTIAL_BAD, "login")
