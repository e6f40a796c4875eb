"""A whole Stream session: our supervisor and listener, a database, and a gateway that falls silent and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.channels import http
from bot.channels.dingtalk_stream import DingTalkStream, DingTalkStreamConfig
from bot.domain.secret import Secret
from bot.sandbox.dingtalk import DingTalkTenant
from bot.sandbox.dingtalk_gateway import OPEN, Gateway, Manners, Quirk
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.server import Server
from bot.store import Store
from bot.store.ears import EarState
from tests.channels import rigs
from tests.waiting import until
from tests.wiring.listening import ear, end, heard, supervised

TENANT = DingTalkTenant({})
KEY = f"dingtalk_stream:{TENANT.app_key}"


@asynccontextmanager
async def session(store: Store) -> AsyncIterator[tuple[Gateway, rigs.Clock]]:
    clock = rigs.Clock()
    manners = Manners(acknowledge=0.3, again=0.3, leave=0.2, pushes=50)
    async with Gateway(TENANT, clock, manners) as gateway, Server([gateway], clock) as server:
        config = DingTalkStreamConfig(TENANT.app_key, Secret(TENANT.app_secret), server.url)
        listener = DingTalkStream(config, http.Client(slots=1), clock)
        task = supervised(listener, store, clock)
        await until(lambda: bool(gateway.connections))
        yield gateway, clock
        await end(task)


async def test_a_silent_gateway_is_left_and_what_was_said_meanwhile_arrives(sqlite_store: Store) -> None:
    async with session(sqlite_store) as (gateway, clock):
        await gateway.say("zhangsan", "收到", "msg-1")
        await until(lambda: heard(sqlite_store) == ["收到"])
        gateway.quirks.add(Quirk.SILENT)
        clock.now += timedelta(minutes=9)
        assert await gateway.say("zhangsan", "已报", "msg-2") is None
        await asyncio.sleep(1.2)
        assert gateway.opened == 1
        clock.now += timedelta(minutes=2)
        await until(lambda: gateway.opened == 2)
        gateway.quirks.clear()
        await until(lambda: heard(sqlite_store) == ["收到", "已报"])
    assert ear(sqlite_store).last_frame_at is not None


async def test_when_anything_last_came_is_written_down(sqlite_store: Store) -> None:
    async with session(sqlite_store) as (gateway, clock):
        await gateway.ping()
        clock.now += timedelta(minutes=1)
        await gateway.ping()
        await until(lambda: ear(sqlite_store).last_frame_at == clock.now)
        assert (ear(sqlite_store).key, ear(sqlite_store).state) == (KEY, EarState.OPEN)


async def test_what_comes_twice_and_after_a_broken_connection_has_one_effect(sqlite_store: Store) -> None:
    async with session(sqlite_store) as (gateway, _):
        gateway.quirks.add(Quirk.TWICE)
        await gateway.say("zhangsan", "已报", "msg-1")
        gateway.abort()
        await until(lambda: gateway.opened == 2)
        await gateway.say("zhangsan", "已报", "msg-1")
        await gateway.say("zhangsan", "撤回", "msg-2")
        assert heard(sqlite_store) == ["已报", "撤回"]


async def test_credentials_that_the_platform_refuses_pause_the_listener_and_say_why(sqlite_store: Store) -> None:
    async with session(sqlite_store) as (gateway, _):
        gateway.faults.add(Fault(FaultKind.CODE, path=OPEN, code="authFailed", text="app secret is wrong"))
        gateway.abort()
        await until(lambda: ear(sqlite_store).state is EarState.PAUSED)
        assert ear(sqlite_store).detail == "authFailed app secret is wrong"
