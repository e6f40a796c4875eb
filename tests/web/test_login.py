import warnings
from datetime import timedelta

import httpx
import pytest

from bot.web import house as web_house
from tests.web import conftest
from tests.web.fake_house import FakeHouse

CLOSED_TO_STRANGERS = ["/rehearsal", "/rehearsal?chat=1-wecom_app", "/rehearsal?tab=bulletin"]


@pytest.mark.parametrize("path", CLOSED_TO_STRANGERS)
async def test_a_stranger_is_led_to_the_start_page(stranger: httpx.AsyncClient, path: str):
    answer = await stranger.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "python3 -m bot link" in (await stranger.get("/")).text


async def test_every_page_but_the_public_ones_wants_a_session(stranger: httpx.AsyncClient, house: FakeHouse):
    application = stranger._transport.app  # type: ignore[attr-defined]
    public = ("/login/", "/callbacks/", "/static/", "/healthz", "/readyz")
    with warnings.catch_warnings(action="ignore"):  # GET and HEAD of one page share their name in a description nobody publishes
        described = application.openapi()["paths"]
    paths = [path for path in described if not path.startswith(public) and path not in ("/", "/logout")]
    assert set(paths) == {"/rehearsal", "/rehearsal/advance", "/rehearsal/answer"}
    for path in paths:
        for method in ("GET", "POST", "HEAD"):
            assert (await stranger.request(method, path)).status_code in (303, 401, 403, 405), (method, path)
    assert (house.advanced, house.answers) == ([], [])


async def test_a_script_without_a_session_is_told_to_leave_the_page(stranger: httpx.AsyncClient):
    answer = await stranger.get("/rehearsal", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_a_login_link_does_not_use_it_up(stranger: httpx.AsyncClient, house: FakeHouse, method: str):
    for _ in range(3):
        answer = await stranger.request(method, "/login/one-time")
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert house.link == "one-time"


async def test_pressing_the_button_opens_a_session_that_scripts_cannot_read(stranger: httpx.AsyncClient):
    answer = await stranger.post("/login/one-time")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"} <= {part.strip() for part in cookie.split(";")}
    assert (await stranger.get("/")).headers["location"] == "/rehearsal"


async def test_over_https_the_cookie_is_bound_to_host_and_https():
    house = FakeHouse()
    house.secure_cookies = True
    async with conftest.browser(house) as client:
        answer = await client.post("/login/one-time")
    assert answer.headers["set-cookie"].startswith("__Host-cuibao=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize("link", ["one-time", "never-given"])
async def test_a_used_or_unknown_link_says_how_to_get_another(clerk: httpx.AsyncClient, link: str):
    answer = await clerk.post(f"/login/{link}")
    assert answer.status_code == 403
    assert "python3 -m bot link" in answer.text
    assert "set-cookie" not in answer.headers


async def test_eight_idle_hours_end_a_session(clerk: httpx.AsyncClient, house: FakeHouse):
    house.clock += timedelta(hours=7, minutes=59)
    assert (await clerk.get("/rehearsal")).status_code == 200  # and the cookie is renewed
    house.clock += timedelta(hours=7, minutes=59)
    assert (await clerk.get("/rehearsal")).status_code == 200
    house.clock += timedelta(hours=8)
    assert (await clerk.get("/rehearsal")).status_code == 303


async def test_the_virtual_clock_does_not_age_a_session(clerk: httpx.AsyncClient, token: str):
    assert (await clerk.post("/rehearsal/advance", data={"token": token, "how": "end"})).status_code == 303
    assert (await clerk.get("/rehearsal")).status_code == 200


async def test_a_cookie_that_was_changed_opens_nothing(stranger: httpx.AsyncClient, clerk: httpx.AsyncClient):
    good = clerk.cookies["cuibao"]
    altered = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]  # the last character holds spare bits that decode to nothing
    for bad in (altered, good[1:], "", "x.y", good.split(".")[0], "é"):
        answer = await stranger.get("/rehearsal", headers={b"cookie": f"cuibao={bad}".encode()})
        assert answer.status_code == 303, bad


async def test_a_session_of_another_installation_opens_nothing(clerk: httpx.AsyncClient):
    other = FakeHouse()
    other.secret = b"another secret of thirty-two byt"
    async with conftest.browser(other) as client:
        client.cookies.set("cuibao", clerk.cookies["cuibao"])
        assert (await client.get("/rehearsal")).status_code == 303


async def test_leaving_takes_a_button_and_ends_the_session(clerk: httpx.AsyncClient):
    page = await clerk.get("/logout")
    assert (await clerk.get("/rehearsal")).status_code == 200
    answer = await clerk.post("/logout", data={"token": conftest.token_of(page.text)})
    assert answer.status_code == 303
    assert (await clerk.get("/rehearsal")).status_code == 303


async def test_a_live_installation_has_no_rehearsal_page_and_says_why():
    house = FakeHouse(mode="live")
    async with conftest.browser(house) as client:
        await client.post("/login/one-time")
        answer = await client.get("/rehearsal")
        assert answer.status_code == 404
        assert "没有演练页" in answer.text
        start = await client.get("/")
        assert "正在正式运行" in start.text
        token = conftest.token_of((await client.get("/logout")).text)
        assert (await client.post("/rehearsal/advance", data={"token": token, "how": "end"})).status_code == 404
    assert house.advanced == []


async def test_a_live_start_page_shows_administrators_what_is_wrong():
    house = FakeHouse(mode="live")
    house.well = web_house.Health(
        ok=False,
        mode="live",
        jobs=(web_house.JobHealth("remind", None, 0.0, "database is locked"),),
        channels=(web_house.ChannelHealth("mail", "已暂停", "授权码无效"),),
    )
    async with conftest.browser(house) as client:
        await client.post("/login/one-time")
        page = (await client.get("/")).text
    assert "database is locked" in page
    assert "授权码无效" in page
    assert "尚未运行" in page
