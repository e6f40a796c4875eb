"""The tree of bureaus."""

from datetime import date

import pytest
from bureau import Bureau

from bot.store.units import UnitRow, UnknownParent

TREE = [
    UnitRow("220184", "公主岭市经济局", "公主岭", "county", "县级市", "220100", 30, "gongzhulingshi", "gzls", since=date(2020, 6, 19)),
    UnitRow("220100", "长春市工信局", "长春", "prefecture", "地级市", "220000", 2, "changchunshi changchun", "ccs"),
    UnitRow("220000", "省工信厅", "吉林省", "province", "省", "", 1, "jilinsheng", "jls"),
    UnitRow("220381", "公主岭市工信局", "公主岭", "county", "县级市", "220300", 31, "gongzhulingshi", "gzls", until=date(2020, 6, 19)),
    UnitRow("220300", "四平市工信局", "四平", "prefecture", "地级市", "220000", 4, "sipingshi siping", "sps"),
]


@pytest.fixture
def units(store):
    with store.begin() as tx:
        tx.units.put_many(TREE)
    return store


def test_a_tree_is_written_in_any_order_and_hangs_together(units):
    with units.read() as tx:
        changchun, province = tx.units.by_code("220100"), tx.units.by_code("220000")
        assert changchun.parent_id == province.id
        assert province.parent_id is None
        assert [unit.code for unit in tx.units.all()] == ["220000", "220100", "220300", "220184", "220381"]
        assert {unit.code for unit in tx.units.under(changchun.id)} == {"220100", "220184"}


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2018, 9, 28), "220381"), (date(2020, 6, 18), "220381"), (date(2020, 6, 19), "220184"), (date(2026, 1, 1), "220184")],
)
def test_a_unit_that_moved_is_in_force_under_one_code_each_day(units, day, code):
    with units.read() as tx:
        assert [unit.code for unit in tx.units.all(day) if unit.short_name == "公主岭"] == [code]


def test_putting_the_same_rows_again_changes_nothing_and_another_name_changes_the_row(units):
    bureau = Bureau(units)
    with units.read() as tx:
        before = tx.units.all()
    duty = bureau.duty([before[0].id])
    with units.begin() as tx:
        tx.units.put_many(TREE)
        assert tx.units.all() == before
        assert tx.obligations.armed()[0].revision == 1
        tx.units.put_many([UnitRow("220100", "长春市工业和信息化局", "长春", "prefecture", "地级市", "220000", 2)])
        assert tx.units.by_code("220100").name == "长春市工业和信息化局"
        assert [each.revision for each in tx.obligations.armed() if each.obligation.id == duty] == [2]


def test_a_row_whose_superior_nobody_knows_is_refused(units):
    with units.begin() as tx, pytest.raises(UnknownParent, match="999999"):
        tx.units.put_many([UnitRow("220999", "某局", "某", "county", parent_code="999999")])


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("长春", ["220100"]),
        ("工信局", ["220100", "220300", "220381"]),
        ("siping", ["220300"]),
        ("GZL", ["220184", "220381"]),
        ("%", []),
        ("_", []),
        ("没有", []),
    ],
)
def test_units_are_found_by_name_pinyin_and_initials(units, words, codes):
    with units.read() as tx:
        assert [unit.code for unit in tx.units.find(words)] == codes


def test_a_unit_nobody_knows_is_a_lookup_error(store):
    with store.read() as tx:
        assert tx.units.by_code("1") is None
        with pytest.raises(LookupError, match="unit 7"):
            tx.units.get(7)
