"""A small province for tests: units, contacts, duties, and the ticks of the clock, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.domain import times
from bot.domain.due import Shift
from bot.domain.obligations import Obligation
from bot.domain.status import Event, EventKind
from bot.domain.windows import Windows
from bot.domain.words import Role
from bot.domain.workdays import WorkCalendar
from bot.store import Store
from bot.store.letters import Message
from bot.store.tasks import Task
from bot.store.units import UnitRow
from jobs import due as due_job
from jobs import remind as remind_job

CHANNELS = ("wecom_app", "mail", "wecom_robot")
PUBLISHED = times.instant(date(2018, 9, 21), time(9, 0))
QUARTERLY = "quarterly:next-month-day=20"
WINDOWS = Windows(((time(9), time(11, 30)), (time(13, 30), time(16, 30))))


def at(text: str) -> datetime:
    """An instant from Shanghai's clock: `2018-10-12 09:12`."""
    return times.parse_instant(text)


@dataclass
class Bureau:
    """What tests do with a store of duties, in a transaction each."""

    store: Store
    channels: Sequence[str] = CHANNELS
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    def unit(self, code: str, parent: str = "", **fields: object) -> int:
        row = UnitRow(**({"code": code, "name": f"{code}局", "short_name": code, "level": "county", "parent_code": parent} | fields))
        with self.store.begin() as tx:
            return tx.units.put_many([row])[code]

    def person(self, unit_id: int, role: Role = Role.PRIMARY, *addresses: tuple[str, str], name: str = "张三") -> int:
        with self.store.begin() as tx:
            person_id = tx.people.put(name, "group" if role is Role.GROUP else "person")
            tx.people.assign(person_id, unit_id, role)
            for rank, (channel, value) in enumerate(addresses or [("wecom_app", f"zs{person_id}")]):
                tx.people.add_address(person_id, channel, value, rank)
        return person_id

    def duty(self, units: Sequence[int], rule: str = QUARTERLY, **fields: object) -> int:
        values = {
            "id": 0,
            "notice_id": None,
            "what": "工作情况报告",
            "rule": rule,
            "shift": Shift.EARLIER,
            "hour": time(17),
            "recipient": "民营处",
            "emails": ("a@example.com",),
            "phones": (),
            "sentence": "每季度次月20日前报送工作情况",
            "published": PUBLISHED,
            "begins": date(2018, 9, 21),
            "ends": date(2018, 12, 31),
            "ladder": "default",
        }
        with self.store.begin() as tx:
            return tx.obligations.add(Obligation(**(values | fields)), units)

    def due(self, now: datetime, **options: object) -> due_job.Planned:
        return due_job.run(now, self.store, self.calendar, **options)

    def remind(self, now: datetime) -> remind_job.Reminded:
        return remind_job.run(now, self.store, self.channels, self.calendar, WINDOWS)

    def tick(self, now: datetime) -> remind_job.Reminded:
        self.due(now)
        return self.remind(now)

    def task(self, unit_id: int, period: str | None = None) -> Task:
        with self.store.read() as tx:
            return tx.tasks.find(unit_id, period=period)[0]

    def append(self, task: Task, kind: EventKind, when: datetime, **fields: object) -> Event:
        with self.store.begin() as tx:
            return tx.tasks.append(task.id, Event(kind, when, "person:1", **fields))

    def messages(self, person_id: int | None = None) -> list[Message]:
        with self.store.read() as tx:
            return sorted(tx.outbox.list(person_id=person_id, limit=1000), key=lambda message: message.id)

    def lines(self, message: Message, now: datetime):
        with self.store.begin() as tx:
            return tx.reminders.lines([message.id], now)[message.id]

    def send(self, now: datetime) -> int:
        """Everything that may go by now goes."""
        with self.store.begin() as tx:
            waiting = [message for message in tx.outbox.list(limit=1000) if message.state == "pending" and message.not_before <= now]
            claimed = tx.outbox.claim(now, "me", timedelta(minutes=10), dict.fromkeys(self.channels, 0), 1000)
            assert len(claimed) == len(waiting)
        return len(claimed)
