"""The pages of the calendar: a year with its sources, what would move before it is saved, who may change it."""

import json
import re
from datetime import date

import httpx
import pytest

from bot.domain.words import Rank
from tests.web import conftest
from tests.web.test_desk_pages import Province, logged_in, province

__all__ = ["province"]
PAPER = "国办发明电〔2018〕99号"


def year(*days: tuple[str, bool], name: str = "临时放假") -> str:
    """An arrangement of 2018; True is a day off."""
    return json.dumps({"year": 2018, "papers": [PAPER], "days": [{"name": name, "date": day, "isOffDay": off} for day, off in days]})


async def looked(client: httpx.AsyncClient, text: str | bytes) -> httpx.Response:
    token = conftest.token_of((await client.get("/logout")).text)
    files = {"file": ("2018.json", text if isinstance(text, bytes) else text.encode())}
    return await client.post("/calendar/2018/load", data={"token": token, "text": ""}, files=files)


async def saved(client: httpx.AsyncClient, page: str, text: str) -> httpx.Response:
    mark = re.search(r'name="mark" value="(\w+)"', page)
    return await client.post("/calendar/2018/save", data={"token": conftest.token_of(page), "text": text, "mark": mark[1] if mark else ""})


async def test_a_year_shows_rest_days_make_up_days_and_where_they_stand(province: Province):
    async with logged_in(province, Rank.READER) as client:
        assert (await client.get("/calendar")).headers["location"] == "/calendar/2018"
        page = (await client.get("/calendar/2018")).text
        assert "放假安排已知" in page
        assert re.search(r"9月29日 星期六</td><td>国庆节调休上班</td><td>国务院办公厅放假安排", page)
        assert page.count('<table class="month">') == 12
        assert "暂定" in (await client.get("/calendar/2030")).text
        for strange in ("1900", "2100"):
            assert (await client.get(f"/calendar/{strange}")).status_code == 404


async def test_a_file_is_looked_at_before_it_moves_what_is_due(province: Province):
    text = year(("2018-10-19", True), ("2018-10-20", False))
    before = province.task(province.ours).due
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await looked(client, text)).text
        assert "<del>2018-10-19（最迟 2018-10-22）</del> → <ins>2018-10-20（最迟 2018-10-20）</ins>，4 个未报单位" in page
        assert "2018-10-19：<del>工作日</del> → <ins>放假（临时放假）</ins>" in page
        assert province.task(province.ours).due == before
        unseen = await saved(client, page.replace('name="mark"', 'name="x"'), text)
        assert unseen.status_code == 422
        assert (await saved(client, page, text)).status_code == 303
        assert province.task(province.ours).due.target == date(2018, 10, 20)
        page = (await client.get("/calendar/2018")).text
        assert "1 期的截止日随之移动" in page
        assert PAPER in page
        back = (await client.get("/calendar/2018/forget?day=2018-10-19")).text
        assert "<del>2018-10-20（最迟 2018-10-20）</del> → <ins>2018-10-20" not in back  # the Saturday is still worked
        assert "<del>放假（临时放假）</del> → <ins>工作日</ins>" in back
        forgotten = {"token": conftest.token_of(back), "day": "2018-10-19", "mark": ""}
        assert (await client.post("/calendar/2018/forget", data=forgotten)).status_code == 422
        forgotten["mark"] = re.findall(r'name="mark" value="(\w+)"', back)[0]
        assert (await client.post("/calendar/2018/forget", data=forgotten)).status_code == 303
        assert (await client.post("/calendar/2018/forget", data=forgotten)).status_code == 404
    with province.bureau.store.read() as tx:
        entries = [entry for entry in tx.audit.list() if entry.act.startswith("calendar.")]
        assert [entry.act for entry in entries] == ["calendar.forgotten", "calendar.loaded"]
        assert entries[1].after["2018-10-19"] == {"workday": False, "name": "临时放假", "source": PAPER}
        assert list(tx.calendar.overrides()) == [date(2018, 10, 20)]


async def test_one_day_is_amended_with_its_paper(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        token = conftest.token_of((await client.get("/calendar/2018")).text)
        given = {"token": token, "day": "2018-12-24", "workday": "no", "name": "<b>冬至</b>", "paper": PAPER}
        page = (await client.post("/calendar/2018/amend", data=given)).text
        assert "正在报送的各期，截止日都不变" in page
        assert "放假（&lt;b&gt;冬至&lt;/b&gt;）" in page
        hidden = re.search(r'name="text" value="([^"]+)"', page)
        assert hidden
        text = hidden[1].replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
        assert (await saved(client, page, text)).status_code == 303
        assert "<b>冬至" not in (await client.get("/calendar/2018")).text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "不是有效的 JSON"),
        ("[]", "缺少 year 或 days"),
        (b"\xff\xfe\x00\xd8", "这个文件不是文本"),
        (year(), "没有任何日期"),
        (year(("2018-13-01", True)), "第 1 天的日期“2018-13-01”不存在"),
        (year(("2018-10-19", True), name="长" * 121), "最多 120 个字"),
    ],
)
async def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(province: Province, text: str | bytes, says: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        answer = await looked(client, text)
        assert answer.status_code == 422
        assert says in answer.text


@pytest.mark.parametrize(("field", "value", "says"), [("day", "明天", "填的是“明天”，不是日期"), ("paper", "", "“依据的文件”还没有填写")])
async def test_an_amendment_that_cannot_be_used_keeps_what_was_typed(province: Province, field: str, value: str, says: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        token = conftest.token_of((await client.get("/calendar/2018")).text)
        given = {"token": token, "day": "2018-12-24", "workday": "no", "name": "冬至", "paper": PAPER} | {field: value}
        answer = await client.post("/calendar/2018/amend", data=given)
        assert answer.status_code == 422
        assert says in answer.text
        assert 'value="冬至"' in answer.text


@pytest.mark.parametrize("rank", [Rank.PREFECTURE, Rank.AUDITOR, Rank.READER])
async def test_only_who_manages_the_installation_changes_the_calendar(province: Province, rank: Rank):
    text = year(("2018-10-19", True))
    async with logged_in(province, rank, province.here if rank is Rank.PREFECTURE else None) as client:
        assert "载入一年" not in (await client.get("/calendar/2018")).text
        assert (await looked(client, text)).status_code == 403
        token = conftest.token_of((await client.get("/logout")).text)
        for act in ("amend", "save", "forget"):
            data = {"token": token, "day": "2018-10-19", "paper": PAPER, "text": text, "mark": ""}
            assert (await client.post(f"/calendar/2018/{act}", data=data)).status_code == 403, act
