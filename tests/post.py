"""What tests do with an outbox, in words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.deliveries import Handed, Outcome
from bot.domain.messages import Draft, Rendered
from bot.domain.words import MessageKind
from bot.store import Store
from bot.store.letters import Claimed, Frozen

NOW = datetime(2018, 9, 25, 2, 0, 7, tzinfo=UTC)
LEASE = timedelta(minutes=10)
BUDGETS = {"mail": 0, "wecom_app": 0, "wecom_robot": 20}


@dataclass(frozen=True)
class Post:
    """What tests do with an outbox, in a transaction each."""

    store: Store

    def person(self, *addresses: tuple[str, str], name: str = "张三", kind: str = "person") -> int:
        with self.store.begin() as tx:
            person_id = tx.people.put(name, kind)
            for rank, (channel, value) in enumerate(addresses):
                tx.people.add_address(person_id, channel, value, rank)
        return person_id

    def put(self, person_id: int | None, dedupe: str, now: datetime = NOW, **draft: object) -> int | None:
        values = {"not_before": now, "reason": "T-3", "view": {"text": dedupe}} | draft
        with self.store.begin() as tx:
            kind = values.pop("kind", MessageKind.CONFIRMATION)
            return tx.outbox.put(Draft(kind, person_id, dedupe, **values), BUDGETS, now)

    def claim(self, now: datetime = NOW, owner: str = "me", limit: int = 50, budgets: dict[str, int] | None = None) -> list[Claimed]:
        with self.store.begin() as tx:
            return tx.outbox.claim(now, owner, LEASE, BUDGETS if budgets is None else budgets, limit)

    def freeze(self, message_id: int, *bodies: str) -> None:
        parts = tuple(Rendered("催报", body, part=part, parts=len(bodies)) for part, body in enumerate(bodies, 1))
        with self.store.begin() as tx:
            tx.outbox.freeze([Frozen(message_id, parts, ((1, "T-3"),))])

    def settle(self, message: Claimed, handed: Handed, now: datetime = NOW, **outcome: object):
        outcomes = [Outcome(message.id, message.owner, message.attempt, now, handed, **outcome)]
        with self.store.begin() as tx:
            return tx.outbox.settle(outcomes, now, channels=BUDGETS)

    def get(self, message_id: int):
        with self.store.read() as tx:
            return tx.outbox.get(message_id)
