"""A mail that answers one of ours says so by a Message-ID or a tag, and both lead back."""

from post import NOW

from bot.domain.deliveries import Handed
from bot.domain.inbound import Inbound
from bot.store import citations
from bot.store.citations import Conversation

MAIL = ("mail", "zhangsan@example.com")
OURS = "<cb.0123@example.com>"


def said(about: str) -> Inbound:
    return Inbound("mail", f"id {about}", "zhangsan@example.com", NOW, "已报", b"raw", about=about)


def sent(post, key: str, platform_id: str) -> int:
    person = post.person(MAIL)
    post.put(person, key)
    [message] = post.claim()
    post.freeze(message.id, "催报")
    post.settle(message, Handed.SENT, platform_id=platform_id)
    return person


def test_a_message_id_of_ours_becomes_the_key_of_the_message_it_belongs_to(post):
    sent(post, "reminder:1:T-1:7", OURS)
    with post.store.begin() as tx:
        numbers = tx.inbox.keep_all(
            [said(f"mid:<other@example.com> mid:{OURS} tag:7K3MQ9XD2F"), said("mid:<x@example.com>"), said("")], NOW
        )
        found = [tx.inbox.get(number).inbound.about for number in numbers]
    assert found == ["mid:<other@example.com> message:reminder:1:T-1:7 tag:7K3MQ9XD2F", "mid:<x@example.com>", ""]


def test_a_message_id_that_nobody_delivered_proves_nothing(post):
    sent(post, "a", "")
    with post.store.begin() as tx:
        number = tx.inbox.keep(said("mid: mid:<>"), NOW)
        assert tx.inbox.get(number).inbound.about == "mid: mid:<>"


def test_a_tag_leads_to_the_conversation_and_its_person(post):
    person = sent(post, "first", OURS)
    post.put(person, "second")
    with post.store.read() as tx:
        assert tx.outbox.by_tag("TAG-first", lambda key: f"TAG-{key}") == Conversation("first", person)
        assert tx.outbox.by_tag("TAG-second", lambda key: f"TAG-{key}") is None


def test_a_citation_is_looked_up_in_its_index(sqlite_store):
    with sqlite_store.read() as tx:
        query = citations.MAILED_BY_ID.params(ids=["<a@b>"]).compile(tx.connection, compile_kwargs={"render_postcompile": True})
        steps = [row[3] for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("<a@b>",))]
    assert any("ix_delivery_mailed" in step for step in steps), steps
