"""The ways into the stand-ins: without a socket, by mail, and the tester's desk."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.channels.base import SendFailed
from bot.channels.mail import Envelope
from bot.channels.mail_codes import Stage
from bot.domain.words import FailureKind
from bot.sandbox import transport
from bot.sandbox.clock import RunningClock
from bot.sandbox.desk import Desk
from bot.sandbox.exchange import Message, Request
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.ledger import Ledger
from bot.sandbox.mailroom import LARGEST, Mailroom, MailSetup, submit
from bot.sandbox.wecom import WeCom, WeComTenant

NOW = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def client(wecom: WeCom) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport.transport([wecom], clock), base_url="https://qyapi.weixin.qq.com")


async def test_without_a_socket_the_path_decides_who_answers_and_nothing_else_is_reachable() -> None:
    wecom = WeCom(WeComTenant({"k 1": "群"}), Ledger())
    async with client(wecom) as http:
        answer = await http.post("/cgi-bin/webhook/send", params={"key": "k 1"}, json={"msgtype": "text", "text": {"content": "已报"}})
        assert answer.json()["errcode"] == 0
        assert wecom.ledger.to("群")[0].text == "已报"
        with pytest.raises(httpx.ConnectError):
            await http.get("https://example.com/")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (FaultKind.HANG, httpx.ReadTimeout),
        (FaultKind.DRIBBLE, httpx.ReadTimeout),
        (FaultKind.RESET, httpx.ReadError),
        (FaultKind.DROP, httpx.ReadError),
    ],
)
async def test_a_broken_wire_shows_as_it_would_over_a_socket(fault: FaultKind, error: type[Exception]) -> None:
    wecom = WeCom(WeComTenant({}), Ledger())
    wecom.faults.add(Fault(fault))
    async with client(wecom) as http:
        with pytest.raises(error):
            await http.get("/cgi-bin/gettoken")


def test_a_running_clock_goes_on_from_where_it_was_set() -> None:
    seconds = iter([100.0, 107.0, 200.0, 201.5])
    running = RunningClock(NOW, lambda: next(seconds))
    assert running() == NOW + timedelta(seconds=7)
    running.set(NOW + timedelta(days=1))
    assert running() == NOW + timedelta(days=1, seconds=1.5)


def test_the_ledger_reads_back_what_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    message = Message(
        "mail", "zhangsan@example.com", NOW, "标题", "第一行\n第二行", "<p>", ("a",), "k", shown=False, sender="bot@example.com"
    )
    Ledger(path).add(message)
    assert Ledger(path).messages == [message]
    assert Ledger(path).to("zhangsan@example.com") == []


def desk() -> tuple[Desk, Ledger, dict[str, Faults], RunningClock, list[str]]:
    kept, switches, running, done = Ledger(), {"wecom": Faults()}, RunningClock(NOW, lambda: 0.0), list[str]()
    at = Desk(kept, switches, running, lambda: done.append("expired"), lambda *words: done.append(" ".join(words)))
    return at, kept, switches, running, done


def ask(at: Desk, method: str, what: str, content: object = None, **query: str) -> tuple[int, object]:
    answer = at.handle(Request(method, f"/_sandbox/{what}", query, {}, json.dumps(content).encode()), NOW)
    return answer.status, json.loads(answer.body) if answer.status in (200, 400) else None


def test_the_desk_shows_messages_and_the_time() -> None:
    at, kept, *_ = desk()
    kept.add(Message("mail", "a", NOW, "s", "t"))
    kept.add(Message("mail", "b", NOW, "s", "t"))
    assert ask(at, "GET", "health") == (200, {"now": NOW.isoformat(), "messages": 2})
    assert [message["to"] for message in ask(at, "GET", "messages", to="b")[1]] == ["b"]  # type: ignore[attr-defined]


def test_the_desk_turns_faults_on_ends_tokens_and_sets_the_clock() -> None:
    at, _, switches, running, done = desk()
    assert ask(at, "POST", "faults", {"platform": "wecom", "kind": "code", "code": 45009, "count": 2})[0] == 200
    assert switches["wecom"].take("/") == Fault(FaultKind.CODE, 2, code="45009")
    assert ask(at, "POST", "expire-tokens")[0] == 200
    assert done == ["expired"]
    assert ask(at, "POST", "clock", {"now": "2018-10-16T09:00:00+08:00"})[0] == 200
    assert running() == datetime(2018, 10, 16, 1, tzinfo=UTC)


def test_the_desk_lets_a_member_speak() -> None:
    at, *_, done = desk()
    assert ask(at, "POST", "say", {"platform": "wecom_bot", "sender": "zhangsan", "text": "已报"})[0] == 200
    assert done == ["wecom_bot zhangsan 已报 http://"]


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("faults", {}),
        ("say", {"platform": "wecom_bot", "sender": "zhangsan"}),
        ("faults", {"platform": "x", "kind": "html"}),
        ("faults", {"platform": "wecom", "kind": "x"}),
        ("clock", {"now": "soon"}),
        ("clock", []),
    ],
)
def test_the_desk_says_what_it_did_not_understand(what: str, content: object) -> None:
    status, answer = ask(desk()[0], "POST", what, content)
    assert status == 400
    assert "Error" in str(answer)


def test_the_desk_knows_no_other_errand() -> None:
    assert ask(desk()[0], "DELETE", "messages")[0] == 404


def envelope(content: bytes = b"Subject: x\r\n\r\nhello\r\n", recipient: str = "zhangsan@example.com") -> Envelope:
    return Envelope("bot@example.com", recipient, content)


def test_the_mailroom_refuses_giants_and_haste() -> None:
    room = Mailroom(MailSetup(per_minute=2), Ledger())
    assert room.content(envelope(b"x" * (LARGEST + 1)), NOW).code == 552
    assert [room.content(envelope(), NOW).code for _ in range(3)] == [250, 250, 451]
    assert room.content(envelope(), NOW + timedelta(minutes=14)).code == 451
    assert room.content(envelope(), NOW + timedelta(minutes=15)).code == 250


def test_the_mailroom_lets_in_whom_it_knows() -> None:
    room = Mailroom(MailSetup({"bot@example.com": "pw"}, frozenset({"gone@example.com"})), Ledger())
    assert [room.login("bot@example.com", "pw").code, room.login("bot@example.com", "x").code, room.login("x", "pw").code] == [
        235,
        535,
        535,
    ]
    assert [room.sender("bot@example.com", "bot@example.com").code, room.sender("bot@example.com", "x@example.com").code] == [250, 501]
    assert [room.recipient("zhangsan@example.com").code, room.recipient("Gone@example.com").code] == [250, 550]


@pytest.mark.parametrize(
    ("stage", "kind"),
    [(Stage.SENDER, FailureKind.TRANSIENT), (Stage.RECIPIENT, FailureKind.TRANSIENT), (Stage.CONTENT, FailureKind.IN_DOUBT)],
)
async def test_a_dead_line_in_the_mailroom_is_in_doubt_only_after_the_content(stage: Stage, kind: FailureKind) -> None:
    room = Mailroom(MailSetup(), Ledger())
    room.faults.add(Fault(FaultKind.HANG, path=stage))
    with pytest.raises(SendFailed) as caught:
        await submit(room, clock)(envelope())
    assert caught.value.kind is kind
    assert room.ledger.messages == []


def test_a_mail_is_kept_as_its_recipient_reads_it() -> None:
    room = Mailroom(MailSetup(), Ledger())
    raw = "Subject: =?utf-8?b?5qCH6aKY?=\r\nMessage-ID: <a@b>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>正文</p>\r\n".encode()
    room.content(envelope(raw), NOW)
    [kept] = room.ledger.messages
    assert (kept.subject, kept.text, kept.html.strip(), kept.key) == ("标题", "", "<p>正文</p>", "<a@b>")
