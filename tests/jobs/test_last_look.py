"""The last look before sending: who has answered since the plan was made is not chased, and the words are those of today (B2)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.channels.base import Limits, Receipt, SendFailed
from bot.domain.due import Shift
from bot.domain.messages import Rendered
from bot.domain.obligations import Obligation
from bot.domain.status import Event, EventKind
from bot.domain.words import FailureKind, MessageState, Role
from bot.domain.workdays import WorkCalendar
from bot.store.units import UnitRow
from jobs import deliver, due, remind

CHANNELS = ("mail", "wecom_robot")
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


def _open(store):
    with store.read() as tx:
        return [message for message in tx.outbox.list() if message.channel == "mail"]


async def _deliver(store, clock, *channels):
    return await deliver.run(clock, store, {channel.name: channel for channel in channels}, render, inline=True)


def _report(store, clock, unit_name):
    with store.begin() as tx:
        (unit,) = [unit for unit in tx.units.all() if unit.name == unit_name]
        (task,) = tx.tasks.find(unit.id)
        tx.tasks.append(task.id, Event(EventKind.REPORTED, clock.at, "person:1"))
