"""The audit log."""

from bureau import at

from bot.store import chain, tables

NOW = at("2018-10-12 10:00")


def test_entries_come_newest_first_and_can_be_asked_about_one_thing(store):
    with store.begin() as tx:
        first = tx.audit.write(
            "admin:1", "obligation.change", NOW, about="obligation:3", before={"ends": None}, after={"ends": "2019-12-31"}
        )
        second = tx.audit.write("system", "migrate", NOW)
        assert [entry.id for entry in tx.audit.list()] == [second, first]
        entry = tx.audit.list(about="obligation:3")[0]
        assert (entry.by, entry.act, entry.before, entry.after) == ("admin:1", "obligation.change", {"ends": None}, {"ends": "2019-12-31"})
        assert [entry.id for entry in tx.audit.list(before=second)] == [first]
        assert [entry.id for entry in tx.audit.list(limit=1)] == [second]


def test_the_log_is_a_chain(store):
    with store.begin() as tx:
        tx.audit.write("admin:1", "login", NOW)
        assert chain.verify(tx.connection, tables.of(tables.Audit)) is None
        tx.connection.execute(tables.of(tables.Audit).update().values(by="admin:2"))
        assert chain.verify(tx.connection, tables.of(tables.Audit)).damage is chain.Damage.ALTERED
