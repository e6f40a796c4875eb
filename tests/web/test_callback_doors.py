import httpx
import pytest
import structlog

from bot.web import callbacks
from tests.web import conftest
from tests.web.fake_house import FakeHouse


async def test_the_raw_bytes_reach_the_house_and_its_answer_goes_back(stranger: httpx.AsyncClient, house: FakeHouse):
    body = b"<xml><Encrypt>\xff\x00</Encrypt></xml>"
    answer = await stranger.post("/callbacks/wecom?msg_signature=good", content=body)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"success", "text/plain; charset=utf-8")
    await stranger.post("/callbacks/dingtalk", json={"text": {"content": "已报"}})
    assert [(channel, method) for channel, method, _ in house.received] == [("wecom", "POST"), ("dingtalk", "POST")]
    assert house.received[0][2] == body


async def test_wecom_checks_the_address_by_get_and_reads_the_bare_answer(stranger: httpx.AsyncClient):
    answer = await stranger.get("/callbacks/wecom?msg_signature=a&echostr=b")
    assert answer.content == b"hello"


async def test_a_bad_signature_is_401_and_nothing_is_logged_twice(stranger: httpx.AsyncClient):
    with structlog.testing.capture_logs() as logs:
        answer = await stranger.post("/callbacks/wecom?msg_signature=bad", content="秘密的内容".encode())
    assert (answer.status_code, answer.content) == (401, b"")
    assert logs == []  # the doors have said it


@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_a_body_is_413_whether_it_is_announced_or_not(stranger: httpx.AsyncClient, house: FakeHouse, announced: bool):
    body = b"x" * (callbacks.LARGEST + 1)

    async def chunks():
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    answer = await stranger.post("/callbacks/dingtalk", content=body if announced else chunks())
    assert answer.status_code == 413
    assert house.received == []


async def test_the_largest_body_allowed_arrives_whole(stranger: httpx.AsyncClient, house: FakeHouse):
    assert (await stranger.post("/callbacks/dingtalk", content=b"x" * callbacks.LARGEST)).status_code == 200
    assert len(house.received[0][2]) == callbacks.LARGEST


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/callbacks/dingtalk"), ("HEAD", "/callbacks/dingtalk"), ("HEAD", "/callbacks/wecom"), ("PUT", "/callbacks/wecom")],
)
async def test_other_methods_do_not_get_through(stranger: httpx.AsyncClient, house: FakeHouse, method: str, path: str):
    answer = await stranger.request(method, path)
    assert (answer.status_code, bool(answer.headers["allow"])) == (405, True)
    assert house.received == []


@pytest.mark.parametrize("path", ["/callbacks", "/callbacks/", "/callbacks/feishu", "/callbacks/wecom/"])
async def test_there_is_no_other_door(stranger: httpx.AsyncClient, house: FakeHouse, path: str):
    assert (await stranger.post(path, content=b"x", follow_redirects=True)).status_code in (404, 405)
    assert house.received == []


async def test_a_callback_needs_no_session_in_a_live_house_either():
    house = FakeHouse(mode="live")
    async with conftest.browser(house) as client:
        assert (await client.post("/callbacks/dingtalk", content=b"{}")).status_code == 200


async def test_a_form_has_a_much_smaller_limit(clerk: httpx.AsyncClient, house: FakeHouse, token: str):
    answer = await clerk.post("/rehearsal/answer", data={"token": token, "chat": "2-dingtalk_app", "text": "字" * 20_000})
    assert answer.status_code == 413
    assert "内容太大" in answer.text
    assert house.answers == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"a=%FF%FE", "application/x-www-form-urlencoded"),
        ("a=字".encode(), "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(2_600)), "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_form_of_ours_is_refused(clerk: httpx.AsyncClient, content: bytes, kind: str):
    answer = await clerk.post("/rehearsal/advance", content=content, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "不完整" in answer.text
