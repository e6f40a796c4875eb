"""The inbox and the outbox as somebody before a browser works them."""

import json
import re

import httpx
import pytest
from bureau import Bureau, at

from bot.desk import accounts
from bot.desk.desk import Actor
from bot.domain.inbound import Inbound
from bot.domain.status import Event, EventKind
from bot.domain.words import Intent, MessageState, Rank
from bot.store.inbox import InboxState, Reply
from bot.talk import turn
from tests.web import conftest
from tests.web.fake_house import FakeHouse
from tests.web.test_accounts_in_pages import BOSS, GOOD, account, log_in

WHEN = at("2018-10-16 10:00")


@pytest.fixture
async def boss(stranger: httpx.AsyncClient, house: FakeHouse) -> httpx.AsyncClient:
    account(house)
    await log_in(stranger, "zhangsan", GOOD)
    return stranger


@pytest.fixture
def bureau(house: FakeHouse) -> Bureau:
    found = Bureau(house.desk.store)
    unit = found.unit("220182", name="榆树市经济局", short_name="榆树")
    found.person(unit, name="张三")
    return found


def letter(bureau: Bureau, text: str, state: InboxState, **more: object) -> int:
    with bureau.store.begin() as tx:
        kept = tx.inbox.keep(Inbound("mail", f"m{text}", "who@example.com", WHEN, text, b"raw"), WHEN)
        assert kept
        tx.inbox.settle(kept, state, WHEN, **more)
    return kept


async def _token(client: httpx.AsyncClient) -> str:
    return conftest.token_of((await client.get("/logout")).text)


async def test_a_stranger_is_tied_to_a_units_contact_and_heard_again(boss: httpx.AsyncClient, bureau: Bureau):
    kept = letter(bureau, "三季度报了<script>", InboxState.STRANGER)
    page = (await boss.get("/inbox")).text
    assert "三季度报了&lt;script&gt;" in page
    token = await _token(boss)
    wrong = await boss.post(f"/inbox/{kept}/bind", data={"token": token, "words": "磐石"})
    assert (wrong.status_code, "没有找到单位“磐石”" in wrong.text, 'value="磐石"' in wrong.text) == (422, True, True)
    assert (await boss.post(f"/inbox/{kept}/bind", data={"token": token, "words": "榆树"})).status_code == 303
    with bureau.store.read() as tx:
        assert tx.inbox.get(kept).state is InboxState.NEW
        person = tx.people.by_address("mail", "who@example.com")
        assert person
        assert person.name == "张三"
        assert tx.audit.list(f"inbound:{kept}")[0].act == "sender.bound"


async def test_a_mailbox_that_spoke_for_a_contact_is_shown_with_both_and_can_be_bound(boss: httpx.AsyncClient, bureau: Bureau):
    kept = letter(bureau, "已报", InboxState.TROUBLE, person_id=1, trouble=f"{turn.ON_BEHALF}; disputed")
    page = (await boss.get("/inbox")).text
    assert "who@example.com 代 张三" in page
    assert "由另一邮箱代答，已按其所说记录；请核实，是常用邮箱的可绑定；说不归其管，请核实" in page
    fields = {"token": await _token(boss), "words": "榆树"}
    assert (await boss.post(f"/inbox/{kept}/bind", data=fields)).status_code == 303
    with bureau.store.read() as tx:
        assert tx.inbox.get(kept).state is InboxState.NEW
        assert tx.people.by_address("mail", "who@example.com") is not None


async def test_the_story_of_a_task_says_which_mailbox_spoke_for_whom(boss: httpx.AsyncClient, bureau: Bureau):
    bureau.duty([1])
    bureau.due(WHEN)
    kept = letter(bureau, "已报", InboxState.TROUBLE, person_id=1, trouble=turn.ON_BEHALF)
    with bureau.store.begin() as tx:
        fact = tx.tasks.append(1, Event(EventKind.REPORTED, WHEN, "behalf:1", inbound_id=kept))
        tx.inbox.settle(kept, InboxState.TROUBLE, WHEN, 1, [Reply(Intent.DONE, 1, fact.id)])
    assert "张三（who@example.com 代答），第 1 号记录" in (await boss.get("/tasks/1")).text


async def test_a_wrong_reading_is_corrected_and_taken_away_as_a_test_case(boss: httpx.AsyncClient, bureau: Bureau):
    kept = letter(bureau, "收到，明天报", InboxState.READ, replies=[Reply(Intent.ACK)])
    fields = {"token": await _token(boss), "intent": "promise", "all": "1"}
    assert (await boss.post(f"/inbox/{kept}/correct", data=fields)).headers["location"] == "/inbox?all=1"
    lines = (await boss.get("/inbox/corrections.jsonl")).text.splitlines()
    assert [json.loads(line)["intent"] for line in lines] == ["promise"]
    assert json.loads(lines[0])["text"] == "收到，明天报"
    assert (await boss.post(f"/inbox/{kept}/correct", data={**fields, "intent": "yes"})).status_code == 422


async def test_what_needs_nothing_more_leaves_the_list(boss: httpx.AsyncClient, bureau: Bureau):
    kept = letter(bureau, "？？", InboxState.TROUBLE, trouble="complaint")
    assert "投诉或意见" in (await boss.get("/inbox")).text
    await boss.post(f"/inbox/{kept}/handled", data={"token": await _token(boss)})
    assert "没有要处理的来信" in (await boss.get("/inbox")).text
    assert "？？" in (await boss.get("/inbox?all=1")).text


async def test_a_dead_message_is_resent_only_with_a_reason(boss: httpx.AsyncClient, bureau: Bureau, house: FakeHouse):
    bureau.duty([1])
    bureau.tick(at("2018-10-09 10:00"))
    message = bureau.messages()[0]
    _kill(bureau, message.id)
    page = (await boss.get("/outbox?state=dead")).text
    assert "重发" in page
    token = await _token(boss)
    refused = await boss.post(f"/outbox/{message.id}/resend", data={"token": token, "state": "dead", "reason": " "})
    assert (refused.status_code, "“理由”还没有填写" in refused.text) == (422, True)
    done = await boss.post(f"/outbox/{message.id}/resend", data={"token": token, "state": "dead", "reason": "地址已改"})
    assert done.status_code == 303
    with bureau.store.read() as tx:
        assert tx.outbox.get(message.id).state is MessageState.RETRY
    again = await boss.post(f"/outbox/{message.id}/drop", data={"token": token, "state": "dead", "reason": "不要了"})
    assert "不需要决定" in again.text


async def test_an_account_is_paused_with_a_reason_and_resumed(boss: httpx.AsyncClient, bureau: Bureau):
    with bureau.store.begin() as tx:
        tx.robots.ensure("mail", "mail")
    token = await _token(boss)
    assert (await boss.post("/robots/pause", data={"token": token, "key": "mail", "reason": ""})).status_code == 422
    await boss.post("/robots/pause", data={"token": token, "key": "mail", "reason": "换授权码"})
    assert "换授权码" in (await boss.get("/today")).text
    await boss.post("/robots/resume", data={"token": token, "key": "mail"})
    assert "换授权码" not in (await boss.get("/today")).text
    assert (await boss.post("/robots/pause", data={"token": token, "key": "nobody", "reason": "x"})).status_code == 404


async def test_a_prefectures_administrator_sees_no_strangers_and_no_outbox(stranger: httpx.AsyncClient, house: FakeHouse, bureau: Bureau):
    kept = letter(bureau, "我是谁", InboxState.STRANGER)
    account_id = account(house, "wangwu", Rank.READER)
    with house.desk.store.begin() as tx:
        version = tx.accounts.get(account_id).version
        assert tx.accounts.change(account_id, version, {"rank": "prefecture", "unit_id": 1})
    await log_in(stranger, "wangwu", GOOD)
    assert "我是谁" not in (await stranger.get("/inbox?all=1")).text
    assert (await stranger.post(f"/inbox/{kept}/handled", data={"token": await _token(stranger)})).status_code == 404
    assert (await stranger.get("/outbox")).status_code == 403
    assert not re.search(r'href="/outbox', (await stranger.get("/today")).text)


def _kill(bureau: Bureau, message_id: int) -> None:
    """As if the platform had refused it for good."""
    with bureau.store.begin() as tx:
        tx.connection.exec_driver_sql(f"UPDATE message SET state = 'dead' WHERE id = {message_id}")


async def test_corrections_quote_all_units_and_are_for_who_sees_all(house: FakeHouse, bureau: Bureau):
    unit = bureau.unit("220100", level="prefecture")
    account_id, first = accounts.add(house.desk, BOSS, "shenji", accounts.Wish("李四", Rank.AUDITOR, unit))
    accounts.choose_password(house.desk, Actor(account_id, "shenji", "李四", Rank.AUDITOR, None), 0, first, GOOD, GOOD)
    async with conftest.browser(house) as auditor:
        await log_in(auditor, "shenji", GOOD)
        assert (await auditor.get("/inbox/corrections.jsonl")).status_code == 403


@pytest.mark.parametrize(("sender", "state"), [("p@example.com", InboxState.READ), ("", InboxState.STRANGER)])
async def test_only_a_strangers_address_can_be_tied_to_somebody(boss: httpx.AsyncClient, bureau: Bureau, sender: str, state: InboxState):
    with bureau.store.begin() as tx:
        kept = tx.inbox.keep(Inbound("mail", "m1", sender, WHEN, "已报", b"raw"), WHEN)
        assert kept
        tx.inbox.settle(kept, state, WHEN)
    assert (await boss.post(f"/inbox/{kept}/bind", data={"token": await _token(boss), "words": "榆树"})).status_code == 404
