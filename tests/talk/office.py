"""A small office for tests: two units, two duties, people on several channels; letters go out, people speak, and are heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from bot.domain import due, periods, rules, times
from bot.domain.deliveries import Handed, Outcome
from bot.domain.due import Shift
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft
from bot.domain.obligations import Obligation
from bot.domain.words import MessageKind, Role
from bot.domain.workdays import WorkCalendar
from bot.render import Renderer
from bot.store import Store
from bot.store.inbox import Received
from bot.store.letters import Frozen
from bot.store.tasks import Task
from bot.store.units import UnitRow
from bot.talk import hear

CHANNELS = frozenset({"wecom_app", "dingtalk_app", "mail"})
LIST, REPORT = "“百千万”中小企业推荐名单", "本地区培育工作开展情况"
UNITS = (("YS", "榆树市"), ("NA", "农安县"))
RENDERER = Renderer()
LEASE = timedelta(minutes=10)


def at(text: str) -> datetime:
    """`10-16 09:20` of 2018 on Shanghai's clock; with the year if it is another."""
    return times.parse_instant(text if text.startswith("20") else f"2018-{text}")


def tag_of(key: str) -> str:
    """The tag of the mails that began with this key."""
    return f"TAG/{key}"


@dataclass(frozen=True)
class Answer:
    """One message that went out."""

    kind: MessageKind
    text: str
    channel: str
    address: str
    person_id: int | None


@dataclass
class Office:
    """`tasks` are known by (unit, period): `("榆树市", "once")`, `("榆树市", "2018Q3")`."""

    store: Store
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    serial: count = field(default_factory=lambda: count(1))

    def open(self) -> "Office":
        """Units and duties with the periods that begin in 2018."""
        with self.store.begin() as tx:
            rows = [UnitRow(code, f"{name}经济局", name, "county", position=n) for n, (code, name) in enumerate(UNITS, 1)]
            units = tx.units.put_many(rows)
            self.units = {name: units[code] for code, name in UNITS}
            for what, rule in ((LIST, "once:2018-09-28"), (REPORT, "quarterly:next-month-day=20")):
                duty = tx.obligations.add(_obligation(what, rule), units.values())
                for period in periods.expand(rules.parse(rule), date(2018, 9, 1), date(2019, 1, 31), calendar=self.calendar):
                    period_id, _ = tx.periods.put(duty, due.due(rules.parse(rule), period, calendar=self.calendar))
                    tx.periods.make_tasks(period_id)
        return self

    def person(self, *units: str, role: Role = Role.PRIMARY, channel: str = "wecom_app", name: str = "张三") -> int:
        """Somebody with a role at these units, an address on `channel`, and a mailbox after it."""
        with self.store.begin() as tx:
            person = tx.people.put(name)
            for unit in units:
                tx.people.assign(person, self.units[unit], role)
            if channel != "mail":
                tx.people.add_address(person, channel, f"p{person}", 0)
            tx.people.add_address(person, "mail", f"p{person}@example.com", 1)
        return person

    def task(self, unit: str = "榆树市", period: str = "2018Q3") -> Task:
        """The task as it stands now."""
        with self.store.read() as tx:
            return next(task for task in tx.tasks.find(self.units[unit]) if task.period == period)

    def every_task(self) -> list[Task]:
        """All of them."""
        with self.store.read() as tx:
            return [task for unit in self.units.values() for task in tx.tasks.find(unit)]

    def events(self, task: Task) -> list[str]:
        """Kinds of the facts about a task, in order."""
        with self.store.read() as tx:
            return [event.kind.value for event in tx.tasks.events(task.id)]

    def letter(self, person: int, when: str, *tasks: tuple[str, str]) -> int:
        """A reminder reaches the person; its words name these tasks in this order. Returns its number (编号)."""
        said = tuple((self.task(*each).id, "T-3") for each in tasks)
        with self.store.begin() as tx:
            draft = Draft(MessageKind.REMINDER, person, f"letter:{next(self.serial)}", at(when), "T-3")
            message = tx.outbox.put(draft, CHANNELS, at(when))
            for claimed in tx.outbox.claim(at(when), "post", LEASE, dict.fromkeys(CHANNELS, 0), 50):
                words = RENDERER.render(MessageKind.CONFIRMATION, {"lines": ["x"], "undo": "", "notes": []}, max_bytes=2000, format="text")
                tx.outbox.freeze([Frozen(claimed.id, tuple(words), said if claimed.id == message else ())])
                tx.outbox.settle([Outcome(claimed.id, "post", claimed.attempt, at(when), Handed.SENT)], at(when))
        assert message is not None
        return message

    def sign_of(self, letter: int) -> str:
        """What an answer to this letter says it is about, once its Message-ID was found among ours."""
        with self.store.read() as tx:
            return f"message:{tx.outbox.get(letter).dedupe}"

    def keep(self, person: int, text: str, when: str, **fields: Any) -> int | None:
        """Something arrives from the person; nobody has read it yet."""
        with self.store.begin() as tx:
            channel = fields.pop("channel", tx.people.get(person).addresses[0].channel)
            value = next(address.value for address in tx.people.get(person).addresses if address.channel == channel)
            return self._keep(tx, channel, value, text, when, **fields)

    def say(self, person: int, text: str, when: str, **fields: Any) -> list[Answer]:
        """The person says something, is heard, and gets what we answer."""
        self.keep(person, text, when, **fields)
        return self.hear(when)

    def stranger(self, text: str, when: str, sender: str = "nobody", channel: str = "wecom_app", **fields: Any) -> list[Answer]:
        """Somebody whom nobody knows says something."""
        with self.store.begin() as tx:
            self._keep(tx, channel, sender, text, when, **fields)
        return self.hear(when)

    def hear(self, when: str) -> list[Answer]:
        """Hear everything that waits; what is in the outbox goes out."""
        hear.run(at(when), self.store, CHANNELS, self.calendar, tag_of=tag_of)
        return self.deliver(when)

    def deliver(self, when: str) -> list[Answer]:
        """Put what waits into words and send it."""
        with self.store.begin() as tx:
            sent = []
            for claimed in tx.outbox.claim(at(when), "post", LEASE, dict.fromkeys(CHANNELS, 0), 50):
                view = claimed.view or {"lines": ["x"], "undo": "", "notes": []}  # a letter: its words are not this room's
                kind = claimed.kind if claimed.view else MessageKind.CONFIRMATION
                words = RENDERER.render(kind, view, max_bytes=20_000, format="text", channel=claimed.channel)
                tx.outbox.freeze([Frozen(claimed.id, tuple(words))])
                tx.outbox.settle([Outcome(claimed.id, "post", claimed.attempt, at(when), Handed.SENT)], at(when))
                sent.append(Answer(claimed.kind, words[0].body, claimed.channel, claimed.address, claimed.person_id))
        return sent

    def received(self) -> list[Received]:
        """Everything that arrived, the newest first."""
        with self.store.read() as tx:
            return list(tx.inbox.list())

    def _keep(self, tx, channel: str, sender: str, text: str, when: str, **fields: Any) -> int | None:
        number = fields.pop("platform_id", f"in-{next(self.serial)}")
        return tx.inbox.keep(
            Inbound(channel, number, sender, at(fields.pop("said", when)), text, text.encode("utf-8", "replace"), **fields), at(when)
        )


def _obligation(what: str, rule: str) -> Obligation:
    return Obligation(
        id=0,
        notice_id=None,
        what=what,
        rule=rule,
        shift=Shift.EARLIER,
        hour=time(17),
        recipient="省促进中小企业发展服务中心",
        emails=("reports@example.com",),
        phones=("13800000001",),
        sentence="每季度次月20日前上报",
        published=at("09-21 09:00"),
        begins=date(2018, 8, 27),
        ends=None,
        ladder="default",
    )


def texts(answers: Sequence[Answer]) -> str:
    """All that was said."""
    return "\n".join(answer.text for answer in answers)
