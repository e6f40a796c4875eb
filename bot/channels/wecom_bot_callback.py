"""What is said to WeCom's smart robot, as the platform posts it to our address; the same envelope as the application's, in JSON.

Protocol: developer.work.weixin.qq.com /document/path/100719, 101033, read 2026-11-23. The receiver named in it is empty. Answer 200 with an
empty body at once; what we have to say goes to the place that the message names.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.channels import wecom_bot_message, wecom_callback
from bot.channels.answer import json_object
from bot.channels.callback import CallbackRefused, Refusal
from bot.channels.wecom_crypto import Keys
from bot.domain.inbound import Inbound


def read(keys: Keys, query: Mapping[str, str], body: bytes, now: datetime) -> Inbound:
    """A posted message or event, its JSON kept as `raw`. Raises CallbackRefused."""
    if len(body) > wecom_callback.MAX_BODY:
        raise CallbackRefused(Refusal.CONTENT)
    return wecom_bot_message.read(wecom_callback.opened(keys, query, _encrypted(body)), now)


def _encrypted(body: bytes) -> str:
    encrypted = (json_object(body) or {}).get("encrypt")
    if not isinstance(encrypted, str):
        raise CallbackRefused(Refusal.CONTENT)
    return encrypted
