"""Trying a channel before it goes live: settings, sign-in, one test message."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bot.cli import house
from bot.wiring import channels, checking, clock
from bot.wiring.checking import Step
from bot.wiring.ground import Ground


def check(name: str, to: str, data: Path | None, env: Path | None, as_json: bool) -> bool:
    """Print each step and what to do where one fails; True if all went well."""
    with house.opened(data, env) as ground:
        steps = [checking.missing(ground.settings, name)]
        if steps[0].ok:
            steps.append(checking.allowed(ground.settings, to))
        if all(step.ok for step in steps):
            steps += asyncio.run(_tried(ground, name, to))
    if as_json:
        sys.stdout.write(json.dumps([asdict(step) for step in steps], ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{'通过' if step.ok else '未过'}  {step.what}：{step.detail}\n" for step in steps)
    return all(step.ok for step in steps)


async def _tried(ground: Ground, name: str, to: str) -> list[Step]:
    now = clock.RealClock()
    channel = channels.one(name, ground.settings, now.now, ground.secret)
    try:
        return await checking.check(channel, to, f"test:{now.now():%Y%m%dT%H%M%S%f}")
    finally:
        await channel.close()
