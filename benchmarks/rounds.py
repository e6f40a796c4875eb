"""Lets the variants of a figure take turns, round by round, each in a fresh process."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import figure, growth, process
from benchmarks.figure import Figure, Row

Run = Callable[[str, str, int, Path], Mapping[str, float] | None]
"""Calls (module, function, size, folder)."""


def play(
    wanted: Figure, count: int, *, quick: bool, tell: Callable[[str], None] = lambda _word: None, run: Run = process.measure
) -> list[Row]:
    """Play `count` rounds and read the rows from them. `tell` hears what runs now; `run` makes a process for each variant."""
    size = wanted.quick if quick else wanted.size
    samples: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="cuibao-bench-") as name:
        folder = Path(name)
        if wanted.prepare:
            tell(f"{wanted.id} {wanted.prepare}")
            run(wanted.module, wanted.prepare, size, folder)
        for number in range(count):
            for variant in _turn(wanted.variants, number):
                tell(f"{wanted.id} {variant} {number + 1}/{count}")
                samples[variant].append(_sample(wanted, variant, size, folder, run))
    return figure.rows(wanted, samples)


def _turn(variants: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Every second round goes the other way, so that none always runs after the same one."""
    return variants if number % 2 == 0 else variants[::-1]


def _sample(wanted: Figure, variant: str, size: int, folder: Path, run: Run) -> dict[str, float]:
    if not wanted.growth:
        return dict(run(wanted.module, variant, size, folder) or {})
    sizes = [size // part for part in wanted.growth]
    return growth.slope([(each, (run(wanted.module, variant, each, folder) or {})["seconds"]) for each in sizes])
