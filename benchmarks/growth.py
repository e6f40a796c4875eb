"""P14: how the cost grows with the number of units: the slope of its logarithm over that of the size (1: in proportion)."""

import math
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks import circulars, delivery, office, planning
from benchmarks.figure import Figure, Measure

PARTS = (20, 1)
"""The sizes are the largest one divided by these."""


def planned(units: int, folder: Path) -> dict[str, float]:
    """Seconds to plan the first notice for so many units."""
    return planning.ours(units, _filled(units, folder))


def delivered(units: int, folder: Path) -> dict[str, float]:
    """Seconds to deliver a message for each of a quarter of so many units, to a platform in this process."""
    return delivery.in_process(units // 4, _filled(units // 4, folder))


def drafted(units: int, folder: Path) -> dict[str, float]:
    """Seconds to draft the circular of a period over so many units."""
    return circulars.drafted(units, _filled(units, folder))


def _filled(units: int, folder: Path) -> Path:
    """A folder with an office of this size, filled once for all rounds."""
    place = folder / str(units)
    if not place.exists():
        office.fill(place / "before.db", units)
    return place


def slope(points: Sequence[tuple[int, float]]) -> dict[str, float]:
    """The slope of the line of least squares through the logarithms, and the seconds at the largest size."""
    sizes, seconds = zip(*((math.log(size), math.log(taken)) for size, taken in points), strict=True)
    return {"slope": statistics.linear_regression(sizes, seconds).slope, "seconds": points[-1][1]}


FIGURE = Figure(
    id="P14",
    what="growth with the number of units, up to {size}",
    module="growth",
    variants=("planned", "delivered", "drafted"),
    measures=tuple(
        Measure(what, f"{variant}.slope", "slope", must=1.1, aim=1.0, at_most=True)
        for variant, what in (("planned", "planning"), ("delivered", "delivery"), ("drafted", "circular"))
    ),
    size=20_000,
    quick=3_000,
    full=100_000,
    growth=PARTS,
)
