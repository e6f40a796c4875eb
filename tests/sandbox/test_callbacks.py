"""What the stand-ins post to us is read by our own callbacks: the same door as the real platforms'."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import dingtalk_callback, wecom_callback
from bot.channels.callback import CallbackRefused
from bot.channels.wecom_crypto import Keys
from bot.domain.secret import Secret
from bot.sandbox import callbacks
from bot.sandbox.callbacks import Callback
from bot.sandbox.dingtalk import DingTalkTenant
from bot.sandbox.exchange import Answer, Request
from bot.sandbox.server import Server
from bot.sandbox.wecom import WeComTenant

NOW = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)
WECOM, DINGTALK = WeComTenant({}), DingTalkTenant({})
KEYS = Keys(Secret(WECOM.token), Secret(WECOM.aes_key), WECOM.corp_id)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).map(str.strip)


@given(WORDS)
def test_whatever_a_member_writes_in_wecom_arrives_as_written(words: str) -> None:
    callback = callbacks.wecom_text(WECOM, "zhangsan", words, NOW, "7000000000000000001")
    inbound = wecom_callback.read(KEYS, callback.query, callback.body)
    assert (inbound.sender, inbound.text, inbound.platform_id, inbound.at) == ("zhangsan", words, "7000000000000000001", NOW)


@given(WORDS)
def test_whatever_a_member_says_in_dingtalk_arrives_as_said(words: str) -> None:
    callback = callbacks.dingtalk_text(DINGTALK, "zhangsan", words, NOW, "m1", group="cid1")
    inbound = dingtalk_callback.read(Secret(DINGTALK.app_secret), callback.headers, callback.body, NOW + timedelta(minutes=5))
    assert (inbound.sender, inbound.text, inbound.platform_id, inbound.chat, inbound.at) == ("zhangsan", words, "m1", "cid1", NOW)
    assert inbound.answer_to.startswith("https://oapi.dingtalk.com/robot/sendBySession?session=")


def test_a_click_and_the_address_check_arrive_too() -> None:
    click = callbacks.wecom_click(WECOM, "zhangsan", "done:42", NOW, "cb-1")
    assert wecom_callback.read(KEYS, click.query, click.body).text == "done:42"
    check = callbacks.wecom_url_check(WECOM, "echo-1", NOW)
    assert (check.method, wecom_callback.check_url(KEYS, check.query)) == ("GET", b"echo-1")


def test_another_organisations_seal_is_refused() -> None:
    callback = callbacks.wecom_text(WeComTenant({}, token="otherToken"), "zhangsan", "已报", NOW, "1")
    with pytest.raises(CallbackRefused):
        wecom_callback.read(KEYS, callback.query, callback.body)
    callback = callbacks.dingtalk_text(DingTalkTenant({}, app_secret="other"), "zhangsan", "已报", NOW, "1")
    with pytest.raises(CallbackRefused):
        dingtalk_callback.read(Secret(DINGTALK.app_secret), callback.headers, callback.body, NOW)


class House:
    """Our side of a callback, answering what a test wants and keeping what came."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.got = list(statuses), list[Request]()

    def owns(self, path: str) -> bool:
        return True

    def handle(self, request: Request, now: datetime) -> Answer:
        self.got.append(request)
        return Answer(self.statuses.pop(0))


@pytest.mark.parametrize(("statuses", "tries", "last"), [((200,), 1, 200), ((500, 200), 2, 200), ((401, 401, 401), 3, 401)])
async def test_the_platform_tries_three_times_with_the_same_message(statuses: tuple[int, ...], tries: int, last: int) -> None:
    house = House(*statuses)
    callback = callbacks.wecom_text(WECOM, "zhangsan", "已报", NOW, "1")
    async with Server([house], lambda: NOW) as server, httpx.AsyncClient(trust_env=False) as client:
        assert await callbacks.push(client, f"{server.url}/callbacks/wecom", callback) == last
    assert len(house.got) == tries
    assert {request.body for request in house.got} == {callback.body}
    assert wecom_callback.read(KEYS, house.got[0].query, house.got[0].body).text == "已报"


async def test_nobody_there_is_status_zero() -> None:
    async with Server([], lambda: NOW) as server:
        gone = server.url
    async with httpx.AsyncClient(trust_env=False) as client:
        assert await callbacks.push(client, gone, Callback("POST")) == 0
