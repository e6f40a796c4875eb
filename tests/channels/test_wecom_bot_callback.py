"""The smart robot's callbacks: the envelope, what is in it, and what is refused."""

import json
from datetime import UTC, datetime

import pytest

from bot.channels import wecom_bot_callback, wecom_bot_message, wecom_callback, wecom_crypto
from bot.channels.callback import CallbackRefused, Refusal
from bot.channels.wecom_crypto import Keys
from bot.domain.inbound import InboundKind
from bot.domain.secret import Secret
from bot.sandbox import callbacks
from bot.sandbox.wecom_bot_content import WeComBotTenant

NOW = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)
KEYS = Keys(Secret("QDG6eK"), Secret("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"), "")
QUERY = {"timestamp": "1700000000", "nonce": "nonce1", "msg_signature": "52e676012f150366a273dfc98ed35d6485920d6f"}
ENCRYPTED = (
    "sKqRbbiSUnDhFHOvPjtUMSGppmFdRdves+wakF19gBUiqt48Tb6gomfAmVnZxdjCHpsIWUuf8zNfahXsMBJtnzTu1DNDEse2OcSVai3G89D7VajPuuq+ZJzd6wEfviHR25"
    "8KwDTww8s4HOjvtXWgyrcvCKHPNt9lHKeBRy35+Q1QvsTmWF/RzshVdE2bey9XoeP4b9jLOPD5xV7St870VPMmo6/wYvoBAZzV3ClMU9daouI+lh5nmiKFfMVzlXJ8"
)
TENANT = WeComBotTenant()
OURS = Keys(Secret(TENANT.token), Secret(TENANT.aes_key), "")


def test_a_message_comes_out_of_an_envelope_that_openssl_made() -> None:
    inbound = wecom_bot_callback.read(KEYS, QUERY, json.dumps({"encrypt": ENCRYPTED}).encode(), NOW)
    assert (inbound.channel, inbound.platform_id, inbound.sender, inbound.chat, inbound.text) == (
        "wecom_bot",
        "m-001",
        "zhangsan",
        "wr1",
        "已报",
    )


def test_the_place_to_answer_is_the_code_alone_and_never_the_host_that_was_named() -> None:
    posted = callbacks.wecom_bot_text(TENANT, "zhangsan", "已报", NOW, "m-1", code="RC7")
    inbound = wecom_bot_callback.read(OURS, posted.query, posted.body, NOW)
    assert inbound.answer_to == "reply:RC7::zhangsan"


def test_the_address_check_is_answered_with_the_bare_text() -> None:
    check = callbacks.wecom_bot_url_check(TENANT, "echo-1", NOW)
    assert wecom_callback.check_url(OURS, check.query) == b"echo-1"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"encrypt":5}', b"\xff", b"x" * 300_000])
def test_a_body_that_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(CallbackRefused):
        wecom_bot_callback.read(KEYS, QUERY, body, NOW)


def test_the_envelope_of_an_application_is_not_the_robots() -> None:
    application = Keys(Secret(TENANT.token), Secret(TENANT.aes_key), "wwcorp0001")
    sealed = wecom_crypto.encrypt(application, b"{}", b"0123456789abcdef")
    query = {"timestamp": "1", "nonce": "n", "msg_signature": wecom_crypto.signature(application, "1", "n", sealed)}
    with pytest.raises(CallbackRefused) as refused:
        wecom_bot_callback.read(OURS, query, json.dumps({"encrypt": sealed}).encode(), NOW)
    assert refused.value.refusal is Refusal.RECEIVER


@pytest.mark.parametrize(
    ("body", "text", "kind"),
    [
        ({"msgtype": "voice", "voice": {"content": "已经报了"}}, "已经报了", InboundKind.SAID),
        (
            {"msgtype": "mixed", "mixed": {"msg_item": [{"msgtype": "text", "text": {"content": "见图"}}, {"msgtype": "image"}]}},
            "见图",
            InboundKind.SAID,
        ),
        ({"msgtype": "image", "image": {"url": "https://example.com/x"}}, "", InboundKind.SAID),
        ({"msgtype": "event", "event": {"eventtype": "feedback_event"}}, "", InboundKind.OTHER),
        ({"msgtype": "event", "event": {"eventtype": "template_card_event", "template_card_event": 5}}, "", InboundKind.OTHER),
        ({"msgtype": "text", "text": 5, "from": 7, "quote": 8, "msgid": 9}, "", InboundKind.OTHER),
        ({"msgtype": "mixed", "mixed": {"msg_item": [5, {}]}}, "", InboundKind.OTHER),
    ],
)
def test_whatever_shape_a_message_has_its_words_are_found_or_it_is_kept_as_it_came(body, text: str, kind: InboundKind) -> None:
    inbound = wecom_bot_message.read(json.dumps(body).encode(), NOW)
    assert (inbound.text, inbound.kind, inbound.answer_to) == (text, kind, "")
    assert inbound.platform_id


@pytest.mark.parametrize("request_id", ["a:b", "a b", "x" * 500])
def test_a_request_that_no_address_can_hold_is_answered_in_the_conversation(request_id: str) -> None:
    body = {"msgtype": "text", "text": {"content": "已报"}, "from": {"userid": "zhangsan"}}
    assert wecom_bot_message.read(json.dumps(body).encode(), NOW, request_id).answer_to == "zhangsan"
