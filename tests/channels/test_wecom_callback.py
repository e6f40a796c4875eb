from datetime import UTC, datetime

import pytest

from bot.channels import wecom_callback, wecom_crypto
from bot.channels.callback import CallbackRefused, Refusal
from bot.channels.wecom_crypto import Keys
from bot.domain.inbound import InboundKind
from bot.domain.secret import Secret

KEYS = Keys(Secret("QDG6eK"), Secret("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"), "wwcorp0001")
QUERY = {"timestamp": "1760000000", "nonce": "n1"}

MESSAGE = """<xml><ToUserName>wwcorp0001</ToUserName><FromUserName>zhangsan</FromUserName><CreateTime>1760000000</CreateTime>
<MsgType>text</MsgType><Content>已报</Content><MsgId>7000000000000000001</MsgId><AgentID>1000002</AgentID></xml>"""
CLICK = """<xml><ToUserName>wwcorp0001</ToUserName><FromUserName>zhangsan</FromUserName><CreateTime>1760000100</CreateTime>
<MsgType>event</MsgType><Event>template_card_event</Event><EventKey>|已报</EventKey><TaskId>7K2M-remind@12@2018-10-15@1</TaskId>
<CardType>button_interaction</CardType><ResponseCode>rc-click-9</ResponseCode><AgentID>1000002</AgentID>
<SelectedItems><SelectedItem><QuestionKey>q1</QuestionKey><OptionIds><OptionId>task:42|</OptionId></OptionIds></SelectedItem></SelectedItems></xml>"""
OPENED = """<xml><FromUserName>zhangsan</FromUserName><CreateTime>1760000100</CreateTime><MsgType>event</MsgType>
<Event>enter_agent</Event><EventKey></EventKey></xml>"""


def sealed(xml: str) -> tuple[dict[str, str], bytes]:
    encrypted = wecom_crypto.encrypt(KEYS, xml.encode(), b"0123456789abcdef")
    body = f"<xml><ToUserName><![CDATA[wwcorp0001]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return {**QUERY, "msg_signature": wecom_crypto.signature(KEYS, "1760000000", "n1", encrypted)}, body.encode()


def test_a_message_comes_out_of_its_envelope() -> None:
    inbound = wecom_callback.read(KEYS, *sealed(MESSAGE))
    assert (inbound.channel, inbound.sender, inbound.text) == ("wecom_app", "zhangsan", "已报")
    assert inbound.platform_id == "7000000000000000001"
    assert inbound.at == datetime.fromtimestamp(1760000000, UTC)
    assert inbound.raw == MESSAGE.encode()


def test_cdata_is_read_like_bare_text() -> None:
    marked = MESSAGE.replace("<Content>已报</Content>", "<Content><![CDATA[ 已报\n]]></Content>")
    assert wecom_callback.read(KEYS, *sealed(marked)).text == "已报"


def test_a_tap_says_what_its_button_says_about_what_was_chosen_and_names_the_message_and_the_place_to_answer() -> None:
    inbound = wecom_callback.read(KEYS, *sealed(CLICK))
    assert (inbound.text, inbound.about) == ("已报", "task:42 message:remind:12:2018-10-15:1")
    assert inbound.answer_to == "card:rc-click-9:zhangsan"


def test_a_tap_without_a_choice_is_about_the_message_alone() -> None:
    nothing_chosen = CLICK.replace("<OptionId>task:42|</OptionId>", "")
    assert wecom_callback.read(KEYS, *sealed(nothing_chosen)).about == "message:remind:12:2018-10-15:1"


def test_a_button_of_a_menu_speaks_its_key() -> None:
    menu = "<xml><FromUserName>zs</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType><Event>click</Event><EventKey>零报告</EventKey></xml>"
    inbound = wecom_callback.read(KEYS, *sealed(menu))
    assert (inbound.text, inbound.about, inbound.answer_to) == ("零报告", "", "")


def test_an_event_that_nobody_spoke_has_no_text() -> None:
    inbound = wecom_callback.read(KEYS, *sealed(OPENED))
    assert (inbound.text, inbound.kind) == ("", InboundKind.OTHER)


@pytest.mark.parametrize(
    ("field", "other"),
    [("<EventKey>|已报", "<EventKey>|今天报"), ("remind@12", "remind@13"), ("1760000100", "1760000101"), (">zhangsan<", ">lisi<")],
)
def test_two_clicks_stay_apart_and_the_same_click_stays_one(field: str, other: str) -> None:
    first, again = (wecom_callback.read(KEYS, *sealed(CLICK)).platform_id for _ in range(2))
    assert first == again
    assert wecom_callback.read(KEYS, *sealed(CLICK.replace(field, other))).platform_id != first


def test_the_address_check_is_answered_with_the_bare_text() -> None:
    encrypted = wecom_crypto.encrypt(KEYS, b"echo-1", b"0123456789abcdef")
    query = {**QUERY, "msg_signature": wecom_crypto.signature(KEYS, "1760000000", "n1", encrypted), "echostr": encrypted}
    assert wecom_callback.check_url(KEYS, query) == b"echo-1"


@pytest.mark.parametrize("missing", ["msg_signature", "timestamp", "nonce"])
def test_a_request_without_its_parameters_is_refused(missing: str) -> None:
    query, body = sealed(MESSAGE)
    del query[missing]
    with pytest.raises(CallbackRefused) as refused:
        wecom_callback.read(KEYS, query, body)
    assert refused.value.refusal is Refusal.PARAMETERS


def test_a_wrong_signature_is_refused_before_anything_is_decrypted() -> None:
    query, body = sealed("this is no XML at all")
    with pytest.raises(CallbackRefused) as refused:
        wecom_callback.read(KEYS, query | {"msg_signature": "0" * 40}, body)
    assert refused.value.refusal is Refusal.SIGNATURE
    assert "no XML" not in str(refused.value)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + MESSAGE.replace("已报", "&b;")
DTD = "<!DOCTYPE xml>" + MESSAGE


@pytest.mark.parametrize(
    "xml", ["", "no XML", "<xml>", BOMB, DTD, "<xml><CreateTime>soon</CreateTime></xml>", "<xml><CreateTime>9e99</CreateTime></xml>"]
)
def test_a_sealed_message_that_cannot_be_read_is_refused(xml: str) -> None:
    with pytest.raises(CallbackRefused) as refused:
        wecom_callback.read(KEYS, *sealed(xml))
    assert refused.value.refusal is Refusal.CONTENT


@pytest.mark.parametrize("body", [b"", b"<xml", b"\xff\xfe", b'<?xml version="1.0" encoding="nope"?><xml/>', b"x" * 300_000, BOMB.encode()])
def test_a_body_that_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(CallbackRefused):
        wecom_callback.read(KEYS, sealed(MESSAGE)[0], body)
