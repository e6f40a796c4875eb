"""One-time login links."""

from datetime import timedelta

from bureau import at
from sqlalchemy import text

NOW = at("2018-09-21 09:00")


def test_a_link_is_good_once(store):
    with store.begin() as tx:
        token = tx.links.issue(NOW, timedelta(hours=1))
        assert not tx.links.redeem(token + "x", NOW)
        assert tx.links.redeem(token, NOW)
        assert not tx.links.redeem(token, NOW)


def test_a_link_is_no_longer_good_at_its_end(store):
    with store.begin() as tx:
        token = tx.links.issue(NOW, timedelta(hours=1))
        assert not tx.links.redeem(token, NOW + timedelta(hours=1))


def test_the_database_does_not_hold_the_token(store):
    with store.begin() as tx:
        token = tx.links.issue(NOW, timedelta(hours=1))
        kept = tx.connection.execute(text("SELECT digest FROM login_link")).scalars().all()
    assert len(token) >= 43
    assert len(kept) == 1
    assert token not in kept


def test_digests_of_expired_links_are_forgotten(store):
    with store.begin() as tx:
        tx.links.issue(NOW, timedelta(hours=1))
        fresh = tx.links.issue(NOW, timedelta(days=9))
        assert tx.links.forget(NOW + timedelta(days=1)) == 1
        assert tx.links.redeem(fresh, NOW + timedelta(days=2))
