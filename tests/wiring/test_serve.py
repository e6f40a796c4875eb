"""The process that serves: how it begins, how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from serving import PATIENCE, ROOT, end, serve, until


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


def test_a_second_rehearsal_on_the_same_data_is_refused_and_the_first_one_goes_on(tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        said = until(first, "/login/")
        shown = next(line for line in said.splitlines() if line.startswith("网址")).removeprefix("网址 ")
        with serve(tmp_path) as second:
            assert second.wait(timeout=PATIENCE) == 2
        told = (tmp_path / "errors.txt").read_text(encoding="utf-8").splitlines()[-1]
        assert shown in told
        assert "已经在运行" in told
        assert "--data" in told
        assert "Traceback" not in told
        link = subprocess.run(
            [sys.executable, "-m", "bot.cli", "link", "--data", str(tmp_path / "data")],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert link.startswith(f"{shown}/login/")
        assert end(first)[0] == 0
    with serve(tmp_path) as again:
        until(again, "/login/")
        assert end(again)[0] == 0
