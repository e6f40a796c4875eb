"""The pages of the house over a small province: who sees what, what acts do, what is refused and how, what is escaped."""

import io
import re
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import openpyxl
import pytest
from bureau import Bureau

from bot.desk import accounts
from bot.desk.desk import Actor
from bot.domain import ladder
from bot.domain.inbound import Inbound
from bot.domain.messages import Rendered
from bot.domain.status import EventKind
from bot.domain.words import Intent, Rank, Status
from bot.store.inbox import InboxState, Reply
from bot.store.letters import Frozen
from bot.talk.reply_links import Link, ReplyLinks
from tests.web import conftest
from tests.web.fake_house import FakeHouse

BOSS = Actor(0, "boss", "张三", Rank.PROVINCE, None)
GOOD = "Zhi-Shu 2026!"
EVIL = '=HYPERLINK("http://evil.example.com")<script>alert(1)</script>'
PUBLISHED = "2018-10-08 09:30"


@dataclass
class Province:
    house: FakeHouse
    bureau: Bureau
    here: int
    ours: int
    theirs: int

    def task(self, unit_id: int):
        return self.bureau.task(unit_id)


@pytest.fixture
def province(house: FakeHouse) -> Province:
    """Two prefectures with a county each, one quarterly duty that is due in three days; one county has an evil name."""
    bureau = Bureau(house.desk.store)
    bureau.unit("220000", level="province", position=1)
    here = bureau.unit("220100", "220000", level="prefecture", position=2, initials="cc")
    ours = bureau.unit("220182", "220100", position=3, name="榆树市经济局", short_name="榆树", initials="ys", pinyin="yushu")
    there = bureau.unit("220200", "220000", level="prefecture", position=4)
    theirs = bureau.unit("220281", "220200", position=5, name=EVIL, short_name=EVIL)
    for unit_id in (here, ours, there, theirs):
        bureau.person(unit_id)
    bureau.duty([here, ours, there, theirs])
    bureau.due(house.desk.now())
    return Province(house, bureau, here, ours, theirs)


@asynccontextmanager
async def logged_in(province: Province, rank: Rank, unit_id: int | None = None) -> AsyncIterator[httpx.AsyncClient]:
    login = f"{rank.value}{unit_id or ''}"
    account_id, first = accounts.add(province.house.desk, BOSS, login, accounts.Wish("李四", rank, unit_id))
    accounts.choose_password(province.house.desk, Actor(account_id, login, "李四", rank, None), 0, first, GOOD, GOOD)
    async with conftest.browser(province.house) as client:
        token = conftest.token_of((await client.get("/login")).text)
        await client.post("/login", data={"token": token, "login": login, "password": GOOD})
        yield client


async def token_and_stamp(client: httpx.AsyncClient, task_id: int) -> dict[str, str]:
    page = (await client.get(f"/tasks/{task_id}")).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    return {"token": conftest.token_of(page), "seen": seen[1] if seen else "0"}


async def test_a_prefectures_administrator_meets_another_region_nowhere(province: Province):
    foreign, own = province.task(province.theirs), province.task(province.ours)
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        listed = (await client.get("/today")).text + (await client.get("/progress")).text
        listed += (await client.get(f"/progress?period={own.period_id}")).text
        assert "榆树" in listed
        assert "evil" not in listed
        sheet = openpyxl.load_workbook(io.BytesIO((await client.get("/progress.xlsx")).content)).active
        assert not any("evil" in str(cell) for row in sheet.values for cell in row)
        stamp = await token_and_stamp(client, own.id)
        with warnings.catch_warnings(action="ignore"):
            described = client._transport.app.openapi()["paths"]  # type: ignore[attr-defined]
        walked = [(method, path) for path, methods in described.items() if "{task_id}" in path for method in methods]
        assert len(walked) >= 3
        for method, path in walked:
            for act in ("report", "accept", "exempt", "return", "extend", "refuse", "silence", "remind"):
                address = path.replace("{task_id}", str(foreign.id)).replace("{act}", act)
                fields = {**stamp, "seen": "0", "at": "2018-10-16 09:00", "reason": "试", "day": "2018-11-30"}
                data = {"data": fields} if method == "post" else {}
                answer = await client.request(method.upper(), address, **data)
                assert answer.status_code == 404, (method, address)
        bulk = {**stamp, "act": "exempt", "sure": "yes", "reason": "试", "task": [str(own.id), str(foreign.id)]}
        assert (await client.post(f"/progress/{own.period_id}/act", data=bulk)).status_code == 404
        theirs = province.bureau.store
        with theirs.read() as tx:
            person = next(one for one in tx.people.all() if any(post.unit_id == province.theirs for post in one.roles))
        assert (await client.post(f"/people/{person.id}/phone", data=stamp)).status_code == 404
    assert province.task(province.theirs).status is Status.PENDING
    assert province.task(province.ours).status is Status.PENDING


@pytest.mark.parametrize("rank", [Rank.READER, Rank.AUDITOR])
async def test_who_may_only_read_sees_no_buttons_and_changes_nothing(province: Province, rank: Rank):
    task = province.task(province.ours)
    async with logged_in(province, rank) as client:
        page = (await client.get(f"/tasks/{task.id}")).text
        assert "登记已报" not in page
        token = conftest.token_of((await client.get("/logout")).text)
        answer = await client.post(f"/tasks/{task.id}/exempt", data={"token": token, "seen": "0", "reason": "试"})
        assert answer.status_code == 403
        assert "没有这项权限" in answer.text
    assert province.task(province.ours).status is Status.PENDING


async def test_a_report_by_telephone_counts_from_the_call_and_can_be_taken_back(province: Province):
    task = province.task(province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        fields = await token_and_stamp(client, task.id)
        answer = await client.post(f"/tasks/{task.id}/report", data={**fields, "at": "2018-10-15 16:20", "note": "电话告知"})
        assert answer.status_code == 303
        page = (await client.get(answer.headers["location"])).text
        assert "已登记为已报" in page
        assert "电话告知" in page
        state = province.task(province.ours).state
        assert (state.status, f"{state.reported_at:%d %H:%M}") == (Status.REPORTED, "15 08:20")
        undo = re.search(r'action="(/undo/\d+)"', page)
        assert undo
        await client.post(undo[1], data={"token": fields["token"], "back": f"/tasks/{task.id}"})
        assert "已撤销" in (await client.get(f"/tasks/{task.id}")).text
        assert province.task(province.ours).status is Status.PENDING
        await client.post(undo[1], data={"token": fields["token"], "back": f"/tasks/{task.id}"})
        assert "没有撤销" in (await client.get(f"/tasks/{task.id}")).text
    with province.bureau.store.read() as tx:
        acts = [entry.act for entry in tx.audit.list(f"task:{task.id}")]
    assert acts == ["act.undone", "task.reported"]


@pytest.mark.parametrize(
    ("act", "fields", "says"),
    [
        ("report", {"at": "昨天下午"}, "“时间”填的是“昨天下午”，不是时间"),
        ("report", {"at": "2018-10-17 10:00"}, "晚于现在（2018-10-16 14:07）"),
        ("exempt", {"reason": "  "}, "“理由”还没有填写"),
        ("exempt", {"reason": "长" * 301}, "填了 301 个字，最多 300 个字"),
        ("extend", {"day": "2018-10-22"}, "不晚于现在的最迟认定日（2018-10-22）"),
        ("extend", {"day": "2018-10-01"}, "应晚于今天"),
        ("extend", {"day": "下周"}, "不是日期"),
        ("refuse", {}, "没有待决定的展期申请"),
        ("accept", {}, "现在是“未报”，不适用"),
        ("silence", {"day": "2018-10-01", "reason": "出差"}, "应晚于今天"),
    ],
)
async def test_an_error_names_field_value_and_cure_and_keeps_what_was_typed(
    province: Province, act: str, fields: dict[str, str], says: str
):
    task = province.task(province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        stamp = await token_and_stamp(client, task.id)
        answer = await client.post(f"/tasks/{task.id}/{act}", data=stamp | fields)
    assert answer.status_code == 422
    assert says in answer.text
    for value in fields.values():
        if value.strip():
            assert f'value="{value}"' in answer.text
    assert province.task(province.ours).state.status is Status.PENDING


async def test_what_happened_since_the_page_was_opened_is_told_and_not_overwritten(province: Province):
    task = province.task(province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        stamp = await token_and_stamp(client, task.id)
        province.bureau.append(task, EventKind.IN_PROGRESS, province.house.desk.now())
        answer = await client.post(f"/tasks/{task.id}/exempt", data={**stamp, "reason": "无此类企业"})
    assert answer.status_code == 422
    assert "又有了新的变化" in answer.text
    assert 'value="无此类企业"' in answer.text
    assert province.task(province.ours).status is Status.IN_PROGRESS


async def test_many_at_once_are_shown_first_then_done_then_taken_back(province: Province):
    tasks = [province.task(unit_id) for unit_id in (province.here, province.ours)]
    period = tasks[0].period_id
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get(f"/progress?period={period}")).text
        fields = {"token": conftest.token_of(page), "act": "exempt", "task": [str(task.id) for task in tasks]}
        shown = await client.post(f"/progress/{period}/act", data=fields)
        assert "对下面 <b>2</b> 个单位" in shown.text
        assert province.task(province.ours).status is Status.PENDING
        refused = await client.post(f"/progress/{period}/act", data={**fields, "sure": "yes", "reason": ""})
        assert (refused.status_code, "还没有填写" in refused.text) == (422, True)
        done = await client.post(f"/progress/{period}/act", data={**fields, "sure": "yes", "reason": "无此类企业"})
        assert {province.task(unit_id).status for unit_id in (province.here, province.ours)} == {Status.EXEMPT}
        page = (await client.get(done.headers["location"])).text
        assert "2 项" in page
        undo = re.search(r'action="(/undo/\d+)"', page)
        assert undo
        await client.post(undo[1], data={"token": fields["token"], "back": "/progress"})
    assert {province.task(unit_id).status for unit_id in (province.here, province.ours)} == {Status.PENDING}


async def test_a_reminder_at_once_is_read_before_it_is_sent_and_goes_by_the_rules(province: Province):
    task = province.task(province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get(f"/tasks/{task.id}/remind")).text
        assert "工作情况报告" in page
        assert "张三（企业微信）" in page
        stamp = await token_and_stamp(client, task.id)
        assert (await client.post(f"/tasks/{task.id}/remind", data=stamp)).status_code == 303
    before = {message.id for message in province.bureau.messages()}
    province.bureau.remind(province.house.desk.now())
    carried = [message for message in province.bureau.messages() if message.id not in before]
    assert carried
    with province.bureau.store.read() as tx:
        rungs = [one.rung for one in tx.taskbook.carried(task.id)]
    assert any(rung.startswith("now") for rung in rungs)


async def test_names_and_notes_are_text_in_pages_and_in_the_sheet(province: Province):
    task = province.task(province.theirs)
    async with logged_in(province, Rank.PROVINCE) as client:
        stamp = await token_and_stamp(client, task.id)
        await client.post(f"/tasks/{task.id}/report", data={**stamp, "at": "2018-10-16 09:00", "note": EVIL})
        for path in (f"/tasks/{task.id}", "/progress", f"/progress?period={task.period_id}", "/today", "/progress?q=<script>x"):
            page = (await client.get(path)).text
            assert "<script>alert" not in page, path
            assert "<script>x" not in page, path
        sheet = openpyxl.load_workbook(io.BytesIO((await client.get("/progress.xlsx")).content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value and "evil" in str(cell.value)]
        assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=ys", True),
        ("q=榆树", True),
        ("q=yushu", True),
        ("q=220182", True),
        ("q=cc", False),
        ("lamp=missing", False),
        ("lamp=open", True),
    ],
)
async def test_the_matrix_is_searched_by_name_pinyin_and_code_and_filtered_by_lamp(province: Province, query: str, seen: bool):
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get(f"/progress?{query}")).text
    assert ('title="榆树市经济局"' in page) is seen


@pytest.mark.parametrize(
    "query", ["after=x", "after=9.9.9", "period=abc", "until=2018-13-45", "rows=9", "lamp=red", "top=²", "obligation=99999999999"]
)
async def test_an_address_somebody_made_up_is_a_page_all_the_same(province: Province, query: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        assert (await client.get(f"/progress?{query}")).status_code == 200


async def test_a_telephone_number_is_masked_until_somebody_asks_and_asking_is_written_down(province: Province):
    with province.bureau.store.begin() as tx:
        person_id = tx.people.put("王五", phone="13800000001")
        tx.people.assign(person_id, province.ours, tx.people.get(1).roles[0].role)
    task = province.task(province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get(f"/tasks/{task.id}")).text
        assert "138****0001" in page
        assert "13800000001" not in page
        shown = await client.post(f"/people/{person_id}/phone", data={"token": conftest.token_of(page)})
        assert "13800000001" in shown.text
    with province.bureau.store.read() as tx:
        assert tx.audit.list(f"person:{person_id}")[0].act == "phone.revealed"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((path, 404) for path in ("/tasks/99999999999999999999", "/bulletins/4294967296", "/bulletins/editions/9999999999.0")),
        *((path, 404) for path in ("/units/99999999999999999999", "/tasks/4294967296/remind")),
        *((f"/system/audit{path}", 200) for path in ("?until=9999-12-31", "?since=0001-01-01", ".csv?until=9999-12-31")),
        *((f"/progress?until={day}", 200) for day in ("9999-12-31", "0001-01-01")),
    ],
)
async def test_numbers_and_days_that_nothing_can_have_are_no_failure(province: Province, path: str, status: int):
    async with logged_in(province, Rank.PROVINCE) as client:
        assert (await client.get(path)).status_code == status


async def test_a_day_beyond_all_calendars_is_refused_in_words(province: Province):
    task = province.task(province.ours)
    async with logged_in(province, Rank.PROVINCE) as client:
        fields = await token_and_stamp(client, task.id) | {"day": "9999-12-31", "reason": "x", "at": "9999-12-31 00:00"}
        for act in ("silence", "extend", "report"):
            assert (await client.post(f"/tasks/{task.id}/{act}", data=fields)).status_code == 422, act


async def test_who_may_only_read_finds_no_link_by_which_they_could_answer_for_others(province: Province):
    """The links stand in what was sent and in what was quoted; who has one answers, and decides, as its person."""
    task, now, desk = province.task(province.ours), province.house.desk.now(), province.house.desk
    link = ReplyLinks(province.house.secret, "https://cuibao.example.com").url(Link(1, task.id), now)
    with desk.store.begin() as tx:
        tx.periods.put_steps(task.period_id, [ladder.at_once_step(now, task.due, extended_to=None)], task.id)
    province.bureau.remind(now)
    with desk.store.begin() as tx:
        for claimed in tx.outbox.claim(now, "me", timedelta(minutes=9), {"wecom_app": 0, "mail": 0}, 100):
            tx.outbox.freeze([Frozen(claimed.id, (Rendered("", f"报了请点 {link}"),))])
        for number, state in enumerate((InboxState.READ, InboxState.STRANGER)):
            kept = tx.inbox.keep(Inbound("mail", f"m{number}", "p@example.com", now, f"已报\n> {link}", b"raw"), now)
            assert kept
            tx.inbox.settle(kept, state, now, replies=[Reply(Intent.DONE, task.id)])
    async with logged_in(province, Rank.READER) as client:
        pages = [(await client.get(path)).text for path in (f"/tasks/{task.id}", "/inbox?all=1", "/today")]
    assert "报了请点" in pages[0]
    assert all("https://cuibao.example.com/r/…" in page for page in pages)
    assert not any(link in page for page in pages)
