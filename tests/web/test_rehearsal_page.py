import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.web import house as web_house
from bot.web import place
from tests.web import conftest
from tests.web.fake_house import BULLETIN, DUTIES, FakeHouse

HTMX = {"HX-Request": "true"}


def lamp(page: str, task_id: int) -> str:
    """The kind of the lamp of a task."""
    found = re.search(rf'id="t{task_id}" class="lamp (\w+)"', page)
    assert found
    return found[1]


async def test_the_page_shows_clock_notice_conversations_and_all_70_units(clerk: httpx.AsyncClient):
    page = (await clerk.get("/rehearsal")).text
    assert "2018年10月" in page
    assert "任何消息都不会离开本机" in page
    assert "请勿输入国家秘密、工作秘密" in page
    assert all(duty.sentence in page for duty in DUTIES)
    assert page.count('class="lamp ') == 70 * 3 + 7  # every task, and the legend
    assert page.count('id="chat-') == 72


async def test_the_first_page_with_all_its_files_is_small_and_the_next_ones_smaller(clerk: httpx.AsyncClient):
    page = await clerk.get("/rehearsal")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(files) == 6
    sent = {path: await clerk.get(path) for path in files}
    wire = _wire(page) + sum(map(_wire, sent.values()))
    assert wire <= 80_000  # bytes sent; 300,000 is the promise
    assert _wire(page) <= 20_000
    assert len(page.content) <= 120_000
    part = await clerk.get("/rehearsal?chat=2-dingtalk_app", headers=HTMX)
    assert _wire(part) <= 20_000


def _wire(answer: httpx.Response) -> int:
    assert answer.headers["content-encoding"] == "gzip" or len(answer.content) < 1024
    return int(answer.headers["content-length"]) if "content-length" in answer.headers else len(answer.content)


@pytest.mark.parametrize(("how", "day"), [("workday", "17"), ("next_send", "17"), ("end", "28")])
async def test_without_javascript_a_button_moves_the_clock_and_comes_back_to_the_same_place(
    clerk: httpx.AsyncClient, house: FakeHouse, token: str, how: str, day: str
):
    answer = await clerk.post(
        "/rehearsal/advance", data={"token": token, "how": how, "chat": "2-dingtalk_app", "tab": "warnings", "view": "clock"}
    )
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (query["chat"], query["tab"]) == (["2-dingtalk_app"], ["warnings"])
    page = (await clerk.get(answer.headers["location"])).text
    assert house.advanced == [how]
    assert f'<p class="leaf-day">{day}</p>' in page
    assert "发出 <b>3</b> 条消息" in page


async def test_without_javascript_an_answer_changes_the_lamp_and_is_shown_as_understood(
    clerk: httpx.AsyncClient, house: FakeHouse, token: str
):
    before = (await clerk.get("/rehearsal")).text
    answer = await clerk.post("/rehearsal/answer", data={"token": token, "chat": "2-dingtalk_app", "text": "  已报 "})
    assert answer.status_code == 303
    after = (await clerk.get(answer.headers["location"])).text
    assert house.answers == [(2, "已报")]
    assert (lamp(before, 22), lamp(after, 22)) == ("open", "ok")
    assert "读作</span>已报 · 三季度" in after
    assert "有误请回复“撤回”" in after


async def test_with_htmx_the_parts_come_instead_of_the_page(clerk: httpx.AsyncClient, house: FakeHouse, token: str):
    here = f"{conftest.LOCAL}/rehearsal?chat=2-dingtalk_app&view=talk"
    answer = await clerk.post(
        "/rehearsal/answer", data={"token": token, "chat": "2-dingtalk_app", "text": "已报"}, headers=HTMX | {"HX-Current-URL": here}
    )
    assert answer.status_code == 200
    assert re.findall(r'<\w+ id="(\w+)" hx-swap-oob="innerHTML">', answer.text) == ["clock", "threads", "thread", "tabs", "panel", "unread"]
    assert "<html" not in answer.text
    assert lamp(answer.text, 22) == "ok"
    assert 'id="text-2-dingtalk_app"' in answer.text
    assert answer.headers["vary"] == "HX-Request, Accept-Encoding"


@pytest.mark.parametrize("text", ["", "   ", "字" * 501])
async def test_an_empty_or_endless_answer_is_not_given_and_the_page_says_so(
    clerk: httpx.AsyncClient, house: FakeHouse, token: str, text: str
):
    answer = await clerk.post("/rehearsal/answer", data={"token": token, "chat": "2-dingtalk_app", "text": text})
    assert "没有发送" in (await clerk.get(answer.headers["location"])).text
    assert house.answers == []


@pytest.mark.parametrize("chat", ["1000-wecom_robot", "999999-mail", "", "2-mail", "nonsense"])
async def test_a_group_robot_or_an_unknown_conversation_cannot_answer(clerk: httpx.AsyncClient, house: FakeHouse, token: str, chat: str):
    assert (await clerk.post("/rehearsal/answer", data={"token": token, "chat": chat, "text": "已报"})).status_code == 404
    assert house.answers == []


async def test_the_page_of_a_group_robot_says_that_it_cannot_hear(clerk: httpx.AsyncClient):
    page = (await clerk.get("/rehearsal?chat=1000-wecom_robot")).text
    assert "只能发、不能收" in page
    assert 'action="/rehearsal/answer"' not in page


async def test_an_unknown_step_is_refused(clerk: httpx.AsyncClient, house: FakeHouse, token: str):
    assert (await clerk.post("/rehearsal/advance", data={"token": token, "how": "backwards"})).status_code == 400
    assert house.advanced == []


@pytest.mark.parametrize("path", ["/rehearsal/advance", "/rehearsal/answer", "/logout"])
@pytest.mark.parametrize("forgery", [{}, {"token": ""}, {"token": "made.up"}, {"token": "WyJ4IiwieSJd.AAAA"}])
async def test_a_form_from_elsewhere_changes_nothing(clerk: httpx.AsyncClient, house: FakeHouse, path: str, forgery: dict[str, str]):
    answer = await clerk.post(path, data={"how": "end", "chat": "2-dingtalk_app", "text": "已报", **forgery})
    assert answer.status_code == 403
    assert "什么都没有改变" in answer.text
    assert (house.advanced, house.answers) == ([], [])
    assert (await clerk.get("/rehearsal")).status_code == 200


async def test_a_token_of_another_session_is_a_forgery(house: FakeHouse, token: str):
    house.link = "second"
    async with conftest.browser(house) as other:
        await other.post("/login/second")
        assert (await other.post("/rehearsal/advance", data={"token": token, "how": "end"})).status_code == 403
    assert house.advanced == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/rehearsal",
        "/rehearsal?chat=2-dingtalk_app",
        "/rehearsal/advance",
        "/rehearsal/answer",
        "/logout",
        "/login/one-time",
        "/rehearsal?how=end&text=x",
    ],
)
async def test_reading_changes_nothing(clerk: httpx.AsyncClient, house: FakeHouse, method: str, path: str):
    before = house.scene()
    await clerk.request(method, path)
    assert house.scene() == before
    assert (house.advanced, house.answers) == ([], [])
    assert (await clerk.get("/rehearsal")).status_code == 200


HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(2)> ' & {{ 7*7 }}"


async def test_hostile_words_from_anywhere_stay_words(clerk: httpx.AsyncClient, house: FakeHouse):
    at = datetime(2018, 10, 15, 1, 0, tzinfo=UTC)
    entries = tuple(
        web_house.Entry(at, direction, HOSTILE, HOSTILE, style, HOSTILE, HOSTILE, HOSTILE)
        for direction in ("out", "in")
        for style in ("text", "markdown")
    )
    column = web_house.Column(1, HOSTILE, HOSTILE, at.date(), at.date())
    row = web_house.Row(HOSTILE, HOSTILE, "county", (web_house.Cell(1, "ok", HOSTILE, HOSTILE, 3),))
    for kind in ("chat", "mail", "group"):
        talk = web_house.Conversation(1, HOSTILE, HOSTILE, "mail", kind, True, 2, entries)
        scene = replace(
            house.scene(),
            notice=web_house.Notice(HOSTILE, HOSTILE),
            obligations=(web_house.Duty(HOSTILE, HOSTILE, HOSTILE),),
            conversations=(talk,),
            matrix=web_house.Matrix((column,), (row,)),
            totals={HOSTILE: 1},
            warnings=(HOSTILE,),
            bulletin=HOSTILE,
        )
        house.scene = lambda shown=scene: shown  # type: ignore[method-assign,assignment]
        for tab in place.TABS:
            for headers in ({}, HTMX):
                page = (await clerk.get("/rehearsal", params={"tab": tab, "q": HOSTILE, "chat": talk.key}, headers=headers)).text
                assert "<script>alert" not in page
                assert "<img" not in page
                assert "&lt;script&gt;alert(1)" in page
                assert "49" not in page.replace(conftest.token_of(page), "") or "{{ 7*7 }}" in page
                _well_quoted(page)


def _well_quoted(page: str) -> None:
    """No tag has an attribute that begins with `on`, a style, or a javascript address: nothing broke out of its quotes."""
    for tag in re.findall(r"<[a-zA-Z][^>]*>", page):
        bare = re.sub(r'"[^"]*"', '""', tag)
        assert not re.search(r"\s(on\w+|style)\s*=", bare), tag
        assert "javascript:" not in tag


async def test_searching_leaves_only_the_conversations_that_match(clerk: httpx.AsyncClient):
    page = (await clerk.get("/rehearsal", params={"q": "榆树"})).text
    assert page.count('id="chat-') == 1
    nothing = (await clerk.get("/rehearsal", params={"q": "没有这个"})).text
    assert "没有找到“没有这个”" in nothing


async def test_owing_units_can_be_shown_alone(clerk: httpx.AsyncClient):
    page = (await clerk.get("/rehearsal?owe=1")).text
    assert "显示全部单位" in page


async def test_warnings_and_the_circular_have_their_own_tabs(clerk: httpx.AsyncClient):
    assert "没有替补" in (await clerk.get("/rehearsal?tab=warnings")).text
    page = (await clerk.get("/rehearsal?tab=bulletin")).text
    assert BULLETIN in page
    assert "草稿" in page


async def test_a_scene_with_nothing_in_it_yet_explains_what_will_be_there(clerk: httpx.AsyncClient, house: FakeHouse):
    empty = web_house.Scene(now=house.at, next_send=None, ends=house.at.date(), notice=web_house.Notice("通知", ""))
    house.scene = lambda: empty  # type: ignore[method-assign]
    texts = [(await clerk.get(f"/rehearsal?tab={tab}")).text for tab in place.TABS]
    for text, words in zip(texts, ("还没有报送任务", "没有风险", "还没有到可以通报的时候"), strict=True):
        assert words in text
        assert "还没有会话" in text
        assert "演练已到终点" in text
    assert len(re.findall(r"<button[^>]* disabled", texts[0])) == 3


async def test_a_person_written_to_in_two_places_has_two_conversations(clerk: httpx.AsyncClient, house: FakeHouse):
    talk = replace(house.talks[2], channel="mail", kind="mail", title="李四的邮箱")
    scene = replace(house.scene(), conversations=(house.talks[2], talk))
    house.scene = lambda: scene  # type: ignore[method-assign]
    page = (await clerk.get("/rehearsal?chat=2-mail")).text
    assert "<h2>李四的邮箱</h2>" in page


@pytest.mark.parametrize("query", ["tab=x&view=y&chat=%00&q=%FF&owe=2&said=sent.9999999", "said=%3Cb%3E.1", "q=" + "长" * 2000])
async def test_any_address_gives_a_page(clerk: httpx.AsyncClient, query: str):
    answer = await clerk.get(f"/rehearsal?{query}")
    assert answer.status_code == 200
    assert "9999999" not in answer.text


async def test_a_group_that_cannot_answer_is_not_waited_for(clerk: httpx.AsyncClient, house: FakeHouse):
    before = (await clerk.get("/rehearsal")).text
    house.talks[1000] = replace(house.talks[1000], unread=5)
    after = (await clerk.get("/rehearsal")).text
    assert before.count('class="count"') == after.count('class="count"') > 1


@pytest.mark.parametrize(("name", "shown"), [("2018年三季度", "<b>2018年<wbr>三季度</b>"), ("本次", "<b>本次</b>")])
async def test_a_long_name_of_a_period_may_break_after_the_year(clerk: httpx.AsyncClient, house: FakeHouse, name: str, shown: str):
    scene = house.scene()
    columns = (replace(scene.matrix.columns[0], name=name), *scene.matrix.columns[1:])
    changed = replace(scene, matrix=replace(scene.matrix, columns=columns))
    house.scene = lambda: changed  # type: ignore[method-assign]
    assert shown in (await clerk.get("/rehearsal")).text
