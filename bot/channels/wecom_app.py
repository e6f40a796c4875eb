"""WeCom's self-built application: private messages to members of the organisation.

Protocol: developer.work.weixin.qq.com /document/path/90236 (send) and 91039 (token), read 2026-11-23. The platform can
drop a repeated request, but compares bodies, not keys; so a short serial made from our key ends every body (a card has it in its name).
The same message sent again is the same body, and two messages that happen to read alike stay two. An answer to a tap on a card takes that
card's place if it can (94888), so that nobody is sent one message more.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.channels import crockford, errcode, http, wecom_cards, wecom_codes, wecom_media
from bot.channels.answer import Answer, Json
from bot.channels.base import Clock, Form, Limits, Receipt, SendFailed, check_body
from bot.channels.token import Token, granted
from bot.domain import wording
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.domain.words import FailureKind, MessageKind

MAX_BYTES: Final = 2048
"""Bytes of UTF-8 in `text.content` and `markdown.content`; text beyond is cut silently (path/90236, read 2026-11-23)."""
SERIAL: Final = 6
"""Characters of the serial; with its `\\n#` before it."""
DUPLICATE_SECONDS: Final = 14_400
"""Seconds for which a repeated body is dropped: the most the platform offers (4 h; path/90236, read 2026-11-23)."""
PER_MINUTE: Final = 1000
"""Our own pace. The platform limits a member to 30 a minute and drops the rest without a word (path/90236, read 2026-11-23)."""
PENALTY: Final = wecom_codes.MINUTE_BLOCK
SEND: Final = "/cgi-bin/message/send"
UPDATE: Final = "/cgi-bin/message/update_template_card"
UPLOAD: Final = "/cgi-bin/media/upload"
CARD_REFUSED: Final = frozenset({42014, 42015, 42016, 42017, 42018, 43012})
"""The card cannot be shown (its name or its buttons; no callback address is set up): its words can (path/90313, read 2026-11-23)."""

_TAPPED: Final = re.compile(r"card:(?P<code>[^:\s]{1,200}):(?P<user>[^:\s]+)")
"""The place to answer a tap: the platform's code for that card, good once and for three days, and who tapped."""
_USERID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
"""One userid, so that neither `@all` nor a list `a|b` ever passes for an address (path/90195, read 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class WeComAppConfig:
    """The organisation, the application and its secret.

    `formats` are those of the kinds of messages that are not in `format`. `card` has buttons and needs a callback address; `textcard`
    leads to `card_url`. `plain` are members who read in WeChat, which shows neither cards nor markdown: they get text. `series` tells
    the cards of this database from those of others.
    """

    corp_id: str
    agent_id: int
    secret: Secret
    base_url: str = wecom_codes.BASE_URL
    format: str = "markdown"
    formats: Mapping[MessageKind, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    card_url: str = ""
    series: str = "0"


class WeComApp:
    """Sends to one member; the address is the userid, or where a tap is answered (`reply_address`)."""

    name: Final = "wecom_app"

    def __init__(self, config: WeComAppConfig, client: http.Client, clock: Clock) -> None:
        self._config, self._client = config, client
        self._token = Token(self._fetch_token, clock)
        longest = MAX_BYTES - SERIAL - 2
        forms = {kind: Form(form, longest) for kind, form in config.formats.items()}
        self.limits = Limits(longest, PER_MINUTE, PENALTY, config.format, group=False, deduplicates=True, forms=forms)

    def robot(self, address: str) -> str:
        """All members are reached through the one application."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Sends to one member; a token that ended early is replaced once. Raises SendFailed."""
        check_body(message, self.limits)
        tapped = _TAPPED.fullmatch(message.address)
        user = tapped["user"] if tapped else message.address
        if not _USERID.fullmatch(user):
            raise SendFailed(FailureKind.ADDRESS_BAD, "no_userid", "the address is not one userid")
        if tapped and message.rendered.card is None and await self._replaced(message, user, tapped["code"]):
            return Receipt("0")
        answer = await self._sent(message, user)
        _require_recipient(answer)
        return Receipt("0", str(answer.get("msgid", "")))

    async def close(self) -> None:
        """Releases the connections."""
        await self._client.close()

    async def _sent(self, message: Outgoing, user: str) -> Json:
        """The platform's answer to the message, as a card where that can be shown and in words where not."""
        content = await self._file(message) if message.files else self._card(message, user) or self._words(message, user)
        answer, token = await self._call(SEND, self._addressed(content, user))
        if errcode.of(answer) in CARD_REFUSED:
            answer, token = await self._call(SEND, self._addressed(self._words(message, user), user))
        errcode.require_ok(answer, wecom_codes.CODES, token, user, self._config.secret.reveal())
        return answer

    async def _replaced(self, message: Outgoing, user: str, code: str) -> bool:
        """Whether the card that was tapped now says it. If its code is used up or the words are too long, they have to be sent."""
        drawn = wecom_cards.answered(message.rendered.subject, wecom_cards.plain(message.rendered.body), wecom_cards.APP)
        change: Json = {"template_card": drawn} if drawn else {"button": {"replace_name": wording.handled()}}
        answer, _ = await self._call(UPDATE, {"userids": [user], "agentid": self._config.agent_id, "response_code": code, **change})
        return drawn is not None and errcode.of(answer) == 0 and not answer.get("invaliduser")

    async def _call(self, path: str, payload: Json) -> tuple[Json, str]:
        """One call and the token it went with; a token that ended early is replaced and the call repeated, once."""
        return await self._with_token(lambda token: self._client.post(self._url(path), payload, params={"access_token": token}))

    async def _with_token(self, call: Callable[[str], Awaitable[Answer]]) -> tuple[Json, str]:
        answer, token = await self._token.spend(call, lambda body: errcode.of(body) in wecom_codes.TOKEN_ENDED)
        return answer.body, token

    def _url(self, path: str) -> str:
        return self._config.base_url.rstrip("/") + path

    async def _fetch_token(self) -> tuple[str, timedelta]:
        secret = self._config.secret.reveal()
        answer = await self._client.get(self._url("/cgi-bin/gettoken"), params={"corpid": self._config.corp_id, "corpsecret": secret})
        errcode.require_ok(answer.body, wecom_codes.CODES, secret, self._config.corp_id)
        return granted(answer.body, "access_token", "expires_in")

    def _addressed(self, content: Json, user: str) -> Json:
        return {
            "touser": user,
            "agentid": self._config.agent_id,
            **content,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS,
        }

    async def _file(self, message: Outgoing) -> Json:
        """A file is a message of its own; its words are its name."""
        [file] = message.files
        answer, token = await self._with_token(
            lambda token: wecom_media.upload(self._client, self._url(UPLOAD), {"access_token": token}, file)
        )
        return wecom_media.message(answer, token, self._config.secret.reveal())

    def _card(self, message: Outgoing, user: str) -> Json | None:
        card, config = message.rendered.card, self._config
        if card is None or user in config.plain:
            return None
        if message.rendered.format == "textcard":
            drawn = wecom_cards.textcard(card, config.card_url, serial(message.key))
            return {"msgtype": "textcard", "textcard": drawn} if drawn else None
        drawn = wecom_cards.interactive(card, wecom_cards.task_id(message.key, config.series), wecom_cards.APP)
        return {"msgtype": "template_card", "template_card": drawn} if drawn else None

    def _words(self, message: Outgoing, user: str) -> Json:
        form = message.rendered.format or self._config.format
        kind = "text" if form == "text" or user in self._config.plain else "markdown"
        body = message.rendered.body if kind == "markdown" or form == "text" else wecom_cards.plain(message.rendered.body)
        return {"msgtype": kind, kind: {"content": f"{body}\n#{serial(message.key)}"}}


def reply_address(code: str, user: str) -> str:
    """Where a tap is answered: on its card, by the platform's `code`, or else by a message to who tapped."""
    return f"card:{code}:{user}" if code else ""


def serial(key: str) -> str:
    """The serial that ends a message: equal for equal keys, and short enough to be read out on the telephone."""
    return crockford.encode(hashlib.sha256(key.encode()).digest(), SERIAL)


def _require_recipient(body: Mapping[str, object]) -> None:
    """With code 0 the one recipient may still stand among those who were left out (path/90236)."""
    for left_out in ("invaliduser", "unlicenseduser"):
        if body.get(left_out):
            raise SendFailed(FailureKind.ADDRESS_BAD, left_out, "the platform left the only recipient out")
