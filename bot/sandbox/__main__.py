"""`python -m bot.sandbox wecom|dingtalk|feishu|smtp|all`: the stand-ins as a process of their own, on loopback only.

When it listens it prints one line of JSON with its ports, keys and process id; the gateways of the WeCom bot and of DingTalk Stream, to
which clients open connections, always listen too. Ends on SIGTERM or SIGINT.
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
from bot.sandbox.ensemble import Ensemble
from bot.sandbox.ledger import Ledger
from bot.sandbox.server import Server
from bot.sandbox.smtp import SmtpServer

KINDS: Final = ("wecom", "dingtalk", "feishu", "smtp", "all")


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
    async with Ensemble(clock, ledger, asked.robots, _mailboxes(asked.mail_account)) as stand_ins:
        desk = Desk(ledger, stand_ins.faults, clock, stand_ins.expire_tokens, stand_ins.say)
        http_port, smtp_port = (0, asked.port) if asked.kind == "smtp" else (asked.port, asked.smtp_port)
        platforms = [*stand_ins.platforms(asked.kind), desk]
        async with Server(platforms, clock, http_port) as server, SmtpServer(stand_ins.room, clock, smtp_port) as smtp:
            mail = {"smtp_port": smtp.port} if asked.kind in ("smtp", "all") else {}
            ready = {"port": smtp.port if asked.kind == "smtp" else server.port, "http_port": server.port, "pid": os.getpid()}
            print(json.dumps(ready | mail | stand_ins.keys), flush=True)
            await told.wait()


def _mailboxes(account: str) -> dict[str, str]:
    mailbox, _, password = account.partition(":")
    return {mailbox: password} if mailbox else {}


def _told_to_stop() -> asyncio.Event:
    """Set on SIGINT or SIGTERM; must listen before anyone hears that we are ready."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


if __name__ == "__main__":
    main()
