"""Transactions, readers, owners."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import DBAPIError

from bot.store import NestedBegin, Store, conflict, tables


def test_what_a_transaction_wrote_is_there_after_it(store):
    with store.begin() as tx:
        tx.meta.set("sample", "jilin")
    with store.read() as tx:
        assert tx.meta.get("sample") == "jilin"
        assert tx.meta.get("nothing") is None


def test_an_exception_takes_everything_of_its_transaction_back(store):
    def write_and_fail() -> None:
        with store.begin() as tx:
            tx.meta.set("sample", "jilin")
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        write_and_fail()
    with store.read() as tx:
        assert tx.meta.get("sample") is None


def test_setting_a_value_twice_keeps_the_last_one(store):
    with store.begin() as tx:
        tx.meta.set("sample", "jilin")
        tx.meta.set("sample", "liaoning")
    with store.read() as tx:
        assert tx.meta.get("sample") == "liaoning"


def test_a_reader_cannot_write(store):
    with pytest.raises(DBAPIError), store.read() as tx:
        tx.meta.set("sample", "jilin")


def test_a_reader_sees_the_moment_it_began_in_and_does_not_wait_for_the_writer(store):
    with store.begin() as tx:
        tx.meta.set("sample", "before")
    with store.read() as reader:
        assert reader.meta.get("sample") == "before"
        with store.begin() as writer:
            writer.meta.set("sample", "after")
        assert reader.meta.get("sample") == "before"
    with store.read() as reader:
        assert reader.meta.get("sample") == "after"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(ValueError, match="memory"):
        Store(url)


def test_a_transaction_inside_a_transaction_of_the_same_thread_is_refused_at_once(sqlite_store):
    with sqlite_store.begin(), pytest.raises(NestedBegin), sqlite_store.begin():
        pass
    with sqlite_store.begin() as tx:  # and the turn was not lost
        tx.meta.set("sample", "jilin")


def test_threads_that_write_at_once_queue_and_none_fails(store):
    def add_one() -> None:
        for _ in range(20):
            with store.begin() as tx:
                tx.meta.set(threading.current_thread().name, "here")

    threads = [threading.Thread(target=add_one, name=f"writer-{number}") for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as tx:
        assert all(tx.meta.get(f"writer-{number}") == "here" for number in range(6))


def test_two_processes_worth_of_stores_on_one_file_queue_behind_each_other(sqlite_url, make_store):
    """A deferred BEGIN would fail here at once: both read before they write."""
    stores = [make_store(sqlite_url), make_store(sqlite_url)]
    with stores[0].begin() as tx:
        tx.meta.set("count", "0")

    def count(store: Store) -> None:
        for _ in range(25):
            with store.begin() as tx:
                tx.meta.set("count", str(int(tx.meta.get("count") or 0) + 1))

    threads = [threading.Thread(target=count, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores[0].read() as tx:
        assert tx.meta.get("count") == "50"


def test_an_insert_tells_how_many_rows_it_made_on_both_databases(store):
    meta = tables.of(tables.Meta)
    with store.begin() as tx:
        statement = conflict.insert(tx.connection, meta).from_select(["key", "value"], select(literal("a"), literal("b")))
        made = [tx.connection.execute(statement.on_conflict_do_nothing()).rowcount for _ in range(2)]
    assert made == [1, 0]


def test_instants_come_back_aware_and_in_utc(store):
    at = datetime(2018, 9, 25, 2, 0, 0, 123456, tzinfo=UTC)
    with store.begin() as tx:
        tx.robots.ensure("mail", "mail")
        tx.robots.block("mail", at, at)
    with store.read() as tx:
        assert tx.robots.all()[0].blocked_until == at
        assert tx.robots.all()[0].blocked_until.tzinfo is UTC


def test_a_naive_instant_is_refused(store):
    with pytest.raises(Exception, match="timezone"), store.begin() as tx:
        tx.robots.block("mail", datetime(2018, 9, 25), datetime(2018, 9, 25))  # noqa: DTZ001 the point of the test


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_url, make_store):
    store = make_store(sqlite_url, durable=True)
    with store.begin() as tx:
        pragmas = {name: tx.connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_making_a_store_opens_nothing(tmp_path: Path):
    store = Store(f"sqlite:///{tmp_path}/cuibao.db")
    assert not (tmp_path / "cuibao.db").exists()
    store.close()


def test_the_watcher_sees_every_statement_with_its_begin_and_commit(sqlite_url, make_store):
    seen: list[str] = []
    store = make_store(sqlite_url, watch=seen.append)
    with store.begin() as tx:
        tx.meta.set("sample", "jilin")
    assert [statement.split(" ")[0] for statement in seen] == ["BEGIN", "INSERT", "COMMIT"]


def test_an_owner_lives_as_long_as_it_holds_its_lock(database_url, make_store):
    one, other = make_store(database_url), make_store(database_url)
    one.owner.keep()
    name = one.owner.name
    assert other.owner.alive(name) is True
    assert other.owner.alive("somebody-else") is False
    one.close()
    assert other.owner.alive(name) is False


def test_an_owner_that_abdicates_comes_back_as_another(database_url, make_store):
    store, other = make_store(database_url), make_store(database_url)
    store.owner.keep()
    name = store.owner.name
    store.abdicate()
    store.owner.keep()
    assert store.owner.name != name
    assert (other.owner.alive(name), other.owner.alive(store.owner.name)) == (False, True)


def test_an_owner_keeps_its_lock_however_often_it_asks_for_it(database_url, make_store):
    store, other = make_store(database_url), make_store(database_url)
    for _ in range(3):
        store.owner.keep()
    assert other.owner.alive(store.owner.name) is True
    assert store.owner.alive(store.owner.name) is True


def test_a_server_that_forgot_the_lock_gets_it_again(postgres, postgres_url, make_store):
    store, other = make_store(postgres_url), make_store(postgres_url)
    store.owner.keep()
    with postgres.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    deadline = time.monotonic() + 5
    while other.owner.alive(store.owner.name) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert other.owner.alive(store.owner.name) is False
    store.owner.keep()
    assert other.owner.alive(store.owner.name) is True


def test_the_files_of_dead_owners_are_swept_away(sqlite_url, tmp_path, make_store):
    folder = tmp_path / "cuibao.db-owners"
    folder.mkdir()
    (folder / "long-gone.lock").touch()
    store = make_store(sqlite_url)
    store.owner.keep()
    assert [path.stem for path in folder.iterdir()] == [store.owner.name]
