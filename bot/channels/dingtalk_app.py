"""DingTalk's internal app robot: private messages to members, and answers into the chat somebody just spoke in.

Protocol: open.dingtalk.com, "robot batch send" and "receive robot messages", read 2026-11-23. The new host answers 4xx and 5xx
with its own code in JSON, the old host (answers through a session webhook) always 200.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from bot.channels import dingtalk_api, dingtalk_codes, errcode, http
from bot.channels.answer import Answer, Json
from bot.channels.base import Clock, Format, Limits, Receipt, SendFailed, check_body
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

MAX_BYTES: Final = 14_000
"""Bytes of one body: `msgParam` takes 15,000 (read 2026-11-23), in which JSON escapes and the title need room."""
MAX_PARAM: Final = 15_000
"""Bytes of `msgParam`, a string that holds JSON (read 2026-11-23)."""
PER_MINUTE: Final = 1000
"""Our own pace, under the platform's 20 calls a second (read 2026-11-23)."""
BATCH_PATH: Final = "/v1.0/robot/oToMessages/batchSend"
SESSION_PATH: Final = "/robot/sendBySession"


@dataclass(frozen=True, slots=True)
class DingTalkAppConfig:
    """The app's key and secret and the code of its robot; both hosts, because an organisation may have its own."""

    app_key: str
    app_secret: Secret
    robot_code: str
    base_url: str = dingtalk_codes.NEW_HOST
    session_url: str = dingtalk_codes.OLD_HOST
    format: Format = "markdown"
    per_month: int = dingtalk_api.PER_MONTH


class DingTalkApp:
    """Sends to one member; the address is the userid, or the session webhook that came with an inbound message."""

    name: Final = "dingtalk_app"

    def __init__(self, config: DingTalkAppConfig, client: http.Client, clock: Clock) -> None:
        self._config = config
        credentials = dingtalk_api.Credentials(config.app_key, config.app_secret, config.base_url, config.session_url)
        self._api = dingtalk_api.Api(credentials, client, clock)
        self.limits = Limits(MAX_BYTES, PER_MINUTE, dingtalk_api.QPS_WAIT, config.format, group=False, per_month=config.per_month)

    def robot(self, address: str) -> str:
        """All members are reached through the one app."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Sends in private, or into the session named by the address. Raises SendFailed."""
        check_body(message, self.limits)
        if "://" in message.address:
            return await self._answer(message)
        answer = await self._api.post(BATCH_PATH, self._payload(message))
        self._require_ok(answer, message.address)
        return Receipt("ok", str(answer.body["processQueryKey"]))

    async def close(self) -> None:
        """Releases the connections."""
        await self._api.close()

    async def _answer(self, message: Outgoing) -> Receipt:
        session = _session(message.address, self._config.session_url)
        payload = dingtalk_codes.group_payload(message.rendered, self._config.format)
        answer = await self._api.post_plain(SESSION_PATH, payload, {"session": session})
        _require_session_ok(answer.body, session, self._config.app_secret.reveal())
        return Receipt("0")

    def _payload(self, message: Outgoing) -> Json:
        rendered = message.rendered
        plain = self._config.format == "text"
        param = http.encode({"content": rendered.body} if plain else {"title": dingtalk_codes.title(rendered), "text": rendered.body})
        if len(param) > MAX_PARAM:
            raise SendFailed(FailureKind.CONTENT_BAD, "too_long", f"{len(param)} bytes of msgParam where {MAX_PARAM} are taken")
        key = "sampleText" if plain else "sampleMarkdown"
        return {"robotCode": self._config.robot_code, "userIds": [message.address], "msgKey": key, "msgParam": param.decode()}

    def _require_ok(self, answer: Answer, user: str) -> None:
        self._api.require_ok(answer, user)
        if user in _names(answer.body.get("invalidStaffIdList")):
            raise SendFailed(FailureKind.ADDRESS_BAD, "invalidStaffId", "the platform knows no such member")
        if user in _names(answer.body.get("flowControlledStaffIdList")):
            raise SendFailed(FailureKind.TRANSIENT, "flowControlled", "the platform holds this member's messages back")
        if not answer.body.get("processQueryKey"):
            raise SendFailed(FailureKind.IN_DOUBT, "no_code", "the answer holds no processQueryKey")


def _names(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _session(url: str, base_url: str) -> str:
    """The session named by the platform's own answering address. Raises SendFailed for any other address.

    Only the session is taken over: the request goes to the host in the settings, so nobody can send us elsewhere.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        if _door(parts) == (*_door(urlsplit(base_url.rstrip("/")))[:4], SESSION_PATH):
            return parse_qs(parts.query).get("session", [""])[0]
    raise SendFailed(FailureKind.ADDRESS_BAD, "foreign_session", "the session webhook is not the platform's")


def _require_session_ok(body: Json, *hidden: str) -> None:
    """What ends a session ends this address and not the app. An expired one has no documented code, so an unlisted code counts as that."""
    try:
        dingtalk_codes.require_ok(body, *hidden)
    except SendFailed as failed:
        listed = errcode.of(body) in dingtalk_codes.CODES
        if failed.kind is FailureKind.CREDENTIAL_BAD or (failed.kind is FailureKind.CONTENT_BAD and not listed):
            raise SendFailed(FailureKind.ADDRESS_BAD, failed.code, failed.detail) from None
        raise


def _door(url: SplitResult) -> tuple[str, str, int | None, str | None, str]:
    return url.scheme, url.hostname or "", url.port, url.username, url.path
