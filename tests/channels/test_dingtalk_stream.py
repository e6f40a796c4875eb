"""Our Stream listener and the gateway's stand-in over real sockets: what is kept, what is acknowledged, how a connection ends."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from bot.channels import dingtalk_frames, http, redact
from bot.channels.dingtalk_stream import DingTalkStream, DingTalkStreamConfig
from bot.channels.listener import Bookmark, ListenFailed
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox.dingtalk import DingTalkTenant
from bot.sandbox.dingtalk_gateway import OPEN, Gateway, Manners, Quirk
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.server import Server
from tests.channels import rigs
from tests.waiting import until

TENANT = DingTalkTenant({})
QUICK = Manners(acknowledge=0.5, again=0.1, leave=0.3)


class Desk(rigs.Counter):
    """One on which nothing can be put while it is in `trouble`."""

    trouble: Exception | None = None

    async def keep(self, arrived: Sequence[Inbound], bookmark: Bookmark | None = None) -> None:
        if self.trouble:
            raise self.trouble
        await super().keep(arrived, bookmark)


@dataclass
class Session:
    gateway: Gateway
    desk: Desk
    listening: "asyncio.Task[None]"
    listener: DingTalkStream

    async def failure(self) -> ListenFailed:
        async with asyncio.timeout(5):
            with pytest.raises(ListenFailed) as caught:
                await self.listening
        return caught.value


@asynccontextmanager
async def serving(manners: Manners = QUICK) -> AsyncIterator[tuple[Gateway, str]]:
    clock = rigs.Clock()
    async with Gateway(TENANT, clock, manners) as gateway, Server([gateway], clock) as server:
        yield gateway, server.url


def listener(url: str, **changes: Any) -> DingTalkStream:
    config = replace(DingTalkStreamConfig(TENANT.app_key, Secret(TENANT.app_secret), url), **changes)
    return DingTalkStream(config, http.Client(slots=1, patience=rigs.QUICK), rigs.Clock())


@asynccontextmanager
async def session(manners: Manners = QUICK, **changes: Any) -> AsyncIterator[Session]:
    async with serving(manners) as (gateway, url):
        ours, desk = listener(url, **changes), Desk()
        listening = asyncio.create_task(ours.listen(desk))
        await until(lambda: bool(gateway.connections) or listening.done())
        yield Session(gateway, desk, listening, ours)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_what_a_member_says_is_kept_and_acknowledged() -> None:
    async with session() as ours:
        ack = await ours.gateway.say("zhangsan", "已报", "msg-1", group="cid1")
        [inbound] = ours.desk.kept
    assert (inbound.channel, inbound.sender, inbound.text, inbound.chat) == ("dingtalk_app", "zhangsan", "已报", "cid1")
    assert inbound.answer_to.startswith("https://oapi.dingtalk.com/robot/sendBySession?session=")
    assert ack is not None
    assert (ack.code, ack.data) == (200, {"response": "OK"})
    topics = [each["topic"] for each in ours.gateway.registered[0]["subscriptions"]]
    assert topics == [dingtalk_frames.MESSAGE_TOPIC, dingtalk_frames.CARD_TOPIC]


async def test_a_pressed_button_says_what_its_card_gave_to_it_and_names_the_card() -> None:
    async with session() as ours:
        ack = await ours.gateway.press("zhangsan", "reminder:1:T-1:7", "done", {"choice": "task:12|", "say": "|已报"})
        await ours.gateway.press("zhangsan", "reminder:1:T-1:7", "done")
        spoken, named = ours.desk.kept
    assert (spoken.text, spoken.about, spoken.sender) == ("已报", "task:12 message:reminder:1:T-1:7", "zhangsan")
    assert (named.text, spoken.platform_id != named.platform_id) == ("done", True)
    assert ack is not None
    assert ack.data["response"]["cardData"] == {"cardParamMap": {"answered": "true"}}


async def test_a_ping_is_answered_with_what_it_brought() -> None:
    async with session() as ours:
        ack = await ours.gateway.ping()
        assert ours.desk.frames == 1
    assert ack is not None
    assert (ack.code, ack.data) == (200, {"opaque": "0000-0001"})


async def test_a_topic_we_do_not_serve_is_refused_and_nothing_is_kept() -> None:
    async with session() as ours:
        ack = await ours.gateway.push("EVENT", "/v1.0/some/event", "{}")
        assert ours.desk.kept == []
    assert ack is not None
    assert ack.code == 404


@pytest.mark.parametrize("data", ['{"msgtype":"text"}', "[]", "no json", ""])
async def test_what_cannot_be_read_is_kept_raw_for_people_to_look_at(data: str) -> None:
    async with session() as ours:
        ack = await ours.gateway.push("CALLBACK", dingtalk_frames.MESSAGE_TOPIC, data)
        [inbound] = ours.desk.kept
    assert (inbound.kind, inbound.text, inbound.raw.decode()) == (InboundKind.OTHER, "", data)
    assert ack is not None


async def test_a_frame_without_an_id_is_kept_and_the_connection_goes_on() -> None:
    async with session() as ours:
        for text in ("no json", "[]", '{"headers":{}}', '{"headers":5}'):
            await ours.gateway.connections[0].send(text)
        assert await ours.gateway.ping()
        assert [inbound.raw for inbound in ours.desk.kept] == [b"no json", b"[]", b'{"headers":{}}', b'{"headers":5}']


async def test_over_the_months_quota_a_message_comes_without_words_and_is_kept() -> None:
    async with session() as ours:
        body = {"msgId": "m1", "senderStaffId": "zhangsan", "createAt": 1_539_565_620_000, "errorCode": 20001, "errorMessage": "quota"}
        await ours.gateway.push("CALLBACK", dingtalk_frames.MESSAGE_TOPIC, json.dumps(body))
        [inbound] = ours.desk.kept
    assert (inbound.sender, inbound.text, inbound.kind) == ("zhangsan", "", InboundKind.SAID)


async def test_nothing_is_acknowledged_before_it_is_durable() -> None:
    async with session() as ours:
        ours.desk.trouble = OSError("the disk is full")
        assert await ours.gateway.say("zhangsan", "已报", "msg-1") is None
        with pytest.raises(OSError, match="disk"):
            await ours.listening


async def test_what_was_not_acknowledged_comes_again_on_the_next_connection() -> None:
    async with session() as ours:
        ours.desk.trouble = OSError("the disk is full")
        await ours.gateway.say("zhangsan", "已报", "msg-1")
        await asyncio.gather(ours.listening, return_exceptions=True)
        ours.desk.trouble = None
        again = asyncio.create_task(ours.listener.listen(ours.desk))
        await until(lambda: bool(ours.desk.kept))
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
    assert [inbound.platform_id for inbound in ours.desk.kept] == ["msg-1"]


async def test_asked_to_leave_it_opens_the_next_connection_before_it_gives_up_the_old_one() -> None:
    async with session() as ours:
        await ours.gateway.disconnect()
        await until(lambda: len(ours.gateway.connections) == 2)
        for number in range(8):  # by lot through both
            assert await ours.gateway.say("zhangsan", "已报", f"msg-{number}")
        await until(lambda: len(ours.gateway.connections) == 1)
        assert await ours.gateway.say("zhangsan", "已报", "last")
        assert not ours.listening.done()
    assert (ours.gateway.opened, len(ours.desk.kept)) == (2, 9)


async def test_without_a_next_connection_the_old_one_is_used_up_to_its_end() -> None:
    async with session(replace(QUICK, leave=0.4)) as ours:
        ours.gateway.faults.add(Fault(FaultKind.HTTP_502, path=OPEN))
        await ours.gateway.disconnect()
        assert await ours.gateway.say("zhangsan", "已报", "msg-1")
        failed = await ours.failure()
    assert (failed.kind, failed.code) == (FailureKind.TRANSIENT, "http_502")


async def test_an_orderly_end_is_no_failure() -> None:
    async with session() as ours:
        await ours.gateway.close()
        await until(ours.listening.done)
        assert ours.listening.exception() is None
        assert (ours.gateway.opened, ours.gateway.connections) == (1, [])


@pytest.mark.parametrize("end", [Gateway.abort, Gateway.vanish])
async def test_a_connection_that_breaks_or_a_peer_that_vanishes_is_noticed(end: Callable[[Gateway], None]) -> None:
    async with session(keepalive=0.1) as ours:
        end(ours.gateway)
        failed = await ours.failure()
        assert failed.kind is FailureKind.TRANSIENT


async def test_a_push_that_comes_twice_is_acknowledged_twice_and_names_one_message() -> None:
    async with session() as ours:
        ours.gateway.quirks.add(Quirk.TWICE)
        await ours.gateway.say("zhangsan", "已报", "msg-1")
        await until(lambda: len(ours.gateway.acks) == 2)
        assert [inbound.platform_id for inbound in ours.desk.kept] == ["msg-1", "msg-1"]


async def test_pushes_out_of_order_keep_their_own_times_and_ids() -> None:
    async with session(replace(QUICK, acknowledge=0.1)) as ours:
        ours.gateway.quirks.add(Quirk.LATE)
        await ours.gateway.say("zhangsan", "撤回", "msg-1")
        await ours.gateway.say("zhangsan", "已报", "msg-2")
        await until(lambda: len(ours.desk.kept) == 2)
        assert [inbound.platform_id for inbound in ours.desk.kept] == ["msg-2", "msg-1"]


async def refused(url: str, **changes: Any) -> ListenFailed:
    with pytest.raises(ListenFailed) as caught:
        await listener(url, **changes).listen(Desk())
    return caught.value


async def test_wrong_credentials_are_told_apart_from_a_bad_day() -> None:
    async with serving() as (gateway, url):
        assert (await refused(url, app_secret=Secret("wrong"))).kind is FailureKind.CREDENTIAL_BAD
        expected = {
            "Forbidden.AccessDenied.QpsLimitForApi": FailureKind.THROTTLED,
            "Forbidden.AccessDenied.ApiCountLimitForOrg": FailureKind.CREDENTIAL_BAD,
            "something.new": FailureKind.TRANSIENT,
        }
        for code, kind in expected.items():
            gateway.faults.add(Fault(FaultKind.CODE, path=OPEN, code=code))
            assert (code, (await refused(url)).kind) == (code, kind)


@pytest.mark.parametrize("kind", [FaultKind.HTTP_500, FaultKind.HTML, FaultKind.HANG, FaultKind.RESET, FaultKind.TRUNCATED])
async def test_a_registration_that_fails_may_be_tried_again(kind: FaultKind) -> None:
    async with serving() as (gateway, url):
        gateway.faults.add(Fault(kind, path=OPEN))
        assert (await refused(url)).kind is FailureKind.TRANSIENT
        assert gateway.opened == 0


async def test_a_gateway_that_is_not_there_may_be_tried_again() -> None:
    async with serving() as (gateway, url):
        gateway.port = rigs.closed_port()
        failed = await refused(url)
    assert (failed.kind, failed.code) == (FailureKind.TRANSIENT, "ConnectionRefusedError")


async def test_a_gateway_in_the_clear_is_refused_where_the_platform_is_not() -> None:
    answer = httpx.Response(200, json={"endpoint": "ws://gateway.example/connect", "ticket": "TK1"})
    client = http.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(answer.content))))
    ours = DingTalkStream(DingTalkStreamConfig("k", Secret("s")), client, rigs.Clock())
    with pytest.raises(ListenFailed, match="not_encrypted"):
        await ours.listen(Desk())


async def test_no_secret_and_no_ticket_stands_in_a_log() -> None:
    log, handler = logging.getLogger(), logging.StreamHandler(io.StringIO())
    handler.addFilter(redact.redact)
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        async with session() as ours:
            await ours.gateway.say("zhangsan", "已报", "msg-1")
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    client = [line for line in handler.stream.getvalue().splitlines() if "GET /connect" in line]
    assert client
    assert TENANT.app_secret not in handler.stream.getvalue()
    assert all("TK" not in line for line in client)
