"""What an administrator does before anything can be sent: units and people in, duties armed, a look at who would get what."""

import importlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bot.cli import house
from bot.cli.rules import InputError
from bot.domain import foresight, period_names, roster_file, rules, times
from bot.domain.roster import RosterError
from bot.domain.words import label
from bot.settings import CHANNELS, Settings
from bot.store.preview import Ahead
from bot.talk import roster as rosters
from bot.wiring import arming

LISTED = 40
"""Lines of changes that are printed; `--json` has all of them."""
FIELDS = {"name": "姓名", "phone": "手机", "posts": "职务", "addresses": "地址"}


def roster(file: Path | None, *, template: bool, dry_run: bool, complete: bool, data: Path | None, env: Path | None, as_json: bool) -> None:
    """Load a table of units and people, or say what it would change; or print an empty one."""
    if template:
        mark = "" if sys.stdout.isatty() else "\ufeff"  # in a file, Excel takes UTF-8 without it for another encoding
        sys.stdout.write(mark + roster_file.template())
        return
    if file is None:
        raise InputError("请写明名单文件，例如 cuibao roster 名单.xlsx；空白表用 cuibao roster --template 打印")
    raw = house.content(file)
    with house.opened(data, env) as ground:
        now = arming.now(ground)
        try:  # the library for workbooks is loaded by who brings one
            given = roster_file.understood(importlib.import_module("bot.desk.workbook").table(raw, file.name), CHANNELS)
            if dry_run:
                with ground.store.read() as tx:
                    found = rosters.preview(tx, given, times.civil_day(now), complete=complete)
            else:
                found = rosters.load(ground.store, given, now, by=arming.ACTOR, filename=file.name, complete=complete)
        except RosterError as refusal:
            _refused(refusal, as_json=as_json)
            raise
        strange = _strange_robots(ground.settings, found)
    if as_json:
        _dump(_outcome(found, strange, dry_run))
    else:
        _show(found, strange, dry_run)


def _refused(refusal: RosterError, *, as_json: bool) -> None:
    """With `--json` every problem goes to stdout too: a script shows them beside the cells."""
    if as_json:
        _dump({"problems": [asdict(each) for each in refusal.problems]})


def _strange_robots(settings: Settings, found: rosters.Outcome) -> list[str]:
    """Robots of the table that the settings do not have."""
    known = {"wecom_robot": settings.wecom_robots, "dingtalk_robot": settings.dingtalk_robots, "feishu_robot": settings.feishu_robots}
    named = {channel: {robot.name for robot in robots} for channel, robots in known.items()}
    listed = {address for change in found.person_changes for address in change.contact.addresses}
    return sorted(f"{channel} {value}" for channel, value in listed if channel in named and value not in named[channel])


def _outcome(found: rosters.Outcome, strange: list[str], dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "units": asdict(found.units),
        "people": asdict(found.people),
        "changes": {
            "units": [{"code": change.after.code, "new": change.before is None} for change in found.unit_changes],
            "people": [
                {"row": change.contact.row, "name": change.contact.name, "new": change.before is None, "fields": list(change.fields)}
                for change in found.person_changes
            ],
        },
        "leaving": [_post(each) for each in found.leaving],
        "others": [_post(each) for each in found.others],
        "refused": [{"name": name, "channel": address.channel, "reason": address.reason} for name, address in found.refused],
        "unknown_robots": strange,
    }


def _post(holding: rosters.Holding) -> dict[str, str]:
    return {"name": holding.name, "unit": holding.unit, "role": holding.role.value}


def _show(found: rosters.Outcome, strange: list[str], dry_run: bool) -> None:
    for line in _cut([*_changes(found), *_left(found)]):
        _say(line)
    for holding in found.others:
        _say(f"注意：{holding.unit}的{label(holding.role)}另有 {holding.name}，不在名单中，仍会收到提醒；如已换人，加 --complete 再导入")
    for name, address in found.refused:
        _say(f"注意：{name} 的 {address.channel} 地址被平台拒收过（{address.reason}），仍不使用；修好后先从名单去掉导入一次，再加回来")
    for robot in strange:
        _say(f"注意：配置里没有群机器人 {robot}，请在 .env 中补上，或改正名单里的地址")
    _say("检查通过，尚未导入（去掉 --dry-run 才导入）：" if dry_run else "已导入：" if not found.nothing else "没有变化：")
    for what, counts in (("单位", found.units), ("人员和群", found.people)):
        _say(f"  {what}：新增 {counts.new}，变更 {counts.changed}，不变 {counts.unchanged}")


def _changes(found: rosters.Outcome) -> Iterable[str]:
    for unit in found.unit_changes:
        yield f"{'变更' if unit.before else '新增'}单位 {unit.after.code} {unit.after.name}"
    for person in found.person_changes:
        fields = "、".join(FIELDS[field] for field in person.fields)
        yield f"变更 {person.contact.name}：{fields}" if person.before else f"新增 {person.contact.name}（第 {person.contact.row} 行）"


def _left(found: rosters.Outcome) -> Iterable[str]:
    return (f"{each.name} 不再担任{each.unit}的{label(each.role)}" for each in found.leaving)


def _cut(lines: Sequence[str]) -> list[str]:
    more = len(lines) - LISTED
    return [*lines[:LISTED], *([f"……另有 {more} 处变化，用 --json 可看全部"] if more > 0 else [])]


def arm(
    file: Path, days: Sequence[date | None], units: str, only: str, *, yes: bool, data: Path | None, env: Path | None, as_json: bool
) -> None:
    """Say what arming a notice would mean, and arm it with `yes`. `days`: issued, published, first day that counts."""
    issued, published, since = days
    wish = arming.Wish(issued, published, since, units, _numbers(only))
    with house.opened(data, env) as ground:
        now = arming.now(ground)
        found = arming.prepare(ground, house.content(file), file.name, wish, now)
        planned = arming.arm(ground, found, now) if yes else None
        live = ground.settings.cuibao_live_channels
    if as_json:
        _dump(_arming(found, armed=planned is not None))
        return
    _show_arming(found)
    if not live:
        _say("注意：还没有启用任何渠道（CUIBAO_LIVE_CHANNELS），是否可达按全部渠道估计。")
    if planned is None:
        _say("以上均未启用，一条也不会发。核对无误后加 --yes 启用。")
    else:
        _say(f"已启用：新增 {planned.periods} 个报告期、{planned.tasks} 项任务。用 cuibao who 看谁会收到什么。")


def _numbers(only: str) -> tuple[int, ...]:
    words = [word.strip() for word in only.replace("，", ",").split(",") if word.strip()]
    if not all(word.isdecimal() for word in words):
        raise InputError(f"--only 的“{only}”无法识别，应为逗号隔开的编号，如 1,3")
    return tuple(dict.fromkeys(int(word) for word in words))


def _arming(found: arming.Arming, *, armed: bool) -> dict[str, Any]:
    duties = [
        {
            "number": duty.number,
            "what": duty.reading.what,
            "rule": duty.reading.rule,
            "recipient": duty.reading.recipient,
            "text": duty.reading.text,
            "chosen": duty.chosen,
            "known": duty.known,
            "past": duty.past,
            "first_at": times.local(duty.first_at).isoformat(timespec="minutes") if duty.first_at else None,
            "due": [
                {"period": due.period, "nominal": due.nominal, "due": due.target, "limit": due.limit, "explain": told}
                for due, told in zip(duty.upcoming, duty.explained, strict=True)
            ],
        }
        for duty in found.duties
    ]
    doubts = [{"kind": doubt.kind, "text": doubt.text, "question": doubt.question} for doubt in found.taken.reading.doubts]
    told = {"notice": found.taken.notice_id, "armed": armed, "units": len(found.unit_ids), "unreachable": list(found.unreachable)}
    return told | {"obligations": duties, "doubts": doubts}


def _show_arming(found: arming.Arming) -> None:
    reading = found.taken.reading
    _say(f"{reading.title or '（未读出标题）'}  {reading.number or ''}  发布 {reading.published or '未写明，按此刻算'}")
    for duty in found.duties:
        _say("")
        _show_duty(duty)
    _say("")
    _say(f"报送单位：{len(found.unit_ids)} 个")
    if found.unreachable:
        _say(f"无人可达：{len(found.unreachable)} 个，{_some(found.unreachable)}；请在名单里补上联络员的地址")
    for doubt in reading.doubts:
        _say(f"疑点：{doubt.question}")


def _show_duty(duty: arming.Duty) -> None:
    reading, mark = duty.reading, "（未选，不启用）" if not duty.chosen else "（此前已启用，不再改动）" if duty.known else ""
    _say(f"{duty.number}. {reading.what}{mark}")
    _say(f"   规则 {reading.rule}（{rules.describe(rules.parse(reading.rule))}）；报送至 {reading.recipient or '未写明'}")
    _say(f"   原文：{reading.text}")
    for explained in duty.explained:
        _say(f"   {explained}")
    if duty.past:
        _say(f"   注意：有 {duty.past} 期已经过了最后期限，启用后会立即按逾期通知；不想催的请用 --from 写明从哪一天起")
    if duty.first_at:
        _say(f"   首条消息最早 {times.local(duty.first_at):%Y-%m-%d %H:%M}（遇休息日、时段外顺延）")
    else:
        _say("   注意：没有还未到期的报告期，启用后不会提醒")


def who(on: date | None, days: int, *, data: Path | None, env: Path | None, as_json: bool) -> None:
    """Print the steps that lie ahead and whom they would reach."""
    with house.opened(data, env, make=False) as ground:
        now = arming.now(ground)
        first = on or times.civil_day(now)
        steps = arming.who(ground, now, first, days)
        settings = ground.settings
    if as_json:
        _dump([_step(step) for step in steps])
        return
    table = Table(*(Column(head, overflow="fold") for head in ("时间", "事项", "报告期", "梯次", "对象", "任务", "人数", "无人可达")))
    for step in steps:
        overdue = "（补发）" if step.fires_at <= now and step.released else ""
        at = f"{times.local(step.fires_at):%m-%d %H:%M}{overdue}{'' if step.released else '（待放行）'}"
        told = "，".join(f"{channel} {count}" for channel, count in sorted(step.people.items())) or "无"
        period = period_names.label(step.period)
        row = (at, step.what, period, foresight.rung_word(step.rung), label(step.role), str(step.tasks), told, str(len(step.missed)))
        table.add_row(*map(escape, row))
    if steps:
        Console().print(table)
    missed = tuple(dict.fromkeys(unit for step in steps for unit in step.missed))
    _say(f"{first} 起 {days} 天，共 {len(steps)} 次；同一人同一天的合并为一条。" if steps else f"{first} 起 {days} 天没有要发的提醒。")
    if missed:
        _say(f"有对象无人可达的单位：{len(missed)} 个，{_some(missed)}")
    _say_ways(settings)


def _say_ways(settings: Settings) -> None:
    if not settings.cuibao_live_channels:
        _say("注意：还没有启用任何渠道（CUIBAO_LIVE_CHANNELS），以上按全部渠道估计，实际一条也不会发。")
    if settings.cuibao_allow_list:
        _say(f"注意：CUIBAO_ALLOW_LIST 只放行 {len(settings.cuibao_allow_list)} 个地址，发给其他地址的留在发件箱里，放宽名单后再发。")


def _step(step: Ahead) -> dict[str, Any]:
    at = times.local(step.fires_at).isoformat(timespec="minutes")
    named = ("what", "period", "rung", "role", "kind", "released", "tasks", "people", "missed")
    return {"at": at} | {name: getattr(step, name) for name in named}


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:10]) + (" 等" if len(names) > 10 else "")


def _dump(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def _say(line: str) -> None:
    Console().print(escape(line), highlight=False, soft_wrap=True)
