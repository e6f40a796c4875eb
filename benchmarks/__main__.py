"""`python -m benchmarks [--quick] [--only P1,P2] [--rounds 3] [--json]`: plays the figures and prints what came of them."""

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console

from benchmarks import (
    answers,
    callback,
    claims,
    delivery,
    growth,
    idle,
    lateness,
    memory,
    planning,
    rehearsal,
    rendering,
    rounds,
    startup,
    table,
)
from benchmarks.figure import Figure, Row
from benchmarks.process import Broken

FIGURES: tuple[Figure, ...] = (
    delivery.FIGURE,
    *planning.FIGURES,
    idle.FIGURE,
    lateness.FIGURE,
    claims.FIGURE,
    rendering.FIGURE,
    callback.FIGURE,
    answers.FIGURE,
    rehearsal.FIGURE,
    startup.FIGURE,
    memory.FIGURE,
    growth.FIGURE,
)


def main(words: Sequence[str]) -> int:
    """Play what was asked for. 0 if every figure could be made, reached or not; 2 for a figure that does not exist."""
    asked = _asked(words)
    console = Console(stderr=True)
    wanted = {name.strip().upper() for name in asked.only.split(",") if name.strip()}
    if unknown := wanted - {figure.id for figure in FIGURES}:
        console.print(f"no such figure: {', '.join(sorted(unknown))}; there are {', '.join(figure.id for figure in FIGURES)}")
        return 2
    count = asked.rounds or (1 if asked.quick else 3)
    rows: list[Row] = []
    broken = [figure for figure in FIGURES if (not wanted or figure.id in wanted) and not _play(figure, count, asked.quick, console, rows)]
    if asked.json:
        sys.stdout.write(json.dumps([table.plain(row) for row in rows], ensure_ascii=False) + "\n")
    else:
        Console(width=None if sys.stdout.isatty() else 160).print(table.show(rows))
    return 1 if broken else 0


def _play(figure: Figure, count: int, quick: bool, console: Console, rows: list[Row]) -> bool:
    """Add the rows of a figure. What cannot be made is told of and does not stop the others."""
    try:
        with console.status(figure.id) as status:
            made, broken = rounds.play(figure, count, quick=quick, tell=status.update)
    except Broken as trouble:
        made, broken = [], {figure.prepare: str(trouble)}
    rows += made
    if not console.is_terminal:
        console.print(f"{figure.id} made", highlight=False)
    for why in broken.values():
        console.print(f"{figure.id} could not be made: {why}", markup=False, highlight=False)
    return not broken


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and one round: does it work, not how fast it is")
    parser.add_argument("--only", default="", metavar="P1,P2", help="these figures only")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of each figure (3; with --quick 1)")
    parser.add_argument("--json", action="store_true", help="rows as JSON on standard output")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
