"""One owner for each account, and how far it was read."""

from datetime import UTC, datetime, timedelta

from bot.store.ears import EarState

NOW = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)
KEY = "mail:bot@example.com"
LEASE = timedelta(minutes=1)


def test_an_account_has_one_owner_until_the_lease_ends_or_is_given_up(store):
    with store.begin() as tx:
        assert tx.ears.lease(KEY, "mail", "first", NOW, NOW + LEASE)
        assert not tx.ears.lease(KEY, "mail", "second", NOW, NOW + LEASE)
        assert tx.ears.lease(KEY, "mail", "first", NOW + LEASE / 2, NOW + LEASE * 2)
        assert not tx.ears.lease(KEY, "mail", "second", NOW + LEASE, NOW + LEASE * 2)
        assert tx.ears.lease(KEY, "mail", "second", NOW + LEASE * 2, NOW + LEASE * 3)
        tx.ears.release(KEY, "first")
        assert not tx.ears.lease(KEY, "mail", "first", NOW + LEASE * 2, NOW + LEASE * 3)
        tx.ears.release(KEY, "second")
        assert tx.ears.lease(KEY, "mail", "first", NOW + LEASE * 2, NOW + LEASE * 3)


def test_its_state_and_its_last_frame_are_seen(store):
    with store.begin() as tx:
        assert tx.ears.get(KEY) is None
        tx.ears.lease(KEY, "mail", "first", NOW, NOW + LEASE)
        tx.ears.note(KEY, EarState.OPEN, "", NOW)
        tx.ears.frame(KEY, NOW + LEASE)
        ear = tx.ears.get(KEY)
    assert ear is not None
    assert (ear.state, ear.since, ear.last_frame_at, ear.owner) == (EarState.OPEN, NOW, NOW + LEASE, "first")


def test_a_bookmark_is_replaced_and_others_stay(store):
    with store.begin() as tx:
        assert tx.ears.bookmark(KEY, "INBOX") == ""
        tx.ears.mark(KEY, "INBOX", "7:12")
        tx.ears.mark(KEY, "Spam", "3:1")
        tx.ears.mark(KEY, "INBOX", "7:19")
        assert (tx.ears.bookmark(KEY, "INBOX"), tx.ears.bookmark(KEY, "Spam")) == ("7:19", "3:1")
