"""The same jobs on a virtual clock: a rehearsal moves by workdays and by sends, survives a restart, and opens nothing."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from bot import rehearse
from bot.domain import times, windows
from bot.domain.words import MessageKind, Status
from bot.render import Renderer
from bot.sandbox.contacts import TEMPERS, Contacts
from bot.store import Store
from bot.wiring import playing, scene

ROOT = Path(__file__).parents[2]
START = times.instant(date(2018, 8, 27), time(0))
END = date(2018, 10, 12)


def _open(store: Store, start=START, seed: int | None = None) -> rehearse.Rehearsal:
    return playing.open_rehearsal(store, Renderer(), windows.DEFAULT, start=start, until=END, seed=seed)


@pytest.fixture
def play(sqlite_store: Store) -> Iterator[rehearse.Rehearsal]:
    playing.prepare(sqlite_store, playing.sample_play())
    made = _open(sqlite_store)
    made.begin()
    yield made
    made.close()


def _primary(play: rehearse.Rehearsal, unit: str) -> int:
    with play.cast.store.read() as tx:
        return next(p.id for p in tx.people.all("person") if any(post.unit.startswith(unit) and post.role == "primary" for post in p.roles))


def _statuses(play: rehearse.Rehearsal, unit: str) -> dict[str, Status]:
    with play.cast.store.read() as tx:
        matrix = tx.tasks.matrix()
    columns = {column.period_id: column.period for column in matrix.columns}
    row = next(row for row in matrix.rows if row.unit.name.startswith(unit))
    return {columns[period_id]: cell.status for period_id, cell in row.cells.items()}


def test_the_clock_moves_by_workdays_and_skips_rest_days(play):
    play.play(times.instant(date(2018, 9, 21), time(8, 30)))
    play.to_next_workday()
    assert times.civil_day(play.clock.now()) == date(2018, 9, 25)  # Mid-Autumn lies between
    play.play(times.instant(date(2018, 9, 29), time(8, 30)))
    play.to_next_workday()
    assert times.civil_day(play.clock.now()) == date(2018, 9, 30)  # a working Sunday
    play.to_next_workday()
    assert times.civil_day(play.clock.now()) == date(2018, 10, 8)


def test_the_next_send_is_the_first_notice_on_the_day_of_publication(play):
    play.to_next_send()
    assert times.local(play.clock.now()).strftime("%Y-%m-%d %H:%M") == "2018-09-21 09:10"
    assert play.sent() > 0


def test_an_answer_changes_the_light_is_confirmed_and_stops_the_chase(play):
    play.play(times.instant(date(2018, 9, 21), time(18)))
    person = _primary(play, "榆树市")
    play.answer(person, "名单报了")
    assert _statuses(play, "榆树市")["once"] is Status.REPORTED
    assert _statuses(play, "榆树市")["2018Q3"] is Status.PENDING
    with play.cast.store.read() as tx:
        said = tx.story.said(person_id=person)
    assert said[-1].kind is MessageKind.CONFIRMATION
    assert "撤回" in said[-1].bodies[0]
    play.play(times.instant(date(2018, 9, 28), time(18)))
    with play.cast.store.read() as tx:
        later = [each for each in tx.story.said(person_id=person) if each.id > said[-1].id]
    assert [each for each in later if "名单" in each.bodies[0]] == []


def test_a_receipt_is_not_a_report(play):
    play.play(times.instant(date(2018, 9, 26), time(9)))
    play.answer(_primary(play, "榆树市"), "收到")
    assert _statuses(play, "榆树市")["once"] is not Status.REPORTED


def test_a_mistake_is_taken_back_with_one_word(play):
    play.play(times.instant(date(2018, 9, 26), time(9)))
    person = _primary(play, "农安县")
    play.answer(person, "名单已报")
    assert _statuses(play, "农安县")["once"] is Status.REPORTED
    play.answer(person, "撤回")
    assert _statuses(play, "农安县")["once"] is Status.PENDING


def test_a_second_start_goes_on_where_the_first_stopped(play):
    play.play(times.instant(date(2018, 9, 25), time(18)))
    before, store, stopped = play.sent(), play.cast.store, play.clock.now()
    again = _open(store, start=stopped)
    try:
        again.begin()
        assert again.sent() == before  # nothing is sent twice
        again.play(times.instant(date(2018, 9, 27), time(18)))
        assert again.sent() > before
    finally:
        again.close()


def test_three_missed_rungs_make_one_letter_each(sqlite_store):
    playing.prepare(sqlite_store, playing.sample_play())
    dark = _open(sqlite_store, start=times.instant(date(2018, 9, 27), time(20)))
    try:
        dark.begin()
        dark.play(times.instant(date(2018, 9, 28), time(9, 12)))
        with sqlite_store.read() as tx:
            arrivals = tx.story.arrivals()
            people = {person.id for person in tx.people.all("person")}
        letters = [arrival.person_id for arrival in arrivals if arrival.person_id in people]
        assert len(letters) == len(set(letters))
    finally:
        dark.close()


def test_the_scene_shows_conversations_lamps_and_totals(play):
    play.play(times.instant(date(2018, 9, 21), time(18)))
    play.answer(_primary(play, "榆树市"), "名单报了")
    shown = scene.read(play)
    assert shown.notice.number == "吉工信民营〔2018〕350号"
    assert len(shown.matrix.rows) == 70
    assert {chat.kind for chat in shown.conversations} == {"group", "chat", "mail"}
    yushu = next(row for row in shown.matrix.rows if row.unit.startswith("榆树市"))
    assert next(cell.mark for cell in yushu.cells if cell is not None) == "✓"
    chat = next(chat for chat in shown.conversations if chat.title.startswith("榆树市") and chat.can_answer)
    assert [entry.understood for entry in chat.entries if entry.direction == "in"] == ["已报"]
    assert sum(shown.totals.values()) == sum(cell is not None for row in shown.matrix.rows for cell in row.cells)


def test_stand_in_contacts_are_who_they_are_and_the_shares_are_whole():
    assert sum(temper.share for temper in TEMPERS) == 100
    first, second = Contacts(1), Contacts(1)
    answers = [
        [
            contacts.receive(person, kind, person * 10 + number, START)
            for number, kind in enumerate((MessageKind.FIRST_NOTICE, MessageKind.REMINDER))
        ]
        for contacts in (first, second)
        for person in range(30)
    ]
    assert answers[:30] == answers[30:]
    assert any(answer for pair in answers for answer in pair)


def test_a_rehearsal_connects_to_nothing():
    program = (
        "import sys\n"
        "touched = []\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto', 'socket.bind'): touched.append((event, str(args[-1])))\n"
        "sys.addaudithook(watch)\n"
        "from bot.cli import main\n"
        "sys.argv = ['cuibao', 'rehearse', '--json', '--from', '2018-09-20', '--to', '2018-09-29']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not touched, touched\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("{")


def test_at_one_instant_the_reminder_stands_first_then_what_was_said_then_our_answer(play):
    play.play(times.instant(date(2018, 9, 25), time(12, 0)))
    somebody = _primary(play, "榆树")
    before = next(each for each in scene.read(play).conversations if each.person_id == somebody)
    while before.entries[-1].at != play.clock.now():
        play.to_next_send()
        before = next(each for each in scene.read(play).conversations if each.person_id == somebody)
    play.answer(somebody, "已报")
    entries = next(each for each in scene.read(play).conversations if each.person_id == somebody).entries[-3:]
    assert [entry.direction for entry in entries] == ["out", "in", "out"]
    assert entries[0].at == entries[1].at
    assert "截止前" in entries[0].reason or "截止日" in entries[0].reason  # which rung, not only that it reminds
    assert entries[2].reason == "确认"
