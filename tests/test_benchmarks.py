"""Every benchmark runs, measures what its rows are read from, and prints them. How fast it is, is no test's business."""

import importlib
import math
from dataclasses import replace

import pytest
from rich.console import Console

from benchmarks import __main__ as bench
from benchmarks import figure as figures
from benchmarks import growth, process, rehearsal, rounds, table
from benchmarks.figure import Figure, Measure
from benchmarks.rounds import Played

SIZES = {
    "P1": 20,
    "P2": 20,
    "P3": 20,
    "P4": 10,
    "P5": 20,
    "P6": 60,
    "P7": 5,
    "P8": 40,
    "P9": 30,
    "P10": 20,
    "P11": 0,
    "P12": 1,
    "P13": 20,
    "P14": 200,
}
"""Small enough to be over at once, large enough for a batch to be full."""


def here(module, function, size, folder):
    """Call a variant in this process: fresh ones would spend the suite's minute on starting."""
    return getattr(importlib.import_module(f"benchmarks.{module}"), function)(size, folder)


@pytest.mark.parametrize("wanted", bench.FIGURES, ids=lambda wanted: wanted.id)
def test_every_figure_is_made_and_prints_its_rows(wanted, tmp_path):
    played = Played(wanted, SIZES[wanted.id], tmp_path / wanted.id, here)
    rounds.play([played], 1)
    made = played.rows()
    assert not played.broken
    assert len(made) == len(wanted.measures)
    for row in made:
        assert math.isfinite(row.figure.median)
        assert row.ratio == (row.bare is not None)
        assert (row.reached is None) == (row.must is None)
    console = Console(width=200)
    with console.capture() as printed:
        console.print(table.show(made))
    assert printed.get().count(wanted.id) == len(made)
    assert "{size}" not in printed.get()


def figure(**more) -> Figure:
    measure = Measure("", "ours.rate", "rows/s", "bare.rate", **({"must": 0.5, "aim": 0.9} | more))
    return Figure("P0", "something", "nowhere", ("ours", "bare"), (measure,), size=1, quick=1)


SAMPLES = {"ours": [{"rate": 10.0}, {"rate": 60.0}, {"rate": 30.0}], "bare": [{"rate": 100.0}, {"rate": 80.0}, {"rate": 40.0}]}


def test_a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_the_medians():
    (row,) = figures.rows(figure(), 1, SAMPLES)
    assert (row.figure.median, row.figure.low, row.figure.high) == (0.75, 0.1, 0.75)
    assert (row.ours.median, row.bare.median) == (30, 80)


@pytest.mark.parametrize(
    ("must", "at_most", "reached"),
    [(0.75, False, True), (0.76, False, False), (0.75, True, True), (0.74, True, False), (None, False, None)],
)
def test_a_figure_that_misses_its_limit_is_said_to_miss_it(must, at_most, reached):
    (row,) = figures.rows(figure(must=must, at_most=at_most), 1, SAMPLES)
    assert row.reached is reached


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_slope_of_growth_is_the_power_of_the_size(power):
    points = [(size, 3.0 * size**power) for size in (100, 1_000, 10_000)]
    assert growth.slope(points)["slope"] == pytest.approx(power)


def test_a_variant_runs_in_a_process_of_its_own_and_reports_its_memory(tmp_path):
    assert process.measure("rendering", "bare", 1, tmp_path).keys() == {"us", "rss_mb"}


def test_a_variant_that_fails_says_why(tmp_path):
    with pytest.raises(process.Broken, match="has no attribute"):
        process.measure("rendering", "no_such_variant", 1, tmp_path)


def test_a_variant_that_fails_is_missed_and_the_others_are_measured_all_the_same(tmp_path):
    def run(_module, function, _size, _folder):
        if function == "ours":
            raise process.Broken("it fell over")
        return {"rate": 1.0}

    bare = Measure("alone", "bare.rate", "rows/s", must=0.5)
    played = Played(replace(figure(), measures=(*figure().measures, bare)), 1, tmp_path / "P0", run)
    rounds.play([played], 2)
    assert [row.reached for row in played.rows()] == [False, True]
    assert [row.rounds for row in played.rows()] == [0, 2]
    assert played.broken == {"ours": "it fell over"}


def test_what_cannot_be_prepared_is_missed_and_not_tried(tmp_path):
    called = []

    def run(_module, function, _size, _folder):
        called.append(function)
        if function == "prepare":
            raise process.Broken("no room")
        return {"rate": 1.0}

    played = [Played(replace(figure(), prepare="prepare"), 1, tmp_path / "P0", run), Played(figure(), 1, tmp_path / "P1", run)]
    rounds.play(played, 2)
    assert called == ["prepare", "ours", "bare", "bare", "ours"]
    assert [row.reached for each in played for row in each.rows()] == [False, True]


def test_when_the_time_is_up_every_figure_has_had_a_round_and_none_begins_another(tmp_path):
    played = [Played(figure(), 1, tmp_path / name, lambda *_: {"rate": 1.0}) for name in ("P0", "P1")]
    rounds.play(played, 3, left=iter([1.0, 0.0, 0.0, 0.0]).__next__)
    assert [each.rows()[0].rounds for each in played] == [2, 1]


def test_every_figure_has_an_id_of_its_own_and_an_unknown_one_is_refused():
    ids = [wanted.id for wanted in bench.FIGURES]
    assert len(set(ids)) == len(ids)
    assert bench.main(["P99"]) == 2


def test_a_figure_is_named_by_its_id_or_by_its_file():
    assert bench.NAMES["p11"] == (rehearsal.FIGURE,)
    assert [each.id for each in bench.NAMES["planning"]] == ["P2", "P3"]
