"""How the installation feels: for `cuibao doctor` in sentences, for the pages as figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.channels.base import Channel
from bot.domain import times
from bot.domain.words import MessageState, label
from bot.store import chain
from bot.store.ears import Ear, EarState
from bot.store.tx import Tx
from bot.web.house import ChannelHealth, Health, JobHealth, ListenerHealth
from bot.wiring import jobbing
from bot.wiring.ground import Ground
from jobs import quota

WARN_FROM = (11, 1)
"""Month and day from which a missing calendar of the next year is spoken of (PROMISES A2)."""
LATE_AFTER = timedelta(minutes=3)
"""A job is late when it is this much behind its beat."""
LISTENING = {EarState.OPEN: "已连接", EarState.WAITING: "等待重连", EarState.PAUSED: "已暂停，请核对凭证后恢复"}
STUCK_AFTER = timedelta(hours=1)
"""A message that may go and still waits after this long is behind."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `detail` says what to do if it is not ok. `warn`: it works, but somebody should look."""

    about: str
    ok: bool
    detail: str
    warn: bool = False


def examine(ground: Ground, now: datetime) -> list[Finding]:
    """Look at everything that can be looked at without sending anything."""
    with ground.store.read() as tx:
        return [
            _chains(tx),
            _statuses(tx),
            *_outbox(tx, now),
            _robots(tx),
            _ears(tx, now),
            _quotas(tx, ground, now),
            _calendar(ground, now),
            _people(tx, ground, now),
            _ways(ground),
        ]


def _chains(tx: Tx) -> Finding:
    broken = chain.verify_all(tx.connection)
    told = "；".join(f"{each.chain} 第 {each.id} 行（{each.damage.value}）" for each in broken)
    return Finding("证据链", not broken, f"被改动：{told}。请停用并从备份恢复" if broken else "完整，未发现改动、删除或调序")


def _statuses(tx: Tx) -> Finding:
    wrong = [difference.task_id for difference in tx.tasks.recompute()]
    detail = f"任务 {wrong[:5]} 等 {len(wrong)} 项与事实不符，请联系维护人员" if wrong else "全部任务的状态与事实一致"
    return Finding("状态重算", not wrong, detail)


def _outbox(tx: Tx, now: datetime) -> list[Finding]:
    counts, oldest = tx.outbox.counts(), tx.outbox.oldest(now)
    told = "，".join(f"{label(state)} {count}" for state, count in counts.items() if count)
    behind = oldest is not None and now - oldest > STUCK_AFTER
    doubts = len(tx.outbox.in_doubt())
    stuck = counts[MessageState.DEAD] + counts[MessageState.UNKNOWN]
    return [
        Finding("发件箱", not behind, f"{told or '空'}{'；有消息积压超过一小时，请查看渠道' if behind else ''}"),
        Finding("待人处理的消息", stuck == 0, f"{stuck} 条失败或是否送达不明，请用 cuibao outbox 决定重发或放弃" if stuck else "没有"),
        Finding("可能送达两次的消息", True, f"{doubts} 条，见 cuibao outbox --state doubt" if doubts else "没有", warn=doubts > 0),
    ]


def _robots(tx: Tx) -> Finding:
    paused = [robot for robot in tx.robots.all() if robot.paused]
    told = "；".join(f"{robot.key}（{robot.reason}）" for robot in paused)
    return Finding("发送账号", not paused, f"已暂停：{told}。请核对密钥，再用 cuibao outbox --resume 恢复" if paused else "没有被暂停的")


def _ears(tx: Tx, now: datetime) -> Finding:
    """Every connection that is listened to, and when anything last came over it."""
    ears = tx.ears.all()
    down = [ear for ear in ears if ear.state is not EarState.OPEN]
    told = "；".join(f"{ear.key} {LISTENING[ear.state]}，最近动静 {_ago(ear.last_frame_at, now)}，{ear.detail or '正常'}" for ear in ears)
    return Finding("来信监听", not any(ear.state is EarState.PAUSED for ear in ears), told or "没有保持连接的来信渠道", warn=bool(down))


def _quotas(tx: Tx, ground: Ground, now: datetime) -> Finding:
    """What the month has used of the walls of the platforms that are switched on."""
    walls = {"dingtalk_robot": ground.settings.dingtalk_webhooks_per_month, "dingtalk_app": ground.settings.dingtalk_calls_per_month}
    counted = quota.used(tx, {name: wall for name, wall in walls.items() if name in ground.settings.cuibao_live_channels}, now)
    told = "；".join(f"{each.channel} 已用 {each.used} 次，每月限 {each.wall} 次" for each in counted)
    near = any(each.step for each in counted)
    return Finding("平台月度额度", True, f"{told}{'，请减少群内提醒或购买额度' if near else ''}" if told else "没有限额的渠道", warn=near)


def _ago(at: datetime | None, now: datetime) -> str:
    return f"{max(0, int((now - at).total_seconds()))} 秒前" if at else "从未"


def _calendar(ground: Ground, now: datetime) -> Finding:
    today, known = times.civil_day(now), ground.calendar
    missing = known.provisional(date(today.year + 1, 6, 1)) and (today.month, today.day) >= WARN_FROM
    detail = f"{today.year + 1} 年放假安排尚未载入，其日期为暂定" if missing else "今年与明年的放假安排可用，或尚未到公布时间"
    return Finding("工作日历", True, detail, warn=missing)


def _people(tx: Tx, ground: Ground, now: datetime) -> Finding:
    ways = ground.settings.cuibao_live_channels
    gaps = tx.people.unreachable_units(ways, times.civil_day(now)) if ways else []
    names = "、".join(gap.unit for gap in gaps[:5])
    return Finding(
        "联络员", not gaps, f"{names} 等 {len(gaps)} 个单位无人可达，请补充地址" if gaps else "有报送任务的单位都有人可达，或尚未启用渠道"
    )


def _ways(ground: Ground) -> Finding:
    live = ground.settings.cuibao_live_channels
    return Finding("渠道", True, f"已启用：{'、'.join(live)}" if live else "没有启用任何渠道，一条也不会发出")


def pages(ground: Ground, mode: str, now: datetime, beats: Mapping[str, int], ways: Mapping[str, Channel]) -> Health:
    """The same as figures. `beats` are the jobs with their seconds; empty where the clock is virtual."""
    with ground.store.read() as tx:
        jobs = tuple(_job(tx, name, seconds, now) for name, seconds in beats.items())
        counts, oldest, robots, ears = tx.outbox.counts(), tx.outbox.oldest(now), tx.robots.all(), tx.ears.all()
    paused = {robot.channel: robot.reason for robot in robots if robot.paused}
    queue = {state.value: count for state, count in counts.items()}
    deaf = any(ear.state is EarState.PAUSED for ear in ears)
    well = all(job.lag_seconds <= LATE_AFTER.total_seconds() and not job.error for job in jobs) and not paused and not deaf
    return Health(
        ok=well,
        mode=mode,
        jobs=jobs,
        queue=queue,
        oldest_seconds=(now - oldest).total_seconds() if oldest else None,
        channels=tuple(ChannelHealth(name, "暂停" if name in paused else "正常", paused.get(name, "")) for name in ways),
        listeners=tuple(map(_ear, ears)),
    )


def _ear(ear: Ear) -> ListenerHealth:
    """The account itself is nobody's business: only what kind of listener it is."""
    kind, paused = ear.key.partition(":")[0], ear.state is EarState.PAUSED
    return ListenerHealth(kind, LISTENING[ear.state], ear.last_frame_at, "" if ear.state is EarState.OPEN else ear.detail, paused)


def _job(tx: Tx, name: str, seconds: int, now: datetime) -> JobHealth:
    beat = json.loads(tx.meta.get(jobbing.HEARTBEAT + name) or "{}")
    if not beat:
        return JobHealth(name, None, 0.0)
    last = times.parse_instant(beat["at"])
    return JobHealth(name, last, max(0.0, (now - last).total_seconds() - seconds), beat["error"])


def record(ground: Ground, name: str, error: str, now: datetime) -> None:
    """Write a heartbeat: the job of this name ran at `now`, with this error (empty: none)."""
    with ground.store.begin() as tx:
        tx.meta.set(jobbing.HEARTBEAT + name, json.dumps({"at": now.isoformat(), "error": error[:300]}))
