"""DingTalk's internal app robot: private messages to members, and answers into the chat somebody just spoke in.

Protocol: open.dingtalk.com, "robot batch send" and "receive robot messages", read 2026-11-23. The new host answers 4xx and 5xx
with its own code in JSON, the old host (answers through a session webhook) always 200.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from bot.channels import dingtalk_codes, errcode, http
from bot.channels.answer import Answer, Json
from bot.channels.base import Clock, Format, Limits, Receipt, SendFailed, check_body
from bot.channels.redact import hide
from bot.channels.token import Token
from bot.domain import times
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

MAX_BYTES: Final = 14_000
"""Bytes of one body: `msgParam` takes 15,000 (read 2026-11-23), in which JSON escapes and the title need room."""
MAX_PARAM: Final = 15_000
"""Bytes of `msgParam`, a string that holds JSON (read 2026-11-23)."""
PER_MINUTE: Final = 1000
"""Our own pace, under the platform's 20 calls a second (read 2026-11-23)."""
PER_MONTH: Final = 5000
"""API calls per organisation and month on the standard edition, shared by all its apps (document 1431, read 2026-11-23)."""
QPS_WAIT: Final = timedelta(seconds=1)
"""Pause after the limit per second was hit (read 2026-11-23)."""
SESSION_PATH: Final = "/robot/sendBySession"

_JSON_STATUSES: Final = frozenset({400, 401, 403, 404, 429, 500})
_BY_STATUS: Final = {429: FailureKind.THROTTLED, 500: FailureKind.TRANSIENT}
_EXPIRED: Final = "InvalidAuthentication"
_MONTH_GONE: Final = "ApiCountLimitForOrg"
_MEANINGS: Final = (
    # (part of the code, meaning); the first that fits decides
    ("QpsLimit", FailureKind.THROTTLED),
    ("tooFast", FailureKind.THROTTLED),
    ("too.fast", FailureKind.THROTTLED),
    ("too.many", FailureKind.THROTTLED),
    (_MONTH_GONE, FailureKind.CREDENTIAL_BAD),
    ("Forbidden.AccessDenied", FailureKind.CREDENTIAL_BAD),
    ("robotCode", FailureKind.CREDENTIAL_BAD),
    ("notAllow.sendOTO", FailureKind.CREDENTIAL_BAD),
    ("robot.oto.notExist", FailureKind.CREDENTIAL_BAD),
    ("invalidParameter.auth", FailureKind.CREDENTIAL_BAD),
    ("bot.stopped", FailureKind.CREDENTIAL_BAD),
    ("invalidClient", FailureKind.CREDENTIAL_BAD),
    ("invalidParameter.userIds.overMax", FailureKind.CONTENT_BAD),
    ("invalidParameter.msg", FailureKind.CONTENT_BAD),
    ("staffId.notExisted", FailureKind.ADDRESS_BAD),
    ("group.disbanded", FailureKind.ADDRESS_BAD),
    ("session.expired", FailureKind.ADDRESS_BAD),
    (_EXPIRED, FailureKind.TRANSIENT),
    ("system.error", FailureKind.TRANSIENT),
    ("ServiceUnavailable", FailureKind.TRANSIENT),
)


@dataclass(frozen=True, slots=True)
class DingTalkAppConfig:
    """The app's key and secret and the code of its robot; both hosts, because an organisation may have its own."""

    app_key: str
    app_secret: Secret
    robot_code: str
    base_url: str = dingtalk_codes.NEW_HOST
    session_url: str = dingtalk_codes.OLD_HOST
    format: Format = "markdown"
    per_month: int = PER_MONTH


class DingTalkApp:
    """Sends to one member; the address is the userid, or the session webhook that came with an inbound message."""

    name: Final = "dingtalk_app"

    def __init__(self, config: DingTalkAppConfig, client: http.Client, clock: Clock) -> None:
        self._config, self._client, self._clock = config, client, clock
        self._token = Token(self._fetch_token, clock)
        self.limits = Limits(MAX_BYTES, PER_MINUTE, QPS_WAIT, config.format, group=False, per_month=config.per_month)

    def robot(self, address: str) -> str:
        """All members are reached through the one app."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Sends in private, or into the session named by the address. Raises SendFailed."""
        check_body(message, self.limits)
        if "://" in message.address:
            return await self._answer(message)
        payload = self._payload(message)
        token = await self._token.get()
        answer = await self._post(payload, token)
        if answer.body.get("code") == _EXPIRED:
            answer = await self._post(payload, await self._token.get(refused=token))
        self._require_ok(answer, message.address)
        return Receipt("ok", str(answer.body["processQueryKey"]))

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    async def _answer(self, message: Outgoing) -> Receipt:
        session = _session(message.address, self._config.session_url)
        url = self._config.session_url.rstrip("/") + SESSION_PATH
        payload = dingtalk_codes.group_payload(message.rendered, self._config.format)
        answer = await self._client.post(url, payload, params={"session": session})
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

    async def _post(self, payload: Json, token: str) -> Answer:
        url = self._config.base_url.rstrip("/") + "/v1.0/robot/oToMessages/batchSend"
        return await self._client.post(url, payload, headers={"x-acs-dingtalk-access-token": token}, also=_JSON_STATUSES)

    async def _fetch_token(self) -> tuple[str, timedelta]:
        url = self._config.base_url.rstrip("/") + "/v1.0/oauth2/accessToken"
        secret = self._config.app_secret.reveal()
        answer = await self._client.post(url, {"appKey": self._config.app_key, "appSecret": secret}, also=_JSON_STATUSES)
        if answer.status != 200:
            self._refuse(answer, FailureKind.CREDENTIAL_BAD)
        token, life = answer.body.get("accessToken"), answer.body.get("expireIn")
        if not isinstance(token, str) or not isinstance(life, int):
            raise SendFailed(FailureKind.TRANSIENT, "no_token", "the platform's answer holds no token")
        return token, timedelta(seconds=life)

    def _require_ok(self, answer: Answer, user: str) -> None:
        if answer.status != 200:
            self._refuse(answer, FailureKind.CONTENT_BAD, user)
        if user in _names(answer.body.get("invalidStaffIdList")):
            raise SendFailed(FailureKind.ADDRESS_BAD, "invalidStaffId", "the platform knows no such member")
        if user in _names(answer.body.get("flowControlledStaffIdList")):
            raise SendFailed(FailureKind.THROTTLED, "flowControlled", "the platform holds this member's messages back")
        if not answer.body.get("processQueryKey"):
            raise SendFailed(FailureKind.IN_DOUBT, "no_code", "the answer holds no processQueryKey")

    def _refuse(self, answer: Answer, unlisted: FailureKind, *hidden: str) -> None:
        """Raises SendFailed by the platform's own code; a code nobody has listed is `unlisted`."""
        code = str(answer.body.get("code", f"http_{answer.status}"))
        unlisted = _BY_STATUS.get(answer.status, unlisted)
        kind = next((kind for part, kind in _MEANINGS if part in code), unlisted)
        wait = answer.retry_after or (QPS_WAIT if kind is FailureKind.THROTTLED else None)
        if _MONTH_GONE in code:
            wait = _until_next_month(self._clock())
        hidden = (*hidden, self._config.app_secret.reveal(), self._config.app_key)
        raise SendFailed(kind, hide(code, *hidden), hide(str(answer.body.get("message", "")), *hidden), wait)


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


def _until_next_month(now: datetime) -> timedelta:
    today = times.civil_day(now)
    first = today.replace(day=1, month=today.month % 12 + 1, year=today.year + today.month // 12)
    return times.end_of(first) - timedelta(days=1) - now
