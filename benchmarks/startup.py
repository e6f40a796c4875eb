"""P12 and P13: how long until a command answers and the house is open, and what an open house holds in memory.

What Python has compiled is there, as it is after an installation by pip.
"""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks import process
from benchmarks.figure import Figure, Measure
from benchmarks.process import Broken

PATIENCE = 60
"""Seconds a house may take to open."""
IDLE = 2.0
"""Seconds it is left alone before its memory is read."""


def prepare(size: int, folder: Path) -> None:
    """Everything is compiled once."""
    helped(size, folder)
    serve(size, folder)


def helped(_size: int, folder: Path) -> dict[str, float]:
    """`cuibao --help`."""
    return _seconds(folder, "-m", "bot.cli", "--help")


def nothing(_size: int, folder: Path) -> dict[str, float]:
    """An interpreter that does nothing."""
    return _seconds(folder, "-c", "pass")


def serve(_size: int, folder: Path) -> dict[str, float]:
    """`cuibao serve` on an empty data directory (it loads its sample first), then once more on the same one."""
    with tempfile.TemporaryDirectory(prefix="cuibao-bench-") as data:
        first, _ = _open(data, folder)
        again, idle = _open(data, folder)
    return {"first": first, "seconds": again, "idle_mb": idle}


def _seconds(folder: Path, *words: str) -> dict[str, float]:
    environment = process.environment(folder.parent)
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=process.ROOT, check=True, stdout=subprocess.DEVNULL, env=environment)
    return {"seconds": time.perf_counter() - began}


def _open(data: str, folder: Path) -> tuple[float, float]:
    """Seconds until it answers, and megabytes after a while of idleness."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "bot.cli", "serve", "--port", str(port), "--data", data]
    began = time.perf_counter()
    running = subprocess.Popen(words, cwd=process.ROOT, stdout=subprocess.DEVNULL, env=process.environment(folder.parent))
    try:
        _wait(running, f"http://127.0.0.1:{port}/healthz", began)
        seconds = time.perf_counter() - began
        time.sleep(IDLE)
        return seconds, process.resident(running.pid)
    finally:
        running.terminate()
        running.wait(30)


def _wait(running: "subprocess.Popen[bytes]", url: str, began: float) -> None:
    while time.perf_counter() - began < PATIENCE and running.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise Broken("the house did not open")


FIGURE = Figure(
    id="P12",
    what="start",
    module="startup",
    variants=("helped", "nothing", "serve"),
    measures=(
        Measure("cuibao --help", "helped.seconds", "s", must=0.5, aim=0.25, at_most=True),
        Measure("cuibao --help against an empty interpreter", "helped.seconds", "s", "nothing.seconds"),
        Measure("serve to ready", "serve.seconds", "s", must=3, aim=1.5, at_most=True),
        Measure("serve to ready, the first time, sample loaded", "serve.first", "s"),
        Measure("memory of an idle house", "serve.idle_mb", "MB", must=160, at_most=True),
    ),
    size=1,
    quick=1,
    prepare="prepare",
)
