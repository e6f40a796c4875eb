"""The app's ways to a member: the robot's chat, work notices and cards; what they cost in calls, and what becomes of each person."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.channels import dingtalk_forms, dingtalk_notices, http
from bot.channels.base import Receipt, SendFailed
from bot.channels.dingtalk_app import DingTalkApp, DingTalkAppConfig
from bot.domain.cards import Card, Tap
from bot.domain.messages import Outgoing, Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox import transport as sandbox
from bot.sandbox.dingtalk import DingTalk, DingTalkTenant
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.ledger import Ledger
from tests.channels import rigs

MONTH = ("call", "2018-10")
MEMBERS = frozenset(f"u{number}" for number in range(200))
CARD = Card(
    "三季度台账", (("截止", "10月19日 17:00"),), "点一次即可", buttons=(Tap("已报", "已报", "task:12"), Tap("改期", "申请延期", "task:12"))
)


def app(tenant: DingTalkTenant | None = None, **changes: Any) -> tuple[DingTalk, DingTalkApp, rigs.Clock]:
    clock = rigs.Clock()
    platform = DingTalk(tenant or DingTalkTenant({}, members=MEMBERS), Ledger())
    own = platform.tenant
    plain = DingTalkAppConfig(own.app_key, Secret(own.app_secret), own.robot_code, agent_id=own.agent_id, sample=0, sample_wait=0, pace=0)
    client = http.Client(transport=sandbox.transport([platform], clock))
    return platform, DingTalkApp(replace(plain, **changes), client, clock), clock


def circular(user: str, body: str = "三季度通报") -> Outgoing:
    return rigs.message(body, address=user, key=f"bulletin:7:{user}")


async def together(channel: DingTalkApp, messages: list[Outgoing]) -> list[Any]:
    return list(await asyncio.gather(*(channel.send(message) for message in messages), return_exceptions=True))


async def test_a_circular_to_forty_five_members_costs_three_calls_and_one_receipt_each() -> None:
    platform, channel, _ = app()
    receipts = await together(channel, [circular(f"u{number}") for number in range(45)])
    assert len({receipt.platform_id for receipt in receipts}) == platform.used[MONTH] == 3
    assert sorted(message.to for message in platform.ledger.messages) == sorted(f"u{number}" for number in range(45))


async def test_personal_words_are_calls_of_their_own() -> None:
    platform, channel, _ = app()
    await together(channel, [circular(f"u{number}", f"您有{number}项") for number in range(5)])
    assert platform.used[MONTH] == 5


async def test_in_one_call_the_unknown_and_the_held_back_are_told_apart_and_the_rest_is_reached() -> None:
    platform, channel, _ = app(DingTalkTenant({}, members=frozenset({"u1", "u2"}), held_back=frozenset({"u2"})))
    reached, held, unknown = await together(channel, [circular(user) for user in ("u1", "u2", "u3")])
    assert isinstance(reached, Receipt)
    assert (held.kind, held.code) == (FailureKind.TRANSIENT, "flowControlled")
    assert (unknown.kind, unknown.code) == (FailureKind.ADDRESS_BAD, "invalidStaffId")
    assert platform.used[MONTH] == 1


async def test_a_card_that_leads_somewhere_is_a_button_in_the_robots_chat_and_in_a_notice() -> None:
    rendered = Rendered("标题", "正文", card=Card("去填报", url="https://cuibao.example.com/r/1"))
    for way in ("robot", "notice"):
        platform, channel, _ = app(way=way)
        await channel.send(rigs.message(address="u1", rendered=rendered))
        assert platform.ledger.messages[0].text.endswith("\n[去填报](https://cuibao.example.com/r/1)")


async def test_the_button_says_what_it_leads_to_and_gives_way_to_words_that_leave_no_room_for_it() -> None:
    card = Card("三季度台账", url=f"https://cuibao.example.com/r/{'x' * 200}", link="打开办理页面")
    for body, fits in (("正文", True), ("文" * 566, False)):
        platform, channel, _ = app(way="notice")
        await channel.send(rigs.message(address="u1", rendered=Rendered("标题", body, card=card)))
        assert (f"[打开办理页面]({card.url})" in platform.ledger.messages[0].text) is fits


async def test_a_notice_to_150_members_costs_two_calls() -> None:
    platform, channel, _ = app(way="notice")
    receipts = await together(channel, [circular(f"u{number}") for number in range(150)])
    assert platform.used[MONTH] == len({receipt.platform_id for receipt in receipts}) == 2
    assert len(platform.ledger.messages) == 150


async def test_two_notices_that_read_alike_both_arrive_and_the_same_one_again_does_not() -> None:
    platform, channel, clock = app(way="notice")
    for key in ("a", "b", "a"):
        await channel.send(rigs.message(address="u1", key=key))
        clock.now += timedelta(minutes=1)
    assert [message.shown for message in platform.ledger.messages] == [True, True, False]


async def test_a_notice_to_an_unknown_member_is_found_out_by_sampling_only() -> None:
    _, channel, _ = app(way="notice", sample=2)
    outcomes = [(await together(channel, [circular("nobody", f"第{number}次")]))[0] for number in range(4)]
    assert [isinstance(outcome, SendFailed) and outcome.code for outcome in outcomes] == ["invalid_user", False, "invalid_user", False]


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({"failed_user_id_list": ["u1"]}, FailureKind.TRANSIENT),
        ({"forbidden_list": [{"code": 143105, "count": 1, "userid": "u1"}]}, FailureKind.TRANSIENT),
        ({"forbidden_list": [{"code": "143106", "userid": "u1"}]}, None),
        ({"forbidden_list": [{"code": 1, "userid": "u1"}, {}, 5]}, FailureKind.CONTENT_BAD),
        ({"forbidden_list": None, "read_user_id_list": ["u1"]}, None),
    ],
)
def test_what_became_of_a_notice_is_told_in_the_platforms_own_codes(result: dict[str, object], kind: FailureKind | None) -> None:
    found = dingtalk_notices.fates(result)
    assert [failed.kind for failed in found.values()] == ([kind] if kind else [])


async def test_a_question_that_fails_leaves_the_notice_accepted() -> None:
    platform, channel, _ = app(way="notice", sample=1)
    platform.faults.add(Fault(FaultKind.HTTP_500, path="/topapi/message/corpconversation/getsendresult"))
    assert isinstance((await together(channel, [circular("nobody")]))[0], Receipt)


def test_a_notice_too_long_for_the_platform_is_refused_unsent() -> None:
    with pytest.raises(SendFailed, match="too_long"):
        dingtalk_forms.notice(Rendered("标题", '"' * dingtalk_forms.NOTICE_BYTES), "markdown", "ABC123")
    plain = dingtalk_forms.notice(Rendered("标题", "x"), "text", "ABC123")
    assert plain == {"msgtype": "text", "text": {"content": "x\n\n[ABC123]"}}


def cards() -> tuple[DingTalk, DingTalkApp, rigs.Clock]:
    return app(DingTalkTenant({}, members=MEMBERS, card_templates=frozenset({"tpl1"})), card_template="tpl1")


async def test_a_card_with_buttons_is_sent_as_such_and_its_key_is_ours() -> None:
    platform, channel, _ = cards()
    receipt = await channel.send(rigs.message(address="u1", rendered=Rendered("标题", "正文", card=CARD)))
    [shown] = platform.ledger.messages
    assert (shown.subject, shown.text, shown.key) == ("三季度台账", "**截止** 10月19日 17:00", "reminder:1:T-1:7")
    assert receipt.platform_id == "reminder:1:T-1:7"


def test_the_fields_of_a_card_carry_what_each_button_says() -> None:
    fields = dingtalk_forms.card(CARD)
    assert fields is not None
    assert (fields["label1"], fields["say1"], fields["say2"], fields["answered"]) == ("已报", "task:12|已报", "task:12|申请延期", "false")
    assert all(isinstance(value, str) for value in json.loads(json.dumps(fields)).values())


@pytest.mark.parametrize(
    "shown",
    [Card("x"), replace(CARD, options=(Tap("全部", "全部"),)), replace(CARD, note="报" * 400), replace(CARD, buttons=CARD.buttons * 4)],
)
async def test_what_the_template_cannot_draw_is_said_in_words(shown: Card) -> None:
    platform, channel, _ = cards()
    await channel.send(rigs.message(address="u1", rendered=Rendered("标题", "正文", card=shown)))
    assert [message.text for message in platform.ledger.messages] == ["正文"]


async def test_a_card_that_the_platform_refuses_is_said_in_words_and_other_failures_stay_failures() -> None:
    platform, channel, _ = app(card_template="tpl9")
    message = rigs.message(address="u1", rendered=Rendered("标题", "正文", card=CARD))
    await channel.send(message)
    assert [each.text for each in platform.ledger.messages] == ["正文"]
    platform.faults.add(Fault(FaultKind.HTTP_504, path="/v1.0/card"))
    with pytest.raises(SendFailed) as caught:
        await channel.send(message)
    assert caught.value.kind is FailureKind.IN_DOUBT
    platform.faults.add(Fault(FaultKind.TRUNCATED, path="/v1.0/card"))
    with pytest.raises(SendFailed):
        await channel.send(message)


async def test_a_group_is_reached_by_its_conversation() -> None:
    platform, channel, _ = app(DingTalkTenant({}, groups=frozenset({"cid1"})))
    await channel.send(rigs.message(address="group:cid1"))
    with pytest.raises(SendFailed, match=r"group\.disbanded") as caught:
        await channel.send(rigs.message(address="group:cid2"))
    assert caught.value.kind is FailureKind.ADDRESS_BAD
    assert [message.to for message in platform.ledger.messages] == ["cid1"]


async def test_a_token_that_ended_early_is_replaced_once_on_the_old_host_too() -> None:
    platform, channel, _ = app(way="notice")
    await channel.send(circular("u1"))
    platform.expire_tokens()
    await channel.send(circular("u2"))
    assert (platform.token_calls, len(platform.ledger.messages)) == (2, 2)
