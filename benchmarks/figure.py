"""What a figure is: variants that take turns, and the measures read from them."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Samples = Mapping[str, Sequence[Mapping[str, float]]]
"""By variant: what each round measured, by name."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with the smallest and the largest value."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table. `ours` and `against` name `variant.measurement`.

    With `against` the figure is the quotient of the two, round by round; without it the value of `ours` itself.
    `must` and `aim` are limits of the figure: from above if `at_most`, else from below. None: nothing is promised, it is shown only.
    """

    what: str
    ours: str
    unit: str
    against: str = ""
    must: float | None = None
    aim: float | None = None
    at_most: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the targets. `module` holds its variants; what they are called with is `size` in a usual run, `quick` where it only
    matters that they run, `full` where the targets name more than fits into ten minutes. `{size}` in a text stands for it.

    `prepare` names a function of the module that is called once with (size, folder) before the rounds, in a process of its own.
    With `growth` each variant is measured at `size` divided by each of these, and what is read is the slope over these sizes.
    """

    id: str
    what: str
    module: str
    variants: tuple[str, ...]
    measures: tuple[Measure, ...]
    size: int
    quick: int
    full: int = 0
    prepare: str = ""
    growth: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result. `reached` is None where nothing is promised."""

    id: str
    what: str
    rounds: int
    ours: Spread
    bare: Spread | None
    figure: Spread
    unit: str
    ratio: bool
    must: float | None
    aim: float | None
    at_most: bool
    reached: bool | None


def spread(values: Sequence[float]) -> Spread:
    """The median of the values and their range."""
    return Spread(statistics.median(values), min(values), max(values))


def rows(figure: Figure, size: int, samples: Samples) -> list[Row]:
    """The measures of a figure, read from what its rounds at this size brought."""
    return [_row(figure, measure, size, samples) for measure in figure.measures]


def _row(figure: Figure, measure: Measure, size: int, samples: Samples) -> Row:
    ours = _values(samples, measure.ours)
    bare = _values(samples, measure.against) if measure.against else None
    found = spread([mine / theirs for mine, theirs in zip(ours, bare, strict=False)] if bare else ours)
    reached = None if measure.must is None else _keeps(found.median, measure.must, measure.at_most)
    what = (f"{figure.what}: {measure.what}" if measure.what else figure.what).replace("{size}", f"{size:,}")
    limits = (measure.must, measure.aim, measure.at_most, reached)
    return Row(
        figure.id,
        what,
        len(samples.get(measure.ours.partition(".")[0], ())),
        spread(ours),
        spread(bare) if bare else None,
        found,
        measure.unit,
        bare is not None,
        *limits,
    )


def _values(samples: Samples, name: str) -> list[float]:
    """Not a number where the variant could not be measured."""
    variant, _, measured = name.partition(".")
    return [sample[measured] for sample in samples.get(variant, ())] or [math.nan]


def _keeps(value: float, limit: float, at_most: bool) -> bool:
    return value <= limit if at_most else value >= limit
