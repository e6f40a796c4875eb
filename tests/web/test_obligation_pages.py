"""The pages of the obligations: the look ahead, what a change means for whom, who may change what, what is refused and how."""

import re
from datetime import date, time

import httpx
import pytest
from bureau import at

from bot.domain.status import EventKind
from bot.domain.words import Rank, Status
from bot.store import preview
from tests.web import conftest
from tests.web.test_desk_pages import Province, logged_in, province

__all__ = ["province"]
EVIL = '<img src=x onerror=alert(1)>"=1+1'


def fields(page: str, **changes: object) -> dict[str, object]:
    """A form that can be saved, of this page."""
    stamp = re.search(r'name="seen" value="(\d+)"', page)
    good: dict[str, object] = {
        "token": conftest.token_of(page),
        "seen": stamp[1] if stamp else "0",
        "what": "工作情况报告",
        "rule": "quarterly:next-month-day=20",
        "shift": "earlier",
        "hour": "17:00",
        "recipient": "民营处",
        "begins": "2018-09-21",
        "ends": "2018-12-31",
        "ladder": "default",
    }
    return good | changes


def mark_of(page: str) -> str:
    found = re.search(r'name="mark" value="(\w+)"', page)
    assert found, "nothing was looked at"
    return found[1]


async def saved(client: httpx.AsyncClient, address: str, **changes: object) -> httpx.Response:
    """Look, then save what was looked at."""
    given = fields((await client.get(address)).text, **changes)
    looked = await client.post(address, data={**given, "do": "look"})
    assert looked.status_code == 200, looked.text
    return await client.post(address, data={**given, "do": "save", "mark": mark_of(looked.text)})


def duty(province: Province) -> int:
    return province.task(province.ours).obligation_id


def all_units(province: Province) -> list[str]:
    with province.bureau.store.read() as tx:
        return [str(unit.id) for unit in tx.obligations.units(duty(province))]


async def test_a_new_obligation_is_seen_before_it_is_saved_and_then_owed(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        given = fields((await client.get("/obligations/new")).text, what="企业名单", rule="monthly:next-month-day=5", ends="")
        given |= {"begins": "2018-10-16", "unit": [str(province.ours)], "under": [str(province.here)]}
        unseen = await client.post("/obligations/new", data={**given, "do": "save"})
        assert unseen.status_code == 422
        assert "还没有保存：请先看" in unseen.text
        looked = (await client.post("/obligations/look", data=given)).text
        assert looked.count("怎么算出来的") == 8
        assert "名义截止2018-11-05（星期一）" in looked
        assert "10月22日 周一 09:10" in looked  # ten workdays before the 5th of November
        assert "2 个单位要报" in looked
        assert "平均 1.0 项，最多 1 项" in looked
        answer = await client.post("/obligations/new", data={**given, "do": "save", "mark": mark_of(looked)})
        assert answer.status_code == 303
        page = (await client.get(answer.headers["location"])).text
        assert "已下达" in page
        assert "每月次月5日前" in (await client.get("/obligations")).text
    with province.bureau.store.read() as tx:
        new = max(one.id for one in tx.obligations.all())
        assert [unit.id for unit in tx.obligations.units(new)] == [province.here, province.ours]
        assert len(tx.tasks.find(province.ours, new)) >= 3
        assert [entry.act for entry in tx.audit.list(f"obligation:{new}")] == ["obligation.added"]


async def test_less_than_three_workdays_are_asked_about_and_can_be_insisted_on(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        given = {"what": "急件", "rule": "once:2018-10-18", "begins": "2018-10-16", "ends": "", "unit": [str(province.ours)]}
        refused = await saved(client, "/obligations/new", **given)
        assert refused.status_code == 422
        assert "首个截止日是 2018-10-18，离现在只有 2 个工作日，不足三个" in refused.text
        assert 'value="急件"' in refused.text
        assert (await saved(client, "/obligations/new", **given, sure="yes")).status_code == 303


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rule": "quarterly:next-month-day=32"}, "第 26 个字符处无法识别：应为 1–31 的数字"),
        ({"rule": ""}, "“截止规则”还没有填写"),
        ({"what": " "}, "“报送内容”还没有填写"),
        ({"hour": "下班前"}, "“截止钟点”填的是“下班前”，不是钟点"),
        ({"begins": "明天"}, "“从哪天起算”填的是“明天”，不是日期"),
        ({"ends": "2018-09-01"}, "早于起算日（2018-09-21）"),
        ({"rule": "once:2017-01-01"}, "没有任何一期要报"),
        ({"unit": []}, "还没有选择报送单位"),
        ({"ladder": "own", "ladder_text": "first,T-5,T-25"}, "T-25：早于"),
        ({"ladder": "own", "ladder_text": "first,T-5@23:10"}, "T-5：时间不在发送时段内"),
        ({"ladder": "own", "ladder_text": "first,T-5,每天"}, "第 11 个字符起的“每天”无法识别"),
        ({"do": "build", "every": "weekly", "on": "周五"}, "这种频次的“哪天”应填：fri"),
    ],
)
async def test_a_form_that_cannot_be_used_says_where_and_keeps_what_was_typed(province: Province, changes: dict[str, object], says: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get("/obligations/new")).text
        given = fields(page, recipient=EVIL, unit=[str(province.ours)], do="look") | changes
        answer = await client.post("/obligations/new", data=given)
        assert answer.status_code == 422
        assert says in answer.text
        assert 'value="&lt;img src=x onerror=alert(1)&gt;&#34;=1+1"' in answer.text
        assert "<img" not in answer.text
    with province.bureau.store.read() as tx:
        assert len(tx.obligations.all()) == 1


async def test_the_builder_writes_the_rule(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        given = fields((await client.get("/obligations/new")).text, rule="", do="build", every="yearly", on="03-31")
        assert 'value="yearly:dates=03-31"' in (await client.post("/obligations/new", data=given)).text


async def test_a_change_says_what_moves_for_whom_and_then_moves_it(province: Province):
    number = duty(province)
    address = f"/obligations/{number}/edit"
    stay = [one for one in all_units(province) if one != str(province.theirs)]
    async with logged_in(province, Rank.PROVINCE) as client:
        given = fields((await client.get(address)).text, rule="quarterly:next-month-day=25", hour="16:00", unit=stay)
        looked = (await client.post(address, data={**given, "do": "look"})).text
        assert "<del>quarterly:next-month-day=20</del> → <ins>quarterly:next-month-day=25</ins>" in looked
        assert "截止由 <del>2018-10-19 17:00（最迟 2018-10-22）</del> 改为 <ins>2018-10-25 16:00（最迟 2018-10-25）</ins>" in looked
        assert "4 个未报单位的提醒重排" in looked
        assert "移出 1 个单位" in looked
        assert (await client.post(address, data={**given, "do": "save", "mark": mark_of(looked)})).status_code == 303
        task = province.task(province.ours)
        assert (task.due.target, task.due.hour) == (date(2018, 10, 25), time(16))
        assert province.task(province.theirs).status is Status.EXEMPT
        story = (await client.get(f"/tasks/{province.task(province.theirs).id}")).text
        assert "报送事项改动后不再报送" in story
        again = await client.post(address, data={**given, "do": "save", "mark": mark_of(looked)})
        assert again.status_code == 422
        assert "这个报送事项已被别人改动" in again.text
        assert (
            await saved(
                client, address, rule="quarterly:next-month-day=25", hour="16:00", unit=[*all_units(province), str(province.theirs)]
            )
        ).status_code == 303
        assert province.task(province.theirs).status is Status.PENDING
        page = (await client.get(f"/obligations/{number}")).text
        assert "单位 3 → 4 个" in page
    with province.bureau.store.read() as tx:
        entry = tx.audit.list(f"obligation:{number}")[-1]
        assert (entry.before["rule"], entry.after["rule"]) == ("quarterly:next-month-day=20", "quarterly:next-month-day=25")


async def test_a_period_the_new_rule_does_not_ask_for_is_exempted_unless_it_was_reported(province: Province):
    province.bureau.append(province.task(province.here), EventKind.REPORTED, at("2018-10-15 10:00"))
    address = f"/obligations/{duty(province)}/edit"
    async with logged_in(province, Rank.PROVINCE) as client:
        given = {"rule": "yearly:dates=12-20", "unit": all_units(province)}
        assert (await saved(client, address, **given)).status_code == 303
    assert province.bureau.task(province.ours, "2018Q3").status is Status.EXEMPT
    assert province.bureau.task(province.here, "2018Q3").status is Status.REPORTED
    assert not [step for step in steps(province) if step.period_id == province.bureau.task(province.ours, "2018Q3").period_id]


def steps(province: Province):
    with province.bureau.store.read() as tx:
        return preview.ahead(tx.connection, at("2019-06-01 00:00"), {"wecom_app"}, date(2018, 10, 16))


async def test_another_ladder_lays_the_open_periods_anew(province: Province):
    address = f"/obligations/{duty(province)}/edit"
    async with logged_in(province, Rank.PROVINCE) as client:
        given = {"ladder": "own", "ladder_text": "first, T-2@16:10， L+1！", "unit": all_units(province)}
        assert (await saved(client, address, **given)).status_code == 303
    assert {step.rung for step in steps(province)} <= {"first", "T-2", "L+1"}
    waits = [step.released for step in steps(province) if step.rung == "L+1"]
    assert waits
    assert not any(waits)


async def test_it_ends_with_a_day_and_what_is_due_before_it_goes_on(province: Province):
    number = duty(province)
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get(f"/obligations/{number}")).text
        given = fields(page, ends="2018-10-16")
        past = await client.post(f"/obligations/{number}/end", data={**given, "ends": "2018-10-01"})
        assert past.status_code == 422
        assert "应晚于今天" in past.text
        answer = await client.post(f"/obligations/{number}/end", data=given)
        assert answer.status_code == 303
        assert "已设为 2018-10-16 之后不再要求报送" in (await client.get(f"/obligations/{number}")).text
        assert "已结束" in (await client.get("/obligations")).text
    assert province.task(province.ours).status is Status.EXEMPT


async def test_the_page_tells_who_would_get_what_on_a_day(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        page = (await client.get(f"/obligations/{duty(province)}?day=2018-10-18")).text
        assert "2018年三季度 截止前1个工作日 → 联络员：4 项任务，企业微信 4 人" in page
        assert "没有提醒要发" in (await client.get(f"/obligations/{duty(province)}?day=2018-10-20")).text


async def test_a_prefecture_sees_its_own_units_and_changes_only_what_concerns_no_others(province: Province):
    shared = duty(province)
    foreign = province.bureau.duty([province.theirs], what="别处的事")
    own = province.bureau.duty([province.ours], what="本市的事")
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        listed = (await client.get("/obligations")).text
        assert "本市的事" in listed
        assert "别处的事" not in listed
        page = (await client.get(f"/obligations/{shared}?day=2018-10-18")).text
        assert "联络员：2 项任务" in page
        assert "evil" not in page
        assert "修改</a>" not in page
        stamp = fields((await client.get(f"/obligations/{own}/edit")).text, unit=[str(province.ours)], do="look")
        assert "evil" not in (await client.get(f"/obligations/{own}/edit")).text
        for address in (f"/obligations/{foreign}", f"/obligations/{foreign}/edit"):
            assert (await client.get(address)).status_code == 404
        for address in (f"/obligations/{foreign}/edit", f"/obligations/{foreign}/look", f"/obligations/{foreign}/end"):
            assert (await client.post(address, data=stamp)).status_code == 404, address
        assert (await client.get(f"/obligations/{shared}/edit")).status_code == 403
        assert (await client.post(f"/obligations/{shared}/edit", data=stamp)).status_code == 403
        assert (await client.post(f"/obligations/{shared}/end", data=stamp)).status_code == 403
        theirs = {**stamp, "unit": [str(province.theirs)]}
        assert (await client.post("/obligations/new", data=theirs)).status_code == 404
        assert (await client.post(f"/obligations/{own}/edit", data={**theirs, "under": [str(province.theirs)]})).status_code == 404
        assert (await saved(client, f"/obligations/{own}/edit", what="本市的大事", unit=[str(province.ours)])).status_code == 303


@pytest.mark.parametrize("rank", [Rank.READER, Rank.AUDITOR])
async def test_who_may_only_read_finds_no_form_and_posts_nothing(province: Province, rank: Rank):
    async with logged_in(province, rank) as client:
        assert "新建" not in (await client.get("/obligations")).text
        assert "修改</a>" not in (await client.get(f"/obligations/{duty(province)}")).text
        assert (await client.get("/obligations/new")).status_code == 403
        token = conftest.token_of((await client.get("/logout")).text)
        for address in (
            "/obligations/new",
            "/obligations/look",
            f"/obligations/{duty(province)}/edit",
            f"/obligations/{duty(province)}/end",
        ):
            data = fields(f'name="token" value="{token}"', unit=[str(province.ours)])
            assert (await client.post(address, data=data)).status_code == 403, address


@pytest.mark.parametrize("begins", ["0001-01-01", "0218-10-16", "1990-01-01", "9999-12-31"])
async def test_a_first_day_that_would_make_every_period_of_centuries_is_refused_as_a_slip(province: Province, begins: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        given = {"rule": "weekly:fri", "begins": begins, "ends": "", "unit": [str(province.ours)]}
        page = fields((await client.get("/obligations/new")).text, **given)
        answer = await client.post("/obligations/new", data={**page, "do": "look"})
        assert (answer.status_code, "从哪天起算" in answer.text, "还没有保存" in answer.text) == (422, True, False)
        assert (await client.get(f"/obligations/{duty(province)}?day={begins}")).status_code == 200
