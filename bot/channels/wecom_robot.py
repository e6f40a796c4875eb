"""WeCom's group robot: a key posts text, markdown, a card to read or a file into one group.

Protocol: developer.work.weixin.qq.com /document/path/99110, read 2026-11-23. The platform has no key of ours to
de-duplicate by: a message in doubt may stand twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.channels import errcode, group_robot, http, wecom_cards, wecom_codes, wecom_media
from bot.channels.answer import Json
from bot.channels.base import Form, Limits, Receipt, append_within, check_body, mentions
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.domain.words import MessageKind

MAX_TEXT: Final = 2048
"""Bytes of UTF-8 in `text.content` (path/99110, read 2026-11-23)."""
MAX_MARKDOWN: Final = 4096
"""Bytes of UTF-8 in `markdown.content` and `markdown_v2.content` (path/99110, read 2026-11-23)."""
PER_MINUTE: Final = 18
"""Messages per minute and key. The platform takes 20 (path/99110, read 2026-11-23) in a window of unknown kind: two stay in reserve."""
PENALTY: Final = timedelta(seconds=60)
"""Pause after 45009 (path/90312, read 2026-11-23)."""
PATH: Final = "/cgi-bin/webhook/send"
UPLOAD: Final = "/cgi-bin/webhook/upload_media"


@dataclass(frozen=True, slots=True)
class WeComRobotConfig:
    """Robots by name; each secret is the bare key or the whole webhook URL as the group's owner copied it.

    `formats` are those of the kinds of messages that are not in `format`. In `text` user ids and mobile numbers can be highlighted, in
    `markdown` user ids only; `markdown_v2` has tables and highlights nobody; `card` is a card to read, which leads to `card_url`, and
    without one it is markdown.
    """

    robots: Mapping[str, Secret]
    base_url: str = wecom_codes.BASE_URL
    format: str = "markdown"
    formats: Mapping[MessageKind, str] = field(default_factory=dict)
    card_url: str = ""


class WeComRobot:
    """Sends to groups; the address is the robot's name in the settings."""

    name: Final = "wecom_robot"

    def __init__(self, config: WeComRobotConfig, client: http.Client) -> None:
        self._config, self._client = config, client
        self._keys = {name: group_robot.token_in_query(secret, "key") for name, secret in config.robots.items()}
        forms = {kind: Form(form, _longest(form)) for kind, form in config.formats.items()}
        self.limits = Limits(_longest(config.format), PER_MINUTE, PENALTY, config.format, group=True, forms=forms)

    def robot(self, address: str) -> str:
        """Every robot has a budget of its own."""
        return f"{self.name}:{address}"

    async def send(self, message: Outgoing) -> Receipt:
        """Posts the message into the robot's group. Raises SendFailed."""
        form = message.rendered.format or self._config.format
        check_body(message, self.limits, _longest(form))
        key = group_robot.find(self._keys, message.address)
        payload = await self._file(message, key) if message.files else self._payload(message, form)
        answer = await self._client.post(self._url(PATH), payload, params={"key": key.reveal()})
        errcode.require_ok(answer.body, wecom_codes.CODES, key.reveal())
        return Receipt("0")

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    def _url(self, path: str) -> str:
        return self._config.base_url.rstrip("/") + path

    async def _file(self, message: Outgoing, key: Secret) -> Json:
        """A file is a message of its own; its words are its name."""
        answer = await wecom_media.upload(self._client, self._url(UPLOAD), {"key": key.reveal()}, message.files[0])
        return wecom_media.message(answer.body, key.reveal())

    def _payload(self, message: Outgoing, form: str) -> Json:
        card = message.rendered.card
        drawn = wecom_cards.notice(card, self._config.card_url) if card else None
        if drawn:
            return {"msgtype": "template_card", "template_card": drawn}
        if form == "markdown_v2":
            return {"msgtype": form, form: {"content": message.rendered.body}}
        return _text(message) if form == "text" else _markdown(message)


def _longest(form: str) -> int:
    return MAX_TEXT if form == "text" else MAX_MARKDOWN


def _text(message: Outgoing) -> Json:
    called = mentions(message.rendered.mentions)
    everybody = ("@all",) if called.everybody else ()
    lists = {"mentioned_list": [*called.users, *everybody], "mentioned_mobile_list": list(called.mobiles)}
    return {"msgtype": "text", "text": {"content": message.rendered.body} | {name: names for name, names in lists.items() if names}}


def _markdown(message: Outgoing) -> Json:
    called = (f"\n<@{user}>" for user in mentions(message.rendered.mentions).users)
    return {"msgtype": "markdown", "markdown": {"content": append_within(message.rendered.body, called, MAX_MARKDOWN)}}
