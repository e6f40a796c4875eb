"""The smart robot on its connection, against a gateway with the platform's rules and its failings."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.channels import http, wecom_cards
from bot.channels.base import SendFailed
from bot.channels.listener import ListenFailed
from bot.channels.wecom_bot import WeComBot, WeComBotConfig
from bot.domain.cards import Card, Tap
from bot.domain.inbound import InboundKind
from bot.domain.messages import Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom_bot_content import WeComBotTenant
from bot.sandbox.wecom_gateway import BotGateway, Quirk
from tests.channels import rigs
from tests.waiting import until

CARD = Card("三季度台账", (("报送单位", "榆树市"),), "点一次即可", (), (Tap("已报", "已报", "task:12"), Tap("有困难", "有困难", "task:12")))
GROUP = "wr0000000000000000000000000001"


@dataclasses.dataclass
class Session:
    gateway: BotGateway
    bot: WeComBot
    desk: rigs.Counter
    clock: rigs.Clock

    async def say(self, sender: str, text: str, **more: str) -> str:
        """Say it and wait until it is kept."""
        before = len(self.desk.kept)
        request = await self.gateway.say(sender, text, **more)
        await until(lambda: len(self.desk.kept) > before)
        return request

    async def tap(self, sender: str, key: str, task_id: str) -> None:
        before = len(self.desk.kept)
        await self.gateway.tap(sender, key, task_id)
        await until(lambda: len(self.desk.kept) > before)


def robot(gateway: BotGateway, clock: rigs.Clock, **changes: object) -> WeComBot:
    tenant = gateway.tenant
    config = WeComBotConfig(tenant.bot_id, Secret(tenant.secret), gateway.url, series="7K2M", patience=2, reconnect=2)
    return WeComBot(dataclasses.replace(config, **changes), http.Client(), clock)  # type: ignore[arg-type]


@asynccontextmanager
async def session(**changes: object) -> AsyncIterator[Session]:
    clock, desk = rigs.Clock(), rigs.Counter()
    async with BotGateway(WeComBotTenant(), Ledger(), clock) as gateway:
        bot = robot(gateway, clock, **changes)
        loop = asyncio.create_task(rigs.listening(bot, desk))
        await until(lambda: bot.can_send)
        yield Session(gateway, bot, desk, clock)
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await bot.close()


async def test_what_is_said_in_private_is_kept_and_answered_where_it_was_said() -> None:
    async with session() as s:
        await s.say("zhangsan", "已报", msg_id="m-001")
        [inbound] = s.desk.kept
        assert (inbound.channel, inbound.platform_id, inbound.sender, inbound.text, inbound.chat) == (
            "wecom_bot",
            "m-001",
            "zhangsan",
            "已报",
            "",
        )
        await s.bot.send(rigs.message("已记录", address=inbound.answer_to))
        assert s.gateway.frames[-1] == "aibot_respond_msg"
        assert [(message.to, message.text) for message in s.gateway.ledger.messages] == [("zhangsan", "已记录")]


async def test_in_a_group_the_robots_name_is_taken_off_and_the_answer_goes_to_the_group() -> None:
    async with session() as s:
        assert await s.gateway.say("zhangsan", "大家好", chat=GROUP) == ""
        await s.say("zhangsan", "@催报 1报了 2延到25日", chat=GROUP)
        [inbound] = s.desk.kept
        assert (inbound.sender, inbound.text, inbound.chat) == ("zhangsan", "1报了 2延到25日", GROUP)
        await s.bot.send(rigs.message("已记录", address=inbound.answer_to))
        assert s.gateway.ledger.messages[0].to == GROUP


async def test_a_quotation_follows_the_own_words_marked_as_such() -> None:
    async with session() as s:
        await s.say("zhangsan", "已报", quote="请于10月19日前报送\n编号0017")
        assert s.desk.kept[0].text == "已报\n> 请于10月19日前报送\n> 编号0017"


async def test_an_answer_that_comes_too_late_is_pushed() -> None:
    async with session() as s:
        await s.say("zhangsan", "已报")
        s.clock.now += timedelta(hours=25)
        await s.bot.send(rigs.message("已记录", address=s.desk.kept[0].answer_to))
        assert s.gateway.frames[-2:] == ["aibot_respond_msg", "aibot_send_msg"]
        assert s.gateway.ledger.messages[0].to == "zhangsan"


async def test_a_card_is_pushed_tapped_and_replaced_by_what_was_recorded() -> None:
    async with session() as s:
        s.gateway.spoken.add("zhangsan")
        await s.bot.send(rigs.message(rendered=Rendered("题", "请报送", format="card", card=CARD), key="remind:12:2018-10-15:1"))
        [card] = s.gateway.ledger.messages
        await s.tap("zhangsan", card.taps["已报"], card.key)
        [tapped] = s.desk.kept
        assert (tapped.text, tapped.about) == ("已报", "task:12 message:remind:12:2018-10-15:1")
        await s.bot.send(rigs.message(rendered=Rendered("已记录：榆树市 → 已报", "有误请回复“撤回”"), address=tapped.answer_to))
        changed = s.gateway.ledger.messages[1]
        assert (changed.key, changed.text) == ("update", "已记录：榆树市 → 已报\n有误请回复“撤回”\n[已处理]")


@pytest.mark.parametrize("late", [True, False])
async def test_a_tap_answered_too_late_or_in_many_words_is_answered_by_a_message(late: bool) -> None:
    async with session() as s:
        s.gateway.spoken.add("zhangsan")
        await s.tap("zhangsan", "task:12|已报", "7K2M-remind@12")
        s.clock.now += timedelta(seconds=6 if late else 0)
        body = "已记录" if late else "已记录" * 100
        await s.bot.send(rigs.message(body, address=s.desk.kept[0].answer_to))
        assert [(message.to, message.text, message.key) for message in s.gateway.ledger.messages] == [("zhangsan", body, "")]


async def test_it_speaks_only_where_it_was_spoken_to() -> None:
    async with session() as s:
        with pytest.raises(SendFailed) as caught:
            await s.bot.send(rigs.message(address="lisi"))
        assert (caught.value.kind, caught.value.code) == (FailureKind.ADDRESS_BAD, "853008")
        await s.say("lisi", "在吗")
        await s.bot.send(rigs.message(address="lisi"))
        assert len(s.gateway.ledger.messages) == 1


async def test_events_that_nobody_spoke_are_kept_apart() -> None:
    async with session() as s:
        await s.gateway.enter("zhangsan")
        await until(lambda: bool(s.desk.kept))
        assert (s.desk.kept[0].kind, s.desk.kept[0].text) == (InboundKind.OTHER, "")


async def test_the_same_message_twice_has_one_id_and_an_order_turned_around_loses_none() -> None:
    async with session() as s:
        s.gateway.quirks.add(Quirk.TWICE)
        await s.gateway.say("zhangsan", "已报", msg_id="m-1")
        await until(lambda: len(s.desk.kept) == 2)
        assert {inbound.platform_id for inbound in s.desk.kept} == {"m-1"}
        s.gateway.quirks = {Quirk.LATE}
        await s.gateway.say("zhangsan", "一", msg_id="m-2")
        await s.gateway.say("zhangsan", "二", msg_id="m-3")
        await until(lambda: len(s.desk.kept) == 4)
        assert [inbound.platform_id for inbound in s.desk.kept[2:]] == ["m-3", "m-2"]


async def test_the_thirty_first_message_of_a_minute_in_one_conversation_is_throttled_and_others_are_not() -> None:
    async with session() as s:
        s.gateway.spoken |= {"zhangsan", "lisi"}
        for number in range(30):
            await s.bot.send(rigs.message(key=f"k{number}"))
        with pytest.raises(SendFailed) as caught:
            await s.bot.send(rigs.message())
        assert (caught.value.kind, caught.value.retry_after) == (FailureKind.THROTTLED, timedelta(seconds=60))
        await s.bot.send(rigs.message(address="lisi"))


async def test_signs_of_life_are_sent_and_a_silent_peer_is_given_up_and_recovered_from() -> None:
    async with session(ping=0.05, patience=0.2) as s:
        await until(lambda: s.gateway.frames.count("ping") > 2)
        s.gateway.quirks.add(Quirk.SILENT)
        await until(lambda: s.gateway.opened > 1)
        s.gateway.quirks.clear()
        await until(lambda: s.bot.can_send and s.gateway.holder)
        await s.say("zhangsan", "已报")
        assert s.desk.kept[-1].text == "已报"


@pytest.mark.parametrize("end", [BotGateway.close, lambda gateway: asyncio.to_thread(lambda: None)], ids=["in order", "abrupt"])
async def test_whatever_way_a_connection_ends_the_next_is_opened_and_what_waits_is_sent(
    end: Callable[[BotGateway], Awaitable[None]],
) -> None:
    async with session() as s:
        s.gateway.spoken.add("zhangsan")
        await end(s.gateway)
        s.gateway.abort()
        await until(lambda: s.gateway.opened == 2 and s.bot.can_send)
        await s.bot.send(rigs.message())
        assert len(s.gateway.ledger.messages) == 1


async def test_a_connection_that_breaks_under_way_leaves_the_message_in_doubt() -> None:
    async with session() as s:
        s.gateway.spoken.add("zhangsan")
        s.gateway.faults.add(Fault(FaultKind.DROP, path="aibot_send_msg"))
        with pytest.raises(SendFailed) as caught:
            await s.bot.send(rigs.message())
        assert (caught.value.kind, caught.value.code) == (FailureKind.IN_DOUBT, "broken")
        assert len(s.gateway.ledger.messages) == 1


async def test_whoever_is_pushed_out_by_a_second_connection_stays_away_for_minutes() -> None:
    clock, desk = rigs.Clock(), rigs.Counter()
    async with BotGateway(WeComBotTenant(), Ledger(), clock) as gateway:
        first, second = robot(gateway, clock), robot(gateway, clock)
        listening = asyncio.create_task(first.listen(desk))
        await until(lambda: first.can_send)
        other = asyncio.create_task(second.listen(desk))
        with pytest.raises(ListenFailed) as caught:
            await listening
        assert (caught.value.code, caught.value.kind, caught.value.retry_after) == (
            "displaced",
            FailureKind.TRANSIENT,
            timedelta(minutes=5),
        )
        await until(lambda: second.can_send)
        assert (first.can_send, gateway.kicked) == (False, 1)
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)


@pytest.mark.parametrize(
    ("code", "kind"), [("853000", FailureKind.CREDENTIAL_BAD), ("45009", FailureKind.THROTTLED), ("40008", FailureKind.TRANSIENT)]
)
async def test_a_refused_subscription_says_whether_to_stop_to_wait_or_to_try_again(code: str, kind: FailureKind) -> None:
    clock = rigs.Clock()
    async with BotGateway(WeComBotTenant(), Ledger(), clock) as gateway:
        gateway.faults.add(Fault(FaultKind.CODE, path="aibot_subscribe", code=code, text=f"no good: {gateway.tenant.secret}"))
        with pytest.raises(ListenFailed) as caught:
            await robot(gateway, clock).listen(rigs.Counter())
    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert WeComBotTenant().secret not in str(caught.value)


async def test_a_wrong_secret_is_a_credential_fault_and_no_gateway_a_passing_one() -> None:
    clock = rigs.Clock()
    async with BotGateway(WeComBotTenant(), Ledger(), clock) as gateway:
        with pytest.raises(ListenFailed) as caught:
            await robot(gateway, clock, secret=Secret("wrong")).listen(rigs.Counter())
        assert caught.value.kind is FailureKind.CREDENTIAL_BAD
        nowhere = robot(gateway, clock, url=f"ws://127.0.0.1:{rigs.closed_port()}")
    with pytest.raises(ListenFailed) as caught:
        await nowhere.listen(rigs.Counter())
    assert caught.value.kind is FailureKind.TRANSIENT


async def test_a_process_that_does_not_hold_the_connection_sends_nothing() -> None:
    clock = rigs.Clock()
    async with BotGateway(WeComBotTenant(), Ledger(), clock, spoken={"zhangsan"}) as gateway:
        bot = robot(gateway, clock)
        with pytest.raises(SendFailed) as caught:
            await bot.send(rigs.message())
        assert (caught.value.kind, caught.value.code, bot.can_send) == (FailureKind.TRANSIENT, "no_connection", False)
        assert gateway.opened == 0


@pytest.mark.parametrize("address", ["@all", "a|b", "", "reply::x:zhangsan", "reply:P1::@all", "reply:P1:x:a b", "张三"])
async def test_an_address_names_one_conversation_and_never_everybody(address: str) -> None:
    async with session() as s:
        with pytest.raises(SendFailed) as caught:
            await s.bot.send(rigs.message(address=address))
        assert (caught.value.kind, caught.value.code) == (FailureKind.ADDRESS_BAD, "no_chat")


async def test_by_callbacks_it_answers_once_and_cannot_begin() -> None:
    async with rigs.wecom_bot_answer(rigs.PATIENT) as rig:
        for address in ("zhangsan", "reply:RC1:7K2M-x:zhangsan"):
            with pytest.raises(SendFailed) as caught:
                await rig.channel.send(rig.message(address=address))
            assert (caught.value.kind, caught.value.code) == (FailureKind.ADDRESS_BAD, "cannot_begin")
        assert rig.ledger.messages == []


def test_the_robots_cards_are_named_like_the_applications() -> None:
    drawn = wecom_cards.interactive(CARD, wecom_cards.task_id("answer:5", "7K2M"), wecom_cards.BOT)
    assert drawn
    assert wecom_cards.mark(drawn["task_id"]) == "message:answer:5"
