"""The Stream gateway's stand-in: tickets and pushes as documented, and the vendor's own client, which takes it for the real one."""

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.sandbox.dingtalk import DingTalkTenant
from bot.sandbox.dingtalk_gateway import CARDS, MESSAGES, OPEN, Gateway, Manners, Quirk
from bot.sandbox.server import Server
from tests.channels import rigs
from tests.waiting import until

TENANT = DingTalkTenant({})
QUICK = Manners(acknowledge=1.0, again=0.1, leave=0.2)
ASKED = {"clientId": TENANT.app_key, "clientSecret": TENANT.app_secret, "subscriptions": [{"type": "CALLBACK", "topic": MESSAGES}]}


@asynccontextmanager
async def serving(manners: Manners = QUICK) -> AsyncIterator[tuple[Gateway, rigs.Clock, str]]:
    clock = rigs.Clock()
    async with Gateway(TENANT, clock, manners) as gateway, Server([gateway], clock) as server:
        yield gateway, clock, server.url + OPEN


async def ticket(url: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(url, json=ASKED | changes)
    return answer.status_code, answer.json()


async def test_a_ticket_opens_one_connection_within_ninety_seconds() -> None:
    async with serving() as (_, clock, url):
        _, first = await ticket(url)
        _, second = await ticket(url)
        address = f"{first['endpoint']}?ticket={quote(first['ticket'], safe='')}"
        async with connect(address, proxy=None):
            with pytest.raises(InvalidStatus):
                await connect(address, proxy=None)
        clock.now += timedelta(seconds=91)
        with pytest.raises(InvalidStatus):
            await connect(f"{second['endpoint']}?ticket={quote(second['ticket'], safe='')}", proxy=None)


@pytest.mark.parametrize(("changes", "status"), [({"clientSecret": "wrong"}, 401), ({"clientId": ""}, 401), ({"subscriptions": []}, 400)])
async def test_bad_credentials_and_no_subscription_get_no_ticket(changes: dict[str, Any], status: int) -> None:
    async with serving() as (_, _, url):
        code, answer = await ticket(url, **changes)
    assert (code, "ticket" in answer) == (status, False)


async def test_a_push_without_acknowledgement_comes_again_and_then_no_more() -> None:
    async with serving(replace(QUICK, acknowledge=0.05)) as (gateway, _, url):
        _, answer = await ticket(url)
        async with connect(f"{answer['endpoint']}?ticket={quote(answer['ticket'], safe='')}", proxy=None) as client:
            assert await gateway.say("zhangsan", "已报", "msg-1") is None
            frames = [json.loads(await asyncio.wait_for(client.recv(), 2)) for _ in range(gateway.manners.pushes)]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.recv(), 0.3)
    assert {json.loads(frame["data"])["msgId"] for frame in frames} == {"msg-1"}
    assert {frame["headers"]["messageId"] for frame in frames} == {"m-1"}


OFFICIAL = """
import json, logging, sys
import dingtalk_stream as vendor

class Handler(vendor.CallbackHandler):
    async def process(self, message):
        print(json.dumps(message.data), flush=True)
        return vendor.AckMessage.STATUS_OK, "OK"

class Client(vendor.DingTalkStreamClient):
    def get_host_ip(self):
        return "127.0.0.1"  # its own asks for the way to a public address

client = Client(vendor.Credential(sys.argv[1], sys.argv[2]), logging.getLogger("quiet"))
for topic in sys.argv[3:]:
    client.register_callback_handler(topic, Handler())
client.start_forever()
"""


@asynccontextmanager
async def official(url: str) -> AsyncIterator[asyncio.StreamReader]:
    """The vendor's client in a process of its own, told to look for the platform here; what it was given, line by line."""
    if importlib.util.find_spec("dingtalk_stream") is None:
        pytest.skip("dingtalk-stream is not installed")
    words = [sys.executable, "-c", OFFICIAL, TENANT.app_key, TENANT.app_secret, MESSAGES, CARDS]
    here = os.environ | {"DINGTALK_OPENAPI_ENDPOINT": url.removesuffix(OPEN)}
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.DEVNULL}
    process = await asyncio.create_subprocess_exec(*words, env=here, **pipes)
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.communicate()


async def heard(lines: asyncio.StreamReader, count: int) -> list[dict[str, Any]]:
    return [json.loads(await asyncio.wait_for(lines.readline(), 10)) for _ in range(count)]


async def test_the_vendors_client_takes_the_gateway_for_the_real_one() -> None:
    async with serving() as (gateway, _, url), official(url) as lines:
        await until(lambda: bool(gateway.connections))
        acks = [
            await gateway.say("zhangsan", "已报", "msg-1", group="cid1"),
            await gateway.press("zhangsan", "card-1", "done", {"say": "已报"}),
            await gateway.ping(),
        ]
        await gateway.disconnect()
        await until(lambda: gateway.opened == 2)
        again = await gateway.say("lisi", "明天交", "msg-2")
        given = await heard(lines, 3)
    assert [(ack.code, dict(ack.data)) for ack in acks if ack] == [
        (200, {"response": "OK"}),
        (200, {"response": "OK"}),
        (200, {"opaque": "0000-0001"}),
    ]
    assert again is not None
    assert [data.get("msgId") or data.get("outTrackId") for data in given] == ["msg-1", "card-1", "msg-2"]
    assert gateway.registered[0]["ua"].startswith("dingtalk-sdk-python/")


async def test_the_vendors_client_handles_twice_what_comes_twice() -> None:
    async with serving() as (gateway, _, url), official(url) as lines:
        await until(lambda: bool(gateway.connections))
        gateway.quirks.add(Quirk.TWICE)
        await gateway.say("zhangsan", "已报", "msg-1")
        assert [data["msgId"] for data in await heard(lines, 2)] == ["msg-1", "msg-1"]
