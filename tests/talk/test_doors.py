"""The doors: what is believed is kept once and acknowledged, what is not is refused and leaves no trace."""

import asyncio
import json
from collections.abc import Callable

import pytest
import structlog
from office import at
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.channels.wecom_crypto import Keys
from bot.domain.inbound import Inbound
from bot.domain.secret import Secret
from bot.sandbox import callbacks, stage
from bot.sandbox.wecom_bot_content import WeComBotTenant
from bot.talk.doors import DINGTALK_SILENCE, Doors

NOW = at("10-16 09:20")


SENT = [
    {"MsgType": "image", "PicUrl": "https://example.com/p", "MediaId": "m1"},
    {"MsgType": "voice", "MediaId": "m2", "Format": "amr"},
    {"MsgType": "file", "MediaId": "m3"},
    {"MsgType": "location", "Location_X": "43.88", "Location_Y": "125.35", "Label": "长春市"},
]


def _wecom(platforms: stage.Stage, fields: dict[str, str]) -> callbacks.Callback:
    return callbacks.wecom_post(platforms.wecom.tenant, "zhangsan", fields, NOW)


@pytest.fixture
def platforms() -> stage.Stage:
    return stage.build(lambda: NOW, {})


@pytest.fixture
def rings() -> list[int]:
    return []


@pytest.fixture
def doors(sqlite_store, platforms, rings) -> Doors:
    return Doors(sqlite_store, lambda: NOW, platforms.wecom_keys, platforms.dingtalk_secret, lambda: rings.append(1))


@pytest.fixture
def kept(sqlite_store) -> Callable[[], list[Inbound]]:
    def read() -> list[Inbound]:
        with sqlite_store.read() as tx:
            return [received.inbound for received in tx.inbox.list()]

    return read


@pytest.mark.parametrize(("channel", "silence"), [("wecom_app", b""), ("dingtalk_app", DINGTALK_SILENCE)])
def test_what_a_platform_posts_is_kept_once_and_acknowledged_every_time(doors, platforms, rings, kept, channel, silence):
    said = platforms.speak(channel, "zhangsan", "已报", NOW, "m-1")
    for _ in range(5):
        answer = doors.receive(channel.partition("_")[0], said.method, said.query, said.headers, said.body)
        assert (answer.status, answer.body) == (200, silence)
    (inbound,) = kept()
    assert (inbound.channel, inbound.sender, inbound.text, inbound.at) == (channel, "zhangsan", "已报", NOW)
    assert rings == [1]


def test_what_is_said_to_the_smart_robot_has_a_door_of_its_own(sqlite_store, kept):
    tenant = WeComBotTenant()
    keys = Keys(Secret(tenant.token), Secret(tenant.aes_key), "")
    doors = Doors(sqlite_store, lambda: NOW, None, None, lambda: None, wecom_bot=keys)
    check = callbacks.wecom_bot_url_check(tenant, "echo-1", NOW)
    assert doors.receive("wecom_bot", "GET", check.query, check.headers, b"").body == b"echo-1"
    said = callbacks.wecom_bot_text(tenant, "zhangsan", "@催报 已报", NOW, "m-1", chat="wr1")
    for _ in range(3):
        answer = doors.receive("wecom_bot", said.method, said.query, said.headers, said.body)
        assert (answer.status, answer.body) == (200, b"")
    assert [(inbound.channel, inbound.text, inbound.chat) for inbound in kept()] == [("wecom_bot", "已报", "wr1")]
    assert doors.receive("wecom_bot", said.method, dict.fromkeys(said.query, "0"), said.headers, said.body).status == 401
    assert doors.receive("wecom", said.method, said.query, said.headers, said.body).status == 404


async def test_many_at_once_are_kept_each_once_before_they_are_acknowledged(doors, platforms, kept):
    async def call(number: int) -> tuple[int, list[str]]:
        said = platforms.speak("wecom_app", "zhangsan", "已报", NOW, f"m-{number % 20}")
        answer = await doors.take("wecom", said.method, said.query, said.headers, said.body)
        return answer.status, [inbound.platform_id for inbound in kept()]

    answers = await asyncio.gather(*(call(number) for number in range(40)))
    assert all(status == 200 and f"m-{number % 20}" in ids for number, (status, ids) in enumerate(answers))
    assert sorted(inbound.platform_id for inbound in kept()) == sorted(f"m-{number}" for number in range(20))


async def test_a_caller_who_waits_is_refused_like_one_who_does_not(doors, platforms, kept):
    said = platforms.speak("wecom_app", "zhangsan", "已报", NOW, "m-1")
    answer = await doors.take("wecom", said.method, dict.fromkeys(said.query, "0"), said.headers, said.body)
    assert (answer.status, kept()) == (401, [])
    assert (await doors.take("feishu", "POST", {}, {}, b"x")).status == 404


async def test_what_could_not_be_stored_is_not_acknowledged(doors, platforms, sqlite_store, rings):
    with sqlite_store.begin() as tx:
        tx.connection.execute(text("DROP TABLE inbound"))
    said = platforms.speak("wecom_app", "zhangsan", "已报", NOW, "m-1")
    with pytest.raises(OperationalError):
        await doors.take("wecom", said.method, said.query, said.headers, said.body)
    assert rings == []


@pytest.mark.parametrize("channel", ["wecom_app", "dingtalk_app"])
def test_what_is_not_believed_is_401_logged_by_its_length_and_not_kept(doors, platforms, rings, kept, channel):
    said = platforms.speak(channel, "zhangsan", "机密", NOW, "m-1")
    wrong_query = dict.fromkeys(said.query, "0" * 40)
    wrong_headers = dict.fromkeys(said.headers, "0")
    with structlog.testing.capture_logs() as logs:
        answer = doors.receive(channel.partition("_")[0], said.method, wrong_query, wrong_headers, said.body)
    assert (answer.status, answer.body) == (401, b"")
    assert kept() == rings == []
    assert [(line["event"], line["length"]) for line in logs] == [("callback_refused", len(said.body))]
    assert "机密" not in json.dumps(logs, ensure_ascii=False)


@pytest.mark.parametrize("fields", SENT)
def test_what_a_member_sent_without_words_is_kept_too(doors, platforms, rings, kept, fields):
    said = _wecom(platforms, {**fields, "MsgId": "m-1"})
    assert doors.receive("wecom", said.method, said.query, said.headers, said.body).status == 200
    (inbound,) = kept()
    assert (inbound.sender, inbound.text, rings) == ("zhangsan", "", [1])
    assert all(value.encode() in inbound.raw for value in fields.values())


@pytest.mark.parametrize("event", ["enter_agent", "subscribe", "LOCATION", "view"])
def test_what_a_platform_reports_and_nobody_said_is_acknowledged_and_left_out(doors, platforms, rings, kept, event):
    said = _wecom(platforms, {"MsgType": "event", "Event": event, "EventKey": "x"})
    assert doors.receive("wecom", said.method, said.query, said.headers, said.body).status == 200
    assert kept() == rings == []


@pytest.mark.parametrize("door", ["wecom", "dingtalk", "feishu", ""])
def test_a_door_that_is_not_configured_does_not_exist(sqlite_store, kept, door):
    closed = Doors(sqlite_store, lambda: NOW, None, Secret(""), lambda: None)
    assert closed.receive(door, "POST", {}, {}, b"x").status == 404
    assert kept() == []


@pytest.mark.parametrize(("door", "method"), [("wecom", "GET"), ("wecom", "PUT"), ("dingtalk", "GET")])
def test_a_bare_request_changes_nothing(doors, kept, door, method):
    assert doors.receive(door, method, {}, {}, b"").status == 401
    assert kept() == []


def test_keys_and_secret_come_from_the_stand_ins(platforms):
    assert isinstance(platforms.wecom_keys, Keys)
    assert isinstance(platforms.dingtalk_secret, Secret)
