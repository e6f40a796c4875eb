"""Accounts, sessions, the audit log and the figures, as somebody before a browser meets them."""

import csv
import io
import re

import httpx
import pytest

from bot.desk import accounts
from bot.desk.accounts import Wish
from bot.desk.desk import Actor
from bot.desk.problems import Forbidden
from bot.domain.words import Rank
from tests.web import conftest
from tests.web.fake_house import FakeHouse
from tests.web.test_accounts_in_pages import BOSS, GOOD, account, log_in


@pytest.fixture
async def boss(stranger: httpx.AsyncClient, house: FakeHouse) -> httpx.AsyncClient:
    account(house)
    await log_in(stranger, "zhangsan", GOOD)
    return stranger


async def _token(client: httpx.AsyncClient) -> str:
    return conftest.token_of((await client.get("/logout")).text)


async def test_a_new_administrator_gets_a_first_password_that_is_shown_once(boss: httpx.AsyncClient, house: FakeHouse):
    fields = {"token": await _token(boss), "login": "LiSi", "name": "李四", "rank": "reader", "unit": ""}
    shown = await boss.post("/system/users", data=fields)
    first = re.search(r"[0-9a-f]{4}(-[0-9a-f]{4}){3}", shown.text)
    assert first
    assert first[0] not in (await boss.get("/system/users")).text
    async with conftest.browser(house) as lisi:
        assert (await log_in(lisi, "lisi", first[0])).status_code == 303


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"login": "李四"}, "登录名“李四”不能用"),
        ({"login": "zhangsan"}, "已有人使用"),
        ({"name": ""}, "“姓名”还没有填写"),
        ({"rank": "king"}, "“权限”选的是“king”"),
        ({"rank": "prefecture"}, "必须指定“管辖单位”"),
    ],
)
async def test_an_account_that_cannot_be_is_refused_with_what_was_typed(boss: httpx.AsyncClient, changed: dict[str, str], says: str):
    fields = {"token": await _token(boss), "login": "lisi", "name": "李四", "rank": "reader", "unit": ""} | changed
    answer = await boss.post("/system/users", data=fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'name="login" value="{fields["login"]}"' in answer.text


async def test_two_who_change_an_account_at_once_are_told(boss: httpx.AsyncClient, house: FakeHouse):
    other, _ = accounts.add(house.desk, BOSS, "lisi", Wish("李四", Rank.READER, None))
    fields = {"token": await _token(boss), "name": "李四", "rank": "auditor", "unit": "", "active": "yes", "version": "2"}
    assert (await boss.post(f"/system/users/{other}", data=fields)).status_code == 303
    again = await boss.post(f"/system/users/{other}", data={**fields, "name": "王五"})
    assert again.status_code == 422
    assert "已被别人改动" in again.text


async def test_the_last_who_manages_cannot_shut_themselves_out(boss: httpx.AsyncClient, house: FakeHouse):
    with house.desk.store.read() as tx:
        me = tx.accounts.by_login("zhangsan")
    assert me
    fields = {"token": await _token(boss), "name": "张三", "rank": "reader", "unit": "", "active": "yes", "version": str(me.version)}
    answer = await boss.post(f"/system/users/{me.id}", data=fields)
    assert "最后一个能登录的省级管理员" in answer.text


async def test_an_account_that_is_switched_off_is_out_at_once(boss: httpx.AsyncClient, house: FakeHouse):
    other = account(house, "wangwu", Rank.READER)
    async with conftest.browser(house) as wangwu:
        await log_in(wangwu, "wangwu", GOOD)
        assert (await wangwu.get("/today")).status_code == 200
        with house.desk.store.read() as tx:
            version = tx.accounts.get(other).version
        fields = {"token": await _token(boss), "name": "王五", "rank": "reader", "unit": "", "version": str(version)}
        await boss.post(f"/system/users/{other}", data=fields)
        assert (await wangwu.get("/today")).status_code == 303
        assert (await log_in(wangwu, "wangwu", GOOD)).status_code == 403


@pytest.mark.parametrize("path", ["/system/users", "/system/sessions", "/system/audit", "/system/audit.csv"])
async def test_who_may_only_read_does_not_see_accounts_sessions_or_audit(stranger: httpx.AsyncClient, house: FakeHouse, path: str):
    account(house, "wangwu", Rank.READER)
    await log_in(stranger, "wangwu", GOOD)
    assert (await stranger.get(path)).status_code == 403
    assert path not in (await stranger.get("/system")).text


async def test_an_auditor_reads_every_act_and_takes_it_away_as_text(stranger: httpx.AsyncClient, house: FakeHouse):
    account(house, "wangwu", Rank.AUDITOR)
    with house.desk.store.begin() as tx:
        tx.audit.write("=cmd()", "note.added", house.now(), after={"note": "<b>粗</b>"})
    await log_in(stranger, "wangwu", GOOD)
    page = (await stranger.get("/system/audit")).text
    assert "口令登录" in page
    assert "<b>粗" not in page
    assert "note.added" not in (await stranger.get("/system/audit?act=login.")).text
    rows = list(csv.reader(io.StringIO((await stranger.get("/system/audit.csv")).content.decode("utf-8-sig"))))
    assert rows[0] == ["id", "at", "by", "act", "about", "before", "after"]
    assert [row[2] for row in rows if row[3] == "note.added"] == ["'=cmd()"]
    assert len(rows) == len((await stranger.get("/system/audit.csv")).text.strip().splitlines())


async def test_a_long_audit_log_is_read_page_by_page(boss: httpx.AsyncClient, house: FakeHouse):
    with house.desk.store.begin() as tx:
        for number in range(150):
            tx.audit.write("system", "note.added", house.now(), about=f"n:{number}")
    first = (await boss.get("/system/audit?act=note.")).text
    more = re.search(r'href="(/system/audit\?[^"]*before=\d+)"', first)
    assert more
    second = (await boss.get(more[1].replace("&amp;", "&"))).text
    assert "n:149" in first
    assert "n:0<" in second
    assert second.count("note.added") >= 50


async def test_the_figures_are_for_machines_and_name_nobody(stranger: httpx.AsyncClient):
    answer = await stranger.get("/metrics")
    assert answer.status_code == 200
    assert 'cuibao_job_lag_seconds{job="remind"} 0.4' in answer.text
    assert "cuibao_up 1" in answer.text


async def test_a_prefectures_administrator_may_not_make_accounts(stranger: httpx.AsyncClient, house: FakeHouse):
    with house.desk.store.begin() as tx:
        tx.accounts.add("x", "x", Rank.READER, None, house.now())
    actor = Actor(1, "x", "x", Rank.PREFECTURE, frozenset())
    with pytest.raises(Forbidden):
        accounts.add(house.desk, actor, "lisi", Wish("李四", Rank.PROVINCE, None))
