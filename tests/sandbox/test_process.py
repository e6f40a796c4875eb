"""The stand-ins as processes of their own, on loopback."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels import http
from bot.channels.base import SendFailed
from bot.channels.dingtalk_app import DingTalkApp, DingTalkAppConfig
from bot.channels.dingtalk_robot import DingTalkRobot, DingTalkRobotConfig
from bot.channels.dingtalk_stream import DingTalkStream, DingTalkStreamConfig
from bot.channels.group_robot import RobotAccount
from bot.channels.mail import Mail, MailConfig, Security
from bot.channels.wecom_bot import WeComBot, WeComBotConfig
from bot.channels.wecom_robot import WeComRobot, WeComRobotConfig
from bot.domain import times
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox.server import Server
from tests.channels import rigs
from tests.sandbox import processes
from tests.waiting import until

START = "2018-10-15T09:07:00+08:00"


def tell(ready: dict[str, Any], what: str, content: dict[str, object]) -> int:
    return httpx.post(f"http://127.0.0.1:{ready['http_port']}/_sandbox/{what}", json=content, trust_env=False).status_code


def test_all_stand_ins_together_take_messages_over_real_sockets() -> None:
    with processes.started("all", "--now", START, "--robots", "2", "--mail-account", "bot@example.com:pw") as ready:
        asyncio.run(_send_everything(ready))
        arrived = [(message["channel"], message["to"]) for message in processes.messages(ready)]
        assert arrived == [("wecom_robot", "group-2"), ("dingtalk_robot", "group-1"), ("mail", "zhangsan@example.com")]
        assert processes.messages(ready)[0]["at"].startswith("2018-10-15T01:07:")
        assert len(processes.messages(ready, to="group-1")) == 1


async def _send_everything(ready: dict[str, Any]) -> None:
    url, clock = f"http://127.0.0.1:{ready['port']}", rigs.Clock()
    robot = WeComRobot(WeComRobotConfig({"main": Secret(ready["wecom_keys"][1])}, url), http.Client())
    account = RobotAccount(Secret(ready["dingtalk_tokens"][0]), Secret(ready["dingtalk_secret"]))
    ding = DingTalkRobot(DingTalkRobotConfig({"main": account}, url), http.Client(), clock)
    mail = Mail(
        MailConfig("127.0.0.1", ready["smtp_port"], "bot@example.com", Secret("t"), "", Security.PLAIN, "bot@example.com", Secret("pw")),
        clock,
    )
    for channel, address in ((robot, "main"), (ding, "main"), (mail, "zhangsan@example.com")):
        await channel.send(rigs.message(address=address))
        await channel.close()


def test_all_stand_ins_together_let_robots_hear_and_answer_over_connections_that_stay_open() -> None:
    with processes.started("all", "--now", START) as ready:
        words = asyncio.run(_hear_and_answer(ready))
        answers = [(message["channel"], message["to"], message["text"]) for message in processes.messages(ready)]
        assert tell(ready, "say", {"platform": "wecom", "sender": "zhangsan", "text": "已报"}) == 400
    assert words == ["wecom_bot zhangsan 已报", "dingtalk_app lisi 明天交"]
    assert [(channel, to, text.split()[0]) for channel, to, text in answers] == [
        ("wecom_bot", "zhangsan", "好"),
        ("dingtalk_app", "lisi", "好"),
    ]


async def _hear_and_answer(ready: dict[str, Any]) -> list[str]:
    """Both robots connect, one member speaks to each, and each is answered where it was spoken to."""
    url, clock, desk, words = f"http://127.0.0.1:{ready['port']}", rigs.Clock(), rigs.Counter(), []
    clock.now = times.parse_instant(START)
    bot = WeComBot(WeComBotConfig(ready["wecom_bot_id"], Secret(ready["wecom_bot_secret"]), ready["wecom_bot_url"]), http.Client(), clock)
    key, secret = ready["dingtalk_app_key"], Secret(ready["dingtalk_app_secret"])
    stream = DingTalkStream(DingTalkStreamConfig(key, secret, url), http.Client(), clock)
    app = DingTalkApp(DingTalkAppConfig(key, secret, key, url, url, "text"), http.Client(), clock)
    listening = [asyncio.create_task(rigs.listening(each, desk)) for each in (bot, stream)]
    await until(lambda: bot.can_send)
    for channel, platform, sender, text in ((bot, "wecom_bot", "zhangsan", "已报"), (app, "dingtalk", "lisi", "明天交")):
        await _spoken(ready, desk, {"platform": platform, "sender": sender, "text": text})
        inbound = desk.kept[-1]
        words.append(f"{inbound.channel} {inbound.sender} {inbound.text}")
        await channel.send(rigs.message("好", address=inbound.answer_to))
        await channel.close()
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return words


async def _spoken(ready: dict[str, Any], desk: rigs.Counter, said: dict[str, object]) -> None:
    """Say it, again if nobody was connected yet, until it is heard."""
    before = len(desk.kept)
    for _ in range(200):
        assert await asyncio.to_thread(tell, ready, "say", said) == 200
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await until(lambda: len(desk.kept) > before)
            return
    raise AssertionError("nobody heard it")


def test_a_tester_turns_faults_on_and_moves_the_clock() -> None:
    with processes.started("wecom", "--now", START) as ready:
        assert tell(ready, "faults", {"platform": "wecom", "kind": "code", "code": "45009", "path": "/cgi-bin/webhook"}) == 200
        assert asyncio.run(_send_one(ready)) is FailureKind.THROTTLED
        assert tell(ready, "clock", {"now": "2018-10-16T09:00:00+08:00"}) == 200
        assert asyncio.run(_send_one(ready)) is None
        assert processes.messages(ready)[0]["at"].startswith("2018-10-16T01:00:")
        assert tell(ready, "expire-tokens", {}) == 200
        assert tell(ready, "faults", {"platform": "nobody", "kind": "code"}) == 400
        assert tell(ready, "faults", {"platform": "wecom", "kind": "no such"}) == 400
        assert tell(ready, "nothing", {}) == 404
        assert httpx.get(f"http://127.0.0.1:{ready['port']}/_sandbox/health", trust_env=False).json()["messages"] == 1


async def _send_one(ready: dict[str, Any]) -> FailureKind | None:
    channel = WeComRobot(WeComRobotConfig({"main": Secret(ready["wecom_keys"][0])}, f"http://127.0.0.1:{ready['port']}"), http.Client())
    try:
        await channel.send(rigs.message(address="main"))
    except SendFailed as failed:
        return failed.kind
    finally:
        await channel.close()
    return None


def test_what_arrived_outlives_the_process(tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    for count in (1, 2):
        with processes.started("wecom", "--now", START, "--state-file", str(state)) as ready:
            assert asyncio.run(_send_one(ready)) is None
            assert len(processes.messages(ready)) == count


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "smtp"])
def test_each_stand_in_says_where_it_listens(kind: str) -> None:
    with processes.started(kind) as ready:
        assert ready["port"] == (ready["smtp_port"] if kind == "smtp" else ready["http_port"])


async def test_the_server_survives_nonsense() -> None:
    async with Server([], rigs.Clock()) as server:
        for nonsense in (
            b"",
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"x" * 100_000,
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(nonsense)
            writer.write_eof()
            assert await asyncio.wait_for(_rest(reader), 5) == b""
            writer.close()
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(server.url)).status_code == 404


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""
