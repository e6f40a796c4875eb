"""Claim, last look, words, send, settle: on both databases, with channels made by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest.mock import ANY

import pytest
from post import NOW, Post

from bot.channels.base import Limits, Receipt, SendFailed
from bot.domain.deliveries import InDoubt
from bot.domain.inbound import Attachment
from bot.domain.messages import FileRef, Outgoing, Rendered
from bot.domain.words import FailureKind, MessageKind, MessageState
from bot.store import chain
from bot.talk.reply_links import ReplyLinks
from jobs import deliver
from tests.waiting import until

MAIL, APP = ("mail", "zhang@example.com"), ("wecom_app", "zhangsan")


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


async def accept(_message: Outgoing) -> Receipt:
    return Receipt("0", "platform-1")


@dataclass
class FakeChannel:
    """Accepts, or does what its `answer` does; remembers what it was handed."""

    name: str = "mail"
    per_minute: int = 0
    answer: Callable[[Outgoing], Awaitable[Receipt]] = accept
    sent: list[Outgoing] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0

    @property
    def limits(self) -> Limits:
        return Limits(2000, self.per_minute, timedelta(seconds=70), "text", False)

    def robot(self, address: str) -> str:
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.sent.append(message)
        try:
            return await self.answer(message)
        finally:
            self.at_once -= 1

    async def close(self) -> None:
        pass

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.sent]


def failing(kind: FailureKind, code: str = "x", retry_after: timedelta | None = None) -> Callable[[Outgoing], Awaitable[Receipt]]:
    async def fail(_message: Outgoing) -> Receipt:
        raise SendFailed(kind, code, "said no", retry_after)

    return fail


def render(kind: MessageKind, view, *, max_bytes: int, format: str, channel: str) -> list[Rendered]:
    return [Rendered(kind.value, part, part=number, parts=len(view["parts"])) for number, part in enumerate(view["parts"], 1)]


@dataclass
class Office:
    """A store, a clock, and what a pass of delivery does with them."""

    post: Post
    clock: Clock = field(default_factory=Clock)

    @property
    def store(self):
        return self.post.store

    async def run(self, *channels: FakeChannel, **options) -> deliver.Delivered:
        return await deliver.run(
            self.clock, self.store, {channel.name: channel for channel in channels}, options.pop("render", render), **options
        )

    def put(self, person: int, dedupe: str, *parts: str, **draft) -> int:
        return self.post.put(person, dedupe, view={"parts": list(parts) or [dedupe]}, **draft)


@pytest.fixture
def office(store) -> Office:
    return Office(Post(store))


@pytest.fixture(params=[False, True], ids=["threads", "inline"])
def inline(request) -> bool:
    return request.param


async def test_what_is_due_is_sent_once_and_settled(office, inline):
    person = office.post.person(MAIL)
    ids = [office.put(person, f"m{number}") for number in range(150)]
    channel = FakeChannel()
    done = await office.run(channel, inline=inline)
    assert done == deliver.Delivered(sent=150)
    assert sorted(channel.keys) == sorted(f"m{number}" for number in range(150))
    assert office.post.get(ids[0]).words[0].body == "m0"
    assert (await office.run(channel, inline=inline)) == deliver.Delivered()
    with office.store.read() as tx:
        assert chain.verify_all(tx.connection) == []
        assert [delivery.platform_id for delivery in tx.outbox.deliveries(ids[7])] == ["platform-1"]


@pytest.mark.parametrize(
    ("kind", "linked"), [(MessageKind.REMINDER, True), (MessageKind.CONFIRMATION, True), (MessageKind.BULLETIN, False)]
)
async def test_a_message_to_a_person_carries_his_own_link(office, kind, linked):
    seen = {}

    def words(kind, view, **form):
        seen.update(view)
        return render(kind, view, **form)

    person = office.post.person(MAIL)
    office.put(person, "m1", kind=kind)
    links = ReplyLinks(b"k" * 32, "https://cuibao.example.com")
    await office.run(FakeChannel("mail"), render=words, manners=deliver.Manners(links=links))
    assert ("link" in seen) is linked
    if linked:
        assert links.read(seen["link"].rpartition("/")[2], office.clock.now()).person_id == person


async def test_parts_of_a_letter_go_in_order_under_keys_of_their_own(office):
    office.put(office.post.person(MAIL), "letter", "一", "二", "三")
    channel = FakeChannel()
    done = await office.run(channel)
    assert [(message.key, message.rendered.body, message.rendered.part) for message in channel.sent] == [
        ("letter", "一", 1),
        ("letter#2", "二", 2),
        ("letter#3", "三", 3),
    ]
    assert (done.sent, done.retried) == (1, 2)


async def test_a_channel_is_handed_the_files_with_their_content(office):
    table = Attachment("未报名单.xlsx", "application/zip", b"PK")
    with office.store.begin() as tx:
        ref = tx.files.put(table)
    lost = FileRef("没有了.xlsx", "", "0" * 64)

    def with_file(kind, view, **_limits) -> list[Rendered]:
        return [Rendered("", view["parts"][0], files=(lost if view["parts"][0] == "lost" else ref,))]

    office.put(office.post.person(MAIL), "list")
    lost_id = office.put(office.post.person(("mail", "li@example.com")), "lost")
    channel = FakeChannel()
    assert await office.run(channel, render=with_file) == deliver.Delivered(sent=1, dead=1, alerts=ANY)
    assert [message.files for message in channel.sent] == [(table,)]
    assert office.post.get(lost_id).last_code == "no_file"


async def test_a_later_letter_names_the_thread_of_the_first(office):
    person = office.post.person(MAIL)
    office.put(person, "first")
    office.put(person, "second")
    channel = FakeChannel(per_minute=20)
    await office.run(channel)
    assert [message.thread for message in channel.sent] == [None, "first"]


async def test_a_robot_with_a_limit_sends_one_at_a_time_and_stops_at_its_limit(office):
    person = office.post.person(MAIL)
    for number in range(30):
        office.put(person, f"m{number:02d}")
    channel = FakeChannel(per_minute=20)
    assert (await office.run(channel)).sent == 20
    assert channel.most_at_once == 1
    assert channel.keys == [f"m{number:02d}" for number in range(20)]
    office.clock.at += timedelta(seconds=60)
    assert (await office.run(channel)).sent == 10


async def test_a_restart_does_not_forget_the_used_up_minute(office, make_store, database_url):
    person = office.post.person(MAIL)
    for number in range(30):
        office.put(person, f"m{number}")
    assert (await office.run(FakeChannel(per_minute=20))).sent == 20
    office.store.close()
    restarted = Office(Post(make_store(database_url)), office.clock)
    office.clock.at += timedelta(seconds=59)
    assert (await restarted.run(FakeChannel(per_minute=20))).sent == 0
    office.clock.at += timedelta(seconds=1)
    assert (await restarted.run(FakeChannel(per_minute=20))).sent == 10


async def test_a_slow_robot_delays_nobody(office):
    """The others are all sent while one of the robots still waits for its first answer."""
    released = asyncio.Event()

    async def hang(message: Outgoing) -> Receipt:
        if message.address == "slow":
            await released.wait()
        return Receipt("0")

    channel = FakeChannel("wecom_robot", per_minute=20, answer=hang)
    for name in ("slow", *(f"g{number}" for number in range(30))):
        group = office.post.person(("wecom_robot", name), kind="group", name=name)
        for number in range(3):
            office.put(group, f"{name}-{number}")
    running = asyncio.create_task(office.run(channel))
    await until(lambda: sum(message.address != "slow" for message in channel.sent) == 90)
    assert [message.key for message in channel.sent if message.address == "slow"] == ["slow-0"]
    released.set()
    assert (await running).sent == 93


async def test_a_platform_that_hangs_delays_no_other_platform(office):
    released = asyncio.Event()

    async def hang(_message: Outgoing) -> Receipt:
        await released.wait()
        return Receipt("0")

    dead, alive = FakeChannel("wecom_robot", 20, hang), FakeChannel("mail")
    for number in range(40):
        office.put(office.post.person(("wecom_robot", f"g{number}"), kind="group"), f"g{number}")
        office.put(office.post.person(("mail", f"m{number}@example.com")), f"m{number}")
    running = asyncio.create_task(office.run(dead, alive))
    await until(lambda: len(alive.sent) == 40)
    assert len(dead.sent) == 16
    released.set()
    assert (await running).sent == 80


async def test_what_is_put_while_a_pass_waits_for_a_slow_robot_goes_out_at_once(office):
    released = asyncio.Event()

    async def hang(message: Outgoing) -> Receipt:
        if message.key == "slow":
            await released.wait()
        return Receipt("0")

    channel = FakeChannel(answer=hang)
    person = office.post.person(MAIL)
    office.put(person, "slow")
    running = asyncio.create_task(office.run(channel))
    await until(lambda: bool(channel.sent))
    await asyncio.to_thread(office.put, person, "answer")
    await until(lambda: channel.keys == ["slow", "answer"])
    released.set()
    assert (await running).sent == 2


async def test_a_throttled_robot_stops_at_once_and_goes_on_after_the_penalty(office):
    person = office.post.person(MAIL)
    for number in range(5):
        office.put(person, f"m{number}")
    channel = FakeChannel(per_minute=20, answer=failing(FailureKind.THROTTLED, "45009"))
    await office.run(channel)
    assert channel.keys == ["m0"]
    office.clock.at += timedelta(seconds=69)
    await office.run(channel)
    assert channel.keys == ["m0"]
    office.clock.at += timedelta(seconds=1)
    channel.answer = accept
    assert (await office.run(channel)).sent == 5


async def test_a_bad_credential_pauses_the_robot_and_tells_the_administrator(office):
    person = office.post.person(MAIL)
    for number in range(5):
        office.put(person, f"m{number}")
    channel = FakeChannel(per_minute=20, answer=failing(FailureKind.CREDENTIAL_BAD, "40001"))
    done = await office.run(channel)
    assert channel.keys == ["m0"]
    assert [(alert.act, alert.about) for alert in done.alerts] == [("robot.paused", "robot:mail")]
    with office.store.read() as tx:
        assert tx.outbox.counts()[MessageState.RETRY] == 5


async def test_a_dead_address_is_replaced_within_the_same_pass(office):
    office.put(office.post.person(MAIL, APP), "m")
    mail, app = FakeChannel("mail", answer=failing(FailureKind.ADDRESS_BAD, "550")), FakeChannel("wecom_app")
    done = await office.run(mail, app)
    assert (done.sent, mail.keys, app.keys, app.sent[0].address) == (1, ["m"], ["m"], "zhangsan")


async def test_a_channel_that_breaks_its_promise_leaves_the_message_in_doubt(office):
    async def explode(_message: Outgoing) -> Receipt:
        raise ZeroDivisionError("secret detail")

    message = office.put(office.post.person(MAIL), "m")
    await office.run(FakeChannel(answer=explode), manners=deliver.Manners(policies={"mail": InDoubt.ASK}))
    row = office.post.get(message)
    assert (row.state, row.last_code, row.last_detail) == (MessageState.UNKNOWN, "ZeroDivisionError", "")


async def test_a_doubtful_message_goes_again_in_the_very_same_words(office):
    message = office.put(office.post.person(MAIL), "m")
    channel = FakeChannel(answer=failing(FailureKind.IN_DOUBT, "timeout"))
    await office.run(channel)
    office.clock.at = office.post.get(message).not_before
    channel.answer = accept
    await office.run(channel, render=lambda *_args, **_options: [Rendered("new", "new")])
    assert [sent.rendered.body for sent in channel.sent] == ["m", "m"]
    assert channel.keys == ["m", "m"]


async def test_a_refused_message_is_put_into_words_anew(office):
    message = office.put(office.post.person(MAIL), "m")
    channel = FakeChannel(answer=failing(FailureKind.TRANSIENT, "503"))
    await office.run(channel)
    office.clock.at = office.post.get(message).not_before
    channel.answer = accept
    await office.run(channel, render=lambda *_args, **_options: [Rendered("new", "new")])
    assert [sent.rendered.body for sent in channel.sent] == ["m", "new"]


async def test_a_message_that_cannot_be_put_into_words_is_a_dead_letter_and_the_others_go(office):
    person = office.post.person(MAIL)
    broken = office.post.put(person, "broken", view={"nothing": "here"})
    office.put(person, "good")
    channel = FakeChannel()
    done = await office.run(channel)
    assert (done.sent, done.dead, channel.keys) == (1, 1, ["good"])
    assert (office.post.get(broken).state, office.post.get(broken).last_code) == (MessageState.DEAD, "KeyError")


async def test_once_told_to_stop_it_finishes_what_is_on_its_way_and_gives_the_rest_back(office):
    stop, person = asyncio.Event(), office.post.person(MAIL)
    for number in range(10):
        office.put(person, f"m{number}")

    async def stop_after_the_first(_message: Outgoing) -> Receipt:
        stop.set()
        return Receipt("0")

    channel = FakeChannel(per_minute=20, answer=stop_after_the_first)
    done = await office.run(channel, stop=stop)
    assert (done.sent, done.retried, len(channel.sent)) == (1, 9, 1)
    with office.store.read() as tx:
        assert tx.outbox.in_doubt() == []


async def test_a_pass_that_is_cancelled_leaves_nothing_claimed_and_lists_what_was_on_its_way(office):
    hang = asyncio.Event()

    async def never(_message: Outgoing) -> Receipt:
        await hang.wait()
        return Receipt("0")

    channel, person = FakeChannel(per_minute=20, answer=never), office.post.person(MAIL)
    for number in range(3):
        office.put(person, f"m{number}")
    running = asyncio.create_task(office.run(channel))
    await until(lambda: bool(channel.sent))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with office.store.read() as tx:
        assert [message.dedupe for message in tx.outbox.in_doubt()] == ["m0"]
        assert tx.outbox.counts()[MessageState.SENDING] == 0


async def test_nothing_is_sent_when_the_lease_is_about_to_end(office):
    person = office.post.person(MAIL)
    for number in range(3):
        office.put(person, f"m{number}")

    async def take_long(_message: Outgoing) -> Receipt:
        office.clock.at += deliver.LEASE
        return Receipt("0")

    channel = FakeChannel(per_minute=1_000, answer=take_long)
    done = await office.run(channel)
    assert channel.keys == ["m0", "m1", "m2"]  # each in a claim of its own: the others were given back
    assert (done.sent, done.unknown) == (3, 0)
    assert done.retried == 3


async def test_what_a_killed_process_had_claimed_goes_out_at_once_and_is_listed(office, make_store, database_url):
    person = office.post.person(MAIL)
    for number in range(4):
        office.put(person, f"m{number}")
    killed = make_store(database_url)
    killed.owner.keep()
    with killed.begin() as tx:
        claimed = tx.outbox.claim(NOW, killed.owner.name, deliver.LEASE, {"mail": 0}, 2)
    channel = FakeChannel()
    assert (await office.run(channel)).sent == 2
    killed.close()
    assert (await office.run(channel)).retried == 2
    office.clock.at += timedelta(minutes=1)
    assert (await office.run(channel)).sent == 2
    with office.store.read() as tx:
        assert {message.id for message in tx.outbox.in_doubt()} == {message.id for message in claimed}


async def test_results_that_cannot_be_written_are_taken_back_as_in_doubt_by_the_next_pass(sqlite_url, make_store):
    """The disk is full from the first settlement on: the owner gives up what it cannot write down."""
    full = []

    def disk(statement: str) -> None:
        if full and statement.startswith("INSERT INTO delivery"):
            raise OSError("disk full")

    office = Office(Post(make_store(sqlite_url, watch=disk)))
    message = office.put(office.post.person(MAIL), "m")

    async def fill(_message: Outgoing) -> Receipt:
        full.append(True)
        return Receipt("0")

    channel = FakeChannel(answer=fill)
    with pytest.raises(OSError, match="disk full"):
        await office.run(channel)
    full.clear()
    channel.answer = accept
    await office.run(channel)
    assert (office.post.get(message).state, office.post.get(message).doubts) == (MessageState.RETRY, 1)
    office.clock.at += timedelta(minutes=1)
    assert (await office.run(channel)).sent == 1


async def test_two_workers_never_send_the_same_message(postgres_url, make_store):
    one, two = Office(Post(make_store(postgres_url))), Office(Post(make_store(postgres_url)))
    for robot in range(10):
        group = one.post.person(("wecom_robot", f"g{robot}"), kind="group")
        for number in range(15):
            one.put(group, f"g{robot}-{number}")
    person = one.post.person(MAIL)
    for number in range(200):
        one.put(person, f"m{number}")

    async def slowly(_message: Outgoing) -> Receipt:
        await asyncio.sleep(0.002)
        return Receipt("0")

    channels = [(FakeChannel("mail", answer=slowly), FakeChannel("wecom_robot", 20, slowly)) for _ in range(2)]
    done = await asyncio.gather(one.run(*channels[0]), two.run(*channels[1]))
    keys = [key for pair in channels for channel in pair for key in channel.keys]
    assert len(keys) == len(set(keys)) == 350
    assert all(len(channel.sent) for channel in (channels[0][0], channels[1][0]))
    assert sum(each.sent for each in done) == 350
    with one.store.read() as tx:
        assert chain.verify_all(tx.connection) == []


async def test_two_workers_together_keep_the_limit_of_a_robot(postgres_url, make_store):
    one, two = Office(Post(make_store(postgres_url))), Office(Post(make_store(postgres_url)))
    group = one.post.person(("wecom_robot", "g"), kind="group")
    for number in range(50):
        one.put(group, f"m{number}")
    channels = [FakeChannel("wecom_robot", 20) for _ in range(2)]
    await asyncio.gather(one.run(channels[0]), two.run(channels[1]))
    assert sum(len(channel.sent) for channel in channels) == 20
