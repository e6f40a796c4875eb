import re
import warnings
from datetime import timedelta

import httpx
import pytest

from tests.web import conftest
from tests.web.fake_house import FakeHouse

CLOSED_TO_STRANGERS = ["/rehearsal", "/rehearsal?chat=1-wecom_app", "/today", "/me"]
PUBLIC = ("/r/", "/login", "/callbacks/", "/static/", "/healthz", "/readyz", "/metrics")


@pytest.mark.parametrize("path", CLOSED_TO_STRANGERS)
async def test_a_stranger_is_led_to_the_door_and_from_there_back(stranger: httpx.AsyncClient, path: str):
    answer = await stranger.get(path)
    assert answer.status_code == 303
    door = await stranger.get(answer.headers["location"])
    assert f'name="to" value="{path}"' in door.text
    assert "python3 -m bot link" in door.text


async def test_every_page_but_the_public_ones_wants_a_session(stranger: httpx.AsyncClient, house: FakeHouse):
    application = stranger._transport.app  # type: ignore[attr-defined]
    with warnings.catch_warnings(action="ignore"):  # GET and HEAD of one page share their name in a description nobody publishes
        described = application.openapi()["paths"]
    paths = [path for path in described if not path.startswith(PUBLIC) and path not in ("/", "/logout")]
    assert {"/rehearsal", "/rehearsal/advance", "/rehearsal/answer", "/today", "/me", "/system/audit"} <= set(paths)
    for path in paths:
        for method in ("GET", "POST", "HEAD"):
            answer = await stranger.request(method, re.sub(r"{\w+}", "1", path))
            assert answer.status_code in (303, 401, 403, 405), (method, path)
            assert answer.status_code != 303 or answer.headers["location"].startswith("/login"), (method, path)
    assert (house.advanced, house.answers) == ([], [])


async def test_a_script_without_a_session_is_told_to_leave_the_page(stranger: httpx.AsyncClient):
    answer = await stranger.get("/rehearsal", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")


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
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= {part.strip() for part in cookie.split(";")}
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


async def test_two_idle_hours_end_a_session_and_twelve_hours_end_any(clerk: httpx.AsyncClient, house: FakeHouse):
    for _ in range(6):
        house.clock += timedelta(minutes=119)
        assert (await clerk.get("/rehearsal")).status_code == 200
    house.clock += timedelta(minutes=10)
    assert (await clerk.get("/rehearsal")).status_code == 303


async def test_a_session_nobody_uses_ends_by_itself(clerk: httpx.AsyncClient, house: FakeHouse):
    house.clock += timedelta(minutes=120)
    assert (await clerk.get("/rehearsal")).status_code == 303


async def test_the_virtual_clock_does_not_age_a_session(clerk: httpx.AsyncClient, token: str):
    assert (await clerk.post("/rehearsal/advance", data={"token": token, "how": "end"})).status_code == 303
    assert (await clerk.get("/rehearsal")).status_code == 200


async def test_a_cookie_that_was_changed_opens_nothing(stranger: httpx.AsyncClient, clerk: httpx.AsyncClient):
    good = clerk.cookies["cuibao"]
    altered = good[:-1] + ("A" if good[-1] != "A" else "B")
    for bad in (altered, good[1:], "", "x.y", good + "A", "é"):
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
    cookie = clerk.cookies["cuibao"]
    answer = await clerk.post("/logout", data={"token": conftest.token_of(page.text)})
    assert answer.status_code == 303
    clerk.cookies.set("cuibao", cookie)  # who has copied it has nothing
    assert (await clerk.get("/rehearsal")).status_code == 303


async def test_a_live_installation_has_no_rehearsal_page_and_says_why():
    house = FakeHouse(mode="live")
    async with conftest.browser(house) as client:
        await client.post("/login/one-time")
        answer = await client.get("/rehearsal")
        assert answer.status_code == 404
        assert "没有演练页" in answer.text
        assert (await client.get("/")).headers["location"] == "/today"
        token = conftest.token_of((await client.get("/logout")).text)
        assert (await client.post("/rehearsal/advance", data={"token": token, "how": "end"})).status_code == 404
    assert house.advanced == []
