"""The process that serves: how it begins, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from serving import PATIENCE, ROOT, end, serve, until

from bot.domain import times
from bot.domain.messages import Draft
from bot.domain.words import MessageKind, MessageState, Rank
from bot.store import Store

MANY = 3000
"""Letters that are due when the process starts."""


def test_a_newcomer_reads_five_chinese_lines_and_no_noise(tmp_path: Path) -> None:
    with serve(tmp_path) as process:
        said = until(process, "Ctrl-C").splitlines()
        assert end(process)[0] == 0
    assert [line[:2] for line in said] == ["已建", "演练", "网址", "一次", "按 "]
    assert (tmp_path / "errors.txt").read_text(encoding="utf-8") == ""


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


def test_a_signal_amid_many_messages_ends_promptly_and_leaves_none_claimed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    store = Store(f"sqlite:///{data / 'cuibao.db'}")
    store.migrate()
    _fill(store)
    live = {"CUIBAO_MODE": "live", "CUIBAO_LIVE_CHANNELS": "console", "CUIBAO_CONSOLE_FILE": str(tmp_path / "letters.txt")}
    with serve(tmp_path, "--now", "2018-09-25T10:00:00+08:00", **live) as process:
        until(process, "/login/")
        deadline = time.monotonic() + PATIENCE
        while not _counts(store)[MessageState.SENT] and time.monotonic() < deadline:
            time.sleep(0.05)
        code, last = end(process, signal.SIGINT)
    assert (code, "已停止，数据都在" in last) == (0, True)
    left = _counts(store)
    store.close()
    assert left[MessageState.SENT] > 0
    assert left[MessageState.PENDING] > 0  # promptly: it did not send them all first
    assert (left[MessageState.SENDING], left[MessageState.UNKNOWN], left[MessageState.DEAD]) == (0, 0, 0)
    assert sum(left.values()) == MANY


def test_a_live_start_prints_no_login_link_once_people_have_accounts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    store = Store(f"sqlite:///{data / 'cuibao.db'}")
    store.migrate()
    with store.begin() as tx:
        tx.accounts.add("zhangsan", "张三", Rank.PROVINCE, None, times.parse_instant("2018-09-25T09:00:00+08:00"))
    store.close()
    with serve(tmp_path, CUIBAO_MODE="live") as process:
        said = until(process, "Ctrl-C")
        assert end(process)[0] == 0
    assert "/login/" not in said
    assert "请用自己的账号登录" in said


def _fill(store: Store) -> None:
    """One letter to one person, many times."""
    view = json.loads((ROOT / "tests" / "templates" / "views.json").read_text(encoding="utf-8"))["admin_alert"]["plain"]
    at = times.parse_instant("2018-09-25T09:00:00+08:00")
    with store.begin() as tx:
        person = tx.people.put("张三")
        tx.people.add_address(person, "console", "张三", 0)
        for number in range(MANY):
            letter = Draft(MessageKind.ADMIN_ALERT, person, f"m{number}", not_before=at, reason="alert", view=view)
            tx.outbox.put(letter, {"console": 0}, at)


def _counts(store: Store) -> dict[MessageState, int]:
    with store.read() as tx:
        return dict(tx.outbox.counts())
