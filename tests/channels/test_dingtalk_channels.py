import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.channels import dingtalk_codes, http
from bot.channels.base import SendFailed
from bot.channels.dingtalk_app import DingTalkApp, DingTalkAppConfig
from bot.channels.dingtalk_robot import DingTalkRobot, DingTalkRobotConfig
from bot.channels.group_robot import RobotAccount
from bot.domain.cards import Card
from bot.domain.messages import Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox import callbacks
from bot.sandbox import transport as sandbox
from bot.sandbox.dingtalk import DingTalk, DingTalkTenant
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from tests.channels import rigs


async def test_whoever_is_highlighted_stands_in_the_text_too_and_only_once() -> None:
    rendered = Rendered("催报：2 家未报", "- 东区 @13800000001", mentions=("13800000001", "u1"))
    async with rigs.dingtalk_robot(rigs.PATIENT) as rig:
        await rig.channel.send(rig.message(rendered=rendered))
        [shown] = rig.ledger.messages
    assert shown.mentions == ("13800000001", "u1")
    assert shown.text.count("@13800000001") == 1
    assert shown.key == "reminder:1:T-1:7"


def test_at_most_fifty_are_highlighted() -> None:
    rendered = Rendered("", "x", mentions=tuple(f"u{number}" for number in range(70)))
    payload = dingtalk_codes.group_payload(rendered, "text")
    assert payload["at"] == {"atMobiles": [], "atUserIds": [f"u{number}" for number in range(50)], "isAtAll": False}


async def test_a_card_that_leads_somewhere_has_a_button_unless_somebody_is_to_be_highlighted() -> None:
    card = Card("三季度台账", url="https://cuibao.example.com/r/1")
    async with rigs.dingtalk_robot(rigs.PATIENT) as rig:
        for rendered in (
            Rendered("标题", "催报", card=card),
            Rendered("标题", "催报", mentions=("u1",), card=card),
            Rendered("标题", "催报", card=Card("x")),
        ):
            await rig.channel.send(rig.message(rendered=rendered))
        assert rig.shown() == ["催报\n[三季度台账](https://cuibao.example.com/r/1)", "催报 @u1", "催报"]


def test_plain_text_never_becomes_a_card() -> None:
    rendered = Rendered("", "x", card=Card("三季度台账", url="https://cuibao.example.com/r/1"))
    assert dingtalk_codes.group_payload(rendered, "text")["msgtype"] == "text"
    assert dingtalk_codes.forms("text") == {}


@pytest.mark.parametrize(("subject", "shown"), [("标题", "标题"), ("", "第一行"), ("  ", "第一行")])
def test_the_title_is_the_subject_or_the_first_line(subject: str, shown: str) -> None:
    assert dingtalk_codes.title(Rendered(subject, "\n第一行\n第二行")) == shown


async def test_a_keyword_is_added_where_it_is_missing() -> None:
    async with rigs.dingtalk_robot(rigs.PATIENT) as rig:
        await rig.channel.send(rig.message(rendered=Rendered("标题", "三季度台账")))
        assert rig.shown() == ["三季度台账\n催报"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret": Secret("SECwrong")}, "310000:sign"),
        ({"keyword": "", "secret": Secret("SECdemo0001")}, "310000:keyword"),
        ({"secret": Secret("")}, "310000:clock"),
    ],
)
async def test_four_faults_under_one_code_are_told_apart_by_the_words(changes: dict[str, object], code: str) -> None:
    clock, ledger = rigs.Clock(), Ledger()
    dingtalk = DingTalk(DingTalkTenant({"t1": RobotSetup("群", "SECdemo0001", "催报")}), ledger)
    account = RobotAccount(**{"token": Secret("t1"), "secret": Secret("SECdemo0001"), "keyword": "催报"} | changes)  # type: ignore[arg-type]
    config = DingTalkRobotConfig({"main": account})
    channel = DingTalkRobot(config, http.Client(transport=sandbox.transport([dingtalk], clock)), clock)
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address="main", rendered=Rendered("标题", "三季度台账")))
    assert (caught.value.kind, caught.value.code) == (FailureKind.CREDENTIAL_BAD, code)


async def test_a_clock_that_is_wrong_by_hours_is_named() -> None:
    async with rigs.dingtalk_robot(rigs.PATIENT) as rig:
        rig.turn_on(FaultKind.CODE, code="310000", text="ip 10.0.0.1 not in whitelist")
        with pytest.raises(SendFailed) as caught:
            await rig.channel.send(rig.message())
        assert caught.value.code == "310000:ip"


async def test_the_twenty_first_message_in_a_minute_silences_the_robot_for_ten_minutes() -> None:
    async with rigs.dingtalk_robot(rigs.PATIENT) as rig:
        for number in range(21):
            if number < 20:
                await rig.channel.send(rig.message())
                continue
            with pytest.raises(SendFailed) as caught:
                await rig.channel.send(rig.message())
        assert (caught.value.kind, caught.value.retry_after) == (FailureKind.THROTTLED, timedelta(minutes=10))
        assert rig.channel.limits.per_minute < 20


def app(members: frozenset[str] | None = None, **tenant: object) -> tuple[DingTalk, DingTalkApp, rigs.Clock]:
    clock = rigs.Clock()
    dingtalk = DingTalk(DingTalkTenant({}, members=members, **tenant), Ledger())  # type: ignore[arg-type]
    config = DingTalkAppConfig(dingtalk.tenant.app_key, Secret(dingtalk.tenant.app_secret), dingtalk.tenant.robot_code)
    return dingtalk, DingTalkApp(config, http.Client(transport=sandbox.transport([dingtalk], clock)), clock), clock


async def refused(channel: DingTalkApp, **changes: Any) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(**changes))
    return caught.value


async def test_a_token_that_ended_early_is_replaced_and_the_message_repeated_once() -> None:
    dingtalk, channel, _ = app()
    await channel.send(rigs.message())
    dingtalk.expire_tokens()
    receipt = await channel.send(rigs.message())
    assert (dingtalk.token_calls, len(dingtalk.ledger.messages)) == (2, 2)
    assert receipt.platform_id.startswith("pq-")


async def test_wrong_app_credentials_are_a_credential_fault() -> None:
    dingtalk, _, clock = app()
    config = DingTalkAppConfig("dingsandbox", Secret("wrong"), "dingsandbox")
    channel = DingTalkApp(config, http.Client(transport=sandbox.transport([dingtalk], clock)), clock)
    assert (await refused(channel)).kind is FailureKind.CREDENTIAL_BAD


async def test_members_held_back_are_tried_later_and_unknown_ones_are_not() -> None:
    _, channel, _ = app(frozenset({"zhangsan"}), held_back=frozenset({"zhangsan"}))
    held, unknown = await refused(channel), await refused(channel, address="lisi")
    assert (held.kind, held.code) == (FailureKind.TRANSIENT, "flowControlled")
    assert (unknown.kind, unknown.code) == (FailureKind.ADDRESS_BAD, "invalidStaffId")


async def test_the_months_wall_stops_the_channel_until_the_next_month_in_shanghai() -> None:
    _, channel, clock = app(calls_per_month=1)
    clock.now = datetime(2018, 12, 31, 15, 0, tzinfo=UTC)
    await channel.send(rigs.message())
    failed = await refused(channel)
    assert (failed.kind, failed.retry_after) == (FailureKind.CREDENTIAL_BAD, timedelta(hours=1))


async def test_more_than_twenty_calls_a_second_are_slowed_down() -> None:
    _, channel, clock = app()
    for _ in range(20):
        await channel.send(rigs.message())
    failed = await refused(channel)
    assert (failed.kind, failed.retry_after) == (FailureKind.THROTTLED, timedelta(seconds=1))
    clock.now += timedelta(seconds=1)
    await channel.send(rigs.message())


async def test_an_answer_goes_into_the_session_it_came_from() -> None:
    dingtalk, channel, clock = app()
    callback = callbacks.dingtalk_text(dingtalk.tenant, "zhangsan", "已报", clock.now, "m1", group="cid1")
    address = callback.body.decode().split('"sessionWebhook": "')[1].split('"')[0]
    await channel.send(rigs.message("已记录", address=address))
    assert [(message.channel, message.to, message.text) for message in dingtalk.ledger.messages] == [("dingtalk_app", "cid1", "已记录")]
    clock.now += timedelta(hours=2)
    assert (await refused(channel, address=address)).kind is FailureKind.ADDRESS_BAD


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/robot/sendBySession?session=S1",
        "http://oapi.dingtalk.com/robot/sendBySession?session=S1",
        "https://oapi.dingtalk.com:8443/robot/sendBySession?session=S1",
        "https://user@oapi.dingtalk.com/robot/sendBySession?session=S1",
        "https://oapi.dingtalk.com@evil.example/robot/sendBySession?session=S1",
        "https://oapi.dingtalk.com\\@evil.example/robot/sendBySession?session=S1",
        "https://oapi.dingtalk.com.evil.example/robot/sendBySession?session=S1",
        "https://oapi.dingtalk.com/robot/send?access_token=S1",
        "https://oapi.dingtalk.com/robot/sendBySession/../send?access_token=S1",
        "https://oapi.dingtalk.com:99999/robot/sendBySession?session=S1",
        "https://[::1/robot/sendBySession?session=S1",
        "https://127.0.0.1/robot/sendBySession?session=S1",
    ],
)
async def test_an_answer_is_sent_nowhere_but_to_the_platform(address: str) -> None:
    dingtalk, channel, _ = app()
    dingtalk.faults.add(Fault(FaultKind.HTML))
    failed = await refused(channel, address=address)
    assert (failed.kind, failed.code) == (FailureKind.ADDRESS_BAD, "foreign_session")
    assert dingtalk.faults.take("/") is not None, "a request went out"


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        ({"accessToken": "T", "expireIn": 7200}, FailureKind.IN_DOUBT, "no_code"),
        ({"accessToken": "T", "expireIn": 7200, "invalidStaffIdList": "zhangsan"}, FailureKind.IN_DOUBT, "no_code"),
        ({"accessToken": None}, FailureKind.TRANSIENT, "no_token"),
    ],
)
async def test_an_answer_in_the_success_form_that_says_nothing_is_no_success(
    content: dict[str, object], kind: FailureKind, code: str
) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(json.dumps(content).encode())))
    channel = DingTalkApp(DingTalkAppConfig("k", Secret("s"), "r"), http.Client(transport=transport), rigs.Clock())
    failed = await refused(channel)
    assert (failed.kind, failed.code) == (kind, code)


@pytest.mark.parametrize(("status", "kind"), [(429, FailureKind.THROTTLED), (500, FailureKind.TRANSIENT), (403, FailureKind.CONTENT_BAD)])
async def test_an_unlisted_word_of_the_new_host_is_judged_by_its_status(status: int, kind: FailureKind) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        content = {"accessToken": "T", "expireIn": 7200, "code": "something.new", "message": "no idea"}
        return httpx.Response(200 if "oauth2" in request.url.path else status, stream=httpx.ByteStream(json.dumps(content).encode()))

    channel = DingTalkApp(DingTalkAppConfig("k", Secret("s"), "r"), http.Client(transport=httpx.MockTransport(answer)), rigs.Clock())
    failed = await refused(channel)
    assert (failed.kind, failed.code, failed.detail) == (kind, "something.new", "no idea")


async def test_a_body_that_escapes_swell_beyond_the_limit_is_refused_unsent() -> None:
    dingtalk, channel, _ = app()
    failed = await refused(channel, rendered=Rendered("t", '"' * channel.limits.max_bytes))
    assert (failed.kind, failed.code, dingtalk.token_calls) == (FailureKind.CONTENT_BAD, "too_long", 0)


async def test_text_is_sent_as_text_where_the_settings_say_so() -> None:
    dingtalk, _, clock = app()
    config = DingTalkAppConfig(dingtalk.tenant.app_key, Secret(dingtalk.tenant.app_secret), dingtalk.tenant.robot_code, format="text")
    channel = DingTalkApp(config, http.Client(transport=sandbox.transport([dingtalk], clock)), clock)
    await channel.send(rigs.message("已报"))
    assert [(message.subject, message.text) for message in dingtalk.ledger.messages] == [("", "已报")]
