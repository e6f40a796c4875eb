"""The outbox: what is to be said, to whom, and how far it has come. Nothing is sent except from here.

pending → sending (claimed, its words frozen) → sent | retry | unknown | dead; superseded when there is nothing left to say.
`claims` chooses what goes next, `settling` writes what became of it, `letters` reads; this is the one door to all three.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, null, select, text, update

from bot.domain.deliveries import InDoubt, Outcome
from bot.domain.messages import Draft
from bot.domain.words import MessageState
from bot.store import citations, claims, conflict, letters, routes, tables
from bot.store.audit import Audit
from bot.store.errors import NoAddress
from bot.store.letters import Claimed, Frozen, Message
from bot.store.robots import Robots
from bot.store.settling import Settled, Settling
from bot.store.tables.outbox import DOUBTED, OPEN, SENDING, STUCK

MESSAGE = tables.of(tables.Message)


class Outbox:
    """Queries and moves of messages. `budgets` and `channels` name the channels that are switched on."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, draft: Draft, channels: Collection[str], now: datetime) -> int | None:
        """A new message; its id, or None if one with this dedupe key was ever put.

        It goes back the way the inbound `reply_to` came, otherwise to the person's best address. Raises NoAddress if there is none,
        ValueError for a priority that no claim would look for.
        """
        if draft.priority not in claims.PRIORITIES:
            raise ValueError(f"priority {draft.priority} is not one of {claims.PRIORITIES}")
        route = self._route(draft, channels)
        if route is None:
            if self._known(draft.dedupe):
                return None
            raise NoAddress(draft.person_id, channels)
        Robots(self._connection).ensure(route.robot, route.channel)
        statement = conflict.insert_new(self._connection, MESSAGE, ["dedupe"], returning="id")
        new: int | None = self._connection.execute(statement, letters.new_row(draft, route, self._thread(draft, route), now)).scalar()
        return new

    def add_lines(self, dedupe: str, lines: Sequence[str]) -> bool:
        """Add lines to a message that waits; of lines about one matter ("matter → …") the last one stands. False if none waits."""
        row = self._connection.execute(_WAITS, {"key": dedupe}).first()
        if row is None:
            return False
        said = {line.partition(" → ")[0]: line for line in (*row.view["lines"], *lines)}
        view = {**row.view, "lines": [*said.values()]}
        self._connection.execute(update(MESSAGE).where(MESSAGE.c.id == row.id).values(view=view))
        return True

    def claim(self, now: datetime, owner: str, lease: timedelta, budgets: Mapping[str, int], limit: int) -> list[Claimed]:
        """Mark up to `limit` due messages as being sent by `owner`, in the order in which they go; fair between robots.

        `budgets` are messages per minute and robot (0: no limit), by channel; other channels are left alone.
        """
        claim = claims.Claim(owner, now, now + lease, budgets, limit)
        return [letters.claimed(row, claim.leased_until) for row in claims.take(self._connection, claim)]

    def freeze(self, frozen: Iterable[Frozen]) -> None:
        """Fix the words of claimed messages before their first part leaves; a later part starts over with the new words."""
        rows = [letters.frozen_row(letter) for letter in frozen]
        if rows:
            self._connection.execute(_FREEZE, rows)

    def postpone(self, waits: Iterable[tuple[int, datetime, str]]) -> None:
        """Claimed messages that may not go yet: they wait until then, for this reason, and nothing counts as an attempt."""
        rows = [{"of": message_id, "at": until, "why": why[:300]} for message_id, until, why in waits]
        if rows:
            self._connection.execute(_POSTPONE, rows)

    def drop(self, message_id: int, why: str) -> bool:
        """There is nothing left to say: superseded, with the reason. False if it was already sent, given up or dropped."""
        live = MESSAGE.c.state.in_([MessageState.PENDING, MessageState.RETRY, MessageState.SENDING, MessageState.UNKNOWN])
        statement = update(MESSAGE).where(MESSAGE.c.id == message_id, live)
        values = {"state": MessageState.SUPERSEDED.value, "owner": "", "leased_until": None, "last_code": "", "last_detail": why[:300]}
        return self._connection.execute(statement.values(values)).rowcount == 1

    def settle(
        self,
        outcomes: Sequence[Outcome],
        now: datetime,
        policies: Mapping[str, InDoubt] | None = None,
        channels: Iterable[str] = (),
    ) -> Settled:
        """Write what became of these attempts. `policies` by channel (RESEND where it says nothing) decide about those in doubt;
        `channels` are those a message whose address turned out dead may move to."""
        if not outcomes:
            return Settled()
        return Settling(self._connection, now, policies or {}, channels).settle(outcomes)

    def recover(self, now: datetime, is_alive: Callable[[str], bool | None], policies: Mapping[str, InDoubt] | None = None) -> Settled:
        """Take back what dead owners had claimed: each is recorded as in doubt and goes on by its channel's policy."""
        return self.settle(claims.expired(self._connection, now, is_alive), now, policies)

    def resolve(self, message_id: int, policy: InDoubt | None, by: str, now: datetime) -> bool:
        """An administrator's decision on a message that is unknown or dead: RESEND now, or None to drop it. False if it is neither."""
        state = MessageState.RETRY if policy is InDoubt.RESEND else MessageState.SUPERSEDED
        values = {"state": state.value, "not_before": now, "failures": 0, "last_detail": f"{by}: {state.value}"}
        done = self._connection.execute(update(MESSAGE).where(MESSAGE.c.id == message_id, text(STUCK)).values(values)).rowcount == 1
        if done:
            Audit(self._connection).write(by, f"message.{state.value}", now, about=f"message:{message_id}")
        return done

    def redirect(self, person_id: int, channel: str, address: str, keys: Collection[str], channels: Collection[str], now: datetime) -> int:
        """Nobody is reached at an address: what waits for it, and of what went there the messages of these `keys` (none: the last one),
        go to the person's best address instead, whole. Returns how many; 0 if there is no other."""
        route = routes.best(self._connection, person_id, channels)
        if route is None or (route.channel, route.address) == (channel, address):
            return 0
        Robots(self._connection).ensure(route.robot, route.channel)
        there = {"person": person_id, "channel_": channel, "address_": address}
        went = self._connection.execute(_WENT, there).all()
        back = [row.id for row in went if row.dedupe in keys] or [row.id for row in went[:1]]
        waiting = self._connection.execute(_WAIT, there).scalars().all()
        if not [*back, *waiting]:
            return 0
        values = {"channel": route.channel, "address": route.address, "robot": route.robot, "not_before": now}
        self._connection.execute(_REDIRECT.values(values), {"ids": [*back, *waiting]})
        return len(back) + len(waiting)

    def next_wake(self, now: datetime, budgets: Mapping[str, int] | None = None) -> datetime | None:
        """The earliest instant at which a claim would find something (past: it would now); None if nothing waits.

        With `budgets` penalties and used-up minutes are reckoned in, and channels that are not in it are left out.
        """
        return claims.next_wake(self._connection, now, budgets)

    def get(self, message_id: int) -> Message:
        """One message. Raises LookupError."""
        return letters.get(self._connection, message_id)

    def list(
        self, state: MessageState | None = None, person_id: int | None = None, limit: int = 50, before: int | None = None
    ) -> Sequence[Message]:
        """Messages, newest first; `before` is the id of the last one of the page before."""
        return letters.page(self._connection, letters.Filter(state, person_id), limit, before)

    def by_tag(self, tag: str, tag_of: Callable[[str], str]) -> citations.Conversation | None:
        """The conversation by mail whose subjects bear this tag; `tag_of` makes the tag of a key. For unknown senders: it is a walk."""
        return citations.by_tag(self._connection, tag, tag_of)

    def conversations(self, person_id: int) -> Sequence[str]:
        """The keys with which conversations by mail with the person began: of them the tags in its subjects are made."""
        return citations.begun(self._connection, person_id)

    def mailed_to(self, person_id: int, keys: Collection[str]) -> bool:
        """Whether one of these keys is that of a mail to the person."""
        return citations.mailed_to(self._connection, person_id, keys)

    def addressees(self, keys: Collection[str]) -> set[int]:
        """To which persons the mails of these keys went; an answer to a mailbox that spoke for a person counts as that person's."""
        return citations.addressees(self._connection, keys)

    def recipients(self, message_ids: Sequence[int]) -> Mapping[int, letters.Recipient]:
        """Whom these messages are for, by message id; those to strangers are left out."""
        return letters.recipients(self._connection, message_ids)

    def in_doubt(self, limit: int = 200, before: int | None = None) -> Sequence[Message]:
        """Every message of which some attempt may or may not have arrived, whatever became of it: where a duplicate is possible."""
        return letters.page(self._connection, letters.Filter(where=DOUBTED), limit, before)

    def deliveries(self, message_id: int) -> Sequence[letters.Delivery]:
        """Every attempt, in order."""
        return letters.deliveries(self._connection, message_id)

    def counts(self) -> Mapping[MessageState, int]:
        """How many messages stand at each state that needs attention, and how many attempts succeeded ever (SENT)."""
        return letters.counts(self._connection)

    def oldest(self, now: datetime) -> datetime | None:
        """Since when the longest waiting message that may go has been waiting; None if nothing is behind."""
        wake = claims.next_wake(self._connection, now, None)
        return wake if wake is not None and wake <= now else None

    def _route(self, draft: Draft, channels: Collection[str]) -> routes.Route | None:
        back = routes.back(self._connection, draft.reply_to, channels) if draft.reply_to is not None else None
        if back is not None or draft.person_id is None:
            return back
        return routes.best(self._connection, draft.person_id, channels)

    def _thread(self, draft: Draft, route: routes.Route) -> str:
        """The key of the first message to the same person on the same channel: mail programs gather what follows under it."""
        if draft.person_id is None:
            return ""
        return self._connection.execute(_FIRST, {"person": draft.person_id, "channel_": route.channel}).scalar() or ""

    def _known(self, dedupe: str) -> bool:
        return self._connection.execute(_KNOWN, {"key": dedupe}).first() is not None


_FREEZE = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("of"), text(SENDING))
    .values(rendered=bindparam("words"), part=1, parts=bindparam("parts_"))
)
_POSTPONE = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("of"), text(SENDING))
    .values(state=MessageState.PENDING.value, not_before=bindparam("at"), owner="", leased_until=null(), last_detail=bindparam("why"))
)
_KNOWN = select(MESSAGE.c.id).where(MESSAGE.c.dedupe == bindparam("key"))
_WAITS = select(MESSAGE.c.id, MESSAGE.c.view).where(MESSAGE.c.dedupe == bindparam("key"), text(OPEN)).with_for_update()
_FIRST = (
    select(MESSAGE.c.dedupe)
    .where(MESSAGE.c.person_id == bindparam("person"), MESSAGE.c.channel == bindparam("channel_"))
    .order_by(MESSAGE.c.not_before, MESSAGE.c.id)
    .limit(1)
)
_THERE = (
    MESSAGE.c.person_id == bindparam("person"),
    MESSAGE.c.channel == bindparam("channel_"),
    MESSAGE.c.address == bindparam("address_"),
)
_WENT = (
    select(MESSAGE.c.id, MESSAGE.c.dedupe)
    .where(*_THERE, MESSAGE.c.state.in_([MessageState.SENT.value, MessageState.UNKNOWN.value]))
    .order_by(MESSAGE.c.sent_at.desc(), MESSAGE.c.id.desc())
    .limit(20)
)
_WAIT = select(MESSAGE.c.id).where(*_THERE, text(OPEN))
_REDIRECT = (
    update(MESSAGE)
    .where(MESSAGE.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=MessageState.PENDING.value, rendered=null(), part=1, failures=0, sent_at=null(), last_code="", last_detail="")
)
