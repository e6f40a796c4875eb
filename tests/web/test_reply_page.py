"""The reply page through HTTP, over the real counter and a real database."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from office import CHANNELS, Office, at

from bot.domain.words import Role, Status
from bot.store.units import UnitRow
from bot.talk import hear
from bot.talk.counter import Counter
from bot.talk.reply_links import Link, ReplyLinks
from bot.web.reply_page import GUESSES, LARGEST, TAPS
from tests.web.conftest import browser
from tests.web.fake_house import FakeHouse

Q3, LIST = ("榆树市", "2018Q3"), ("榆树市", "once")
LINKS = ReplyLinks(b"k" * 32, "")


class Place:
    """A house with a reply page, and somebody who has a link."""

    def __init__(self, store) -> None:
        self.office = Office(store).open()
        self.now = at("10-16 09:20")
        self.house = FakeHouse("live")
        self.house.counter = Counter(store, LINKS, lambda: self.now, self._take)
        self.person = self.office.person("榆树市")
        self.address = self.link(Link(self.person))

    def _take(self, inbound) -> None:
        hear.at_once(self.office.store, inbound, self.now, CHANNELS, self.office.calendar)

    def link(self, link: Link) -> str:
        return "/r/" + LINKS.token(link, self.now)

    def form(self, page: str, act: str, task: tuple[str, str] = Q3, **fields: str) -> dict[str, str]:
        mark = re.search(r'name="mark" value="([^"]+)"', page)
        assert mark
        return {"mark": mark[1], "act": act, "task": str(self.office.task(*task).id), **fields}


@pytest.fixture
def place(sqlite_store) -> Place:
    return Place(sqlite_store)


@pytest.fixture
async def client(place):
    async with browser(place.house) as client:
        yield client


async def tap(client: httpx.AsyncClient, place: Place, act: str, **fields: str) -> httpx.Response:
    page = await client.get(place.address)
    return await client.post(place.address, data=place.form(page.text, act, **fields))


async def test_a_tap_is_recorded_and_shown_and_taken_back(place, client):
    answer = await tap(client, place, "done")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{place.address}?told={place.office.task(*Q3).id}")
    page = (await client.get(answer.headers["location"])).text
    assert "已记录：榆树市 2018年三季度 本地区培育工作开展情况 → 已报" in page
    assert "撤回这条记录" in page
    assert place.office.task(*Q3).status is Status.REPORTED
    await tap(client, place, "undo")
    assert place.office.task(*Q3).status is Status.PENDING


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
async def test_nothing_but_a_form_of_the_page_changes_anything(place, client, method):
    for address in (place.address, f"{place.address}?act=done&task=1&told=1"):
        await client.request(method, address, headers={"purpose": "prefetch"})
    assert place.office.received() == []


async def test_head_is_answered_like_get_without_a_body(place, client):
    answer = await client.head(place.address)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_the_page_needs_no_session_sets_no_cookie_and_is_kept_nowhere(place, client):
    answer = await client.get(place.address)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "<script" not in answer.text


async def test_the_page_of_a_link_about_one_task_begins_with_it(place, client):
    page = (await client.get(place.link(Link(place.person, place.office.task(*Q3).id)))).text
    assert page.index("本地区培育工作开展情况") < page.index("推荐名单")


async def test_names_are_masked_and_others_are_not_shown(place, client):
    place.office.person("榆树市", name="欧阳修")
    page = (await client.get(place.address)).text
    assert "张*" in page
    for word in ("张三", "欧阳", f"p{place.person}", "农安"):
        assert word not in page


async def test_what_comes_from_outside_is_escaped(place, client):
    with place.office.store.begin() as tx:
        for duty in tx.obligations.all():
            tx.obligations.change(replace(duty, what="<b>名单</b>", recipient='"><img src=x>'))
    await tap(client, place, "difficulty", note="<script>alert(1)</script>")
    page = (await client.get(place.address)).text
    assert "<b>名单" not in page
    assert "<img" not in page
    assert "<script" not in page


async def test_a_form_sent_twice_has_one_effect_and_one_from_an_old_page_says_so(place, client):
    page = (await client.get(place.address)).text
    for _ in range(2):
        assert (await client.post(place.address, data=place.form(page, "done"))).status_code == 303
    assert place.office.events(place.office.task(*Q3)) == ["reported"]
    place.now += timedelta(days=2)
    answer = await client.post(place.address, data=place.form(page, "not_yet"))
    assert (answer.status_code, "这一页已经过期" in answer.text) == (409, True)
    assert place.office.events(place.office.task(*Q3)) == ["reported"]


async def test_an_expired_link_says_what_to_do(place, client):
    place.now += timedelta(days=60)
    for method in ("GET", "POST"):
        answer = await client.request(method, place.address)
        assert answer.status_code == 410
        assert "最近一条提醒消息" in answer.text


async def test_guesses_are_braked_and_a_good_link_is_not(place, client):
    wrong = [(await client.get(f"/r/{n}-6890.{'A' * 43}")).status_code for n in range(GUESSES + 3)]
    assert wrong == [404] * GUESSES + [429] * 3
    assert (await client.post("/r/guess", data={"act": "done"})).status_code == 429
    assert (await client.get(place.address)).status_code == 200
    place.house.clock += timedelta(minutes=11)
    assert (await client.get("/r/guess")).status_code == 404


async def test_taps_without_end_are_braked(place, client):
    page = (await client.get(place.address)).text
    form = place.form(page, "dance")
    answers = [(await client.post(place.address, data=form)).status_code for _ in range(TAPS + 1)]
    assert (answers[0], answers[-1]) == (422, 429)


PROBLEMS = (
    ({"act": "until"}, 422, "请先选好改到哪一天"),
    ({"act": "until", "day": "2018-10-01"}, 422, "已经过去"),
    ({"act": "done", "count.合计": "三"}, 422, "只能填数字"),
    ({"act": "undo"}, 409, "没有可以撤回的记录"),
    ({"act": "done", "task": "9999"}, 404, "不在您名下"),
)


@pytest.mark.parametrize(("fields", "status", "words"), PROBLEMS)
async def test_what_cannot_be_taken_is_said_on_the_page(place, client, fields, status, words):
    page = (await client.get(place.address)).text
    answer = await client.post(place.address, data=place.form(page, "done") | fields)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert place.office.received() == []


async def test_figures_and_a_note_go_with_the_tap(place, client):
    await tap(client, place, "done", **{"count.合计": "8", "note": "已发邮箱"})
    with place.office.store.read() as tx:
        (event,) = tx.tasks.events(place.office.task(*Q3).id)
    assert (event.counts, event.note) == ({"合计": 8}, "已发邮箱")


# files


@pytest.fixture
def wanting(place) -> Place:
    with place.office.store.begin() as tx:
        for duty in tx.obligations.all():
            tx.obligations.change(replace(duty, wants_file=True))
    return place


async def test_a_file_is_taken_where_the_duty_wants_one(wanting, client):
    page = (await client.get(wanting.address)).text
    assert 'enctype="multipart/form-data"' in page
    files = [("file", ("名单.xlsx", b"content", "application/x")), ("file", ("", b"", "application/octet-stream"))]
    answer = await client.post(wanting.address, data=wanting.form(page, "done"), files=files)
    assert answer.status_code == 303
    with wanting.office.store.read() as tx:
        (kept,) = tx.files.of_task(wanting.office.task(*Q3).id)
        assert (kept.name, tx.files.content(kept.id)) == ("名单.xlsx", b"content")
    assert "您已上传：名单.xlsx" in (await client.get(wanting.address)).text


async def test_where_no_file_is_wanted_none_is_asked_for_or_taken(place, client):
    page = (await client.get(place.address)).text
    assert 'type="file"' not in page
    answer = await client.post(place.address, data=place.form(page, "done"), files={"file": ("a.pdf", b"x")})
    assert (answer.status_code, "不在这里收材料" in answer.text) == (422, True)


async def test_a_body_beyond_the_limit_is_refused_before_it_is_read(wanting, client):
    answer = await client.post(
        wanting.address, content=b"x", headers={"content-length": str(LARGEST + 1), "content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data", b"x"),
        ("application/x-www-form-urlencoded", b"\xff"),
    ],
)
async def test_a_body_that_is_no_form_is_refused(place, client, kind, body):
    answer = await client.post(place.address, content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 409)
    assert place.office.received() == []


async def test_a_house_without_a_counter_has_no_page(client, place):
    place.house.counter = None
    assert (await client.get(place.address)).status_code == 404


async def test_who_decides_gets_two_buttons_for_each_request(place, client):
    with place.office.store.begin() as tx:
        centre = tx.units.put_many([UnitRow("SX", "省促进中小企业发展服务中心", "省中心", "province")])["SX"]
        decider = tx.people.put("王五")
        tx.people.assign(decider, centre, Role.ADMIN)
    await tap(client, place, "until", day="2018-10-30")
    place.address = place.link(Link(decider))
    page = (await client.get(place.address)).text
    assert "有 1 项展期申请请您决定" in page
    assert "没有待报事项" not in page
    assert (await client.post(place.address, data=place.form(page, "refuse"))).status_code == 303
    assert place.office.events(place.office.task(*Q3)) == ["extension_asked", "extension_refused"]
    assert "没有待报事项" in (await client.get(place.address)).text
    assert "已办理。" in (await client.get(f"{place.address}?told={place.office.task(*Q3).id}")).text


@pytest.mark.parametrize("name", ["../../etc/名单.xlsx", "a%2F..%2F名单.xlsx", "\u202e名单.xlsx", "%E2%80%AE名单.xlsx", "C:\\x\\名单.xlsx"])
async def test_a_file_is_called_what_it_is_called_and_nothing_else(wanting, client, name):
    page = (await client.get(wanting.address)).text
    answer = await client.post(wanting.address, data=wanting.form(page, "done"), files={"file": (name, b"content", "text/html")})
    assert answer.status_code == 303
    with wanting.office.store.read() as tx:
        (kept,) = tx.files.of_task(wanting.office.task(*Q3).id)
    assert kept.name == "名单.xlsx"
