"""Facts cannot be changed unnoticed: altered, deleted, reordered, added, and the tail cut off."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.store import chain, tables
from bot.store.chain import Broken, Damage

NOW = datetime(2018, 9, 25, 2, 0, 0, 123456, tzinfo=UTC)
AUDIT = tables.of(tables.Audit)


@pytest.fixture
def five(store):
    """A store with five facts in the audit chain."""
    with store.begin() as tx:
        for number in range(5):
            tx.audit.write(
                "admin:1", "unit.renamed", NOW + timedelta(seconds=number), about=f"unit:{number}", after={"name": "榆树市", "b": 1, "a": 2}
            )
    return store


def test_an_untouched_chain_holds(five):
    assert _verify(five) is None


def test_an_empty_chain_holds(store):
    with store.read() as tx:
        assert chain.verify_all(tx.connection) == []
        assert chain.head(tx.connection, AUDIT) == (0, "")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("UPDATE audit SET act = 'unit.deleted' WHERE id = 3", Broken("audit", 3, Damage.ALTERED)),
        ("UPDATE audit SET about = 'unit:9' WHERE id = 3", Broken("audit", 3, Damage.ALTERED)),
        ("UPDATE audit SET at = '2018-09-25 02:00:02.123457' WHERE id = 3", Broken("audit", 3, Damage.ALTERED)),
        ("UPDATE audit SET hash = prev_hash WHERE id = 5", Broken("audit", 5, Damage.ALTERED)),
        ("DELETE FROM audit WHERE id = 3", Broken("audit", 3, Damage.DELETED)),
        ("DELETE FROM audit WHERE id = 1", Broken("audit", 1, Damage.DELETED)),
        ("DELETE FROM audit WHERE id >= 4", Broken("audit", 4, Damage.DELETED)),
        ("DELETE FROM audit", Broken("audit", 1, Damage.DELETED)),
        ("UPDATE audit SET id = CASE id WHEN 2 THEN -4 WHEN 4 THEN -2 END WHERE id IN (2, 4)", Broken("audit", 2, Damage.REORDERED)),
        ("DELETE FROM audit WHERE id = 2; UPDATE audit SET id = -(id - 1) WHERE id > 2", Broken("audit", 2, Damage.REORDERED)),
    ],
)
def test_damage_is_found_and_the_row_is_named(five, damage, expected):
    with five.begin() as tx:
        for statement in (*damage.split(";"), "UPDATE audit SET id = -id WHERE id < 0"):
            tx.connection.execute(text(statement))
    assert _verify(five) == expected


def test_a_row_that_did_not_go_through_the_chain_is_found(five):
    with five.begin() as tx:
        tx.connection.execute(
            text(
                "INSERT INTO audit (id, at, by, act, about, before, after, prev_hash, hash) SELECT 6, at, by, act, about, before, after, hash, hash FROM audit WHERE id = 5"
            )
        )
    assert _verify(five) == Broken("audit", 6, Damage.ADDED)


def test_a_rewritten_tail_does_not_fit_the_head(five):
    """Whoever recomputes the hashes of the last row must also rewrite the head."""
    with five.begin() as tx:
        row = dict(tx.connection.execute(AUDIT.select().where(AUDIT.c.id == 5)).mappings().one()) | {"by": "admin:2"}
        tx.connection.execute(AUDIT.update().where(AUDIT.c.id == 5).values(by="admin:2", hash=chain.digest(AUDIT, row)))
    assert _verify(five) == Broken("audit", 5, Damage.ALTERED)


def test_the_chain_goes_on_after_its_head_and_rows_are_numbered_without_gaps(five):
    with five.begin() as tx:
        assert tx.audit.write("admin:1", "unit.renamed", NOW) == 6
    with pytest.raises(ZeroDivisionError), five.begin() as tx:
        tx.audit.write("admin:1", "unit.renamed", NOW + timedelta(seconds=1 // 0))
    with five.begin() as tx:
        assert tx.audit.write("admin:1", "unit.renamed", NOW) == 7
    assert _verify(five) is None


def test_writers_at_one_time_do_not_fork_the_chain(store):
    def write(name):
        for _ in range(10):
            with store.begin() as tx:
                tx.audit.write(name, "page.seen", NOW)

    threads = [threading.Thread(target=write, args=(f"admin:{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as tx:
        assert chain.verify_all(tx.connection) == []
        assert chain.head(tx.connection, AUDIT)[0] == 40


def test_long_chains_are_read_in_pages_and_broken_ones_are_found_on_any_of_them(store):
    row = {"at": NOW, "by": "admin:1", "act": "page.seen", "about": "", "before": {}, "after": {}}
    last = 2 * chain.BATCH + 1
    with store.begin() as tx:
        assert chain.append(tx.connection, AUDIT, [row] * last)[-1] == last
    assert _verify(store) is None
    with store.begin() as tx:
        tx.connection.execute(text(f"UPDATE audit SET act = 'x' WHERE id = {last}"))
    assert _verify(store) == Broken("audit", last, Damage.ALTERED)


def test_every_column_of_a_fact_is_covered_but_how_an_inbound_was_read_later():
    """A column that is added to one table must not leave the hash of another."""
    left_out = {name: set(table.columns.keys()) - set(chain._covered(table)) for name, table in chain.CHAINS.items()}
    own = {"id", "hash"}
    assert left_out == {"event": own, "delivery": own, "audit": own, "inbound": own | {"state", "person_id", "trouble", "kind", "about"}}


def _verify(store):
    with store.read() as tx:
        return chain.verify(tx.connection, AUDIT)
