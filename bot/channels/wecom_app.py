"""WeCom's self-built application: private messages to members of the organisation.

Protocol: developer.work.weixin.qq.com /document/path/90236 (send) and 91039 (token), read 2026-11-23. The platform can
drop a repeated request, but compares bodies, not keys; so a short serial made from our key ends every body. The same message
sent again is the same body, and two messages that happen to read alike stay two.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.channels import crockford, errcode, http, wecom_codes
from bot.channels.answer import Json
from bot.channels.base import Clock, Format, Limits, Receipt, SendFailed, check_body
from bot.channels.token import Token
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

MAX_BYTES: Final = 2048
"""Bytes of UTF-8 in `text.content` and `markdown.content`; text beyond is cut silently (path/90236, read 2026-11-23)."""
SERIAL: Final = 6
"""Characters of the serial; with its `\\n#` before it."""
DUPLICATE_SECONDS: Final = 14_400
"""Seconds for which a repeated body is dropped: the most the platform offers (4 h; path/90236, read 2026-11-23)."""
PER_MINUTE: Final = 1000
"""Our own pace. The platform limits a member to 30 a minute and drops the rest without a word (path/90236, read 2026-11-23)."""
PENALTY: Final = wecom_codes.MINUTE_BLOCK

_USERID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
"""One userid, so that neither `@all` nor a list `a|b` ever passes for an address (path/90195, read 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class WeComAppConfig:
    """The organisation, the application and its secret."""

    corp_id: str
    agent_id: int
    secret: Secret
    base_url: str = wecom_codes.BASE_URL
    format: Format = "markdown"


class WeComApp:
    """Sends to one member; the address is the userid."""

    name: Final = "wecom_app"

    def __init__(self, config: WeComAppConfig, client: http.Client, clock: Clock) -> None:
        self._config, self._client = config, client
        self._token = Token(self._fetch_token, clock)
        self.limits = Limits(MAX_BYTES - SERIAL - 2, PER_MINUTE, PENALTY, config.format, group=False, deduplicates=True)

    def robot(self, address: str) -> str:
        """All members are reached through the one application."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Sends to one member; a token that ended early is replaced once. Raises SendFailed."""
        check_body(message, self.limits)
        if not _USERID.fullmatch(message.address):
            raise SendFailed(FailureKind.ADDRESS_BAD, "no_userid", "the address is not one userid")
        payload = self._payload(message)
        token = await self._token.get()
        body = await self._post(payload, token)
        if errcode.of(body) in wecom_codes.TOKEN_ENDED:
            token = await self._token.get(refused=token)
            body = await self._post(payload, token)
        errcode.require_ok(body, wecom_codes.CODES, token, message.address, self._config.secret.reveal())
        _require_recipient(body)
        return Receipt("0", str(body.get("msgid", "")))

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    def _url(self, path: str) -> str:
        return self._config.base_url.rstrip("/") + path

    async def _post(self, payload: Json, token: str) -> Json:
        return (await self._client.post(self._url("/cgi-bin/message/send"), payload, params={"access_token": token})).body

    async def _fetch_token(self) -> tuple[str, timedelta]:
        secret = self._config.secret.reveal()
        answer = await self._client.get(self._url("/cgi-bin/gettoken"), params={"corpid": self._config.corp_id, "corpsecret": secret})
        errcode.require_ok(answer.body, wecom_codes.CODES, secret, self._config.corp_id)
        token, life = answer.body.get("access_token"), answer.body.get("expires_in")
        if not isinstance(token, str) or not isinstance(life, int):
            raise SendFailed(FailureKind.TRANSIENT, "no_token", "the platform's answer holds no token")
        return token, timedelta(seconds=life)

    def _payload(self, message: Outgoing) -> Json:
        kind = self._config.format
        return {
            "touser": message.address,
            "agentid": self._config.agent_id,
            "msgtype": kind,
            kind: {"content": f"{message.rendered.body}\n#{serial(message.key)}"},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS,
        }


def serial(key: str) -> str:
    """The serial that ends a message: equal for equal keys, and short enough to be read out on the telephone."""
    return crockford.encode(hashlib.sha256(key.encode()).digest(), SERIAL)


def _require_recipient(body: Mapping[str, object]) -> None:
    """With code 0 the one recipient may still stand among those who were left out (path/90236)."""
    for left_out in ("invaliduser", "unlicenseduser"):
        if body.get(left_out):
            raise SendFailed(FailureKind.ADDRESS_BAD, left_out, "the platform left the only recipient out")
