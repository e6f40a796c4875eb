"""Stand-in contacts: who answers a reminder, when, and in which words; the same seed gives the same people and answers."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.words import MessageKind


@dataclass(frozen=True, slots=True)
class Temper:
    """A way of answering. `answers` maps what a message was to the lines such a person types; `patience` is the number of
    private messages ignored first; `share` is how many in a hundred are like this."""

    name: str
    share: int
    patience: int
    answers: dict[MessageKind, tuple[str, ...]]


ALL = (MessageKind.FIRST_NOTICE, MessageKind.REMINDER, MessageKind.OVERDUE)


def _same(*lines: str) -> dict[MessageKind, tuple[str, ...]]:
    return dict.fromkeys(ALL, lines)


DONE = ("已报", "报了", "刚发到邮箱了", "名单已报送，请查收", "妥了，发您了", "已上报省中心")
TEMPERS = (
    Temper("prompt", 34, 1, _same(*DONE)),
    Temper("last minute", 24, 3, _same(*DONE)),
    Temper(
        "acknowledges first", 12, 0, {MessageKind.FIRST_NOTICE: ("收到", "好的"), MessageKind.REMINDER: DONE, MessageKind.OVERDUE: DONE}
    ),
    Temper(
        "promises, then keeps it",
        10,
        1,
        {MessageKind.FIRST_NOTICE: ("正在统计",), MessageKind.REMINDER: ("明天下班前报", "后天报"), MessageKind.OVERDUE: DONE},
    ),
    Temper("nothing to report", 6, 1, _same("没有符合条件的企业，零报告", "零报告")),
    Temper("asks for time", 4, 2, _same("能不能宽限两天，县里数还没上来", "申请延期三天")),
    Temper("in difficulty", 3, 2, _same("企业联系不上，报不了")),
    Temper("not theirs", 2, 0, _same("这块不归我管")),
    Temper("silent", 5, 10_000, {}),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stand-in contact will type, and when."""

    at: datetime
    person_id: int
    text: str


class Contacts:
    """The stand-in people of one rehearsal. Their behaviour depends on `seed` and on what they receive, nothing else."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._heard: dict[int, int] = {}

    def temper(self, person_id: int) -> Temper:
        """The way this person answers, drawn once from the seed."""
        draw = random.Random(f"{self._seed}:temper:{person_id}").randrange(sum(t.share for t in TEMPERS))  # noqa: S311 - a rehearsal, not a secret
        for temper in TEMPERS:
            draw -= temper.share
            if draw < 0:
                return temper
        raise AssertionError("shares are exhausted before the draw is")

    def receive(self, person_id: int, kind: MessageKind, serial: int, at: datetime) -> Answer | None:
        """Let a person read message number `serial` at `at`; returns the answer that will come, if any."""
        heard = self._heard[person_id] = self._heard.get(person_id, 0) + 1
        temper = self.temper(person_id)
        lines = temper.answers.get(kind, ())
        if heard <= temper.patience or not lines:
            return None
        chance = random.Random(f"{self._seed}:answer:{person_id}:{serial}")  # noqa: S311 - a rehearsal, not a secret
        return Answer(at + timedelta(minutes=chance.randint(4, 95)), person_id, chance.choice(lines))
