"""A roster comes in by the pages: looked at cell by cell, then all of it or the good rows, and never half of anything."""

import io
import re

import httpx
import openpyxl
import pytest
from test_desk_pages import Province, logged_in, province

from bot.domain import roster
from bot.domain.words import Rank, Role
from bot.store.uploads import UploadState
from tests.web import conftest
from tests.web.fake_house import FakeHouse

__all__ = ["FakeHouse", "province"]
HEADER = ",".join(roster.COLUMNS)
GOOD = "220182,,,,,李四,替补联络员,13800000002,mail,ls@example.com"
BAD = "220182,,,,,王五,分管领导,12345,mail,ww@example.com"
SECOND = "220182,,,,,王五,分管领导,,wecom_app,wangwu"
EVIL = '"=cmd|calc",<script>alert(1)</script>'


def table(*rows: str) -> bytes:
    return "\r\n".join((HEADER, *rows)).encode()


def sheet(*rows: str) -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.worksheets[0].append(row.split(","))
    taken = io.BytesIO()
    book.save(taken)
    return taken.getvalue()


async def send(client: httpx.AsyncClient, raw: bytes, name: str = "名单.csv", **fields: str) -> httpx.Response:
    token = conftest.token_of((await client.get("/units/import")).text)
    return await client.post("/units/import", data={"token": token, **fields}, files={"file": (name, raw)})


async def looked_at(client: httpx.AsyncClient, raw: bytes, name: str = "名单.csv", **fields: str) -> tuple[str, str]:
    answer = await send(client, raw, name, **fields)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    return address.partition("?")[0], (await client.get(address)).text


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(token|seen|left|complete)" value="([^"]+)"', page))


def names(province: Province) -> set[str]:
    with province.bureau.store.read() as tx:
        return {person.name for person in tx.people.all()}


def state(province: Province, address: str) -> tuple[UploadState, bool]:
    with province.bureau.store.read() as tx:
        upload = tx.uploads.get(int(address.rpartition("/")[2]))
    return upload.state, bool(upload.content)


@pytest.mark.parametrize(("raw", "name"), [(table(GOOD), "名单.csv"), (sheet(GOOD), "名单.xlsx")])
async def test_a_good_table_is_shown_first_and_then_taken_over_whole(province: Province, raw: bytes, name: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        address, page = await looked_at(client, raw, name)
        assert "还没有导入" in page
        assert "新增 李四" in page
        assert names(province) == {"张三"}
        assert state(province, address) == (UploadState.WAITING, True)
        done = await client.post(address, data=fields_of(page))
        assert "人员和群新增 1" in (await client.get(done.headers["location"])).text
        assert (await client.post(address, data=fields_of(page))).status_code == 404
    assert names(province) == {"张三", "李四"}
    assert state(province, address) == (UploadState.LOADED, False)
    with province.bureau.store.read() as tx:
        assert tx.audit.list(f"roster:{name}")[0].act == "roster.loaded"


async def test_the_good_rows_alone_are_taken_over_and_nobody_keeps_half_an_address_book(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        address, page = await looked_at(client, sheet(GOOD, BAD, SECOND), "名单.xlsx")
        assert re.search(r"<th scope=\"row\">H3</th><td>手机</td><td><code>12345</code></td><td>应为 11 位手机号", page)
        assert "其余 2 行不动" in page
        done = await client.post(address, data=fields_of(page))
        assert "有 2 行没有导入" in (await client.get(done.headers["location"])).text
    assert names(province) == {"张三", "李四"}


async def test_rows_that_hang_on_a_bad_one_stay_behind_with_it(province: Province):
    rows = ("220300,四平市局,四平,地市,220000,,,,,", "220322,梨树县局,梨树,县区,220300,孙八,联络员,,mail,sb@example.com", GOOD)
    async with logged_in(province, Rank.PROVINCE) as client:
        address, page = await looked_at(client, table(*rows))
        assert '<th scope="row">D2</th>' in page
        await client.post(address, data=fields_of(page))
    assert names(province) == {"张三", "李四"}
    with province.bureau.store.read() as tx:
        assert tx.units.by_code("220322") is None


async def test_nothing_usable_changes_nothing_and_offers_no_button(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        address, page = await looked_at(client, table(BAD))
        assert "没有可以导入的行" in page
        fields = {"token": conftest.token_of(page), "seen": "0"}
        assert "seen" not in fields_of(page)
        answer = await client.post(address, data=fields)
        assert (answer.status_code, "没有导入" in answer.text) == (422, True)
        await client.post(f"{address}/drop", data=fields)
    assert names(province) == {"张三"}
    assert state(province, address) == (UploadState.DROPPED, False)


async def test_what_changed_since_the_look_is_told_before_anything_is_taken_over(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        address, page = await looked_at(client, table(GOOD))
        province.bureau.person(province.ours, Role.SUBSTITUTE, ("mail", "ls@example.com"), name="李四")
        answer = await client.post(address, data=fields_of(page))
        assert (answer.status_code, "系统里的单位或人员又有了变化" in answer.text) == (422, True)
        assert (await client.post(address, data=fields_of(answer.text))).status_code == 303


async def test_a_complete_table_ends_the_roles_of_whom_it_does_not_name(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        row = "220182,,,,,李四,联络员,,mail,ls@example.com"
        address, page = await looked_at(client, table(row), complete="yes")
        assert "张三 不再担任榆树市经济局的联络员" in page
        await client.post(address, data=fields_of(page))
    with province.bureau.store.read() as tx:
        holders = tx.people.holders(province.ours, Role.PRIMARY, province.house.at.date())
    assert [person.name for person in holders] == ["李四"]


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"", "名单.xlsx", "还没有选择文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "名单.xls", "旧版 Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "../../<b>.et", "WPS 表格"),
        (b"%PDF-1.7" + b"x" * 99, "名单.pdf", "PDF"),
        (b"x" * (10 * 1024 * 1024 + 1), "名单.csv", "超过 10 MB"),
        (bytes(50 * 1024 * 1024), "名单.xlsx", "超过 10 MB"),
    ],
)
async def test_a_file_that_is_no_roster_is_told_on_the_form_and_changes_nothing(province: Province, raw: bytes, name: str, says: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        answer = await send(client, raw, name, complete="yes")
    assert (answer.status_code, says in answer.text) == (422, True)
    assert 'role="alert"' in answer.text
    assert names(province) == {"张三"}


async def test_a_header_that_is_another_one_is_told_with_what_it_should_be(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        _, page = await looked_at(client, b"a,b\r\n1,2")
    assert "表头应为：单位代码" in page
    assert "表头缺少这一列" in page


async def test_a_prefecture_loads_its_own_units_only_and_learns_nothing_of_others(province: Province):
    with province.bureau.store.begin() as tx:
        foreign = tx.people.holders(province.theirs, Role.PRIMARY)[0]
    rows = (
        GOOD,
        "220281,改名,,,,,,,,",
        "220999,新设局,,县区,220200,,,,,",
        "220183,德惠市局,德惠,县区,220100,,,,,",
        f"220182,,,,,赵六,分管领导,,wecom_app,{foreign.addresses[0].value}",
    )
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        address, page = await looked_at(client, table(*rows))
        assert page.count("不在您管辖的单位之内") == 2
        assert "还在您管辖范围以外的单位任职" in page
        assert "张三" not in page
        await client.post(address, data=fields_of(page))
    assert names(province) == {"张三", "李四"}
    with province.bureau.store.read() as tx:
        assert (tx.units.by_code("220183") is None, tx.units.by_code("220999") is None) == (False, True)
        assert tx.units.get(province.theirs).name != "改名"


async def test_a_person_who_also_serves_another_region_is_left_to_the_province(province: Province):
    person = province.bureau.person(province.ours, Role.SUBSTITUTE, ("mail", "ls@example.com"), name="李四")
    with province.bureau.store.begin() as tx:
        tx.people.assign(person, province.theirs, Role.SUBSTITUTE)
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        _, page = await looked_at(client, table(GOOD))
    assert "请由省级管理员修改" in page


async def test_what_one_administrator_uploaded_is_nothing_to_another(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        address, page = await looked_at(client, table(GOOD))
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        token = conftest.token_of((await client.get("/units/import")).text)
        answers = [await client.get(address)]
        answers += [await client.post(path, data={**fields_of(page), "token": token}) for path in (address, f"{address}/drop")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert state(province, address) == (UploadState.WAITING, True)


@pytest.mark.parametrize("rank", [Rank.READER, Rank.AUDITOR])
async def test_who_may_only_read_brings_nothing_in(province: Province, rank: Rank):
    async with logged_in(province, rank) as client:
        assert (await client.get("/units/import")).status_code == 403
        token = conftest.token_of((await client.get("/logout")).text)
        answer = await client.post("/units/import", data={"token": token}, files={"file": ("a.csv", table(GOOD))})
        assert answer.status_code == 403


async def test_an_upload_without_our_token_or_of_another_kind_is_refused(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        assert (await client.post("/units/import", data={"token": "x"}, files={"file": ("a.csv", b"x")})).status_code == 403
        assert (await client.post("/units/import", data={"token": "x"})).status_code == 400
        head = {"content-type": "multipart/form-data; boundary=x"}
        assert (await client.post("/units/import", content=b"--y nonsense", headers=head)).status_code == 400
        assert (await client.post("/units/import", content=b"x", headers={"content-type": "multipart/form-data"})).status_code == 400


async def test_what_cells_and_file_names_say_is_text_on_the_page(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        _, page = await looked_at(client, table(GOOD, f"220182,,,,,{EVIL},联络员,,,"), '"><script>alert(2)</script>.csv')
    assert "<script>alert" not in page
    assert "不能以 = + - @ 开头" in page


async def test_the_empty_tables_are_there_to_be_taken_away(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        book = openpyxl.load_workbook(io.BytesIO((await client.get("/units/import/template.xlsx")).content))
        assert next(book.worksheets[0].values) == roster.COLUMNS
        assert (await client.get("/units/import/template.csv")).text.startswith(f"\ufeff{HEADER}")
