"""The commands that need the database: loaded only when one of them runs."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot import settings
from bot.cli import play
from bot.cli.rules import InputError, instant
from bot.domain import times, windows
from bot.domain.deliveries import InDoubt
from bot.domain.words import MessageState, label
from bot.render import Renderer
from bot.store.letters import Message
from bot.store.tx import Tx
from bot.wiring import address, arming, clock, health, jobbing, playing, record
from bot.wiring import serve as serving
from bot.wiring.ground import Ground, open_ground, start_log

DONE = {
    "periods": "新报告期",
    "tasks": "新任务",
    "moved": "改期的报告期",
    "refused": "无法展开的事项",
    "planned": "计划的催报",
    "messages": "新消息",
    "joined": "并入当日消息的催报",
    "collapsed": "合并的梯次",
    "unreachable": "无人可达的单位",
    "lost": "地址已失效的人",
    "sent": "已发送",
    "retried": "待重发",
    "unknown": "是否送达不明",
    "dead": "发送失败",
    "superseded": "不必再发",
    "alerts": "告警",
    "read": "已办理的来信",
    "asked": "已追问的来信",
    "stranger": "来历不明的来信",
    "ignored": "自动回复等不必办理的来信",
    "trouble": "待人处理的来信",
    "editions": "新通报稿",
    "questions": "过期的追问",
    "facts": "告知管理员的情况",
    "links": "清理的登录链接",
    "sessions": "清理的登录会话",
}
"""What jobs count, in words."""
DOUBT = "doubt"
"""The word for messages that may have arrived twice."""


@contextmanager
def opened(data: Path | None, env: Path | None, *, make: bool = True, more: Mapping[str, str] | None = None) -> Iterator[Ground]:
    """The installation that the options name, closed again at the end. Who only looks or mends says `make=False`: a slip in the name
    of a directory must not end in a new and empty installation that is well (GroundError)."""
    overrides = {"cuibao_data": str(data)} if data else {}
    found = settings.load(env, **overrides, **(more or {}))
    start_log(found.cuibao_log_level)
    ground = open_ground(found, make=make)
    try:
        yield ground
    finally:
        ground.close()


def _instant(text: str) -> datetime | None:
    return instant(text) if text else None


def serve(port: int | None, host: str, data: Path | None, env: Path | None, now: str) -> None:
    """Serve until told to stop."""
    more = ({"cuibao_port": str(port)} if port is not None else {}) | ({"cuibao_host": host} if host else {})
    with opened(data, env, more=more) as ground:
        serving.run(ground, clock.RealClock(_instant(now)))


def rehearse(notice: Path | None, since: date, until: date, seed: int, as_json: bool) -> None:
    """Play a notice from the first day to the last and print what happened."""
    if until < since:
        raise InputError(f"--to {until} 早于 --from {since}，请对调")
    told = playing.sample_play() if notice is None else playing.Play(content(notice), notice.name, since, until)
    wanted = playing.Play(told.raw, told.name, since, until)
    with playing.temporary_store() as store:
        taken = playing.prepare(store, wanted)
        start = times.instant(since, time(0))
        rehearsal = playing.open_rehearsal(store, Renderer(), windows.DEFAULT, start=start, until=until, seed=seed)
        try:
            with _progress(since, until, shown=not as_json and sys.stderr.isatty()) as watch:
                rehearsal.watch = watch
                rehearsal.to_end()
            found = record.read(rehearsal, since)
        finally:
            rehearsal.close()
    if as_json:
        sys.stdout.write(json.dumps(record.as_json(found), ensure_ascii=False, default=str) + "\n")
    else:
        play.show(Console(), found, taken.reading.doubts)


@contextmanager
def _progress(since: date, until: date, *, shown: bool) -> Iterator[play.Watch]:
    bar = Progress(TextColumn("演练 {task.fields[day]}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), disable=not shown)
    with bar:
        task = bar.add_task("", total=(until - since).days + 1, day=str(since))
        yield lambda now: bar.update(task, completed=(times.civil_day(now) - since).days, day=str(times.civil_day(now)))


def content(path: Path) -> bytes:
    """The bytes of a file. Raises InputError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"读不到文件 {path}：{error.strerror}。请检查路径与权限") from error


def run(job: str, now: str, data: Path | None, env: Path | None, as_json: bool) -> None:
    """Run one job once."""
    with opened(data, env) as ground:
        outcome = jobbing.run(ground, job, clock.RealClock(_instant(now) or arming.now(ground)))
    if as_json:
        sys.stdout.write(json.dumps(outcome, ensure_ascii=False, default=str) + "\n")
    else:
        done = "，".join(f"{DONE.get(what, what)} {count}" for what, count in outcome.items() if count)
        Console().print(f"{job}：{done or '没有要做的'}", highlight=False, soft_wrap=True)


def migrate(data: Path | None, env: Path | None) -> None:
    """Bring the database up to date."""
    with opened(data, env) as ground:
        Console().print(f"数据库已是当前版本：{ground.store.url.render_as_string(hide_password=True)}", soft_wrap=True)


def doctor(data: Path | None, env: Path | None, as_json: bool) -> None:
    """Examine the installation; exit code 1 if something is wrong."""
    with opened(data, env, make=False) as ground:
        findings = health.examine(ground, clock.RealClock().now())
    if as_json:
        lines = [{"about": found.about, "ok": found.ok, "warn": found.warn, "detail": found.detail} for found in findings]
        sys.stdout.write(json.dumps(lines, ensure_ascii=False) + "\n")
    else:
        for finding in findings:
            mark = "[red]✗[/]" if not finding.ok else "[yellow]![/]" if finding.warn else "[green]✓[/]"
            Console().print(f"{mark} {finding.about}：{escape(finding.detail)}", highlight=False, soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise SystemExit(1)


def outbox(
    state: str, resend: int | None, drop: int | None, resume: str, limit: int, data: Path | None, env: Path | None, as_json: bool
) -> None:
    """Decide, then list."""
    wanted = _state(state)
    with opened(data, env, make=False) as ground, ground.store.begin() as tx:
        _decide(tx, resend, InDoubt.RESEND)
        _decide(tx, drop, None)
        if resume:
            _resume(tx, resume)
        found = tx.outbox.in_doubt(limit) if state == DOUBT else tx.outbox.list(wanted, limit=limit)
    if as_json:
        sys.stdout.write(json.dumps([_message(message) for message in found], ensure_ascii=False, default=str) + "\n")
    else:
        _list(found)


def _list(found: Sequence[Message]) -> None:
    table = Table("编号", "状态", "种类", "渠道", "时间", "次数", "存疑", "平台结果")
    for message in found:
        at = times.local(message.sent_at or message.not_before).strftime("%Y-%m-%d %H:%M")
        words = (label(message.state), label(message.kind), message.channel, at)
        table.add_row(
            str(message.id), *words, str(message.attempt), str(message.doubts), f"{message.last_code} {message.last_detail}".strip()
        )
    Console().print(table)


def _decide(tx: Tx, message_id: int | None, policy: InDoubt | None) -> None:
    if message_id is not None and not tx.outbox.resolve(message_id, policy, "admin:cli", clock.RealClock().now()):
        raise InputError(f"消息 {message_id} 不存在，或不在“是否送达不明”“发送失败”状态，无需决定")


def _resume(tx: Tx, key: str) -> None:
    known = {robot.key: robot for robot in tx.robots.all()}
    if key not in known:
        raise InputError(f"没有名为“{key}”的发送账号，现有：{'、'.join(known) or '无'}")
    tx.robots.resume(key)
    before = {"paused": known[key].paused, "reason": known[key].reason}
    tx.audit.write("admin:cli", "robot.resumed", clock.RealClock().now(), about=key, before=before, after={"paused": False})


def _state(word: str) -> MessageState | None:
    if word in ("", DOUBT):
        return None
    try:
        return MessageState(word)
    except ValueError as error:
        raise InputError(f"没有“{word}”这个状态，可用：{'、'.join(MessageState)}、{DOUBT}") from error


def _message(message: Message) -> dict[str, object]:
    """Without addresses and words: those are personal data, and the pages show them to who may see them."""
    named = ("id", "state", "kind", "channel", "not_before", "sent_at", "attempt", "doubts", "last_code", "last_detail", "reason")
    return {name: getattr(message, name) for name in named}


def link(data: Path | None, env: Path | None) -> None:
    """Print a fresh one-time login link."""
    with opened(data, env, make=False) as ground:
        sys.stdout.write(address.login_link(ground, clock.RealClock().now()) + "\n")
