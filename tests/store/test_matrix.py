"""Unit × period."""

from datetime import date

import pytest
from bureau import Bureau, at

from bot.domain.status import EventKind
from bot.domain.words import Status
from bot.store.matrix import Page

NOW = at("2018-12-01 10:00")


@pytest.fixture
def bureau(store):
    bureau = Bureau(store)
    units = [bureau.unit(code, position=position) for position, code in enumerate(("220300", "220100", "220200"))]
    bureau.duty(units)
    bureau.duty(units[:1], rule="once:2018-09-28", what="推荐名单")
    bureau.unit("220400")
    bureau.due(NOW, horizon_days=365)
    return bureau


def test_rows_are_units_in_administrative_order_and_columns_periods_by_day(bureau):
    bureau.append(bureau.task(1, "once"), EventKind.REPORTED, NOW)
    with bureau.store.read() as tx:
        matrix = tx.tasks.matrix()
    assert [(column.what, column.period) for column in matrix.columns] == [("推荐名单", "once"), ("工作情况报告", "2018Q3")]
    assert [row.unit.code for row in matrix.rows] == ["220300", "220100", "220200"]
    once, q3 = (column.period_id for column in matrix.columns)
    cell = matrix.rows[0].cells[once]
    assert (cell.status, cell.closed, cell.reported_at) == (Status.REPORTED, True, NOW)
    assert matrix.rows[0].cells[q3].status is Status.PENDING
    assert once not in matrix.rows[1].cells
    assert matrix.after is None


def test_pages_follow_each_other_without_gap_or_repetition(bureau):
    seen, after = [], None
    while True:
        with bureau.store.read() as tx:
            matrix = tx.tasks.matrix(page=Page(after=after, limit=2))
        seen += [row.unit.code for row in matrix.rows]
        assert all(row.cells for row in matrix.rows)
        after = matrix.after
        if after is None:
            break
    assert seen == ["220300", "220100", "220200"]


def test_what_is_shown_can_be_narrowed_by_duty_days_and_units(bureau):
    with bureau.store.read() as tx:
        assert [column.what for column in tx.tasks.matrix([2]).columns] == ["推荐名单"]
        assert [row.unit.code for row in tx.tasks.matrix([2]).rows] == ["220300"]
        assert [column.period for column in tx.tasks.matrix(page=Page(since=date(2018, 10, 1))).columns] == ["2018Q3"]
        assert [column.period for column in tx.tasks.matrix(page=Page(until=date(2018, 9, 28))).columns] == ["once"]
        assert [row.unit.code for row in tx.tasks.matrix(page=Page(unit_ids=frozenset({2, 3}))).rows] == ["220100", "220200"]
        assert tx.tasks.matrix([]).rows == ()
