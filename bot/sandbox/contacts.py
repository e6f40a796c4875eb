"""Stand-in contacts: who answers a reminder, when, and in which words; the same seed gives the same people and answers."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.words import MessageKind


@dataclass(frozen=True, slots=True)
class Temper:
    """A way of answering. Of every matter the first `patience` letters are ignored; then each letter is answered from the next
    entry of `script` (one of its lines), the last one over and over. `share` is how many in a hundred are like this."""

    name: str
    share: int
    patience: int
    script: tuple[tuple[str, ...], ...]


BREAK = timedelta(minutes=18)
"""People look at their messages in breaks: answers come in waves, one to five breaks after the letter."""
DONE = ("已报", "报了", "刚发到邮箱了", "已报送，请查收", "妥了，发您了", "已上报省中心")
TEMPERS = (
    Temper("prompt", 34, 1, (DONE,)),
    Temper("at the last minute", 24, 3, (DONE,)),
    Temper("acknowledges first", 12, 0, (("收到", "好的"), DONE)),
    Temper("promises, then keeps it", 10, 0, (("正在统计",), ("明天下班前报", "后天报"), DONE)),
    Temper("nothing to report", 6, 1, (("没有符合条件的企业，零报告", "零报告"),)),
    Temper("asks for time", 4, 2, (("能不能宽限两天，县里数还没上来", "申请延期三天"), DONE)),
    Temper("in difficulty", 3, 2, (("企业联系不上，报不了",),)),
    Temper("not theirs", 2, 0, (("这块不归我管",),)),
    Temper("silent", 5, 0, ()),
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
        self._letters: dict[int, int] = {}

    def temper(self, person_id: int) -> Temper:
        """The way this person answers, drawn once from the seed."""
        draw = self._chance("temper", person_id).randrange(sum(temper.share for temper in TEMPERS))
        for temper in TEMPERS:
            draw -= temper.share
            if draw < 0:
                return temper
        raise AssertionError("shares are exhausted before the draw is")

    def receive(self, person_id: int, kind: MessageKind, serial: int, at: datetime) -> Answer | None:
        """Let a person read letter number `serial` at `at`; returns the answer that will come, if any. A first notice begins a matter."""
        letters = 0 if kind is MessageKind.FIRST_NOTICE else self._letters.get(person_id, 0)
        self._letters[person_id] = letters + 1
        temper = self.temper(person_id)
        if letters < temper.patience or not temper.script:
            return None
        lines = temper.script[min(letters - temper.patience, len(temper.script) - 1)]
        chance = self._chance("answer", person_id, serial)
        return Answer(at + BREAK * chance.randint(1, 5), person_id, chance.choice(lines))

    def _chance(self, *about: object) -> random.Random:
        return random.Random(":".join(map(str, (self._seed, *about))))  # noqa: S311 - a rehearsal, not a secret
