"""Processes of a benchmark: fresh ones for every variant, servers on loopback, and what they cost."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 120
"""Seconds after which a variant is given up."""


class Broken(RuntimeError):
    """A process of a benchmark failed; the text is the end of what it said."""


def measure(module: str, function: str, size: int, folder: Path) -> Mapping[str, Any]:
    """Call `module.function(size, folder)` in a fresh process and return what it measured, with its peak memory `rss_mb`.

    What Python compiles is kept beside the folder, for the next process.
    """
    words = [sys.executable, "-m", "benchmarks.variant", module, function, str(size), str(folder)]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False, env=environment(folder.parent))
    except subprocess.TimeoutExpired:
        raise Broken(f"{module}.{function}({size}): not over after {LONGEST} s") from None
    if done.returncode:
        raise Broken(f"{module}.{function}({size}): {done.stderr[-1500:]}")
    found: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def environment(folder: Path) -> dict[str, str]:
    """That of this process, but Python keeps what it has compiled, as pip does when it installs; where it must not, in `folder`."""
    ours = {"NO_COLOR": "1", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | ours


@contextmanager
def server(*words: str) -> Iterator[int]:
    """A server in a process of its own (`python -m …`) that prints its port and ends when its standard input does."""
    running = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield int(_line(running))
    finally:
        running.communicate(timeout=30)


def _line(running: subprocess.Popen[str]) -> str:
    line = running.stdout.readline() if running.stdout else ""
    if not line:
        raise Broken("the server did not start")
    return line


async def until_input_ends() -> None:
    """Wait for the end of standard input: the parent is done, or gone."""
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def resident(pid: int | str = "self", what: str = "VmRSS") -> float:
    """Megabytes a process holds in memory now; `VmHWM`: at most since it began. NaN where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024
