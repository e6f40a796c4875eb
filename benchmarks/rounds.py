"""Lets the variants of a figure take turns, round by round, each in a fresh process."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import figure, growth, process
from benchmarks.figure import Figure, Row

Run = Callable[[str, str, int, Path], Mapping[str, float] | None]
"""Calls (module, function, size, folder)."""


@dataclass(slots=True)
class Round:
    """What the rounds of one figure brought so far; `broken` says of variants that failed, why. They are not tried again."""

    wanted: Figure
    size: int
    run: Run
    samples: dict[str, list[Mapping[str, float]]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def play(self, variant: str, folder: Path) -> None:
        """Measure a variant once more."""
        try:
            self.samples.setdefault(variant, []).append(self._sample(variant, folder))
        except process.Broken as trouble:
            self.broken[variant] = str(trouble)

    def _sample(self, variant: str, folder: Path) -> Mapping[str, float]:
        if not self.wanted.growth:
            return self._call(variant, self.size, folder)
        sizes = [self.size // part for part in self.wanted.growth]
        return growth.slope([(size, self._call(variant, size, folder)["seconds"]) for size in sizes])

    def _call(self, variant: str, size: int, folder: Path) -> Mapping[str, float]:
        return self.run(self.wanted.module, variant, size, folder) or {}


def play(
    wanted: Figure, count: int, *, quick: bool, tell: Callable[[str], None] = lambda _word: None, run: Run = process.measure
) -> tuple[list[Row], dict[str, str]]:
    """Play `count` rounds; the rows read from them, and of variants that failed, why: their rows are missed.

    `tell` hears what runs now; `run` makes a process for each variant. Raises Broken if the figure cannot even be prepared.
    """
    played = Round(wanted, wanted.quick if quick else wanted.size, run)
    with tempfile.TemporaryDirectory(prefix="cuibao-bench-") as name:
        folder = Path(name)
        if wanted.prepare:
            tell(f"{wanted.id} {wanted.prepare}")
            run(wanted.module, wanted.prepare, played.size, folder)
        for number in range(count):
            for variant in _turn(wanted.variants, number):
                if variant not in played.broken:
                    tell(f"{wanted.id} {variant} {number + 1}/{count}")
                    played.play(variant, folder)
    whole = {variant: samples for variant, samples in played.samples.items() if variant not in played.broken}
    return figure.rows(wanted, whole), played.broken


def _turn(variants: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Every second round goes the other way, so that none always runs after the same one."""
    return variants if number % 2 == 0 else variants[::-1]
