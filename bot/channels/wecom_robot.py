"""WeCom's group robot: a key posts text or markdown into one group.

Protocol: developer.work.weixin.qq.com /document/path/99110, read 2026-11-23. The platform has no key of ours to
de-duplicate by: a message in doubt may stand twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bot.channels import errcode, http, wecom_codes
from bot.channels.answer import Json
from bot.channels.base import Format, Limits, Receipt, SendFailed, append_within, check_body, mentions
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

MAX_TEXT: Final = 2048
"""Bytes of UTF-8 in `text.content` (path/99110, read 2026-11-23)."""
MAX_MARKDOWN: Final = 4096
"""Bytes of UTF-8 in `markdown.content` (path/99110, read 2026-11-23)."""
PER_MINUTE: Final = 18
"""Messages per minute and key. The platform takes 20 (path/99110, read 2026-11-23) in a window of unknown kind: two stay in reserve."""
PENALTY: Final = timedelta(seconds=60)
"""Pause after 45009 (path/90312, read 2026-11-23)."""
PATH: Final = "/cgi-bin/webhook/send"


@dataclass(frozen=True, slots=True)
class WeComRobotConfig:
    """Robots by name; each secret is the bare key or the whole webhook URL as the group's owner copied it.

    In `text` user ids and mobile numbers can be highlighted, in `markdown` user ids only.
    """

    robots: Mapping[str, Secret]
    base_url: str = wecom_codes.BASE_URL
    format: Format = "markdown"


class WeComRobot:
    """Sends to groups; the address is the robot's name in the settings."""

    name: Final = "wecom_robot"

    def __init__(self, config: WeComRobotConfig, client: http.Client) -> None:
        self._config, self._client = config, client
        self._keys = {name: bare_key(secret) for name, secret in config.robots.items()}
        longest = MAX_TEXT if config.format == "text" else MAX_MARKDOWN
        self.limits = Limits(longest, PER_MINUTE, PENALTY, config.format, group=True)

    def robot(self, address: str) -> str:
        """Every robot has a budget of its own."""
        return f"{self.name}:{address}"

    async def send(self, message: Outgoing) -> Receipt:
        """Posts the message into the robot's group. Raises SendFailed."""
        check_body(message, self.limits)
        key = self._keys.get(message.address)
        if not key:
            raise SendFailed(FailureKind.ADDRESS_BAD, "no_such_robot", "the settings name no such robot")
        url = self._config.base_url.rstrip("/") + PATH
        answer = await self._client.post(url, self._payload(message), params={"key": key.reveal()})
        errcode.require_ok(answer.body, wecom_codes.CODES, key.reveal())
        return Receipt("0")

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    def _payload(self, message: Outgoing) -> Json:
        return _text(message) if self._config.format == "text" else _markdown(message)


def bare_key(secret: Secret) -> Secret:
    """The key out of a webhook URL, or the key itself if no URL was pasted."""
    text = secret.reveal().strip()
    return Secret(parse_qs(urlsplit(text).query).get("key", [""])[0] if "?" in text else text)


def _text(message: Outgoing) -> Json:
    called = mentions(message.rendered.mentions)
    everybody = ("@all",) if called.everybody else ()
    lists = {"mentioned_list": [*called.users, *everybody], "mentioned_mobile_list": list(called.mobiles)}
    return {"msgtype": "text", "text": {"content": message.rendered.body} | {name: names for name, names in lists.items() if names}}


def _markdown(message: Outgoing) -> Json:
    called = (f"\n<@{user}>" for user in mentions(message.rendered.mentions).users)
    return {"msgtype": "markdown", "markdown": {"content": append_within(message.rendered.body, called, MAX_MARKDOWN)}}
