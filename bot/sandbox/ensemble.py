"""All stand-ins on one clock and one ledger, with the keys under which they are reached: what `python -m bot.sandbox` serves."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

from bot.sandbox.clock import Clock
from bot.sandbox.dingtalk import DingTalk, DingTalkTenant
from bot.sandbox.dingtalk_gateway import Gateway
from bot.sandbox.exchange import Platform
from bot.sandbox.faults import Faults
from bot.sandbox.feishu import Feishu
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.mailroom import Mailroom, MailSetup
from bot.sandbox.wecom import WeCom, WeComTenant
from bot.sandbox.wecom_bot_content import WeComBotTenant
from bot.sandbox.wecom_gateway import BotGateway

ROBOT_SECRET: Final = "SECsandbox"  # noqa: S105 - a stand-in guards nothing


class Ensemble:
    """Every platform has so many `robots`; `mailboxes` must log in with their passwords (none: nobody has to).

    Use as `async with`: then both gateways listen. Their tickets and answers go over the same HTTP server as everything else.
    """

    def __init__(self, clock: Clock, ledger: Ledger, robots: int, mailboxes: Mapping[str, str]) -> None:
        keys = robot_keys(robots)
        tokens = {f"{number:064x}": RobotSetup(group, ROBOT_SECRET) for number, group in enumerate(keys.values(), 1)}
        self.wecom = WeCom(WeComTenant(keys), ledger)
        self.dingtalk = DingTalk(DingTalkTenant(tokens, webhooks_per_month=0, calls_per_month=0), ledger)
        self.feishu = Feishu({token: RobotSetup(group, ROBOT_SECRET) for token, group in keys.items()}, ledger)
        self.room = Mailroom(MailSetup(mailboxes), ledger)
        self.bot = BotGateway(WeComBotTenant(), ledger, clock)
        self.stream = Gateway(self.dingtalk.tenant, clock, faults=self.dingtalk.faults)
        self._speaking: set[asyncio.Task[object]] = set()
        self._open = AsyncExitStack()
        self._said = 0

    async def __aenter__(self) -> "Ensemble":
        await self._open.enter_async_context(self.bot)
        await self._open.enter_async_context(self.stream)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._speaking:
            task.cancel()
        await asyncio.gather(*self._speaking, return_exceptions=True)
        await self._open.aclose()

    def platforms(self, kind: str) -> list[Platform]:
        """Those of this kind that are spoken to by HTTP; of `all` every one."""
        own: dict[str, list[Platform]] = {"wecom": [self.wecom], "dingtalk": [self.stream, self.dingtalk], "feishu": [self.feishu]}
        return [platform for name, each in own.items() if kind in (name, "all") for platform in each]

    @property
    def faults(self) -> Mapping[str, Faults]:
        """The switches by name. Stream is part of `dingtalk`; a fault of `wecom_bot` names a command for its path."""
        return {
            "wecom": self.wecom.faults,
            "wecom_bot": self.bot.faults,
            "dingtalk": self.dingtalk.faults,
            "feishu": self.feishu.faults,
            "smtp": self.room.faults,
        }

    @property
    def keys(self) -> dict[str, object]:
        """What a client of these stand-ins has to be told."""
        return {
            "wecom_keys": [*self.wecom.tenant.robots],
            "wecom_bot_url": self.bot.url,
            "wecom_bot_id": self.bot.tenant.bot_id,
            "wecom_bot_secret": self.bot.tenant.secret,
            "dingtalk_tokens": [*self.dingtalk.tenant.robots],
            "dingtalk_secret": ROBOT_SECRET,
            "dingtalk_app_key": self.dingtalk.tenant.app_key,
            "dingtalk_app_secret": self.dingtalk.tenant.app_secret,
            "dingtalk_stream_port": self.stream.port,
            "feishu_tokens": [*self.feishu.robots],
            "feishu_secret": ROBOT_SECRET,
        }

    def expire_tokens(self) -> None:
        """Ends every token early."""
        self.wecom.expire_tokens()
        self.dingtalk.expire_tokens()

    def say(self, platform: str, sender: str, text: str, host: str) -> None:
        """A member speaks to the robot behind a gateway, `wecom_bot` or `dingtalk`, whose answers go to `host`. Raises KeyError."""
        self._said += 1
        speak: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "wecom_bot": lambda: self.bot.say(sender, text),
            "dingtalk": lambda: self.stream.say(sender, text, f"said-{self._said}", host=host),
        }
        task: asyncio.Task[object] = asyncio.create_task(speak[platform]())
        self._speaking.add(task)
        task.add_done_callback(self._speaking.discard)


def robot_keys(count: int) -> dict[str, str]:
    """Keys in the form of WeCom's real ones, which is Feishu's too, and their groups."""
    return {f"00000000-0000-0000-0000-{number:012d}": f"group-{number}" for number in range(1, count + 1)}
