"""The smart robot under our supervisor: a peer that falls silent, a second process, a lease that moves."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.channels import http
from bot.channels.wecom_bot import WeComBot, WeComBotConfig
from bot.domain.secret import Secret
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom_bot_content import WeComBotTenant
from bot.sandbox.wecom_gateway import BotGateway, Quirk
from bot.store import Store
from bot.wiring.supervision import LEASE
from tests.channels import rigs
from tests.waiting import until
from tests.wiring.listening import end, heard, supervised

TENANT = WeComBotTenant()


def robot(gateway: BotGateway, clock: rigs.Clock) -> WeComBot:
    return WeComBot(WeComBotConfig(TENANT.bot_id, Secret(TENANT.secret), gateway.url), http.Client(), clock)


async def test_a_silent_peer_is_left_after_ninety_seconds_and_the_next_connection_hears_again(sqlite_store: Store) -> None:
    clock = rigs.Clock()
    async with BotGateway(TENANT, Ledger(), clock) as gateway:
        bot = robot(gateway, clock)
        task = supervised(bot, sqlite_store, clock)
        await until(lambda: bot.can_send)
        await gateway.say("zhangsan", "收到")
        await until(lambda: heard(sqlite_store) == ["收到"])
        gateway.quirks.add(Quirk.SILENT)
        clock.now += timedelta(seconds=91)
        await until(lambda: gateway.opened == 2)
        gateway.quirks.clear()
        gateway.abort()
        await until(lambda: gateway.opened > 2 and bot.can_send)
        await gateway.say("zhangsan", "已报")
        await until(lambda: heard(sqlite_store) == ["收到", "已报"])
        await end(task)


async def test_two_processes_never_fight_over_one_robot_and_the_other_takes_over_when_the_first_ends(
    sqlite_url: str, make_store: Callable[[str], Store]
) -> None:
    clock = rigs.Clock()
    async with BotGateway(TENANT, Ledger(), clock, spoken={"zhangsan"}) as gateway:
        first, second = robot(gateway, clock), robot(gateway, clock)
        one = supervised(first, make_store(sqlite_url), clock)
        await until(lambda: first.can_send)
        other = supervised(second, make_store(sqlite_url), clock)
        await asyncio.sleep(0.3)
        assert (first.can_send, second.can_send, gateway.opened, gateway.kicked) == (True, False, 1, 0)
        await end(one)
        clock.now += LEASE
        await until(lambda: second.can_send)
        await second.send(rigs.message())
        assert (first.can_send, gateway.opened, gateway.kicked) == (False, 2, 0)
        await end(other)
