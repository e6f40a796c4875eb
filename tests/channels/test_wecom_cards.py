"""Cards, files and what takes a card's place, against the stand-in and its own rules."""

import dataclasses
from datetime import timedelta

import pytest

from bot.channels import http, wecom_app, wecom_cards
from bot.channels.base import SendFailed
from bot.channels.wecom_app import WeComApp, WeComAppConfig
from bot.channels.wecom_robot import WeComRobot, WeComRobotConfig
from bot.domain.cards import Card, Tap
from bot.domain.inbound import Attachment
from bot.domain.messages import FileRef, Outgoing, Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox import transport as sandbox
from bot.sandbox import wecom_card as theirs
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom import WeCom, WeComTenant
from tests.channels import rigs

BUTTONS = tuple(Tap(word, word, "task:12") for word in ("已报", "今天报", "有困难"))
CARD = Card("三季度台账", (("报送单位", "榆树市"), ("截止", "10月19日")), "点一次即可", (), BUTTONS)
CHOICE = dataclasses.replace(
    CARD, options=(Tap("全部", "全部"), Tap("1. 榆树市", "", "task:12")), buttons=(Tap("已报", "已报"), Tap("有困难", "有困难"))
)
TO_READ = dataclasses.replace(CARD, buttons=())
LIST = Attachment("未报名单.xlsx", "application/vnd.ms-excel", b"PK" + b"x" * 100)
URL = "https://cuibao.example.com"


def carded(card: Card = CARD, form: str = "card", **changes: object) -> Outgoing:
    return rigs.message(rendered=Rendered("题", "**榆树市**请报送", format=form, card=card), key="remind:12:2018-10-15:1", **changes)


def filed(file: Attachment = LIST, **changes: object) -> Outgoing:
    ref = FileRef(file.name, file.media_type, file.digest)
    return rigs.message(rendered=Rendered("题", file.name, files=(ref,)), files=(file,), **changes)


def app(tenant: WeComTenant | None = None, **config: object) -> tuple[WeCom, WeComApp, rigs.Clock]:
    clock, tenant = rigs.Clock(), tenant or WeComTenant({})
    wecom = WeCom(tenant, Ledger())
    client = http.Client(slots=8, transport=sandbox.transport([wecom], clock))
    settings = WeComAppConfig(tenant.corp_id, tenant.agent_id, Secret(tenant.secret), format="card", series="7K2M")
    return wecom, WeComApp(dataclasses.replace(settings, **config), client, clock), clock  # type: ignore[arg-type]


def robot(**config: object) -> tuple[WeCom, WeComRobot]:
    wecom = WeCom(WeComTenant({"k1": "一群"}), Ledger())
    client = http.Client(transport=sandbox.transport([wecom], rigs.Clock()))
    return wecom, WeComRobot(dataclasses.replace(WeComRobotConfig({"one": Secret("k1")}), **config), client)  # type: ignore[arg-type]


async def test_a_member_sees_the_card_and_each_button_says_which_task_it_is_about() -> None:
    wecom, channel, _ = app()
    await channel.send(carded())
    [shown] = wecom.ledger.messages
    assert shown.text == "三季度台账\n报送单位：榆树市\n截止：10月19日\n点一次即可\n[已报] [今天报] [有困难]"
    assert shown.taps == {"已报": "task:12|已报", "今天报": "task:12|今天报", "有困难": "task:12|有困难"}
    assert wecom_cards.mark(shown.key) == "message:remind:12:2018-10-15:1"


async def test_of_several_matters_one_is_chosen_from_a_list_and_none_is_chosen_beforehand() -> None:
    wecom, channel, _ = app()
    await channel.send(carded(CHOICE))
    [shown] = wecom.ledger.messages
    assert "○ 全部\n○ 1. 榆树市" in shown.text
    assert (shown.taps["全部"], shown.taps["1. 榆树市"]) == ("|全部", "task:12|")
    drawn = wecom_cards.interactive(CHOICE, "n", wecom_cards.APP)
    assert drawn
    assert "selected_id" not in drawn["button_selection"]


async def test_the_same_card_sent_again_is_dropped_and_does_not_offend() -> None:
    wecom, channel, _ = app()
    for _ in range(2):
        await channel.send(carded())
    assert [message.shown for message in wecom.ledger.messages] == [True, False]


@pytest.mark.parametrize("code", ["42014", "42017", "43012"])
async def test_a_card_that_is_refused_goes_out_in_words(code: str) -> None:
    wecom, channel, _ = app()
    wecom.faults.add(Fault(FaultKind.CODE, path="/cgi-bin/message/send", code=code))
    await channel.send(carded())
    assert [message.text.split("\n")[0] for message in wecom.ledger.messages] == ["**榆树市**请报送"]


async def test_an_application_without_a_callback_address_sends_words() -> None:
    wecom, channel, _ = app(WeComTenant({}, has_callback=False))
    await channel.send(carded())
    assert wecom.ledger.messages[0].text.startswith("**榆树市**请报送\n#")


async def test_a_member_who_reads_in_wechat_gets_text_without_marks() -> None:
    wecom, channel, _ = app(plain=frozenset({"zhangsan"}))
    await channel.send(carded())
    await channel.send(carded(address="lisi"))
    assert [(message.to, message.text.split("\n")[0]) for message in wecom.ledger.messages] == [
        ("zhangsan", "榆树市请报送"),
        ("lisi", "三季度台账"),
    ]


@pytest.mark.parametrize("room", [wecom_cards.APP, wecom_cards.BOT])
def test_a_card_with_a_page_has_a_line_that_leads_there_within_the_lines_it_may_have(room: wecom_cards.Room) -> None:
    crowded = dataclasses.replace(CARD, lines=tuple((f"第{n}项", "x") for n in range(9)), url=URL, link="打开办理页面")
    drawn = wecom_cards.interactive(crowded, "S-1", room)
    assert drawn
    lines = drawn["horizontal_content_list"]
    assert len(lines) == wecom_cards.LINES
    assert lines[-1] == {"type": 1, "keyname": "网页", "value": "打开办理页面", "url": URL}
    assert drawn["card_action"] == {"type": 1, "url": URL}


async def test_a_textcard_leads_to_the_page_and_ends_in_the_serial() -> None:
    wecom, channel, _ = app(format="textcard", card_url=URL)
    for _ in range(2):
        await channel.send(carded(form="textcard"))
    first, again = wecom.ledger.messages
    assert first.text.startswith("三季度台账\n")
    assert first.text.endswith(URL)
    assert f"#{wecom_app.serial('remind:12:2018-10-15:1')}" in first.text
    assert (first.shown, again.shown) == (True, False)


async def test_a_textcard_without_an_address_to_lead_to_is_words() -> None:
    wecom, channel, _ = app(format="textcard")
    await channel.send(carded(form="textcard"))
    assert wecom.ledger.messages[0].text.startswith("**榆树市**请报送\n#")


def test_a_textcard_is_cut_between_facts_and_never_inside_its_markup() -> None:
    long = dataclasses.replace(CARD, lines=tuple((f"第{n}项", "甲<乙" * 30) for n in range(6)))
    drawn = wecom_cards.textcard(long, URL, "7K2MAB")
    assert drawn
    assert len(drawn["description"]) <= wecom_cards.DESCRIPTION
    assert drawn["description"].count("<div") == drawn["description"].count("</div>") > 2
    assert "＜乙" in drawn["description"]


async def test_the_answer_to_a_tap_takes_the_place_of_the_card() -> None:
    wecom, channel, clock = app()
    code = wecom.response_code("zhangsan", clock())
    words = Rendered("已记录：榆树市 → 已报", "**榆树市 → 已报**\n\n有误请回复“撤回”")
    await channel.send(rigs.message(rendered=words, address=wecom_app.reply_address(code, "zhangsan")))
    [changed] = wecom.ledger.messages
    assert (changed.key, changed.to) == ("update", "zhangsan")
    assert changed.text == "已记录：榆树市 → 已报\n榆树市 → 已报\n\n有误请回复“撤回”\n[已处理]"


@pytest.mark.parametrize("hours", [0, 73])
async def test_a_code_that_is_used_up_or_too_old_makes_the_answer_a_message(hours: int) -> None:
    wecom, channel, clock = app()
    address = wecom_app.reply_address(wecom.response_code("zhangsan", clock()), "zhangsan")
    if not hours:
        await channel.send(rigs.message("先前", address=address, key="a"))
    clock.now += timedelta(hours=hours)
    await channel.send(rigs.message("已记录", address=address, key="b"))
    last = wecom.ledger.messages[-1]
    assert (last.to, last.text.split("\n")[0], last.key) == ("zhangsan", "已记录", "")


async def test_words_too_long_for_a_card_close_its_button_and_are_sent() -> None:
    wecom, channel, clock = app()
    address = wecom_app.reply_address(wecom.response_code("zhangsan", clock()), "zhangsan")
    await channel.send(rigs.message("已记录" * 100, address=address))
    button, message = wecom.ledger.messages
    assert (button.text, button.key) == ("[已处理]", "update")
    assert message.text.startswith("已记录" * 100)


async def test_a_question_after_a_tap_leaves_that_card_open_and_is_a_card_of_its_own() -> None:
    wecom, channel, clock = app()
    await channel.send(carded(address=wecom_app.reply_address(wecom.response_code("zhangsan", clock()), "zhangsan")))
    assert [message.key for message in wecom.ledger.messages] == ["7K2M-remind@12@2018-10-15@1"]


@pytest.mark.parametrize("address", ["card:rc:@all", "card:rc:a|b", "card::zhangsan", "card:rc:", "card:a:b:c"])
async def test_a_place_to_answer_names_one_member_and_never_everybody(address: str) -> None:
    wecom, channel, _ = app()
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address=address))
    assert caught.value.kind is FailureKind.ADDRESS_BAD
    assert wecom.token_calls == 0


@pytest.mark.parametrize(
    "card",
    [
        dataclasses.replace(CARD, buttons=BUTTONS * 3),
        dataclasses.replace(CARD, note="长" * 200),
        dataclasses.replace(CHOICE, options=CHOICE.options * 6),
        TO_READ,
    ],
    ids=["buttons", "note", "options", "nothing to press"],
)
def test_a_card_that_cannot_be_drawn_whole_is_not_drawn(card: Card) -> None:
    assert wecom_cards.interactive(card, "n", wecom_cards.APP) is None


@pytest.mark.parametrize(
    ("key", "name"), [("answer:5", "7K2M-answer@5"), ("a@b", ""), ("a b", ""), ("letter#2", ""), ("答", ""), ("k" * 121, "")]
)
def test_a_card_is_named_after_its_message_or_not_at_all(key: str, name: str) -> None:
    assert wecom_cards.task_id(key, "7K2M") == name
    assert wecom_cards.mark(name) == (f"message:{key}" if name else "")


def test_the_card_of_another_program_is_about_nothing() -> None:
    assert wecom_cards.mark("") == wecom_cards.mark("feedback") == ""


async def test_a_group_reads_the_card_if_it_leads_somewhere_and_words_if_not() -> None:
    wecom, channel = robot(format="card", card_url=URL)
    await channel.send(carded(TO_READ, address="one"))
    other, without = robot(format="card")
    await without.send(carded(TO_READ, address="one"))
    assert wecom.ledger.messages[0].text == "三季度台账\n报送单位：榆树市\n截止：10月19日\n点一次即可"
    assert other.ledger.messages[0].text == "**榆树市**请报送"


async def test_a_table_goes_as_markdown_v2_and_highlights_nobody() -> None:
    wecom, channel = robot(format="markdown_v2")
    body = "| 甲 | 乙 |\n| --- | --- |\n" + "| 未报 | <@wangwu> |\n" * 100
    await channel.send(rigs.message(rendered=Rendered("", body, mentions=("wangwu",)), address="one"))
    assert (wecom.ledger.messages[0].text, wecom.ledger.messages[0].mentions) == (body, ())


async def test_the_format_of_a_message_wins_over_that_of_the_robot() -> None:
    wecom, channel = robot(format="markdown")
    await channel.send(rigs.message(rendered=Rendered("", "未报", format="text", mentions=("13800000001",)), address="one"))
    assert wecom.ledger.messages[0].mentions == ("13800000001",)
    with pytest.raises(SendFailed, match="2049 bytes where 2048 are taken"):
        await channel.send(rigs.message(rendered=Rendered("", "x" * 2049, format="text"), address="one"))


@pytest.mark.parametrize("name", ["wecom_robot_markdown", "wecom_app_card"])
async def test_a_file_arrives_under_its_name(name: str) -> None:
    async with rigs.ALL[name](rigs.PATIENT) as rig:
        await rig.channel.send(filed(address=rig.address))
        assert rig.shown() == [f"[未报名单.xlsx] {len(LIST.content)}"]


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.HANG, FaultKind.HTTP_502, FaultKind.TRUNCATED])
async def test_a_file_that_may_not_have_arrived_has_sent_nothing_and_goes_again(kind: FaultKind) -> None:
    async with rigs.ALL["wecom_robot_markdown"](rigs.QUICK) as rig:
        rig.switches.add(Fault(kind, path="/cgi-bin/webhook/upload_media"))
        with pytest.raises(SendFailed) as caught:
            await rig.channel.send(filed(address="main"))
        assert (caught.value.kind, rig.shown()) == (FailureKind.TRANSIENT, [])
        await rig.channel.send(filed(address="main"))
        assert len(rig.shown()) == 1


@pytest.mark.parametrize("content", [b"", b"12345", b"x" * (20 * 1024 * 1024 + 1)], ids=["empty", "tiny", "huge"])
async def test_a_file_that_the_platform_would_refuse_is_not_uploaded(content: bytes) -> None:
    _, channel = robot()
    with pytest.raises(SendFailed) as caught:
        await channel.send(filed(Attachment("a.xlsx", "application/zip", content), address="one"))
    assert (caught.value.kind, caught.value.code) == (FailureKind.CONTENT_BAD, "file_size")


async def test_a_token_that_ends_before_an_upload_is_replaced() -> None:
    wecom, channel, _ = app()
    await channel.send(rigs.message(key="k1"))
    wecom.expire_tokens()
    await channel.send(filed(key="k2"))
    assert (wecom.token_calls, len(wecom.ledger.messages)) == (2, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"task_id": "no colon: allowed"}, 42014),
        ({"task_id": "used"}, 42014),
        ({"button_list": []}, 40063),
        ({"button_list": [{"text": "a", "key": "k"}, {"text": "b", "key": "k"}]}, 42017),
        ({"button_list": [{"text": "a", "key": ""}]}, 42018),
        ({"button_list": [{"text": "a", "key": "报" * 342}]}, 42018),
        ({"main_title": {}, "sub_title_text": ""}, 40063),
        ({"horizontal_content_list": [{}] * 7}, 40058),
        ({"button_selection": {"option_list": [{"id": "x" * 129, "text": "1"}]}}, 40063),
        ({"card_type": "poster"}, 40008),
    ],
)
def test_the_stand_in_refuses_what_the_documents_forbid(change: dict[str, object], code: int) -> None:
    drawn = wecom_cards.interactive(CARD, "new", wecom_cards.APP)
    assert drawn
    assert theirs.app_trouble(drawn, {"used": ""}, has_callback=True) is None
    trouble = theirs.app_trouble(drawn | change, {"used": ""}, has_callback=True)
    assert trouble
    assert trouble[0] == code


def test_the_stand_in_shows_a_group_no_card_with_buttons_and_none_that_leads_nowhere() -> None:
    drawn = wecom_cards.notice(TO_READ, URL)
    assert drawn
    assert theirs.robot_trouble(drawn) is None
    assert theirs.robot_trouble({"card_type": "button_interaction"}) == (40008, "invalid message type")
    assert theirs.robot_trouble(drawn | {"card_action": {}}) == (40063, "some parameters are empty")
