import asyncio
import json
import logging
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import base, crockford, errcode, redact
from bot.channels.base import Mentions, SendFailed
from bot.channels.token import MARGIN, Token
from bot.domain.words import FailureKind
from tests.channels.rigs import Clock


def test_mentions_are_sorted_into_what_platforms_keep_apart() -> None:
    found = base.mentions(["wangwu", "13800000001", "@all", "wangwu", "", "23800000001", "138000000012"])
    assert found == Mentions(("13800000001",), ("wangwu", "23800000001", "138000000012"), everybody=True)


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=9), max_size=5), st.integers(0, 200))
def test_what_is_appended_never_breaks_the_limit(body: str, additions: list[str], limit: int) -> None:
    longer = base.append_within(body, additions, limit)
    assert longer.startswith(body)
    assert longer == body or len(longer.encode()) <= limit


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('HTTP Request: POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000-a1 "HTTP/1.1 200 OK"', "0000-a1"),
        ("GET /cgi-bin/gettoken?corpid=ww1&corpsecret=S%2BS", "S%2BS"),
        ("POST /robot/send?access_token=dddd&timestamp=1&sign=1FX%3D", "1FX%3D"),
        ("POST /robot/send?access_token=dddd&timestamp=1&sign=1FX%3D", "dddd"),
        ("/robot/sendBySession?session=S1", "S1"),
        ("{'appSecret': 'hidden', 'a': 1}", "hidden"),
        ('{"accessToken":"T1","expireIn":7200}', "T1"),
        ("[(b'x-acs-dingtalk-access-token', b'T-99')]", "T-99"),
        ("password=hunter2", "hunter2"),
        ("call 13800000001 now", "13800000001"),
    ],
)
def test_a_log_line_loses_its_keys_and_numbers_and_keeps_the_rest(line: str, secret: str) -> None:
    record = logging.LogRecord("httpx", logging.INFO, "", 0, "%s", (line,), None)
    assert redact.redact(record)
    assert secret not in record.getMessage()
    assert record.getMessage()[:5] == line[:5]


def test_a_traceback_is_cleaned_too() -> None:
    try:
        raise ValueError("GET /x?key=0000-a1")
    except ValueError:
        record = logging.LogRecord("bot", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    redact.redact(record)
    assert "0000-a1" not in logging.Formatter().format(record)


def test_our_own_keys_and_dates_stay_readable() -> None:
    line = "reminder key=reminder:5:T-1 at 2018-10-15 01:07 message=12345678901234"
    record = logging.LogRecord("bot", logging.INFO, "", 0, line, (), None)
    redact.redact(record)
    assert record.getMessage() == line


def test_the_platforms_words_are_kept_short_and_without_what_is_ours() -> None:
    assert redact.hide("no such user ZhangSan,\n hint", "zhangsan", "") == "no such user ***, hint"
    assert redact.hide("u1 is no user of u12", "u1") == "*** is no user of u12"
    assert redact.hide("keySECdemo0001x", "SECdemo0001") == "key***x"
    assert len(redact.hide("x" * 5000)) == redact.LONGEST


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"errcode": 0}, 0),
        ({"errcode": "-1"}, -1),
        ({"errcode": True}, None),
        ({}, None),
        ({"errcode": None}, None),
        ({"errcode": "²"}, None),
    ],
)
def test_a_code_is_a_number_or_none(body: dict[str, object], code: int | None) -> None:
    assert errcode.of(body) == code


def test_an_answer_without_a_code_is_in_doubt() -> None:
    with pytest.raises(SendFailed) as caught:
        errcode.require_ok({"ok": True}, {})
    assert caught.value.kind is FailureKind.IN_DOUBT


@given(st.binary(min_size=7, max_size=7))
def test_base32_letters_can_be_read_out(data: bytes) -> None:
    text = crockford.encode(data, 10)
    assert len(text) == 10
    assert set(text) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert int.from_bytes(data, "big") >> 6 == sum(
        crockford.ALPHABET.index(letter) << 5 * place for place, letter in enumerate(reversed(text))
    )


def test_too_few_bytes_for_the_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="10"):
        crockford.encode(b"123456", 10)


class Desk:
    """Gives out tokens, or fails."""

    def __init__(self, life: timedelta = timedelta(hours=2), failure: SendFailed | None = None) -> None:
        self.life, self.failure, self.calls = life, failure, 0

    async def fetch(self) -> tuple[str, timedelta]:
        self.calls += 1
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        return f"T{self.calls}", self.life


async def test_a_token_is_fetched_once_and_again_before_it_ends() -> None:
    desk, clock = Desk(), Clock()
    token = Token(desk.fetch, clock)
    assert [await token.get() for _ in range(3)] == ["T1"] * 3
    clock.now += timedelta(hours=2) - MARGIN
    assert await token.get() == "T2"


async def test_a_refused_token_is_replaced_once_for_all_who_hold_it() -> None:
    desk = Desk()
    token = Token(desk.fetch, Clock())
    refused = await token.get()
    assert [await token.get(refused=refused) for _ in range(3)] == ["T2"] * 3
    assert desk.calls == 2


async def test_whoever_comes_while_a_token_is_being_fetched_waits_for_that_one() -> None:
    desk = Desk()
    token = Token(desk.fetch, Clock())
    assert await asyncio.gather(*(token.get() for _ in range(9))) == ["T1"] * 9
    assert desk.calls == 1


async def test_a_doubtful_token_request_is_no_doubt_about_the_message() -> None:
    desk = Desk(failure=SendFailed(FailureKind.IN_DOUBT, "read_timeout", "x"))
    with pytest.raises(SendFailed) as caught:
        await Token(desk.fetch, Clock()).get()
    assert (caught.value.kind, caught.value.code) == (FailureKind.TRANSIENT, "read_timeout")


def test_the_clock_of_tests_is_aware() -> None:
    assert Clock()() == datetime(2018, 10, 15, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize("path", ["/r/12-6900-3.abcDEF_-9", "/login/abcDEF_-9abcDEF"])
def test_a_link_that_opens_something_does_not_stand_in_the_log(path: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, json.dumps({"path": path, "event": "page_failed"}), None, None)
    assert redact.redact(record)
    assert "abcDEF" not in record.getMessage()
    assert path.rsplit("/", 1)[0] + "/***" in record.getMessage()
