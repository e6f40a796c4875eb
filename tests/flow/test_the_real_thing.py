"""The whole machine as separate processes with real sockets, killed once in the middle.

Three bureaus owe a list by 28 September 2018. The stand-ins of WeCom, DingTalk and a mail provider run as one process, `cuibao serve`
as another; the test plays the platforms calling back. Nothing leaves loopback.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.domain import notices, times
from bot.domain.words import Role, Status
from bot.sandbox import callbacks
from bot.sandbox.dingtalk import DingTalkTenant
from bot.sandbox.wecom import WeComTenant
from bot.store import Store
from bot.store.units import UnitRow
from bot.talk import intake

ROOT = Path(__file__).parents[2]
NOTICE = """关于报送企业推荐名单的通知

成文日期：2018年8月27日

各市（州）工信局：

请各单位于2018年9月28日前将企业推荐名单报送至省服务中心。

联系人：张三
电子邮箱：baosong@example.com

2018年8月27日
"""
PATIENCE = 40.0
"""Seconds to wait for something to happen in another process; nothing is asserted about how long it took."""


@dataclass
class Process:
    """A child that is killed with the test."""

    child: subprocess.Popen[str]

    def kill(self) -> None:
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        self.close()

    def close(self) -> None:
        if self.child.stdout is not None:
            self.child.stdout.close()

    def stop(self) -> int:
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(timeout=PATIENCE)


def _start(*words: str, cwd: Path, **environment: str) -> Process:
    command = [sys.executable, "-m", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}
    with (cwd / "errors.txt").open("a") as errors:
        return Process(subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=errors, text=True))


def _wait_for(what: str, look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"never happened: {what}")


@pytest.fixture
def platforms(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The stand-ins as a process; yields its ports and keys."""
    process = _start("bot.sandbox", "all", "--now", "2018-09-25T09:05:00+08:00", cwd=tmp_path)
    try:
        assert process.child.stdout is not None
        yield json.loads(process.child.stdout.readline())
    finally:
        process.stop()
        process.close()


class World:
    """An installation in a folder, and the stand-ins it talks to."""

    def __init__(self, folder: Path, platforms: dict[str, Any]) -> None:
        self.folder, self.platforms = folder, platforms
        self.url = f"http://127.0.0.1:{platforms['http_port']}"
        self.port = 0
        self.process: Process | None = None
        (folder / ".env").write_text(self._environment(), encoding="utf-8")

    def _environment(self) -> str:
        given, wecom, dingtalk = self.platforms, WeComTenant({}), DingTalkTenant({})
        lines = {
            "CUIBAO_MODE": "live",
            "CUIBAO_DATA": "data",
            "CUIBAO_LIVE_CHANNELS": "wecom_robot,wecom_app,dingtalk_robot,dingtalk_app,mail",
            "CUIBAO_TICK_SECONDS": "1",
            "WECOM_BASE_URL": self.url,
            "WECOM_ROBOTS": f"群一={given['wecom_keys'][0]}",
            "WECOM_CORP_ID": wecom.corp_id,
            "WECOM_AGENT_ID": str(wecom.agent_id),
            "WECOM_SECRET": wecom.secret,
            "WECOM_TOKEN": wecom.token,
            "WECOM_AES_KEY": wecom.aes_key,
            "DINGTALK_BASE_URL": self.url,
            "DINGTALK_API_URL": self.url,
            "DINGTALK_ROBOTS": f"群二={given['dingtalk_tokens'][0]}|{given['dingtalk_secret']}",
            "DINGTALK_APP_KEY": dingtalk.app_key,
            "DINGTALK_APP_SECRET": dingtalk.app_secret,
            "DINGTALK_ROBOT_CODE": dingtalk.robot_code,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(given["smtp_port"]),
            "SMTP_SECURITY": "plain",
            "SMTP_FROM": "cuibao@example.com",
        }
        return "".join(f"{key}={value}\n" for key, value in lines.items())

    def store(self) -> Store:
        return Store(f"sqlite:///{self.folder / 'data' / 'cuibao.db'}")

    def prepare(self) -> None:
        """Units, people, groups and the notice, as an administrator would enter them."""
        store, at = self.store(), times.parse_instant("2018-09-21T10:00:00+08:00")
        store.migrate()
        taken = intake.take(store, NOTICE.encode(), "notice.txt", at)
        with store.begin() as tx:
            codes = {"220182": "榆树", "220122": "农安", "220183": "德惠"}
            rows = [UnitRow(code, f"{name}经济局", name, "county", "县", None, n) for n, (code, name) in enumerate(codes.items(), 1)]
            units = tx.units.put_many(rows)
            for code, (channel, value) in zip(codes, CONTACTS, strict=True):
                person = tx.people.put("张三", phone="13800000001")
                tx.people.assign(person, units[code], Role.PRIMARY)
                tx.people.add_address(person, channel, value, 0)
            for name, channel in (("群一", "wecom_robot"), ("群二", "dingtalk_robot")):
                group = tx.people.put(name, kind="group")
                tx.people.add_address(group, channel, name, 0)
                for unit_id in units.values():
                    tx.people.assign(group, unit_id, Role.GROUP)
            intake.arm(tx, taken, units.values(), at)
        store.close()

    def serve(self, now: str) -> None:
        self.clock(now)
        self.process = _start("bot.cli", "serve", "--port", "0", "--now", now, cwd=self.folder)
        assert self.process.child.stdout is not None
        for line in self.process.child.stdout:
            if line.startswith("网址"):
                self.port = int(line.rsplit(":", 1)[1])
                break
        _wait_for("serve is up", self._up)

    def _up(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def end(self) -> None:
        if self.process is not None and self.process.child.poll() is None:
            self.process.stop()
        if self.process is not None:
            self.process.close()

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        found = httpx.get(f"{self.url}/_sandbox/messages", trust_env=False).json()
        return [message for message in found if to in ("", message["to"])]

    def clock(self, now: str) -> None:
        httpx.post(f"{self.url}/_sandbox/clock", json={"now": now}, trust_env=False).raise_for_status()

    def fault(self, platform: str, kind: str, count: int, path: str = "") -> None:
        content = {"platform": platform, "kind": kind, "count": count, **({"path": path} if path else {})}
        httpx.post(f"{self.url}/_sandbox/faults", json=content, trust_env=False).raise_for_status()

    def call_back(self, door: str, callback: callbacks.Callback) -> int:
        address = callback.url(f"http://127.0.0.1:{self.port}/callbacks/{door}")
        return httpx.request(callback.method, address, headers=dict(callback.headers), content=callback.body, trust_env=False).status_code

    def statuses(self) -> dict[str, Status]:
        store = self.store()
        with store.read() as tx:
            matrix = tx.tasks.matrix()
            found = {row.unit.short_name: next(iter(row.cells.values())).status for row in matrix.rows if row.cells}
        store.close()
        return found


CONTACTS = (("dingtalk_app", "zhangsan1"), ("wecom_app", "zhangsan2"), ("mail", "zhangsan3@example.com"))


@pytest.fixture
def world(tmp_path: Path, platforms: dict[str, Any]) -> Iterator[World]:
    made = World(tmp_path, platforms)
    made.prepare()
    try:
        yield made
    finally:
        made.end()


def _at(text: str) -> datetime:
    return times.parse_instant(text)


@pytest.mark.timeout(240)
def test_reminders_go_out_answers_come_back_and_a_kill_in_the_middle_loses_nothing(world: World) -> None:
    # The DingTalk robot accepts nothing and hangs, so that one message is on its way when the process is killed.
    world.fault("dingtalk", "hang", 1, "/robot/send")
    world.serve("2018-09-25T09:05:00+08:00")
    _wait_for("the first letters arrive", lambda: len(world.messages()) >= 4)
    assert world.process is not None
    world.process.kill()
    before = world.messages()
    assert sorted(message["to"] for message in before) == ["group-1", "zhangsan1", "zhangsan2", "zhangsan3@example.com"]

    world.serve("2018-09-25T09:20:00+08:00")
    _wait_for(
        "what hung is sent after the restart",
        lambda: {"wecom_robot", "dingtalk_robot"} <= {m["channel"] for m in world.messages("group-1")},
    )
    letter = world.messages("zhangsan1")[0]
    assert "企业推荐名单" in letter["text"]
    assert "9月28日" in letter["text"]
    copies = Counter(message["channel"] for message in world.messages())
    in_doubt = [message.channel for message in _in_doubt(world)]
    assert "dingtalk_robot" in in_doubt
    assert {channel for channel, count in copies.items() if count > 1} <= set(in_doubt)  # whatever came twice is on the list

    _the_answers(world)
    _the_later_rungs(world)
    assert world.process.stop() == 0
    assert _doctor(world)["证据链"]
    assert _doctor(world)["状态重算"]


def _in_doubt(world: World) -> list[Any]:
    store = world.store()
    with store.read() as tx:
        found = list(tx.outbox.in_doubt())
    store.close()
    return found


def _the_answers(world: World) -> None:
    """One reports by DingTalk (five times the same), one asks for time by WeCom; a forger is turned away."""
    at = _at("2018-09-25T09:21:00+08:00")
    reported = callbacks.dingtalk_text(DingTalkTenant({}), "zhangsan1", "已报", at, "msg-1", host=world.url)
    assert [world.call_back("dingtalk", reported) for _ in range(5)] == [200] * 5
    _wait_for("the report is recorded", lambda: world.statuses()["榆树"] is Status.REPORTED)
    confirmation = _wait_for("the report is confirmed", lambda: [m for m in world.messages("zhangsan1") if "撤回" in m["text"]])
    assert "已报" in confirmation[0]["text"]

    working = callbacks.wecom_text(WeComTenant({}), "zhangsan2", "正在汇总", at, "700001")
    assert world.call_back("wecom", working) == 200
    _wait_for("the work is recorded", lambda: world.statuses()["农安"] is Status.IN_PROGRESS)
    _wait_for("the work is confirmed", lambda: [m for m in world.messages("zhangsan2") if "办理中" in m["text"]])

    forged = callbacks.Callback("POST", {}, {**reported.headers, "sign": "Zm9yZ2Vk"}, reported.body)
    assert world.call_back("dingtalk", forged) == 401
    tampered = callbacks.Callback("POST", {**working.query, "msg_signature": "0" * 40}, working.headers, working.body)
    assert world.call_back("wecom", tampered) == 401
    log = (world.folder / "errors.txt").read_text(encoding="utf-8")
    assert "callback_refused" in log
    assert "正在汇总" not in log
    time.sleep(1)
    assert len([m for m in world.messages("zhangsan1") if "撤回" in m["text"]]) == 1


def _the_later_rungs(world: World) -> None:
    """Three days on only those who still owe are reminded."""
    world.end()
    counts = {to: len(world.messages(to)) for _, to in CONTACTS}
    world.serve("2018-09-28T09:12:00+08:00")
    _wait_for(
        "who owes is reminded on the last day", lambda: len(world.messages("zhangsan3@example.com")) > counts["zhangsan3@example.com"]
    )
    _wait_for("work under way is asked about on the last day", lambda: len(world.messages("zhangsan2")) > counts["zhangsan2"])
    time.sleep(2)
    assert len(world.messages("zhangsan1")) == counts["zhangsan1"]


def _doctor(world: World) -> dict[str, bool]:
    command = [sys.executable, "-m", "bot.cli", "doctor", "--json"]
    done = subprocess.run(
        command, cwd=world.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    return {finding["about"]: finding["ok"] for finding in json.loads(done.stdout)}


def test_the_notice_of_this_test_is_read_as_one_duty() -> None:
    reading = notices.read(NOTICE)
    assert [(duty.rule, duty.due) for duty in reading.obligations] == [("once:2018-09-28", (date(2018, 9, 28),))]
