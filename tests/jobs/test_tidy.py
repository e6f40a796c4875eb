"""What time alone makes superfluous."""

from datetime import timedelta

from bureau import Bureau, at

from bot.domain.inbound import Inbound
from bot.domain.words import Rank
from bot.store.sessions import Client
from jobs import tidy

NOW = at("2018-10-12 10:00")


def test_old_questions_lapse_spent_links_go(store):
    person_id = Bureau(store).person(Bureau(store).unit("220100"))
    with store.begin() as tx:
        inbound_id = tx.inbox.keep(Inbound("wecom_app", "m1", "zs", NOW, "嗯", b"<xml/>"), NOW)
        tx.questions.ask(person_id, inbound_id, [], NOW)
        tx.links.issue(NOW, timedelta(hours=1))
    assert tidy.run(NOW + tidy.QUESTION, store) == tidy.Tidied(0, 0, 0)
    late = NOW + tidy.LINK + timedelta(hours=1, seconds=1)
    assert tidy.run(late, store) == tidy.Tidied(1, 1, 0)
    assert tidy.run(late, store) == tidy.Tidied(0, 0, 0)
    with store.read() as tx:
        assert tx.questions.open(person_id) is None


def test_who_was_logged_in_is_kept_for_six_months(store):
    with store.begin() as tx:
        account_id = tx.accounts.add("zhangsan", "张三", Rank.READER, None, NOW)
        tx.sessions.open(account_id, "password", Client(), NOW)
    assert tidy.run(NOW + tidy.SESSION, store).sessions == 0
    assert tidy.run(NOW + tidy.SESSION + timedelta(seconds=1), store).sessions == 1
