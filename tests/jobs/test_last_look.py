"""The last look before sending: who has answered since the plan was made is not chased, and the words are those of today (B2)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text

from bot.channels.base import Limits, Receipt, SendFailed
from bot.domain import windows
from bot.domain.due import Shift
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft, Rendered
from bot.domain.obligations import Obligation
from bot.domain.status import Event, EventKind
from bot.domain.words import FailureKind, MessageKind, MessageState, Role
from bot.domain.workdays import WorkCalendar
from bot.store.units import UnitRow
from jobs import deliver, due, remind

CHANNELS = ("mail", "wecom_robot")
OFFICE_HOURS = deliver.Manners(windows.DEFAULT)
PUBLISHED = datetime(2018, 9, 21, 1, 0, tzinfo=UTC)
DUTY = Obligation(
    id=0,
    notice_id=None,
    what="推荐名单",
    rule="once:2018-09-28",
    shift=Shift.EARLIER,
    hour=time(17),
    recipient="省中心",
    emails=(),
    phones=(),
    sentence="请于9月28日前报送。",
    published=PUBLISHED,
    begins=date(2018, 9, 1),
    ends=None,
    ladder="default",
)


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Mailbox:
    """A channel that keeps what the views said; fails while `failure` is set."""

    def __init__(self, name: str) -> None:
        self.name, self.limits = name, Limits(4000, 0, timedelta(minutes=1), "text", False)
        self.bodies: list[str] = []
        self.failure: FailureKind | None = None

    def robot(self, address: str) -> str:
        return self.name

    async def send(self, message) -> Receipt:
        if self.failure is not None:
            raise SendFailed(self.failure, "x", "said no")
        self.bodies.append(message.rendered.body)
        return Receipt("0")

    async def close(self) -> None:
        pass


def render(kind, view, *, max_bytes, format, channel) -> list[Rendered]:
    if view["groups"]:
        words = "; ".join(f"{group['what']} {group['reported']}/{group['total']}" for group in view["groups"])
    else:
        words = f"{view['person']}: " + ", ".join(item["unit"] for item in view["items"])
    return [Rendered(kind.value, words)]


@pytest.fixture
def planned(store):
    """张三 answers for two counties that owe a list, a group chat for both; the first letters stand in the outbox."""
    with store.begin() as tx:
        units = tx.units.put_many(
            [UnitRow("1", "榆树市", "榆树", "county", position=1), UnitRow("2", "农安县", "农安", "county", position=2)]
        )
        person, group = tx.people.put("张三"), tx.people.put("工作群", "group")
        tx.people.add_address(person, "mail", "zhang@example.com", 0)
        tx.people.add_address(group, "wecom_robot", "g", 0)
        for unit in units.values():
            tx.people.assign(person, unit, Role.PRIMARY)
            tx.people.assign(group, unit, Role.GROUP)
        tx.obligations.add(DUTY, units.values())
    now = PUBLISHED + timedelta(hours=1)
    due.run(now, store, WorkCalendar())
    clock = Clock(now)
    while not _open(store):
        remind.run(clock.at, store, CHANNELS, WorkCalendar())
        clock.at += timedelta(hours=1)
    with store.read() as tx:
        clock.at = max(message.not_before for message in tx.outbox.list())
    return store, clock


async def test_a_letter_speaks_of_all_that_is_owed(planned):
    store, clock = planned
    mail, robot = Mailbox("mail"), Mailbox("wecom_robot")
    done = await _deliver(store, clock, mail, robot)
    assert done.sent == len(mail.bodies) + len(robot.bodies) >= 1
    assert mail.bodies == ["张三: 榆树市, 农安县"]
    assert robot.bodies in ([], ["推荐名单 0/2"])


async def test_a_unit_that_has_reported_since_is_left_out(planned):
    store, clock = planned
    _report(store, clock, "榆树市")
    mail = Mailbox("mail")
    await _deliver(store, clock, mail)
    assert mail.bodies == ["张三: 农安县"]


async def test_a_letter_with_nothing_left_to_say_is_not_sent(planned):
    store, clock = planned
    for unit in ("榆树市", "农安县"):
        _report(store, clock, unit)
    mail = Mailbox("mail")
    done = await _deliver(store, clock, mail, Mailbox("wecom_robot"))
    assert mail.bodies == []
    assert done.superseded >= 1
    with store.read() as tx:
        assert {message.state for message in tx.outbox.list() if message.channel == "mail"} == {MessageState.SUPERSEDED}


@pytest.mark.parametrize(
    ("failure", "report", "expected"),
    [
        (FailureKind.TRANSIENT, False, ["张三: 榆树市, 农安县"]),
        (FailureKind.TRANSIENT, True, ["张三: 农安县"]),
        (FailureKind.IN_DOUBT, False, ["张三: 榆树市, 农安县"]),
        (FailureKind.IN_DOUBT, True, ["张三: 农安县"]),
    ],
)
async def test_a_letter_that_goes_again_says_what_is_owed_by_then(planned, failure, report, expected):
    store, clock = planned
    mail = Mailbox("mail")
    mail.failure = failure
    await _deliver(store, clock, mail)
    if report:
        _report(store, clock, "榆树市")
    mail.failure = None
    clock.at += timedelta(minutes=10)
    await _deliver(store, clock, mail)
    assert mail.bodies == expected


EVENING = datetime(2018, 9, 21, 12, 0, tzinfo=UTC)
"""Friday the 21st, 20:00 in Shanghai, a week before the last day."""


async def test_what_a_retry_pushed_into_the_night_waits_for_the_next_sending_hours(planned):
    store, clock = planned
    clock.at, mail = EVENING, Mailbox("mail")
    await _deliver(store, clock, mail, manners=OFFICE_HOURS)
    assert mail.bodies == []
    with store.read() as tx:
        [message] = [message for message in tx.outbox.list() if message.channel == "mail"]
        assert tx.outbox.deliveries(message.id) == []
    assert (message.state, message.not_before) == (MessageState.PENDING, datetime(2018, 9, 25, 1, 10, tzinfo=UTC))  # after 中秋
    clock.at = message.not_before
    await _deliver(store, clock, mail, manners=OFFICE_HOURS)
    assert mail.bodies == ["张三: 榆树市, 农安县"]


async def test_on_its_last_day_a_letter_goes_after_hours_too(planned):
    store, clock = planned
    clock.at, mail = datetime(2018, 9, 28, 9, 7, tzinfo=UTC), Mailbox("mail")  # 17:07
    await _deliver(store, clock, mail, manners=OFFICE_HOURS)
    assert mail.bodies == ["张三: 榆树市, 农安县"]


async def test_what_answers_somebody_goes_at_any_hour(planned):
    store, clock = planned
    clock.at, mail = EVENING, Mailbox("mail")
    with store.begin() as tx:
        view = {"groups": [], "person": "张三", "items": [{"unit": "已记录"}]}
        tx.outbox.put(Draft(MessageKind.CONFIRMATION, 1, "confirmation:1", clock.at, "", view), CHANNELS, clock.at)
    await _deliver(store, clock, mail, manners=OFFICE_HOURS)
    assert mail.bodies == ["张三: 已记录"]


async def test_who_is_not_on_the_allow_list_gets_nothing_until_it_is_widened(planned):
    store, clock = planned
    mail, robot = Mailbox("mail"), Mailbox("wecom_robot")
    narrow = deliver.Manners(allowed=frozenset({"li@example.com"}))
    await _deliver(store, clock, mail, robot, manners=narrow)
    await _deliver(store, clock, mail, robot, manners=narrow)
    assert (mail.bodies, robot.bodies) == ([], [])
    with store.read() as tx:
        held = [message for message in tx.outbox.list() if message.channel == "mail"]
    assert [(message.state, message.failures, message.last_detail) for message in held] == [
        (MessageState.PENDING, 0, "not on the allow-list")
    ]
    clock.at += timedelta(hours=1)
    await _deliver(store, clock, mail, robot, manners=deliver.Manners(allowed=frozenset({"zhang@example.com"})))
    assert (mail.bodies, robot.bodies) == (["张三: 榆树市, 农安县"], [])


@pytest.mark.parametrize(("listed", "answered"), [("zhangsan", True), ("lisi", False)])
async def test_an_answer_into_a_session_needs_its_person_on_the_allow_list(planned, listed, answered):
    store, clock = planned
    chat = Mailbox("dingtalk_app")
    with store.begin() as tx:
        tx.people.add_address(1, "dingtalk_app", "zhangsan", 1)
        said = Inbound("dingtalk_app", "1", "zhangsan", clock.at, "已报", b"{}", answer_to="https://127.0.0.1/session")
        number = tx.inbox.keep(said, clock.at)
        view = {"groups": [], "person": "张三", "items": [{"unit": "已记录"}]}
        draft = Draft(MessageKind.CONFIRMATION, 1, "confirmation:1", clock.at, "", view, reply_to=number)
        tx.outbox.put(draft, ["dingtalk_app"], clock.at)
    await _deliver(store, clock, chat, manners=deliver.Manners(allowed=frozenset({listed})))
    assert bool(chat.bodies) is answered


async def test_a_letter_that_cannot_be_made_keeps_no_other_from_going(planned, monkeypatch):
    store, clock = planned
    with store.begin() as tx:
        other = tx.people.put("李四")
        tx.people.add_address(other, "mail", "li@example.com", 0)
        view = {"groups": [], "person": "李四", "items": [{"unit": "已记录"}]}
        tx.outbox.put(Draft(MessageKind.CONFIRMATION, other, "confirmation:1", clock.at, "", view), CHANNELS, clock.at)
        tx.connection.execute(text("UPDATE obligation SET what = ''"))
        tx.connection.execute(text("UPDATE task SET status = 'unheard of'"))
    mail = Mailbox("mail")
    done = await _deliver(store, clock, mail)
    assert (mail.bodies, done.dead) == (["李四: 已记录"], 1)


def _open(store):
    with store.read() as tx:
        return [message for message in tx.outbox.list() if message.channel == "mail"]


async def _deliver(store, clock, *channels, manners=deliver.FREELY):
    return await deliver.run(clock, store, {channel.name: channel for channel in channels}, render, manners, inline=True)


def _report(store, clock, unit_name):
    with store.begin() as tx:
        (unit,) = [unit for unit in tx.units.all() if unit.name == unit_name]
        (task,) = tx.tasks.find(unit.id)
        tx.tasks.append(task.id, Event(EventKind.REPORTED, clock.at, "person:1"))
