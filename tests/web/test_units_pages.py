"""The pages about units and contacts: who is found, who may change what, what is refused and how, what is escaped."""

import io
import re
from datetime import date

import httpx
import openpyxl
import pytest
from test_desk_pages import EVIL, Province, logged_in, province

from bot.domain.inbound import Inbound
from bot.domain.words import Rank, Role
from bot.store.handovers import Announced
from tests.web import conftest
from tests.web.fake_house import FakeHouse

__all__ = ["FakeHouse", "province"]


async def page_of(client: httpx.AsyncClient, unit_id: int) -> tuple[str, str]:
    page = (await client.get(f"/units/{unit_id}")).text
    return page, conftest.token_of(page)


def seen_of(page: str, person_id: int) -> str:
    found = re.search(rf'/people/{person_id}/\w+"[^>]*>(?:<input[^>]*>)*?<input type="hidden" name="seen" value="(\w+)"', page)
    assert found, "the person has no form here"
    return found[1]


def contact(province: Province, unit_id: int) -> int:
    with province.bureau.store.read() as tx:
        return tx.people.holders(unit_id, Role.PRIMARY)[0].id


def cards(province: Province, unit_id: int):
    with province.bureau.store.read() as tx:
        return tx.directory.at(unit_id)


def acts(province: Province, person_id: int) -> list[str]:
    with province.bureau.store.read() as tx:
        return [entry.act for entry in tx.audit.list(f"person:{person_id}")]


@pytest.mark.parametrize(
    ("query", "seen"),
    [("", True), ("q=ys", True), ("q=榆树", True), ("q=2201", True), ("q=zz", False), ("top=abc", True), ("after=x.y", True)],
)
async def test_units_are_found_by_name_initials_and_code(province: Province, query: str, seen: bool):
    async with logged_in(province, Rank.PROVINCE) as client:
        answer = await client.get(f"/units?{query}")
    assert answer.status_code == 200
    assert ("榆树市经济局" in answer.text) is seen


async def test_another_region_is_nowhere_and_its_people_cannot_be_touched(province: Province):
    person = contact(province, province.theirs)
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        assert "evil" not in (await client.get("/units")).text + (await client.get("/units/coverage")).text
        assert (await client.get(f"/units/{province.theirs}")).status_code == 404
        _, token = await page_of(client, province.ours)
        fields = {"token": token, "seen": "0", "name": "王五", "role": "primary"}
        answers = [await client.post(f"/units/{province.theirs}/people", data=fields)]
        for act in ("describe", "assign", "end", "address", "prefer", "good", "withdraw", "retire", "restore"):
            for unit_id in (province.theirs, province.ours):
                answers.append(await client.post(f"/units/{unit_id}/people/{person}/{act}", data=fields))
    assert {answer.status_code for answer in answers} == {404}
    assert [card.name for card in cards(province, province.theirs)] == ["张三"]


@pytest.mark.parametrize("rank", [Rank.READER, Rank.AUDITOR])
async def test_who_may_only_read_sees_no_forms_and_changes_nothing(province: Province, rank: Rank):
    person = contact(province, province.ours)
    async with logged_in(province, rank) as client:
        page = (await client.get(f"/units/{province.ours}")).text
        assert "张三" in page
        assert "新增联络员" not in page
        token = conftest.token_of((await client.get("/logout")).text)
        fields = {"token": token, "seen": "0", "name": "王五", "role": "primary"}
        for path in ("people", f"people/{person}/retire", f"people/{person}/describe"):
            assert (await client.post(f"/units/{province.ours}/{path}", data=fields)).status_code == 403
    assert [card.name for card in cards(province, province.ours)] == ["张三"]


async def test_somebody_new_gets_role_days_and_address_and_is_known_the_next_time(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        _, token = await page_of(client, province.ours)
        fields = {"token": token, "name": "李四", "role": "substitute", "phone": "138 0000 0002", "channel": "mail"}
        fields |= {"address": "LS@example.com", "since": "2018-10-16", "until": "2018-10-31"}
        answer = await client.post(f"/units/{province.ours}/people", data=fields)
        assert "已新增" in (await client.get(answer.headers["location"])).text
        answer = await client.post(f"/units/{province.here}/people", data={**fields, "role": "leader", "since": "", "until": ""})
        assert "没有另建一份" in (await client.get(answer.headers["location"])).text
        page, _ = await page_of(client, province.ours)
    assert "2018-10-16 起，到 2018-10-31" in page
    assert "138****0002" in page
    assert "13800000002" not in page
    card = next(card for card in cards(province, province.ours) if card.name == "李四")
    assert [(term.role, term.until) for term in card.terms] == [(Role.LEADER, None), (Role.SUBSTITUTE, date(2018, 11, 1))]
    assert [(way.channel, way.value) for way in card.ways] == [("mail", "ls@example.com")]
    assert acts(province, card.id) == ["person.added", "person.added"]
    with province.bureau.store.read() as tx:
        assert not any("13800000002" in str(entry.after) or "example.com" in str(entry.after) for entry in tx.audit.list())


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "“姓名”还没有填写"),
        ({"name": "<b>李四</b>"}, "不能有尖括号"),
        ({"name": "=1+1"}, "不能以 = + - @ 开头"),
        ({"phone": "12345"}, "“手机”填的是“12345”：应为 11 位手机号"),
        ({"address": "ls@example.com"}, "渠道和地址要一起写"),
        ({"channel": "mail", "address": "ls#example"}, "应为 name@example.com 这样的邮箱"),
        ({"channel": "wecom_robot", "address": "qun"}, "群机器人只能用于工作群"),
        ({"channel": "telegraph", "address": "qun"}, "没有这一项"),
        ({"role": "king"}, "没有这一项"),
        ({"since": "明天"}, "“从哪一天起”填的是“明天”：应为 2018-10-25"),
        ({"since": "2018-10-20", "until": "2018-10-19"}, "早于开始的日期 2018-10-20"),
        ({"role": "group", "phone": "13800000002"}, "工作群没有手机"),
    ],
)
async def test_a_refused_form_names_field_value_and_cure_and_keeps_what_was_typed(province: Province, fields: dict[str, str], says: str):
    typed = {"name": "李四", "role": "substitute", "phone": "", "channel": "", "address": ""} | fields
    async with logged_in(province, Rank.PROVINCE) as client:
        _, token = await page_of(client, province.ours)
        answer = await client.post(f"/units/{province.ours}/people", data={"token": token, **typed})
    assert answer.status_code == 422
    assert says in answer.text
    for field in ("name", "phone", "address"):
        if typed[field] and "<" not in typed[field]:
            assert f'value="{typed[field]}"' in answer.text
    assert "<b>李四" not in answer.text
    assert [card.name for card in cards(province, province.ours)] == ["张三"]


async def test_an_account_of_somebody_else_is_refused_and_another_regions_name_is_not_told(province: Province):
    with province.bureau.store.read() as tx:
        taken = tx.people.get(contact(province, province.theirs)).addresses[0].value
    fields = {"name": "李四", "role": "substitute", "channel": "wecom_app", "address": taken}
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        _, token = await page_of(client, province.ours)
        answer = await client.post(f"/units/{province.ours}/people", data={"token": token, **fields})
    assert (answer.status_code, "是其他单位的人的" in answer.text) == (422, True)


async def test_addresses_are_added_ordered_stopped_and_made_good_again(province: Province):
    person = contact(province, province.ours)
    with province.bureau.store.begin() as tx:
        tx.people.mark_bad("wecom_app", f"zs{person}", province.house.at, "60111 userid not found")
    async with logged_in(province, Rank.PROVINCE) as client:

        async def do(act: str, **fields: str) -> str:
            page, token = await page_of(client, province.ours)
            address = f"/units/{province.ours}/people/{person}/{act}"
            answer = await client.post(address, data={"token": token, "seen": seen_of(page, person), **fields})
            assert answer.status_code == 303, answer.text
            return (await client.get(answer.headers["location"])).text

        assert "60111 userid not found" in (await client.get(f"/units/{province.ours}")).text
        await do("address", channel="mail", address="zs@example.com")
        ways = cards(province, province.ours)[0].ways
        await do("prefer", way=str(ways[1].id))
        assert [way.channel for way in cards(province, province.ours)[0].ways] == ["mail", "wecom_app"]
        await do("good", way=str(ways[0].id))
        page = await do("withdraw", way=str(ways[1].id))
        assert "名单中已删去" in page
    assert [(way.channel, way.bad) for way in cards(province, province.ours)[0].ways] == [("mail", True), ("wecom_app", False)]
    assert acts(province, person) == ["address.withdrawn", "address.good", "address.ordered", "address.added"]


async def test_a_role_ends_today_and_who_left_is_kept_and_can_come_back(province: Province):
    person = contact(province, province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        page, token = await page_of(client, province.ours)
        fields = {"token": token, "seen": seen_of(page, person), "role": "primary"}
        await client.post(f"/units/{province.ours}/people/{person}/end", data=fields)
        page, _ = await page_of(client, province.ours)
        assert "还没有联络员" in page
        assert "到 2018-10-15" in page
        with province.bureau.store.begin() as tx:
            tx.people.assign(person, province.ours, Role.PRIMARY)
        page, _ = await page_of(client, province.ours)
        fields["seen"] = seen_of(page, person)
        await client.post(f"/units/{province.ours}/people/{person}/retire", data=fields)
        page, _ = await page_of(client, province.ours)
        assert "已停用" in page
        fields["seen"] = seen_of(page, person)
        await client.post(f"/units/{province.ours}/people/{person}/restore", data=fields)
    assert cards(province, province.ours)[0].active
    assert acts(province, person) == ["person.restored", "person.retired", "role.ended"]


async def test_what_changed_since_the_page_was_opened_is_told_and_keeps_what_was_typed(province: Province):
    person = contact(province, province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        page, token = await page_of(client, province.ours)
        seen = seen_of(page, person)
        with province.bureau.store.begin() as tx:
            tx.people.add_address(person, "mail", "zs@example.com", 3)
        fields = {"token": token, "seen": seen, "name": "张三丰", "phone": "13800000009"}
        answer = await client.post(f"/units/{province.ours}/people/{person}/describe", data=fields)
    assert (answer.status_code, "又有了新的变化" in answer.text, 'value="张三丰"' in answer.text) == (422, True, True)
    assert cards(province, province.ours)[0].name == "张三"


async def test_a_number_left_empty_stays_and_a_dash_removes_it(province: Province):
    person = contact(province, province.ours)
    phones = []
    async with logged_in(province, Rank.PROVINCE) as client:
        for phone in ("13800000001", "", "-"):
            page, token = await page_of(client, province.ours)
            assert "13800000001" not in page
            fields = {"token": token, "seen": seen_of(page, person), "name": "张三", "phone": phone}
            await client.post(f"/units/{province.ours}/people/{person}/describe", data=fields)
            phones.append(cards(province, province.ours)[0].phone)
    assert phones == ["13800000001", "13800000001", ""]


async def test_who_also_serves_another_region_is_changed_by_the_province_only(province: Province):
    person = contact(province, province.ours)
    with province.bureau.store.begin() as tx:
        tx.people.assign(person, province.theirs, Role.SUBSTITUTE)
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        page, token = await page_of(client, province.ours)
        assert "evil" not in page
        fields = {"token": token, "seen": seen_of(page, person), "name": "改名"}
        answer = await client.post(f"/units/{province.ours}/people/{person}/describe", data=fields)
        assert (answer.status_code, "请由省级管理员修改" in answer.text) == (422, True)


def announced(province: Province, name: str = "王五", phone: str = "13800000005") -> int:
    person = contact(province, province.ours)
    with province.bureau.store.begin() as tx:
        inbound = tx.inbox.keep(Inbound("wecom_app", "m1", "x", province.house.at, "以后找王五", b"x"), province.house.at)
        return tx.handovers.draft(Announced(person, (province.ours,), inbound, name, phone, "以后找王五"), province.house.at)[0]


async def test_a_change_of_contact_is_accepted_with_an_address_or_told_what_is_missing(province: Province):
    change = announced(province)
    async with logged_in(province, Rank.PROVINCE) as client:
        assert f'href="/units/{province.ours}#handovers"' in (await client.get("/today")).text
        page, token = await page_of(client, province.ours)
        assert "以后找王五" in page
        address = f"/units/{province.ours}/handovers/{change}/accept"
        fields = {"token": token, "name": "王五", "phone": "13800000005", "channel": "", "address": ""}
        refused = await client.post(address, data=fields)
        assert (refused.status_code, "还没有能收到消息的地址" in refused.text) == (422, True)
        done = await client.post(address, data={**fields, "channel": "wecom_app", "address": "wangwu"})
        assert "已换人" in (await client.get(done.headers["location"])).text
        again = await client.post(address, data={**fields, "channel": "wecom_app", "address": "wangwu"})
        assert (again.status_code, "已经处理过了" in again.text) == (422, True)
    with province.bureau.store.read() as tx:
        assert [person.name for person in tx.people.holders(province.ours, Role.PRIMARY, date(2018, 10, 16))] == ["王五"]
        assert tx.audit.list(f"unit:{province.ours}")[0].act == "contact.changed"


async def test_a_change_of_contact_is_refused_with_a_note_and_nothing_else_happens(province: Province):
    change = announced(province)
    async with logged_in(province, Rank.PROVINCE) as client:
        _, token = await page_of(client, province.ours)
        address = f"/units/{province.ours}/handovers/{change}"
        assert (await client.post(f"{address}/maybe", data={"token": token})).status_code == 404
        assert (await client.post(f"{address}/refuse", data={"token": token, "note": "长" * 301})).status_code == 422
        assert (await client.post(f"{address}/refuse", data={"token": token, "note": "本人未同意"})).status_code == 303
    assert [card.name for card in cards(province, province.ours)] == ["张三"]


async def test_where_nobody_is_reached_is_listed_and_taken_away_as_a_sheet_without_formulas(province: Province):
    for unit_id in (province.ours, province.theirs):
        with province.bureau.store.begin() as tx:
            tx.people.mark_bad("wecom_app", tx.people.holders(unit_id, Role.PRIMARY)[0].addresses[0].value, province.house.at, "坏")
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get("/units/coverage")).text
        assert "<b>2</b> 个单位催不到任何人" in page
        assert "收不到消息" in page
        assert "<script>alert" not in page
        sheet = openpyxl.load_workbook(io.BytesIO((await client.get("/units/coverage.xlsx")).content)).active
    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows(min_row=3)}
    assert rows["220182"][2:] == ["催不到", "有人但收不到消息", "无人", "无人"]
    assert rows["220281"][1] == EVIL
    assert [cell.data_type for row in sheet.iter_rows() for cell in row if cell.value and "evil" in str(cell.value)] == ["s"]


async def test_names_are_text_in_every_page_about_units(province: Province):
    province.bureau.person(province.theirs, Role.LEADER, name=EVIL)
    async with logged_in(province, Rank.PROVINCE) as client:
        for path in ("/units", f"/units/{province.theirs}", "/units?q=<script>x"):
            page = (await client.get(path)).text
            assert "<script>alert" not in page
            assert "<script>x" not in page


async def test_a_mailbox_of_another_region_is_not_given_to_somebody_here(province: Province):
    """Whoever got it last would be heard in the place of its owner."""
    owner = contact(province, province.theirs)
    with province.bureau.store.begin() as tx:
        tx.people.add_address(owner, "mail", "theirs@example.com", 1)
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        _, token = await page_of(client, province.ours)
        fields = {"token": token, "name": "王五", "role": "substitute", "channel": "mail", "address": "theirs@example.com"}
        assert (await client.post(f"/units/{province.ours}/people", data=fields)).status_code == 422
    with province.bureau.store.read() as tx:
        assert tx.people.by_address("mail", "theirs@example.com").id == owner


async def test_who_serves_elsewhere_too_gets_no_address_from_here(province: Province):
    """Neither as an addition at the unit nor with a change of contact: what they hear and say about other units would go that way."""
    person = contact(province, province.theirs)
    with province.bureau.store.begin() as tx:
        tx.directory.describe(person, {"name": "孙八", "phone": "13800000088"})
        here = contact(province, province.ours)
        heard = tx.inbox.keep(Inbound("mail", "h1", "p@example.com", province.house.at, "换人", b"raw"), province.house.at)
        (draft,) = tx.handovers.draft(Announced(here, (province.ours,), heard, "孙八", "13800000088", "换人"), province.house.at)
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        _, token = await page_of(client, province.ours)
        fields = {"token": token, "name": "孙八", "phone": "13800000088", "channel": "wecom_app", "address": "mine"}
        answer = await client.post(f"/units/{province.ours}/handovers/{draft}/accept", data=fields)
        assert (answer.status_code, "管辖范围以外" in answer.text) == (422, True)
        with province.bureau.store.begin() as tx:
            tx.people.assign(person, province.ours, Role.SUBSTITUTE)
        answer = await client.post(f"/units/{province.ours}/people", data=fields | {"role": "leader"})
        assert (answer.status_code, "管辖范围以外" in answer.text) == (422, True)
    with province.bureau.store.read() as tx:
        assert tx.people.by_address("wecom_app", "mine") is None
