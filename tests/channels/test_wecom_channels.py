import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from bot.channels import http, wecom_app
from bot.channels.base import SendFailed
from bot.channels.wecom_app import WeComApp, WeComAppConfig
from bot.channels.wecom_robot import WeComRobot, WeComRobotConfig
from bot.domain.messages import Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox import transport as sandbox
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom import WeCom, WeComTenant
from tests.channels import rigs


async def test_text_highlights_members_and_mobiles_and_markdown_members_only() -> None:
    rendered = Rendered("", "两家未报", mentions=("wangwu", "13800000001", "@all"))
    async with rigs.wecom_robot_text(rigs.PATIENT) as rig:
        await rig.channel.send(rig.message(rendered=rendered))
        assert rig.ledger.messages[0].mentions == ("wangwu", "@all", "13800000001")
        assert rig.ledger.messages[0].text == "两家未报"
    async with rigs.wecom_robot_markdown(rigs.PATIENT) as rig:
        await rig.channel.send(rig.message(rendered=rendered))
        assert rig.ledger.messages[0].mentions == ("wangwu",)


async def test_the_stand_ins_own_twentieth_message_passes_and_the_next_is_throttled() -> None:
    async with rigs.wecom_robot_text(rigs.PATIENT) as rig:
        for _ in range(20):
            await rig.channel.send(rig.message())
        with pytest.raises(SendFailed) as caught:
            await rig.channel.send(rig.message())
        assert (caught.value.kind, caught.value.code, caught.value.retry_after) == (FailureKind.THROTTLED, "45009", timedelta(seconds=60))
        rig.clock.now += timedelta(seconds=60)
        await rig.channel.send(rig.message())
        assert rig.channel.limits.per_minute < 20


def app(members: frozenset[str] | None = None) -> tuple[WeCom, WeComApp, rigs.Clock]:
    clock = rigs.Clock()
    tenant = WeComTenant({}, members=members)
    wecom = WeCom(tenant, Ledger())
    client = http.Client(slots=8, transport=sandbox.transport([wecom], clock))
    config = WeComAppConfig(tenant.corp_id, tenant.agent_id, Secret(tenant.secret))
    return wecom, WeComApp(config, client, clock), clock


async def test_many_senders_ask_for_one_token() -> None:
    wecom, channel, _ = app()
    messages = [rigs.message(key=f"k{number}") for number in range(20)]
    await asyncio.gather(*(channel.send(message) for message in messages))
    assert wecom.token_calls == 1
    assert len(wecom.ledger.messages) == 20


async def test_a_token_that_ended_early_is_replaced_and_the_message_repeated_once() -> None:
    wecom, channel, _ = app()
    await channel.send(rigs.message(key="k1"))
    wecom.expire_tokens()
    await channel.send(rigs.message(key="k2"))
    assert (wecom.token_calls, len(wecom.ledger.messages)) == (2, 2)


async def test_a_token_that_stays_refused_does_not_repeat_for_ever() -> None:
    wecom, channel, _ = app()
    wecom.faults.add(Fault(FaultKind.CODE, count=2, path="/cgi-bin/message", code="42001"))
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message())
    assert (caught.value.kind, caught.value.code) == (FailureKind.TRANSIENT, "42001")
    assert wecom.ledger.messages == []


async def test_a_wrong_secret_is_a_credential_fault_before_anything_is_sent() -> None:
    wecom, _, clock = app()
    config = WeComAppConfig(wecom.tenant.corp_id, wecom.tenant.agent_id, Secret("wrong"))
    channel = WeComApp(config, http.Client(transport=sandbox.transport([wecom], clock)), clock)
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message())
    assert (caught.value.kind, caught.value.code) == (FailureKind.CREDENTIAL_BAD, "40001")


@pytest.mark.parametrize("left_out", ["invaliduser", "unlicenseduser"])
async def test_a_member_left_out_of_an_accepted_call_is_an_address_fault(left_out: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        content = {"errcode": 0, "errmsg": "ok", "access_token": "T", "expires_in": 7200, left_out: "zhangsan"}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(content).encode()))

    channel = WeComApp(WeComAppConfig("ww1", 1, Secret("s")), http.Client(transport=httpx.MockTransport(answer)), rigs.Clock())
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message())
    assert (caught.value.kind, caught.value.code) == (FailureKind.ADDRESS_BAD, left_out)


@pytest.mark.parametrize("address", ["@all", "zhangsan|lisi", "", "张三", "a" * 65, "a\nb"])
async def test_an_address_names_one_member_and_never_everybody(address: str) -> None:
    wecom, channel, _ = app()
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address=address))
    assert caught.value.kind is FailureKind.ADDRESS_BAD
    assert wecom.token_calls == 0


@pytest.mark.parametrize("content", [{"errcode": 0}, {"errcode": 0, "access_token": 5, "expires_in": 7200}])
async def test_a_token_answer_without_a_token_is_tried_again_later(content: dict[str, object]) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(json.dumps(content).encode())))
    channel = WeComApp(WeComAppConfig("ww1", 1, Secret("s")), http.Client(transport=transport), rigs.Clock())
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message())
    assert (caught.value.kind, caught.value.code) == (FailureKind.TRANSIENT, "no_token")


async def test_the_serial_tells_messages_apart_and_a_resend_after_hours_is_still_dropped() -> None:
    wecom, channel, clock = app()
    message = rigs.message(key="confirmation:1")
    await channel.send(message)
    clock.now += timedelta(seconds=wecom_app.DUPLICATE_SECONDS - 1)
    await channel.send(message)
    assert [kept.shown for kept in wecom.ledger.messages] == [True, False]
    assert wecom.ledger.messages[0].text.endswith(f"\n#{wecom_app.serial('confirmation:1')}")


async def test_robots_are_told_apart_by_name() -> None:
    wecom = WeCom(WeComTenant({"k1": "一群", "k2": "二群"}), Ledger())
    client = http.Client(transport=sandbox.transport([wecom], rigs.Clock()))
    channel = WeComRobot(
        WeComRobotConfig({"one": Secret("k1"), "two": Secret("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k2")}), client
    )
    await channel.send(rigs.message(address="two"))
    assert [message.to for message in wecom.ledger.messages] == ["二群"]
    assert channel.robot("one") != channel.robot("two")
