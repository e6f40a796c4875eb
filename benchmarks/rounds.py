"""Lets the variants of figures take turns, round by round, each in a fresh process.

Every figure has its first round before any has its second: what happens on the machine meanwhile meets all of them, and when the time
is up there is a round of each.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import figure, growth, process
from benchmarks.figure import Figure, Row

Run = Callable[[str, str, int, Path], Mapping[str, float] | None]
"""Calls (module, function, size, folder)."""


@dataclass(slots=True)
class Played:
    """What the rounds of one figure brought so far; `broken` says of what failed, why. It is not tried again."""

    wanted: Figure
    size: int
    folder: Path
    run: Run = process.measure
    samples: dict[str, list[Mapping[str, float]]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Make what all rounds work on."""
        self.folder.mkdir()
        if self.wanted.prepare:
            self._try(self.wanted.prepare, tell, "")

    def round(self, number: int, tell: Callable[[str], None]) -> None:
        """Measure every variant once more. Every second round goes the other way, so that none always runs after the same one."""
        variants = self.wanted.variants
        for variant in variants if number % 2 == 0 else variants[::-1]:
            if not {variant, self.wanted.prepare} & self.broken.keys():
                self._try(variant, tell, f" {number + 1}")

    def rows(self) -> list[Row]:
        """Its rows; those of a variant that failed are missed."""
        whole = {variant: found for variant, found in self.samples.items() if variant not in self.broken}
        return figure.rows(self.wanted, self.size, whole)

    def _try(self, function: str, tell: Callable[[str], None], which: str) -> None:
        tell(f"{self.wanted.id} {function}{which}")
        try:
            measured = self._measure(function)
        except process.Broken as trouble:
            self.broken[function] = str(trouble)
            return
        if function != self.wanted.prepare:
            self.samples.setdefault(function, []).append(measured)

    def _measure(self, function: str) -> Mapping[str, float]:
        if not self.wanted.growth:
            return self._call(function, self.size)
        sizes = [self.size // part for part in self.wanted.growth]
        return growth.slope([(size, self._call(function, size)["seconds"]) for size in sizes])

    def _call(self, function: str, size: int) -> Mapping[str, float]:
        return self.run(self.wanted.module, function, size, self.folder) or {}


def play(
    figures: Sequence[Played],
    count: int,
    *,
    tell: Callable[[str], None] = lambda _word: None,
    left: Callable[[], float] = lambda: math.inf,
) -> None:
    """Prepare the figures and play up to `count` rounds of each, at least one; `left` says how many seconds are left for more.

    `tell` hears what runs now.
    """
    for played in figures:
        played.prepare(tell)
    for number in range(count):
        for played in figures:
            if number == 0 or left() > 0:
                played.round(number, tell)
