import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels import dingtalk_callback, dingtalk_codes
from bot.channels.callback import CallbackRefused, Refusal
from bot.domain.secret import Secret

SECRET = Secret("this is a secret")
NOW = datetime.fromtimestamp(1577262236.757, UTC)
HEADERS = {"Timestamp": "1577262236757", "Sign": "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="}
BODY: dict[str, Any] = {
    "conversationId": "cid1", "conversationType": "2", "conversationTitle": "培育工作群", "robotCode": "dingapp1", "msgId": "msgA",
    "senderNick": "王五", "senderStaffId": "u1", "isInAtList": True, "createAt": 1760000000000, "msgtype": "text",
    "text": {"content": " 已报"}, "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=S1",
}  # fmt: skip


def read(body: object = BODY, *, headers: dict[str, str] = HEADERS, now: datetime = NOW) -> Any:
    return dingtalk_callback.read(SECRET, headers, body if isinstance(body, bytes) else json.dumps(body).encode(), now)


@pytest.mark.parametrize(
    ("secret", "timestamp", "expected"),
    [
        ("this is a secret", "1577262236757", "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="),
        ("SECdemo0001", "1700000000000", "1FXKAt3Ji+a6hv35CtU9ohgSioWyOcE1E8tppe5ntMk="),
    ],
)
def test_the_signature_equals_what_openssl_made(secret: str, timestamp: str, expected: str) -> None:
    assert dingtalk_codes.sign(timestamp, secret) == expected


def test_a_group_message_keeps_its_group_and_the_place_to_answer() -> None:
    inbound = read()
    assert (inbound.channel, inbound.platform_id, inbound.sender, inbound.chat) == ("dingtalk_app", "msgA", "u1", "cid1")
    assert inbound.text == "已报"
    assert inbound.answer_to == "https://oapi.dingtalk.com/robot/sendBySession?session=S1"
    assert inbound.at == datetime.fromtimestamp(1760000000, UTC)


def test_a_private_message_has_no_group() -> None:
    assert read(BODY | {"conversationType": "1"}).chat == ""


def test_a_sender_without_staff_id_is_nobody_and_not_guessed_by_nickname() -> None:
    assert read({name: value for name, value in BODY.items() if name != "senderStaffId"}).sender == ""


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"text": {"content": "  已报 "}}, "已报"),
        ({"text": None, "errorCode": "20001"}, ""),
        ({"text": None, "content": {"richText": [{"text": "明天"}, {"pictureDownloadCode": "x"}, {"text": "交"}]}}, "明天交"),
        ({"text": None, "content": {"richText": "?"}}, ""),
        ({"text": {"content": 5}}, ""),
    ],
)
def test_the_words_are_taken_from_every_kind_of_message(change: dict[str, Any], text: str) -> None:
    assert read(BODY | change).text == text


@pytest.mark.parametrize("headers", [{}, HEADERS | {"Sign": "x"}, HEADERS | {"Sign": "é"}, HEADERS | {"Timestamp": "1577262236758"}])
def test_a_wrong_signature_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(CallbackRefused) as refused:
        read(headers=headers)
    assert refused.value.refusal is Refusal.SIGNATURE


@pytest.mark.parametrize(
    ("away", "fits"), [(timedelta(hours=1), True), (timedelta(hours=1, seconds=1), False), (timedelta(hours=-2), False)]
)
def test_a_signature_lives_for_an_hour(away: timedelta, fits: bool) -> None:
    if fits:
        assert read(now=NOW + away).platform_id == "msgA"
        return
    with pytest.raises(CallbackRefused) as refused:
        read(now=NOW + away)
    assert refused.value.refusal is Refusal.WINDOW


def test_a_signed_timestamp_that_is_no_number_is_refused() -> None:
    with pytest.raises(CallbackRefused):
        read(headers={"timestamp": "soon", "sign": dingtalk_codes.sign("soon", SECRET.reveal())})


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"[1]", b"[" * 100_000, b"{}", b'"a"', BODY | {"msgId": 7}, BODY | {"createAt": None}, BODY | {"createAt": 10**40}],
)
def test_a_body_that_cannot_be_read_is_refused(body: object) -> None:
    with pytest.raises(CallbackRefused) as refused:
        read(body)
    assert refused.value.refusal is Refusal.CONTENT
