"""Names, passwords, second factors and locks, as somebody before a browser meets them."""

import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from bot.desk import accounts, doorway, keys
from bot.desk.desk import Actor
from bot.desk.problems import Refused
from bot.domain.secret import Secret
from bot.domain.words import Rank
from bot.store.sessions import Client
from tests.web import conftest
from tests.web.fake_house import FakeHouse

BOSS = Actor(0, "boss", "张三", Rank.PROVINCE, None)
GOOD = "Zhi-Shu 2026!"


def account(house: FakeHouse, login: str = "zhangsan", rank: Rank = Rank.PROVINCE, password: str = GOOD) -> int:
    """An administrator with this password already chosen."""
    account_id, first = accounts.add(house.desk, BOSS, login, accounts.Wish("张三", rank, None))
    me = Actor(account_id, login, "张三", rank, None)
    accounts.choose_password(house.desk, me, 0, first, password, password)
    return account_id


async def log_in(client: httpx.AsyncClient, login: str, password: str, code: str = "", to: str = "") -> httpx.Response:
    token = conftest.token_of((await client.get("/login")).text)
    return await client.post("/login", data={"token": token, "login": login, "password": password, "code": code, "to": to})


async def test_name_and_password_open_a_session_and_lead_where_one_wanted_to_go(stranger: httpx.AsyncClient, house: FakeHouse):
    account(house)
    answer = await log_in(stranger, " ZhangSan ", GOOD, to="/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert "省级管理员" in (await stranger.get("/me")).text


@pytest.mark.parametrize("to", ["//evil.example.com", "https://evil.example.com", "/\\evil.example.com", "/a\r\nb", "javascript:1"])
async def test_nobody_is_sent_to_another_site_after_logging_in(stranger: httpx.AsyncClient, house: FakeHouse, to: str):
    account(house)
    assert (await log_in(stranger, "zhangsan", GOOD, to=to)).headers["location"] == "/"


@pytest.mark.parametrize(("login", "password"), [("zhangsan", "wrong"), ("nobody", GOOD), ("", ""), ("link", ""), ("zhangsan", "")])
async def test_what_was_wrong_is_not_told_and_the_password_is_not_shown_again(
    stranger: httpx.AsyncClient, house: FakeHouse, login: str, password: str
):
    account(house)
    answer = await log_in(stranger, login, password)
    assert answer.status_code == 403
    assert "登录名、口令或验证码不正确" in answer.text
    assert f'name="login" value="{login}"' in answer.text
    assert "wrong" not in re.sub(r'class="[^"]*"', "", answer.text)


async def test_five_wrong_passwords_lock_the_account_for_a_while_and_the_right_one_waits_too(stranger: httpx.AsyncClient, house: FakeHouse):
    account(house)
    for _ in range(5):
        answer = await log_in(stranger, "zhangsan", "wrong")
    assert "暂停登录" in answer.text
    assert (await log_in(stranger, "zhangsan", GOOD)).status_code == 403
    house.clock += timedelta(minutes=5)
    assert (await log_in(stranger, "zhangsan", GOOD)).status_code == 303


async def test_a_login_form_from_elsewhere_is_refused(stranger: httpx.AsyncClient, house: FakeHouse):
    account(house)
    assert (await stranger.post("/login", data={"login": "zhangsan", "password": GOOD})).status_code == 403
    token = conftest.token_of((await stranger.get("/login")).text)
    stranger.cookies.clear()
    assert (await stranger.post("/login", data={"token": token, "login": "zhangsan", "password": GOOD})).status_code == 403
    assert (await stranger.get("/me")).status_code == 303


async def test_a_password_chosen_by_somebody_else_is_changed_before_anything_else(stranger: httpx.AsyncClient, house: FakeHouse):
    _, first = accounts.add(house.desk, BOSS, "lisi", accounts.Wish("李四", Rank.READER, None))
    await log_in(stranger, "lisi", first)
    for path in ("/today", "/me", "/rehearsal"):
        assert (await stranger.get(path)).headers["location"] == "/me/password", path
    page = await stranger.get("/me/password")
    tried = {"token": conftest.token_of(page.text), "old": first, "password": "lisi-12345678", "again": "lisi-12345678"}
    refused = await stranger.post("/me/password", data=tried)
    assert refused.status_code == 422
    assert "含有登录名" in refused.text
    assert "lisi-12345678" not in refused.text
    answer = await stranger.post("/me/password", data=tried | {"password": GOOD, "again": GOOD})
    assert answer.headers["location"] == "/me"
    said = await stranger.get("/me")
    assert "口令已更换" in said.text
    assert "口令已更换" not in (await stranger.get("/me")).text


async def test_a_second_factor_is_set_up_by_its_picture_and_asked_for_once_each_code(stranger: httpx.AsyncClient, house: FakeHouse):
    account(house)
    await log_in(stranger, "zhangsan", GOOD)
    token = conftest.token_of((await stranger.get("/me")).text)
    page = (await stranger.post("/me/factor/start", data={"token": token})).text
    assert "<svg" in page
    found = re.search(r"secret=([A-Z2-7]+)", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found
    assert sealed
    totp = pyotp.TOTP(found[1])
    wrong = await stranger.post("/me/factor", data={"token": token, "sealed": sealed[1], "code": "000000"})
    assert wrong.status_code == 422
    code = totp.at(house.clock)
    assert (await stranger.post("/me/factor", data={"token": token, "sealed": sealed[1], "code": code})).status_code == 303
    stranger.cookies.clear()
    house.clock += timedelta(minutes=1)
    assert "请再输入验证器" in (await log_in(stranger, "zhangsan", GOOD)).text
    assert (await log_in(stranger, "zhangsan", GOOD, code)).status_code == 403  # used, and its time is over
    assert (await log_in(stranger, "zhangsan", GOOD, totp.at(house.clock))).status_code == 303
    stranger.cookies.clear()
    assert (await log_in(stranger, "zhangsan", GOOD, totp.at(house.clock))).status_code == 403  # a code is good once


async def test_one_ends_ones_other_sessions_and_nobody_elses(house: FakeHouse):
    account(house)
    account(house, "wangwu", Rank.READER)
    async with conftest.browser(house) as one, conftest.browser(house) as other, conftest.browser(house) as reader:
        await log_in(one, "zhangsan", GOOD)
        await log_in(other, "zhangsan", GOOD)
        await log_in(reader, "wangwu", GOOD)
        ends = re.findall(r'action="(/me/sessions/\d+/end)"', (await one.get("/me")).text)
        assert len(ends) == 1
        theirs = conftest.token_of((await reader.get("/logout")).text)
        assert (await reader.post(ends[0], data={"token": theirs})).status_code == 404
        mine = conftest.token_of((await one.get("/me")).text)
        assert (await one.post(ends[0], data={"token": mine})).status_code == 303
        assert (await other.get("/me")).status_code == 303
        assert (await one.get("/me")).status_code == 200


async def test_whether_a_name_exists_is_not_told_by_its_lock(stranger: httpx.AsyncClient, house: FakeHouse):
    account(house)
    said = {}
    for login in ("zhangsan", "nobody"):
        for _ in range(7):
            answer = await log_in(stranger, login, "wrong")
        said[login] = re.sub(r'value="[^"]*"', "", answer.text)
    assert said["zhangsan"] == said["nobody"]


def test_attempts_at_the_same_moment_do_not_pass_the_lock(house: FakeHouse, monkeypatch: pytest.MonkeyPatch):
    account_id = account(house)
    fits = keys.fits

    def meanwhile(kept: Secret, password: str) -> bool:
        """While the right password is looked at, five others are found wrong."""
        with house.desk.store.begin() as tx:
            for _ in range(5):
                doorway.failed(tx, account_id, house.now())
        return fits(kept, password)

    monkeypatch.setattr(doorway.keys, "fits", meanwhile)
    with pytest.raises(Refused):
        doorway.by_password(house.desk, doorway.Knock("zhangsan", GOOD), Client())


def test_a_browser_left_open_is_no_place_to_guess_the_password(house: FakeHouse):
    account_id = account(house)
    me = Actor(account_id, "zhangsan", "张三", Rank.PROVINCE, None)
    for _ in range(5):
        with pytest.raises(Refused):
            accounts.drop_factor(house.desk, me, "wrong")
    with pytest.raises(Refused):
        accounts.choose_password(house.desk, me, 0, GOOD, GOOD + "!", GOOD + "!")
    house.clock += timedelta(minutes=5)
    accounts.choose_password(house.desk, me, 0, GOOD, GOOD + "!", GOOD + "!")


def test_a_second_factor_is_not_replaced_without_the_password(house: FakeHouse):
    me = Actor(account(house), "zhangsan", "张三", Rank.PROVINCE, None)
    (mine, address), (others, another) = accounts.start_factor(house.desk, me), accounts.start_factor(house.desk, me)
    accounts.confirm_factor(house.desk, me, mine, pyotp.parse_uri(address).at(house.clock))
    with pytest.raises(Refused, match="先输入口令停用"):
        accounts.confirm_factor(house.desk, me, others, pyotp.parse_uri(another).at(house.clock))


async def test_many_attempts_from_one_address_wait_whatever_the_names(stranger: httpx.AsyncClient, house: FakeHouse):
    knocks = [await log_in(stranger, f"u{n}", "x") for n in range(61)]
    assert [knock.status_code for knock in knocks] == [403] * 60 + [429]
    house.clock += timedelta(minutes=10)
    assert (await log_in(stranger, "u", "x")).status_code == 403
