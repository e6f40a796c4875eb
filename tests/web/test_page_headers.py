import re

import httpx
import pytest

from bot.web import headers
from tests.web import conftest
from tests.web.fake_house import FakeHouse

EVERYWHERE = [
    "/",
    "/login/x",
    "/logout",
    "/rehearsal",
    "/rehearsal?tab=bulletin",
    "/healthz",
    "/readyz",
    "/callbacks/wecom",
    "/static/app.css",
    "/static/none.css",
    "/nowhere",
    "/rehearsal/advance",
]


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_every_answer_carries_the_security_headers(clerk: httpx.AsyncClient, path: str, method: str):
    answer = await clerk.request(method, path)
    for name, value in headers.FIXED.items():
        assert answer.headers[name] == value, (path, name)
    assert answer.headers["cache-control"] == (
        "no-store" if not path.startswith("/static/app") or method == "POST" else "public, max-age=31536000, immutable"
    )


def test_the_policy_allows_our_own_files_and_nothing_inline():
    assert headers.POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;")
    assert "unsafe" not in headers.POLICY
    assert "*" not in headers.POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/login/x",
        "/login",
        "/logout",
        "/me",
        "/today",
        "/progress",
        "/system",
        "/system/users",
        "/system/audit",
        "/rehearsal",
        "/rehearsal?chat=2-dingtalk_app",
        "/rehearsal?chat=6-mail",
        "/rehearsal?tab=warnings",
        "/rehearsal?tab=bulletin",
        "/nowhere",
    ],
)
async def test_no_page_has_anything_the_policy_forbids(clerk: httpx.AsyncClient, path: str):
    page = (await clerk.get(path, follow_redirects=True)).text
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son\w+=|javascript:|<iframe|<object", page)
    for address in re.findall(r'(?:href|src|action)="([^"]+)"', page):
        assert address.startswith(("/", "#")), address
    assert re.search(r'<html lang="zh-CN">', page)


async def test_a_failure_inside_still_gives_a_page_with_headers_and_says_what_to_do(clerk: httpx.AsyncClient, house: FakeHouse):
    house.scene = lambda: {}["nothing"]  # type: ignore[method-assign]
    answer = await clerk.get("/rehearsal")
    assert answer.status_code == 500
    assert "cuibao doctor" in answer.text
    assert "KeyError" not in answer.text
    for name, value in headers.FIXED.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [("GET", "/nowhere", 404, "没有这个页面"), ("POST", "/", 405, "打开方式不对"), ("GET", "/rehearsal/advance", 405, "打开方式不对")],
)
async def test_error_pages_are_in_chinese_and_lead_back(clerk: httpx.AsyncClient, method: str, path: str, status: int, words: str):
    answer = await clerk.request(method, path)
    assert answer.status_code == status
    assert words in answer.text
    assert 'href="/"' in answer.text
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_the_frameworks_own_pages_are_not_there(clerk: httpx.AsyncClient, path: str):
    assert (await clerk.get(path)).status_code == 404


async def test_nothing_on_any_page_may_be_cached_by_others(stranger: httpx.AsyncClient):
    assert (await stranger.get("/login/x")).headers["referrer-policy"] == "no-referrer"


async def test_pages_are_built_once_for_each_house():
    async with conftest.browser(FakeHouse()) as one, conftest.browser(FakeHouse("live")) as other:
        await one.post("/login/one-time")
        await other.post("/login/one-time")
        assert (await one.get("/")).headers["location"] == "/rehearsal"
        assert (await other.get("/")).headers["location"] == "/today"
