"""`python -m bot.sandbox wecom|dingtalk|feishu|smtp|all`: the stand-ins as a process of their own, on loopback only.

When it listens it prints one line of JSON with its ports, keys and process id. Ends on SIGTERM or SIGINT.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.domain import times
from bot.sandbox.clock import RunningClock
from bot.sandbox.desk import Desk
from bot.sandbox.dingtalk import DingTalk, DingTalkRobotSetup, DingTalkTenant
from bot.sandbox.exchange import Platform
from bot.sandbox.feishu import Feishu, FeishuRobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.mailroom import Mailroom, MailSetup
from bot.sandbox.server import Server
from bot.sandbox.smtp import SmtpServer
from bot.sandbox.wecom import WeCom, WeComTenant

KINDS: Final = ("wecom", "dingtalk", "feishu", "smtp", "all")
ROBOT_SECRET: Final = "SECsandbox"  # noqa: S105 - a stand-in guards nothing


def main() -> None:
    """Reads the command line and serves until told to stop."""
    logging.getLogger("mail").setLevel(logging.ERROR)  # aiosmtpd warns of its own deprecations at every login
    asyncio.run(_serve(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="Stand-ins of the platforms on 127.0.0.1")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--port", type=int, default=0, help="HTTP port (for smtp: the SMTP port); 0 takes a free one")
    parser.add_argument("--smtp-port", type=int, default=0, help="SMTP port of `all`; 0 takes a free one")
    parser.add_argument("--now", type=times.parse_instant, help="start the clock at this ISO instant instead of the real one")
    parser.add_argument("--state-file", type=Path, help="keep received messages in this file, one JSON object a line")
    parser.add_argument("--robots", type=int, default=1, help="how many group robots each platform has")
    parser.add_argument("--mail-account", default="", help="MAILBOX:PASSWORD that must log in; without it nobody has to")
    return parser.parse_args()


async def _serve(asked: argparse.Namespace) -> None:
    told = _told_to_stop()
    start = asked.now or datetime.now(UTC)  # noqa: TID251 - this process is the platform, and a platform has a clock
    clock = RunningClock(start, time.monotonic)
    ledger = Ledger(asked.state_file)
    wecom = WeCom(WeComTenant(robot_keys(asked.robots)), ledger)
    dingtalk = DingTalk(DingTalkTenant(robot_setups(asked.robots), webhooks_per_month=0, calls_per_month=0), ledger)
    feishu = Feishu(
        {token: FeishuRobotSetup(f"group-{number}", ROBOT_SECRET) for number, token in enumerate(robot_keys(asked.robots), 1)}, ledger
    )
    room = Mailroom(_mail_setup(asked.mail_account), ledger)

    def expire() -> None:
        wecom.expire_tokens()
        dingtalk.expire_tokens()

    desk = Desk(ledger, {"wecom": wecom.faults, "dingtalk": dingtalk.faults, "feishu": feishu.faults, "smtp": room.faults}, clock, expire)
    own: dict[str, list[Platform]] = {"wecom": [wecom], "dingtalk": [dingtalk], "feishu": [feishu], "smtp": []}
    served = own | {"all": [platform for each in own.values() for platform in each]}
    http_port, smtp_port = (0, asked.port) if asked.kind == "smtp" else (asked.port, asked.smtp_port)
    async with Server([*served[asked.kind], desk], clock, http_port) as server, SmtpServer(room, clock, smtp_port) as smtp:
        mail = {"smtp_port": smtp.port} if asked.kind in ("smtp", "all") else {}
        robots = {"wecom_keys": [*wecom.tenant.robots], "dingtalk_tokens": [*dingtalk.tenant.robots], "dingtalk_secret": ROBOT_SECRET}
        robots |= {"feishu_tokens": [*feishu.robots], "feishu_secret": ROBOT_SECRET}
        ready = {"port": smtp.port if asked.kind == "smtp" else server.port, "http_port": server.port, "pid": os.getpid()}
        print(json.dumps(ready | mail | robots), flush=True)
        await told.wait()


def robot_keys(count: int) -> dict[str, str]:
    """WeCom keys in the form of the real ones, and their groups."""
    return {f"00000000-0000-0000-0000-{number:012d}": f"group-{number}" for number in range(1, count + 1)}


def robot_setups(count: int) -> dict[str, DingTalkRobotSetup]:
    """DingTalk tokens and their groups; all sign with the same secret."""
    return {f"{number:064x}": DingTalkRobotSetup(f"group-{number}", ROBOT_SECRET) for number in range(1, count + 1)}


def _mail_setup(account: str) -> MailSetup:
    mailbox, _, password = account.partition(":")
    return MailSetup({mailbox: password} if mailbox else {})


def _told_to_stop() -> asyncio.Event:
    """Set on SIGINT or SIGTERM; must listen before anyone hears that we are ready."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


if __name__ == "__main__":
    main()
