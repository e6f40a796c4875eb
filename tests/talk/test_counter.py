"""The counter behind the reply page: shows one's own, takes a tap once, records what a sentence would."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from office import CHANNELS, Office, at

from bot.domain import clicks
from bot.domain.inbound import Attachment, Inbound
from bot.domain.words import Role, Status
from bot.store import chain
from bot.store.inbox import InboxState
from bot.store.units import UnitRow
from bot.talk import hear
from bot.talk.counter import Counter, Sheet
from bot.talk.pressed import FILE_BYTES, FILES, Pressed, PressRefused, Problem
from bot.talk.reply_links import Link, LinkRefused, Refusal, ReplyLinks

LIST, Q3, NONG_Q3 = ("榆树市", "once"), ("榆树市", "2018Q3"), ("农安县", "2018Q3")


class Visitor:
    """A counter of this office whose clock a test sets."""

    def __init__(self, office: Office) -> None:
        self.office, self.now = office, at("10-16 09:20")
        self.links = ReplyLinks(b"k" * 32, "https://cuibao.example.com")
        self.counter = Counter(office.store, self.links, lambda: self.now, self.take)

    def take(self, inbound: Inbound) -> None:
        hear.at_once(self.office.store, inbound, self.now, CHANNELS, self.office.calendar)

    def sheet(self, person: int, task_id: int | None = None) -> Sheet:
        return self.counter.sheet(self.links.token(Link(person, task_id), self.now))

    def press(self, person: int, act: str, task: tuple[str, str] = Q3, **fields: object) -> None:
        form = Pressed(self.sheet(person).mark, act, str(self.office.task(*task).id), **fields)
        self.counter.press(self.links.token(Link(person), self.now), form)

    def problem(self, person: int, act: str, task: tuple[str, str] = Q3, **fields: object) -> Problem:
        with pytest.raises(PressRefused) as refused:
            self.press(person, act, task, **fields)
        return refused.value.problem


@pytest.fixture
def counter(office: Office) -> Visitor:
    return Visitor(office)


def test_the_page_shows_what_is_owed_with_its_days_and_their_reason(counter):
    person = counter.office.person("榆树市")
    sheet = counter.sheet(person, counter.office.task(*Q3).id)
    first = sheet.open[0]
    assert sheet.person == "张*"
    assert (first.unit, first.what, first.standing) == ("榆树市", "2018年三季度 本地区培育工作开展情况", "未报")
    assert (first.target, first.limit) == ("10月19日（星期五）17:00", "10月22日（星期一）")
    assert "名义截止2018-10-20" in first.why
    assert {card.unit for card in sheet.open} == {"榆树市"}
    assert sheet.open[1].late  # the list, which was due in September


def test_looking_at_the_page_changes_nothing(counter):
    person = counter.office.person("榆树市")
    with counter.office.store.read() as tx:
        before = chain.head(tx.connection, chain.CHAINS["inbound"]), tx.tasks.counts([1, 2])
    counter.sheet(person)
    with counter.office.store.read() as tx:
        assert (chain.head(tx.connection, chain.CHAINS["inbound"]), tx.tasks.counts([1, 2])) == before


TAPS = (
    ("done", {}, ["reported"], Status.REPORTED, None),
    ("today", {}, ["promised"], Status.PROMISED, date(2018, 10, 16)),
    ("until", {"day": "2018-10-22"}, ["promised"], Status.PROMISED, date(2018, 10, 22)),
    ("until", {"day": "2018/10/22"}, ["promised"], Status.PROMISED, date(2018, 10, 22)),
    ("until", {"day": "2018-10-30"}, ["extension_asked"], Status.PENDING, None),
    ("difficulty", {"note": "企业联系不上"}, ["blocked"], Status.BLOCKED, None),
    ("zero", {}, ["zero_report"], Status.ZERO_REPORT, None),
    ("not_mine", {}, ["disputed"], Status.PENDING, None),
)


@pytest.mark.parametrize(("act", "fields", "events", "status", "promised"), TAPS)
def test_a_tap_records_what_a_sentence_would(counter, act, fields, events, status, promised):
    person = counter.office.person("榆树市")
    counter.press(person, act, **fields)
    task = counter.office.task(*Q3)
    assert (counter.office.events(task), task.status, task.state.promised_on) == (events, status, promised)
    assert counter.office.task(*LIST).status is Status.PENDING
    assert counter.office.deliver("10-16 09:21") == []  # the page itself restates it


def test_a_tap_is_kept_raw_with_the_chain_and_read_as_a_reply_of_its_person(counter):
    person = counter.office.person("榆树市")
    counter.press(person, "done", counts={"百强": "3", "合计": " 8 "}, note="已发\n邮箱")
    (received,) = counter.office.received()
    assert (received.inbound.channel, received.inbound.sender, received.person_id) == ("page", f"person:{person}", person)
    assert received.inbound.about == f"task:{counter.office.task(*Q3).id}"
    assert clicks.load(received.inbound.raw).counts == {"百强": 3, "合计": 8}
    with counter.office.store.read() as tx:
        (reply,) = tx.inbox.replies(received.inbound.id)
        (event,) = tx.tasks.events(counter.office.task(*Q3).id)
        assert chain.verify_all(tx.connection) == []
    assert (reply.event_id, reply.reasons) == (event.id, ("page: done",))
    assert (event.counts, event.note, event.inbound_id) == ({"百强": 3, "合计": 8}, "已发 邮箱", received.inbound.id)


@pytest.mark.parametrize(("act", "fields"), [("difficulty", {}), ("not_mine", {}), ("until", {"day": "2018-10-30"})])
def test_what_a_person_has_to_deal_with_stays_in_the_administrators_inbox(counter, act, fields):
    counter.press(counter.office.person("榆树市"), act, **fields)
    assert counter.office.received()[0].state is InboxState.TROUBLE


def test_the_same_form_twice_has_one_effect(counter):
    person = counter.office.person("榆树市")
    form = Pressed(counter.sheet(person).mark, "done", str(counter.office.task(*Q3).id))
    token = counter.links.token(Link(person), counter.now)
    for act in ("done", "done", "zero"):
        counter.counter.press(token, replace(form, act=act))
    assert counter.office.events(counter.office.task(*Q3)) == ["reported"]


def test_the_page_shows_what_was_understood_and_takes_it_back(counter):
    person = counter.office.person("榆树市")
    counter.press(person, "until", day="2018-10-22", note="等县里数")
    heard = next(card.heard for card in counter.sheet(person).open if card.heard)
    assert (heard.words, heard.undo) == ("承诺 2018-10-22 等县里数", True)
    counter.now += timedelta(hours=23)
    counter.press(person, "undo")
    assert counter.office.task(*Q3).status is Status.PENDING
    assert all(card.heard is None for card in counter.sheet(person).open)


def test_what_was_said_in_chat_can_be_taken_back_on_the_page_of_that_task_alone(counter):
    office = counter.office
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", LIST, Q3)
    office.say(person, "1报了 2报了", "10-16 09:15")
    counter.press(person, "undo", LIST)
    assert (office.task(*LIST).status, office.task(*Q3).status) == (Status.PENDING, Status.REPORTED)


def test_after_a_day_or_without_a_record_there_is_nothing_to_take_back(counter):
    person = counter.office.person("榆树市")
    assert counter.problem(person, "undo") is Problem.NOTHING_TO_UNDO
    counter.press(person, "done")
    counter.now += timedelta(hours=25)
    assert counter.problem(person, "undo") is Problem.NOTHING_TO_UNDO
    (card,) = counter.sheet(person).closed
    assert not card.heard.undo
    counter.press(person, "not_yet")
    assert counter.office.task(*Q3).status is Status.PENDING


def test_a_tap_answers_the_open_question(counter):
    office = counter.office
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", LIST, Q3)
    office.say(person, "已报", "10-16 09:15")
    counter.press(person, "done")
    with office.store.read() as tx:
        assert tx.questions.open(person) is None


REFUSED = (
    ("dance", {}, Problem.NO_SUCH_ACT),
    ("until", {}, Problem.DAY_MISSING),
    ("until", {"day": "10月30日"}, Problem.DAY_MISSING),
    ("until", {"day": "2018-02-30"}, Problem.DAY_MISSING),
    ("until", {"day": "2018-10-15"}, Problem.DAY_PAST),
    ("until", {"day": "2099-01-01"}, Problem.DAY_FAR),
    ("done", {"counts": {"合计": "三"}}, Problem.COUNT),
    ("done", {"counts": {"合计": "1234567"}}, Problem.COUNT),
    ("done", {"counts": {"合计": "-1"}}, Problem.COUNT),
    ("done", {"note": "x" * 301}, Problem.NOTE),
    ("done", {"files": (Attachment("a.xlsx", "x", b"x"),)}, Problem.FILE_UNWANTED),
)


@pytest.mark.parametrize(("act", "fields", "problem"), REFUSED)
def test_what_cannot_be_recorded_is_refused_and_not_even_kept(counter, act, fields, problem):
    person = counter.office.person("榆树市")
    assert counter.problem(person, act, **fields) is problem
    assert counter.office.received() == []


def test_other_peoples_tasks_can_be_neither_seen_nor_tapped(counter):
    person = counter.office.person("榆树市")
    counter.office.person("农安县", name="李四")
    assert counter.problem(person, "done", NONG_Q3) is Problem.NO_SUCH_TASK
    token = counter.links.token(Link(person), counter.now)
    for task in ("", "x", "999999", "٣"):
        with pytest.raises(PressRefused) as refused:
            counter.counter.press(token, Pressed(counter.sheet(person).mark, "done", task))
        assert refused.value.problem is Problem.NO_SUCH_TASK
    assert counter.office.task(*NONG_Q3).status is Status.PENDING


def test_what_others_said_and_sent_is_not_shown(counter):
    office = counter.office
    want_files(office)
    contact, substitute = office.person("榆树市"), office.person("榆树市", role=Role.SUBSTITUTE, name="李四")
    counter.press(contact, "done", note="绝密电话13800000001", files=(Attachment("名单.xlsx", "x", b"1"),))
    (card,) = counter.sheet(substitute).closed
    assert (card.heard, card.files) == (None, ())
    assert "李" not in counter.sheet(contact).person


def test_the_mark_of_another_page_or_person_or_day_says_nothing(counter):
    person, other = counter.office.person("榆树市"), counter.office.person("榆树市", name="李四")
    token, task = counter.links.token(Link(person), counter.now), str(counter.office.task(*Q3).id)
    old = counter.sheet(person).mark
    counter.now += timedelta(hours=25)
    for mark in ("", "x", old, counter.sheet(other).mark):
        with pytest.raises(PressRefused) as refused:
            counter.counter.press(token, Pressed(mark, "done", task))
        assert refused.value.problem is Problem.PAGE_OLD


def test_who_has_left_or_is_a_group_or_unknown_has_no_page(counter):
    person = counter.office.person("榆树市")
    with counter.office.store.begin() as tx:
        tx.people.retire(person)
        group = tx.people.put("工作群", "group")
    for number in (person, group, 999):
        with pytest.raises(LinkRefused) as refused:
            counter.sheet(number)
        assert refused.value.refusal is Refusal.EXPIRED


def test_a_role_that_is_over_shows_nothing_and_takes_nothing(counter):
    person = counter.office.person("榆树市")
    with counter.office.store.begin() as tx:
        tx.people.assign(person, counter.office.units["榆树市"], Role.PRIMARY, until=date(2018, 10, 16))
    sheet = counter.sheet(person)
    assert (sheet.open, sheet.closed) == ((), ())
    assert counter.problem(person, "done") is Problem.NO_SUCH_TASK


# files


def want_files(office: Office) -> None:
    with office.store.begin() as tx:
        for duty in tx.obligations.all():
            tx.obligations.change(replace(duty, wants_file=True))


def test_files_are_kept_with_their_digest_and_belong_to_the_task(counter):
    want_files(counter.office)
    person = counter.office.person("榆树市")
    files = (Attachment("名单.XLSX", "application/x", b"one"), Attachment("说明.pdf", "application/pdf", b"two"))
    counter.press(person, "done", files=files)
    with counter.office.store.read() as tx:
        kept = tx.files.of_task(counter.office.task(*Q3).id)
        assert [(each.name, each.digest) for each in kept] == [(file.name, file.digest) for file in files]
        assert tx.files.content(kept[0].id) == b"one"
    (card,) = counter.sheet(person).closed
    assert card.files == ("名单.XLSX", "说明.pdf")
    assert files[0].digest.encode() in counter.office.received()[0].inbound.raw


BAD_FILES = (
    ((Attachment("a.exe", "x", b"x"),), Problem.FILE_KIND),
    ((Attachment("xlsx", "x", b"x"),), None),
    ((Attachment("a.pdf", "x", b"x" * (FILE_BYTES + 1)),), Problem.FILE_SIZE),
    ((Attachment("a.pdf", "x", b"x"),) * (FILES + 1), Problem.FILE_MANY),
)


@pytest.mark.parametrize(("files", "problem"), BAD_FILES)
def test_files_have_bounds(counter, files, problem):
    want_files(counter.office)
    person = counter.office.person("榆树市")
    if problem is not None:
        assert counter.problem(person, "done", files=files) is problem
        assert counter.office.received() == []


def test_figures_are_asked_for_only_where_the_duty_speaks_of_them(counter):
    person = counter.office.person("榆树市")
    with counter.office.store.begin() as tx:
        duty = tx.obligations.all()[0]
        tx.obligations.change(replace(duty, sentence="报送百强和专精特新企业名单"))
    assert {card.categories for card in counter.sheet(person).open} == {("百强", "专精特新"), ()}


# who decides


def test_who_decides_sees_the_requests_and_decides_with_a_tap(counter):
    office = counter.office
    with office.store.begin() as tx:
        centre = tx.units.put_many([UnitRow("SX", "省促进中小企业发展服务中心", "省中心", "province")])["SX"]
        decider = tx.people.put("王五")
        tx.people.assign(decider, centre, Role.ADMIN)
    contact = office.person("榆树市")
    counter.press(contact, "until", day="2018-10-30")
    (request,) = counter.sheet(decider).requests
    assert (request.unit, request.standing, request.limit) == ("榆树市", "未报；申请展期 10月30日", "10月22日（星期一）")
    assert counter.sheet(contact).requests == ()
    assert counter.problem(contact, "grant") is Problem.NO_SUCH_REQUEST
    assert counter.problem(decider, "done") is Problem.NO_SUCH_TASK
    assert counter.problem(decider, "grant", day="2018-10-01") is Problem.DAY_PAST
    counter.press(decider, "grant", day="2018-10-25")
    assert office.task(*Q3).state.extended_to == date(2018, 10, 25)
    assert counter.problem(decider, "refuse") is Problem.NO_SUCH_REQUEST
    assert [told.person_id for told in office.deliver("10-16 09:21")] == [contact]
