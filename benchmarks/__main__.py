"""`python3 -m bot bench [NAME…] [--full | --quick] [--rounds 3] [--minutes 8] [--json]`: plays the figures and prints what came of them."""

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import (
    answers,
    callback,
    claims,
    delivery,
    growth,
    idle,
    lateness,
    matrix,
    memory,
    planning,
    rehearsal,
    rendering,
    rounds,
    startup,
    table,
)
from benchmarks.figure import Figure, Row
from benchmarks.rounds import Played

MINUTES = 8.0
"""After so long a usual run begins no further round: it is over within ten minutes even on a busy machine."""

FIGURES: tuple[Figure, ...] = (
    delivery.FIGURE,
    *planning.FIGURES,
    idle.FIGURE,
    lateness.FIGURE,
    claims.FIGURE,
    rendering.FIGURE,
    callback.FIGURE,
    answers.FIGURE,
    matrix.FIGURE,
    rehearsal.FIGURE,
    startup.FIGURE,
    memory.FIGURE,
    growth.FIGURE,
)


NAMES: Mapping[str, Sequence[Figure]] = {
    **{figure.id.lower(): (figure,) for figure in FIGURES},
    **{figure.module: [each for each in FIGURES if each.module == figure.module] for figure in FIGURES},
}
"""What can be asked for: a figure by its id, or a file of them by its name."""


def main(words: Sequence[str]) -> int:
    """Play what was asked for. 0 if every figure could be made, reached or not; 2 for a figure that does not exist."""
    asked = _asked(words)
    console = Console(stderr=True)
    names = [name.lower() for name in asked.names]
    if unknown := [name for name in names if name not in NAMES]:
        console.print(f"no such figure: {', '.join(unknown)}; there are {', '.join(NAMES)}", highlight=False)
        return 2
    wanted = [figure for figure in FIGURES if not names or any(figure in NAMES[name] for name in names)]
    with tempfile.TemporaryDirectory(prefix="cuibao-bench-") as folder:
        played = [Played(figure, _size(figure, asked), Path(folder) / figure.id) for figure in wanted]
        said = _play(played, asked, console)
    for each in played:
        for function, why in each.broken.items():
            console.print(f"{each.wanted.id} {function} could not be made: {why}", markup=False, highlight=False)
    _print([row for each in played for row in each.rows()], said, as_json=asked.json)
    return 1 if any(each.broken for each in played) else 0


def _play(played: Sequence[Played], asked: argparse.Namespace, console: Console) -> str:
    """Play the rounds; what the machine was like meanwhile, in a sentence."""
    began, load = time.monotonic(), os.getloadavg()[0]

    def left() -> float:
        return 60 * asked.minutes - (time.monotonic() - began) if asked.minutes else math.inf

    with console.status("") as status:
        tell = status.update if console.is_terminal else console.print
        rounds.play(played, asked.rounds or (1 if asked.quick else 3), tell=tell, left=left)
    seconds = time.monotonic() - began
    machine = f"{os.cpu_count()} processors, load {load:.1f} at the beginning and {os.getloadavg()[0]:.1f} at the end"
    return f"{seconds / 60:.1f} min; {machine}; sizes: {'quick' if asked.quick else 'full' if asked.full else 'usual'}"


def _size(figure: Figure, asked: argparse.Namespace) -> int:
    if asked.quick:
        return figure.quick
    return figure.full or figure.size if asked.full else figure.size


def _print(rows: Sequence[Row], said: str, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([table.plain(row) for row in rows], ensure_ascii=False) + "\n")
    else:
        console = Console(width=None if sys.stdout.isatty() else 160)
        console.print(table.show(rows))
        console.print(said, highlight=False)


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m bot bench", description="Plays the figures and prints what came of them.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"these only: {', '.join(NAMES)}")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--full", action="store_true", help="sizes as the targets name them, where a usual run takes smaller ones")
    sizes.add_argument("--quick", action="store_true", help="small sizes and one round: does it work, not how fast it is")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of each figure (3; with --quick 1)")
    parser.add_argument("--minutes", type=float, default=None, help="begin no further round after so many (8; with --full no limit, 0)")
    parser.add_argument("--json", action="store_true", help="rows as JSON on standard output")
    asked = parser.parse_args(words)
    asked.minutes = asked.minutes if asked.minutes is not None else 0 if asked.full else MINUTES
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
