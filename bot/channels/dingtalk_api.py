"""DingTalk's servers as an internal app sees them: one token for both hosts, and what the new host's codes of words mean.

Read on 2026-11-23: open.dingtalk.com, "server API error codes", documents 1431 and 1433. The new host answers 4xx and 5xx with
`{"code", "message"}`, the old host 200 with an errcode.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.channels import dingtalk_codes, errcode, http
from bot.channels.answer import Answer, Json
from bot.channels.base import Clock, SendFailed
from bot.channels.pace import Pace
from bot.channels.redact import hide
from bot.channels.token import Token, granted
from bot.domain import times
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

PER_MONTH: Final = 5000
"""API calls per organisation and month on the standard edition, shared by all its apps (document 1431, read 2026-11-23)."""
PACE: Final = 0.06
"""Seconds between two calls: the platform takes 20 a second of one app (document 1431, read 2026-11-23)."""
QPS_WAIT: Final = timedelta(seconds=1)
"""Pause after the limit per second was hit (read 2026-11-23)."""
JSON_STATUSES: Final = frozenset({400, 401, 403, 404, 429, 500})
"""Statuses under which the new host still speaks JSON."""

_BY_STATUS: Final = {429: FailureKind.THROTTLED, 500: FailureKind.TRANSIENT}
_EXPIRED: Final = "InvalidAuthentication"
_EXPIRED_CODES: Final = frozenset({88, 40014, 42001})
"""What the old host calls a token that has ended."""
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
    ("authFailed", FailureKind.CREDENTIAL_BAD),
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
class Credentials:
    """The app's key and secret, both hosts, because an organisation may have its own, and the least seconds between two calls."""

    app_key: str
    app_secret: Secret
    base_url: str = dingtalk_codes.NEW_HOST
    old_url: str = dingtalk_codes.OLD_HOST
    pace: float = PACE


class Api:
    """Calls on behalf of one app. A token that the platform has ended is fetched anew once for each call."""

    def __init__(self, credentials: Credentials, client: http.Client, clock: Clock) -> None:
        self._credentials, self._client, self._clock = credentials, client, clock
        self._token = Token(self._fetch_token, clock)
        self._pace = Pace(credentials.pace)

    async def post(self, path: str, payload: Json) -> Answer:
        """One call to the new host, its answer unjudged. Raises SendFailed."""
        await self._pace.turn()
        answer, _ = await self._token.spend(lambda token: self._new(path, payload, token), lambda body: body.get("code") == _EXPIRED)
        return answer

    async def post_old(self, path: str, payload: Json) -> Answer:
        """One call to the old host, its answer unjudged. Raises SendFailed."""
        await self._pace.turn()
        answer, _ = await self._token.spend(
            lambda token: self.post_plain(path, payload, {"access_token": token}), lambda body: errcode.of(body) in _EXPIRED_CODES
        )
        return answer

    async def post_plain(self, path: str, payload: Json, params: Mapping[str, str]) -> Answer:
        """One call to the old host that needs no token. Raises SendFailed."""
        return await self._client.post(self._credentials.old_url.rstrip("/") + path, payload, params=params)

    async def sign_in(self) -> None:
        """Get a token, whatever it is then used for. Raises SendFailed."""
        await self._token.get()

    def require_ok(self, answer: Answer, *hidden: str) -> None:
        """Returns if the new host accepted, else raises SendFailed; a code nobody has listed stops the message."""
        if answer.status != 200:
            raise self._refusal(answer, FailureKind.CONTENT_BAD, *hidden)

    def require_old_ok(self, answer: Answer, *hidden: str) -> None:
        """The same for an answer of the old host."""
        dingtalk_codes.require_ok(answer.body, *hidden, self._credentials.app_secret.reveal(), self._credentials.app_key)

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    async def _new(self, path: str, payload: Json, token: str) -> Answer:
        url = self._credentials.base_url.rstrip("/") + path
        return await self._client.post(url, payload, headers={"x-acs-dingtalk-access-token": token}, also=JSON_STATUSES)

    async def _fetch_token(self) -> tuple[str, timedelta]:
        url, secret = self._credentials.base_url.rstrip("/") + "/v1.0/oauth2/accessToken", self._credentials.app_secret.reveal()
        answer = await self._client.post(url, {"appKey": self._credentials.app_key, "appSecret": secret}, also=JSON_STATUSES)
        if answer.status != 200:
            raise self._refusal(answer, FailureKind.CREDENTIAL_BAD)
        return granted(answer.body, "accessToken", "expireIn")

    def _refusal(self, answer: Answer, unlisted: FailureKind, *hidden: str) -> SendFailed:
        return refusal(answer, unlisted, self._clock(), *hidden, self._credentials.app_secret.reveal(), self._credentials.app_key)


def refusal(answer: Answer, unlisted: FailureKind, now: datetime, *hidden: str) -> SendFailed:
    """What the new host's code means; a code nobody has listed is `unlisted`. `hidden` are words to keep out of the error."""
    code = str(answer.body.get("code", f"http_{answer.status}"))
    unlisted = _BY_STATUS.get(answer.status, unlisted)
    kind = next((kind for part, kind in _MEANINGS if part in code), unlisted)
    wait = answer.retry_after or (QPS_WAIT if kind is FailureKind.THROTTLED else None)
    if _MONTH_GONE in code:
        wait = _until_next_month(now)
    return SendFailed(kind, hide(code, *hidden), hide(str(answer.body.get("message", "")), *hidden), wait)


def names(value: object) -> list[str]:
    """Who stands in a list of an answer; nobody if it is no list."""
    return [str(each) for each in value] if isinstance(value, list) else []


def _until_next_month(now: datetime) -> timedelta:
    today = times.civil_day(now)
    first = today.replace(day=1, month=today.month % 12 + 1, year=today.year + today.month // 12)
    return times.end_of(first) - timedelta(days=1) - now
