"""The schema as the versions build it is the schema the code expects."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from bureau import at
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.domain.workdays import WorkCalendar
from bot.store import chain, migrate, schema, tables
from bot.talk import hear


def test_replaying_every_version_from_empty_gives_the_tables(store):
    with store.read() as tx:
        assert list(schema.differences(tx.connection)) == []
        assert migrate.current(tx.connection) == migrate.head() == schema.head()


def test_a_column_that_no_version_creates_is_noticed(store):
    with store.begin() as tx, tx.connection.begin_nested() as undone:
        tx.connection.execute(text("ALTER TABLE robot DROP COLUMN reason"))
        assert len(schema.differences(tx.connection)) == 1
        undone.rollback()


def test_partial_indexes_are_partial_in_the_database_too(store):
    """The comparison of Alembic does not look at the condition of an index."""
    expected = {
        index.name: str(where)
        for table in tables.METADATA.tables.values()
        for index in table.indexes
        if (where := _where(index)) is not None
    }
    with store.read() as tx:
        found = _conditions(tx.connection)
    assert expected.keys() <= found.keys()
    assert {name for name in expected if "WHERE" not in found[name].upper()} == set()


def test_a_filled_database_of_the_first_schema_is_brought_up_to_date_and_goes_on(tmp_path, make_store):
    """`first_schema.sql` was written by the code of version 0001: a letter, an answer, one that waits, a penalty, an act of an administrator."""
    with closing(sqlite3.connect(tmp_path / "first.db")) as old:
        old.executescript(Path(__file__).with_name("first_schema.sql").read_text(encoding="utf-8"))
    store = make_store(f"sqlite:///{tmp_path}/first.db")
    store.migrate()
    now = at("2018-10-16 09:42")
    with store.begin() as tx:
        assert list(schema.differences(tx.connection)) == chain.verify_all(tx.connection) == list(tx.tasks.recompute()) == []
        assert tx.outbox.next_wake(now, {"wecom_app": 20}) == at("2018-10-16 09:45")
        claimed = tx.outbox.claim(at("2018-10-16 09:45"), "post", timedelta(minutes=10), {"wecom_app": 20}, 10)
        assert [message.key for message in claimed] == ["letter:waits"]
    hear.run(now, store, frozenset({"wecom_app"}), WorkCalendar())
    with store.read() as tx:
        assert tx.inbox.unread(10) == []
        assert chain.verify_all(tx.connection) == []


def test_migrating_a_migrated_database_changes_nothing(store):
    with store.begin() as tx:
        tx.meta.set("sample", "jilin")
    store.migrate()
    with store.read() as tx:
        assert tx.meta.get("sample") == "jilin"


def test_a_database_that_is_up_to_date_opens_without_alembic(sqlite_url):
    program = f"""
import sys
from bot.store import Store
store = Store({sqlite_url!r})
store.migrate()
store.close()
print("alembic" in sys.modules)
"""
    found = [subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip() for _ in range(2)]
    assert found[1] == "False"


def test_processes_that_migrate_at_once_do_it_one_after_the_other(tmp_path, make_store):
    stores = [make_store(f"sqlite:///{tmp_path}/fresh.db") for _ in range(4)]
    _all_at_once(stores)
    with stores[0].read() as tx:
        assert list(schema.differences(tx.connection)) == []


def test_workers_on_one_server_migrate_one_after_the_other(postgres, make_store):
    with postgres.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE fresh"))
    url = postgres.url.set(database="fresh").render_as_string(hide_password=False)
    stores = [make_store(url) for _ in range(4)]
    assert not stores[0].is_made()
    _all_at_once(stores)
    assert stores[0].is_made()
    engine = create_engine(url)
    assert "message" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_version_that_fails_leaves_nothing_behind(tmp_path, make_store):
    seen = []

    def fail_late(statement):
        seen.append(statement)
        if len(seen) > 40:
            raise OSError("disk full")

    broken = make_store(f"sqlite:///{tmp_path}/fresh.db", watch=fail_late)
    with pytest.raises(OSError, match="disk full"):
        broken.migrate()
    fresh = make_store(f"sqlite:///{tmp_path}/fresh.db")
    with fresh.read() as tx:
        assert inspect(tx.connection).get_table_names() == []
    fresh.migrate()


def _all_at_once(stores):
    failures = []

    def run(store):
        try:
            store.migrate()
        except DBAPIError as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def _where(index):
    return index.dialect_options["sqlite"]["where"]


def _conditions(connection):
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    else:
        rows = connection.execute(text("SELECT indexname, indexdef FROM pg_indexes"))
    return dict(rows.all())
