import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from bot.channels import http
from bot.channels.answer import LONGEST_WAIT, Answer, understand
from bot.channels.base import SendFailed
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox.exchange import Answer as Spoken
from bot.sandbox.exchange import Request, json_answer
from bot.sandbox.server import Server
from tests.channels import rigs


class Site:
    """A site that says what a test tells it, and counts its callers."""

    def __init__(self, answer: Spoken) -> None:
        self.answer, self.requests = answer, list[Request]()

    def owns(self, path: str) -> bool:
        return True

    def handle(self, request: Request, now: object) -> Spoken:
        self.requests.append(request)
        return self.answer


async def failure(client: http.Client, url: str) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await client.post(url, {"a": 1}, params={"key": "secret-key"})
    assert "secret-key" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    return caught.value


async def test_a_closed_door_is_transient_because_nothing_was_sent() -> None:
    client = http.Client()
    failed = await failure(client, f"http://127.0.0.1:{rigs.closed_port()}/")
    await client.close()
    assert (failed.kind, failed.code) == (FailureKind.TRANSIENT, "connect_error")


NO_URLS = [
    "ftp://127.0.0.1/",
    "http://127.0.0.1:99999/",
    "nothing",
    "http://",
    "http://[::1",
    "http://a\x00b/",
    "http://me:secret-key@127.0.0.1/",
]


@pytest.mark.parametrize("url", NO_URLS)
async def test_a_base_url_that_is_none_fails_without_a_trace_of_it(url: str) -> None:
    client = http.Client()
    failed = await failure(client, url)
    assert (failed.kind, failed.code) == (FailureKind.CREDENTIAL_BAD, "bad_base_url")
    await client.close()


async def test_a_redirect_is_not_followed() -> None:
    site = Site(Spoken(302, b"", {"Location": "/elsewhere"}))
    async with Server([site], rigs.Clock()) as server:
        client = http.Client()
        failed = await failure(client, server.url)
        await client.close()
    assert (failed.kind, failed.code, len(site.requests)) == (FailureKind.TRANSIENT, "http_302", 1)


@pytest.mark.parametrize("body", [b"x" * (http.MAX_ANSWER + 1), b'"text"', b"[1]", b"", b"[" * 100_000])
async def test_an_answer_that_is_too_long_or_no_object_leaves_the_message_in_doubt(body: bytes) -> None:
    async with Server([Site(Spoken(200, body))], rigs.Clock()) as server:
        client = http.Client()
        assert (await failure(client, server.url)).kind is FailureKind.IN_DOUBT
        await client.close()


async def test_a_compressed_answer_is_not_unpacked() -> None:
    async with Server([Site(Spoken(200, b"\x1f\x8b\x08\x00bomb", {"Content-Encoding": "gzip"}))], rigs.Clock()) as server:
        client = http.Client()
        assert (await failure(client, server.url)).kind is FailureKind.IN_DOUBT
        await client.close()


async def test_connections_are_kept_and_never_more_than_the_slots() -> None:
    ports = set[object]()

    class Counting(Server):
        async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ports.add(writer.get_extra_info("peername"))
            await super()._accept(reader, writer)

    async with Counting([Site(json_answer({"ok": 1}))], rigs.Clock()) as server:
        client = http.Client(slots=3)
        for _ in range(4):
            await asyncio.gather(*(client.post(server.url, {"n": n}) for n in range(20)))
        await client.close()
    assert len(ports) == 3


async def test_a_parameter_is_percent_encoded_exactly_once() -> None:
    site = Site(json_answer({"ok": 1}))
    async with Server([site], rigs.Clock()) as server:
        client = http.Client()
        await client.post(server.url, {}, params={"sign": "1FXKAt3Ji+a6/v35=&%"})
        await client.close()
    assert site.requests[0].query["sign"] == "1FXKAt3Ji+a6/v35=&%"


async def test_parameters_join_those_in_the_address_and_own_headers_stand_beside_ours() -> None:
    site = Site(json_answer({"ok": 1}))
    async with Server([site], rigs.Clock()) as server:
        client = http.Client()
        await client.post(f"{server.url}/send?zone=1", {"a": "已"}, params={"key": "k"}, headers={"x-token": "t"})
        await client.close()
    request = site.requests[0]
    assert (request.query, request.body) == ({"zone": "1", "key": "k"}, '{"a":"已"}'.encode())
    assert (request.headers["x-token"], request.headers["content-type"]) == ("t", "application/json; charset=utf-8")


async def test_a_cookie_is_not_kept() -> None:
    site = Site(Spoken(200, b"{}", {"Set-Cookie": "session=1; Path=/"}))
    async with Server([site], rigs.Clock()) as server:
        client = http.Client(slots=1)
        for _ in range(2):
            await client.get(server.url)
        await client.close()
    assert ["cookie" in request.headers for request in site.requests] == [False, False]


async def test_no_address_is_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with Server([Site(json_answer({"ok": 1}))], rigs.Clock()) as server:
        client = http.Client()
        await client.post(server.url, {}, params={"key": "secret-key"})
        await client.close()
    assert "secret-key" not in caplog.text


async def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{rigs.closed_port()}")
    async with Server([Site(json_answer({"ok": 1}))], rigs.Clock()) as server:
        client = http.Client()
        assert (await client.get(server.url)).body == {"ok": 1}
        await client.close()


async def test_a_proxy_that_was_set_is_used() -> None:
    site = Site(json_answer({"through": "proxy"}))
    async with Server([site], rigs.Clock()) as proxy:
        client = http.Client(proxy=Secret(proxy.url))
        assert (await client.get("http://platform.example/x")).body == {"through": "proxy"}
        await client.close()
    assert site.requests[0].headers["host"] == "platform.example"


async def test_equal_payloads_are_equal_bytes_and_stay_readable() -> None:
    assert http.encode({"text": "已报", "n": 1}) == '{"text":"已报","n":1}'.encode()
    with pytest.raises(SendFailed):
        http.encode({"text": "\ud83d"})


async def test_a_transport_can_stand_in_for_the_network() -> None:
    client = http.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(request.content))))
    assert (await client.post("https://nowhere.example/", {"a": "b"})).body == {"a": "b"}
    await client.close()


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        ({"Retry-After": "99999999999999999999"}, LONGEST_WAIT),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "²"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
        ({"Retry-After": "Mon, 15 Oct 2018 01:00:30 GMT", "Date": "Mon, 15 Oct 2018 01:00:00 GMT"}, timedelta(seconds=30)),
        ({"Retry-After": "Mon, 15 Oct 2018 01:00:00 GMT", "Date": "Mon, 15 Oct 2018 01:00:30 GMT"}, timedelta(0)),
        ({"Retry-After": "Mon, 15 Oct 2018 01:00:30 GMT"}, None),
        ({"Retry-After": "Mon, 15 Oct 2018 01:00:30 -0000", "Date": "Mon, 15 Oct 2018 01:00:00 GMT"}, None),
    ],
)
def test_the_wait_a_platform_asks_for_is_read_by_its_own_clock(headers: dict[str, str], wait: timedelta | None) -> None:
    with pytest.raises(SendFailed) as caught:
        understand(429, headers, b"", ())
    assert (caught.value.kind, caught.value.retry_after) == (FailureKind.THROTTLED, wait)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, FailureKind.IN_DOUBT),
        (202, FailureKind.IN_DOUBT),
        (504, FailureKind.IN_DOUBT),
        (301, FailureKind.TRANSIENT),
        (403, FailureKind.TRANSIENT),
        (413, FailureKind.CONTENT_BAD),
        (429, FailureKind.THROTTLED),
        (500, FailureKind.TRANSIENT),
        (503, FailureKind.TRANSIENT),
    ],
)
def test_a_status_without_the_platforms_code_has_a_meaning_of_its_own(status: int, kind: FailureKind) -> None:
    with pytest.raises(SendFailed) as caught:
        understand(status, {}, b"<html>", ())
    assert (caught.value.kind, caught.value.code) == (kind, f"http_{status}")


def test_json_under_another_status_counts_only_where_the_channel_judges_it() -> None:
    body = json.dumps({"code": "x"}).encode()
    assert understand(403, {}, body, {403}) == Answer(403, {"code": "x"})
    with pytest.raises(SendFailed):
        understand(403, {}, body, ())
