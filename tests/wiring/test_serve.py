"""The process that serves: how it begins, how it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from serving import PATIENCE, end, serve, until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_the_link_ends_it_in_order(tmp_path: Path, number: int) -> None:
    for _ in range(3):
        with serve(tmp_path) as process:
            until(process, "/login/")
            code, last = end(process, number)
        assert (code, "已停止，数据都在" in last) == (0, True)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see when the process begins to listen for signals")
def test_a_signal_before_anything_is_printed_ends_it_in_order_too(tmp_path: Path) -> None:
    with serve(tmp_path) as process:
        _wait_until_it_catches(process, signal.SIGTERM)
        code, last = end(process)
    assert (code, "已停止，数据都在" in last) == (0, True)
    with serve(tmp_path) as process:
        assert "已建库" not in until(process, "/login/")


def _wait_until_it_catches(process: subprocess.Popen[str], number: int) -> None:
    status = Path(f"/proc/{process.pid}/status")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
        if int(caught.split()[1], 16) >> (number - 1) & 1:
            return
        time.sleep(0.005)
    raise AssertionError("it never listens for the signal")
