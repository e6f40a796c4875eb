"""`cuibao serve` as a process: what it prints, and how it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds to wait for another process; nothing is asserted about how long it took."""


@contextmanager
def serve(folder: Path, *words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process that serves from this folder on a free port; killed at the end if it still runs."""
    command = [sys.executable, "-m", "bot.cli", "serve", "--port", "0", "--data", str(folder / "data"), *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}
    with (folder / "errors.txt").open("a") as errors:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], word: str) -> str:
    """What it prints up to and with the line that holds this word."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(f"ended without {word}: {said}")


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
    """Signal it; its exit code, and what it printed last."""
    process.send_signal(number)
    last, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, last
