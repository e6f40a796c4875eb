"""A misread letter is set right in the inbox: the tasks with it, what was said keeping its moment, and all of it can be taken back."""

from datetime import date

import httpx
import pytest
from bureau import Bureau, at

from bot.domain.inbound import Inbound
from bot.domain.status import Event, EventKind
from bot.domain.words import Intent, Status
from bot.store.inbox import InboxState, Reply
from tests.web import conftest
from tests.web.fake_house import FakeHouse
from tests.web.test_accounts_in_pages import GOOD, account, log_in

SAID = at("2018-10-16 10:00")


class Desk:
    """An administrator before the inbox, and one task with its contact."""

    def __init__(self, client: httpx.AsyncClient, bureau: Bureau) -> None:
        self.client, self.bureau = client, bureau

    def letter(self, text: str, intent: Intent, fact: EventKind | None = None) -> int:
        """What the contact said, and what it was read as: a fact about the third quarter's task, or nothing tied to it."""
        task = self.bureau.task(1, "2018Q3")
        with self.bureau.store.begin() as tx:
            kept = tx.inbox.keep(Inbound("mail", f"m{text}", "who@example.com", SAID, text, b"raw"), SAID)
            assert kept
            made = tx.tasks.append(task.id, Event(fact, SAID, "person:1", inbound_id=kept)).id if fact else None
            tx.inbox.settle(kept, InboxState.READ, SAID, 1, [Reply(intent, task.id if fact else None, made)])
        return kept

    async def correct(self, kept: int, intent: str, **more: object) -> httpx.Response:
        token = conftest.token_of((await self.client.get("/logout")).text)
        return await self.client.post(f"/inbox/{kept}/correct", data={"token": token, "intent": intent, "all": "1"} | more)

    async def take_back(self) -> None:
        page = (await self.client.get("/inbox?all=1")).text
        address = page.split('action="/undo/')[1].split('"')[0]
        token = conftest.token_of(page)
        await self.client.post(f"/undo/{address}", data={"token": token, "back": "/inbox"})

    @property
    def stands(self) -> tuple[Status, date | None]:
        state = self.bureau.task(1, "2018Q3").state
        return state.status, state.promised_on

    def facts(self) -> list[str]:
        with self.bureau.store.read() as tx:
            return [event.kind.value for event in tx.tasks.events(self.bureau.task(1, "2018Q3").id)]


@pytest.fixture
async def desk(stranger: httpx.AsyncClient, house: FakeHouse) -> Desk:
    bureau = Bureau(house.desk.store)
    bureau.person(bureau.unit("220182", name="榆树市经济局", short_name="榆树"), name="张三")
    bureau.duty([1])
    bureau.due(house.desk.now())
    account(house)
    await log_in(stranger, "zhangsan", GOOD)
    return Desk(stranger, bureau)


async def test_a_report_that_was_none_becomes_the_promise_it_was(desk: Desk):
    kept = desk.letter("明天报", Intent.DONE, EventKind.REPORTED)
    assert (await desk.correct(kept, "promise", day="2018-10-17")).status_code == 303
    assert desk.stands == (Status.PROMISED, date(2018, 10, 17))
    assert desk.facts() == ["reported", "undone", "promised"]
    page = (await desk.client.get("/inbox?all=1")).text
    assert "原来的记录已撤回，1 项任务已按更正改好" in page
    assert "管理员更正" in page


async def test_a_correction_is_taken_back_whole(desk: Desk):
    await desk.correct(desk.letter("明天报", Intent.DONE, EventKind.REPORTED), "promise", day="2018-10-17")
    await desk.take_back()
    assert desk.stands == (Status.REPORTED, None)
    assert desk.facts() == ["reported", "undone", "promised", "undone", "undone"]


async def test_what_was_said_keeps_its_moment_and_is_in_the_audit_log(desk: Desk):
    kept = desk.letter("没有", Intent.IN_PROGRESS, EventKind.IN_PROGRESS)
    await desk.correct(kept, "zero_report")
    task = desk.bureau.task(1, "2018Q3")
    assert (task.status, task.state.reported_at) == (Status.ZERO_REPORT, SAID)
    with desk.bureau.store.read() as tx:
        [entry] = tx.audit.list(f"task:{task.id}")
        events = tx.tasks.events(task.id)
        assert tx.outbox.list() == []
    assert (entry.act, entry.before, entry.after["inbound"]) == ("task.reread", {str(task.id): "in_progress"}, kept)
    assert [event.by for event in events] == ["person:1", "admin:1", "admin:1"]


async def test_what_says_nothing_of_the_status_only_takes_back(desk: Desk):
    await desk.correct(desk.letter("报到哪里？", Intent.DONE, EventKind.REPORTED), "question")
    assert (desk.stands, desk.facts()) == ((Status.PENDING, None), ["reported", "undone"])


async def test_a_letter_tied_to_nothing_changes_the_task_that_is_chosen_and_only_that(desk: Desk):
    kept = desk.letter("搞定了哈", Intent.IRRELEVANT)
    await desk.correct(kept, "done")
    assert desk.facts() == []
    task = desk.bureau.task(1, "2018Q3").id
    await desk.correct(kept, "done", task=str(task))
    assert desk.facts() == ["reported"]
    assert (await desk.correct(kept, "done", task="999")).status_code == 404


async def test_it_is_corrected_a_second_time(desk: Desk):
    kept = desk.letter("明天报", Intent.DONE, EventKind.REPORTED)
    await desk.correct(kept, "question")
    await desk.correct(kept, "in_progress")
    assert (desk.stands, desk.facts()) == ((Status.IN_PROGRESS, None), ["reported", "undone", "in_progress"])


async def test_what_happened_since_is_not_overruled(desk: Desk):
    kept = desk.letter("明天报", Intent.PROMISE, EventKind.IN_PROGRESS)
    desk.bureau.append(desk.bureau.task(1, "2018Q3"), EventKind.REPORTED, at("2018-10-16 11:00"))
    refused = await desk.correct(kept, "zero_report")
    assert (refused.status_code, "又有新的记录" in refused.text) == (422, True)
    assert desk.facts() == ["in_progress", "reported"]


@pytest.mark.parametrize("day", ["", "2018-10-01", "soon"])
async def test_a_request_for_more_time_needs_a_day_that_can_be(desk: Desk, day: str):
    kept = desk.letter("晚点", Intent.DONE, EventKind.REPORTED)
    refused = await desk.correct(kept, "extension_request", day=day)
    assert (refused.status_code, any(each in refused.text for each in ("不是日期", "还没有填写", "不能早于来信当天"))) == (422, True)
    assert desk.facts() == ["reported"]
