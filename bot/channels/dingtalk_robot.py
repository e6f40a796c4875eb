"""DingTalk's custom group robot: a token, and usually a signature, posts text or markdown into one group.

Protocol: open.dingtalk.com, "custom robot access", read 2026-11-23. HTTP 200 throughout; the code decides. `msgUuid` carries
our key, but nobody has seen the platform drop a repeat by it: a message in doubt may stand twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.channels import dingtalk_codes, group_robot, http
from bot.channels.base import Clock, Format, Limits, Receipt, check_body
from bot.channels.group_robot import RobotAccount
from bot.domain.messages import Outgoing

PER_MINUTE: Final = 15
"""Messages per minute and robot. The platform takes 20 and punishes the next with ten minutes of silence (read 2026-11-23)."""
PER_MONTH: Final = 3000
"""Webhook calls per organisation and month on the standard edition (document 1431, read 2026-11-23)."""
PATH: Final = "/robot/send"


@dataclass(frozen=True, slots=True)
class DingTalkRobotConfig:
    """Robots by name."""

    robots: Mapping[str, RobotAccount]
    base_url: str = dingtalk_codes.OLD_HOST
    format: Format = "markdown"
    per_month: int = PER_MONTH


class DingTalkRobot:
    """Sends to groups; the address is the robot's name in the settings."""

    name: Final = "dingtalk_robot"

    def __init__(self, config: DingTalkRobotConfig, client: http.Client, clock: Clock) -> None:
        self._config, self._client, self._clock = config, client, clock
        self.limits = Limits(
            dingtalk_codes.MAX_BYTES,
            PER_MINUTE,
            dingtalk_codes.ROBOT_PENALTY,
            config.format,
            group=True,
            per_month=config.per_month,
            forms=dingtalk_codes.forms(config.format),
        )

    def robot(self, address: str) -> str:
        """Every robot has a budget of its own."""
        return f"{self.name}:{address}"

    async def send(self, message: Outgoing) -> Receipt:
        """Posts the message into the robot's group. Raises SendFailed."""
        check_body(message, self.limits)
        account = group_robot.find(self._config.robots, message.address)
        token = group_robot.token_in_query(account.token, "access_token").reveal()
        payload = dingtalk_codes.group_payload(message.rendered, self._config.format, keyword=account.keyword)
        url = self._config.base_url.rstrip("/") + PATH
        answer = await self._client.post(url, payload | {"msgUuid": message.key}, params=self._params(account, token))
        dingtalk_codes.require_ok(answer.body, token, account.secret.reveal())
        return Receipt("0")

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    def _params(self, account: RobotAccount, token: str) -> dict[str, str]:
        if not account.secret:
            return {"access_token": token}
        timestamp = str(int(self._clock().timestamp() * 1000))
        return {"access_token": token, "timestamp": timestamp, "sign": dingtalk_codes.sign(timestamp, account.secret.reveal())}
