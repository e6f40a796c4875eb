"""Feishu's custom group robot: a token, and usually a signature, posts into one group.

Protocol: open.feishu.cn, "custom bot usage guide", read 2026-11-23. The code in the body decides; a few refusals come as HTTP 400.
The platform has no key of ours to de-duplicate by: a message in doubt may stand twice.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from bot.channels import group_robot, http
from bot.channels.answer import Json
from bot.channels.base import Clock, Limits, Receipt, SendFailed, append_within, check_body, mentions, title
from bot.channels.group_robot import RobotAccount
from bot.channels.pace import Pace
from bot.channels.redact import hide
from bot.domain.messages import Outgoing, Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

BASE_URL: Final = "https://open.feishu.cn"
PATH: Final = "/open-apis/bot/v2/hook/"
MAX_BYTES: Final = 18_000
"""Bytes of one message's words: the whole request takes 20 KB (read 2026-11-23), in which JSON's escapes and the envelope need room."""
MAX_REQUEST: Final = 20_000
"""Bytes of a request (read 2026-11-23)."""
PER_MINUTE: Final = 90
"""Messages per minute and robot; the platform takes 100 (read 2026-11-23)."""
PACE: Final = 0.25
"""Seconds between two messages of one robot; the platform takes 5 a second (read 2026-11-23)."""
FREQUENCY_WAIT: Final = timedelta(seconds=60)
"""Pause after the platform said "too frequent": it does not say for how long (our own choice)."""

Form = Literal["text", "post", "interactive"]
"""`text` is plain, `post` has a title over plain lines, `interactive` is a card with a title over markdown."""

_BUSY: Final = 9499
"""Two faults share this code: a bad request, and too many of them. Only here the platform's words are read."""
_CODES: Final[Mapping[int, FailureKind]] = {
    11232: FailureKind.THROTTLED,
    99991400: FailureKind.THROTTLED,
    # 19001 token unknown, 19021 signature or clock, 19022 address not listed, 19024 keyword missing
    **dict.fromkeys((19001, 19021, 19022, 19024), FailureKind.CREDENTIAL_BAD),
}


@dataclass(frozen=True, slots=True)
class FeishuRobotConfig:
    """Robots by name. `pace` is the least number of seconds between two messages of one robot."""

    robots: Mapping[str, RobotAccount]
    base_url: str = BASE_URL
    form: Form = "interactive"
    pace: float = PACE


class FeishuRobot:
    """Sends to groups; the address is the robot's name in the settings. Members are highlighted by open_id, never by telephone."""

    name: Final = "feishu_robot"

    def __init__(self, config: FeishuRobotConfig, client: http.Client, clock: Clock) -> None:
        self._config, self._client, self._clock = config, client, clock
        self._pace = Pace(config.pace)
        worded = "markdown" if config.form == "interactive" else "text"
        self.limits = Limits(MAX_BYTES, PER_MINUTE, FREQUENCY_WAIT, worded, group=True)

    def robot(self, address: str) -> str:
        """Every robot has a budget of its own."""
        return f"{self.name}:{address}"

    async def send(self, message: Outgoing) -> Receipt:
        """Posts the message into the robot's group. Raises SendFailed."""
        check_body(message, self.limits)
        account = group_robot.find(self._config.robots, message.address)
        payload = self._signature(account) | _content(message.rendered, self._config.form, account.keyword)
        size = len(http.encode(payload))
        if size > MAX_REQUEST:
            raise SendFailed(FailureKind.CONTENT_BAD, "too_long", f"a request of {size} bytes where {MAX_REQUEST} are taken")
        await self._pace.turn(message.address)
        token = bare_token(account.token).reveal()
        answer = await self._client.post(self._config.base_url.rstrip("/") + PATH + token, payload, also=(400,))
        _require_ok(answer.body, token, account.secret.reveal())
        return Receipt("0")

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    def _signature(self, account: RobotAccount) -> dict[str, object]:
        if not account.secret:
            return {}
        timestamp = str(int(self._clock().timestamp()))
        return {"timestamp": timestamp, "sign": sign(timestamp, account.secret.reveal())}


def sign(timestamp: str, secret: str) -> str:
    """Base64 of an HMAC-SHA256 over nothing, whose key is made of both. `timestamp` is in seconds, unlike DingTalk's."""
    return base64.b64encode(hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def bare_token(secret: Secret) -> Secret:
    """The token out of a webhook URL, or the token itself if no URL was pasted."""
    text = secret.reveal().strip()
    return Secret(urlsplit(text).path.partition(PATH)[2] if "://" in text else text)


def _content(rendered: Rendered, form: Form, keyword: str) -> dict[str, object]:
    body = append_within(_harmless(rendered.body), [f"\n{keyword}"] if keyword else [], MAX_BYTES)
    if form == "post":
        return {"msg_type": form, "content": {"post": {"zh_cn": {"title": title(rendered), "content": _lines(rendered, body)}}}}
    attribute = "user_id" if form == "text" else "id"
    called = (f' <at {attribute}="{user}"></at>' for user in _called(rendered))
    body = append_within(body, called, MAX_BYTES)
    if form == "text":
        return {"msg_type": form, "content": {"text": body}}
    header = {"title": {"tag": "plain_text", "content": title(rendered)}}
    return {"msg_type": form, "card": {"header": header, "elements": [{"tag": "markdown", "content": body}]}}


def _lines(rendered: Rendered, body: str) -> list[list[dict[str, str]]]:
    """One paragraph a line; whoever is highlighted stands in the last one."""
    lines = [[{"tag": "text", "text": line}] for line in body.split("\n")]
    called = [{"tag": "at", "user_id": user} for user in _called(rendered)]
    return [*lines, called] if called else lines


def _called(rendered: Rendered) -> list[str]:
    called = mentions(rendered.mentions)
    return [*(user for user in called.users if '"' not in user), *(("all",) if called.everybody else ())]


def _harmless(text: str) -> str:
    """Words from outside must not call anybody: only our own `<at …>` is one."""
    return text.replace("<at ", "< at ")


def _require_ok(body: Json, *hidden: str) -> None:
    """Returns if the platform accepted, else raises SendFailed. An answer without a code is IN_DOUBT."""
    code, words = body.get("code"), str(body.get("msg", ""))
    if code == 0 and not isinstance(code, bool):
        return
    if not isinstance(code, int) or isinstance(code, bool):
        raise SendFailed(FailureKind.IN_DOUBT, "no_code", "the answer names no code")
    kind = _CODES.get(code, FailureKind.CONTENT_BAD)
    if code == _BUSY and "too many" in words.lower():
        kind = FailureKind.THROTTLED
    raise SendFailed(kind, str(code), hide(words, *hidden), FREQUENCY_WAIT if kind is FailureKind.THROTTLED else None)
