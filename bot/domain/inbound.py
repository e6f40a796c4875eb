"""What arrived from a platform, taken out of its envelope but not yet interpreted."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or click from a person. `raw` is kept as it came; `platform_id` is the platform's own id and the key.

    `channel` is the name of the channel that can answer (`wecom_app`, `dingtalk_app`, `mail`); `sender` the platform's id of
    the person as addresses hold it (userid, staff id, mailbox); `chat` the group it was said in, empty in private.
    `answer_to` is where a direct answer goes if the platform gave a place for it (DingTalk's session webhook), else empty.
    `at` is when it was said, by the platform's clock, in UTC. `id` is 0 until stored.
    """

    channel: str
    platform_id: str
    sender: str
    at: datetime
    text: str
    raw: bytes
    chat: str = ""
    answer_to: str = ""
    id: int = 0
