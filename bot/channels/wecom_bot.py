"""WeCom's smart robot: talks and listens over one connection that we open, or answers where the platform posts to us.

Protocol: developer.work.weixin.qq.com /document/path/101463 (connection), 101031 (answers), 101138 (URL mode), read 2026-11-23. It can only
speak where it was spoken to before. One connection a robot: a second one pushes the first out, so one process holds it (the supervisor's
lease) and only that one sends. The platform has no key of ours to de-duplicate by: a message in doubt may stand twice.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from bot.channels import errcode, http, listener, websocket, wecom_bot_message, wecom_cards, wecom_codes
from bot.channels.base import Clock, Form, Limits, Receipt, SendFailed, check_body
from bot.channels.callback import CallbackRefused
from bot.channels.errcode import Verdict
from bot.channels.listener import Desk, ListenFailed
from bot.channels.wecom_bot_link import PING, Frame, Link
from bot.channels.wecom_bot_message import Place
from bot.domain.messages import Outgoing
from bot.domain.secret import NO_SECRET, Secret
from bot.domain.words import FailureKind, MessageKind

GATEWAY: Final = "wss://openws.work.weixin.qq.com"
RESPONSE: Final = "/cgi-bin/aibot/response"
"""Where answers in URL mode are posted, with a code that is good once and for an hour."""
MAX_BYTES: Final = 20_480
"""Bytes of UTF-8 in markdown (path/101031, read 2026-11-23)."""
PER_MINUTE: Final = 600
"""Our own pace; a conversation takes 30 a minute and 1000 an hour, and says so (path/101463, read 2026-11-23)."""
SILENCE: Final = timedelta(seconds=90)
"""A connection without a frame for so long is dead: signs of life are answered every 30 seconds."""
DISPLACED: Final = timedelta(minutes=5)
"""Whoever was pushed out by another copy waits, or the two fight for ever."""
TOO_LATE: Final = frozenset({846605, 846608})
"""The request that would be answered is unknown or too old."""
CODES: Final[Mapping[int, Verdict]] = {
    **wecom_codes.CODES,
    # 93001 the group takes none, 93006 no such chat, 853008 nobody has spoken to the robot there lately: somebody has to
    **dict.fromkeys((93001, 93006, 853008), Verdict(FailureKind.ADDRESS_BAD)),
    853000: Verdict(FailureKind.CREDENTIAL_BAD),
    **dict.fromkeys(TOO_LATE, Verdict(FailureKind.ADDRESS_BAD)),
}


@dataclass(frozen=True, slots=True)
class WeComBotConfig:
    """The robot. With a `secret` it is on the connection at `url`, without one it answers by HTTP at `base_url`.

    `patience` are the seconds an answer is waited for, `reconnect` those for which a message waits while the connection is opened anew.
    """

    bot_id: str
    secret: Secret = NO_SECRET
    url: str = GATEWAY
    base_url: str = wecom_codes.BASE_URL
    format: str = "markdown_v2"
    formats: Mapping[MessageKind, str] = field(default_factory=dict)
    series: str = "0"
    silence: timedelta = SILENCE
    ping: float = PING
    patience: float = 15.0
    reconnect: float = 3.0


class WeComBot:
    """Both a channel and a listener: what it says goes out over the connection by which it hears."""

    name: Final = wecom_bot_message.CHANNEL

    def __init__(self, config: WeComBotConfig, client: http.Client, clock: Clock) -> None:
        self._config, self._client, self._clock = config, client, clock
        self.key = f"{self.name}:{config.bot_id}"
        self.silence = config.silence
        forms = {kind: Form(form, MAX_BYTES) for kind, form in config.formats.items()}
        self.limits = Limits(MAX_BYTES, PER_MINUTE, wecom_codes.MINUTE_BLOCK, config.format, group=False, forms=forms)
        self._link: Link | None = None
        self._linked = asyncio.Event()
        self._has_held = False

    @property
    def can_send(self) -> bool:
        """Whether this process is the one that can: it holds the connection, or none is needed."""
        return self._link is not None or not self._config.secret

    def robot(self, address: str) -> str:
        """Everybody is reached through the one robot."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Answer or speak in one conversation. Raises SendFailed; TRANSIENT if this process does not hold the connection."""
        check_body(message, self.limits)
        place = wecom_bot_message.place(message.address)
        if place is None:
            raise SendFailed(FailureKind.ADDRESS_BAD, "no_chat", "the address is not one conversation")
        if not self._config.secret:
            return await self._post(message, place)
        link = await self._open()
        if place.request and await self._answered(link, message, place):
            return Receipt("0")
        chat_type = 2 if place.chat.startswith("wr") else 1
        answer = await link.call("aibot_send_msg", {"chatid": place.chat, "chat_type": chat_type, **self._content(message)})
        self._require_ok(answer, place.chat)
        return Receipt("0")

    async def listen(self, desk: Desk) -> None:
        """Hold the connection until it ends. Raises ListenFailed."""
        silent = logging.Logger(self.name, logging.CRITICAL)  # the library writes down every frame, our secret in the first
        socket = await websocket.dial(self._config.url, log=silent)
        link = Link(socket, lambda frame: self._take(frame, desk), desk.frame, ping=self._config.ping, patience=self._config.patience)
        try:
            await link.serve(lambda: self._subscribe(link))
        finally:
            self._link = None
            self._linked.clear()
            await link.close()

    async def close(self) -> None:
        """Releases the connections that answers went over; the other one ends with `listen`."""
        await self._client.close()

    async def _subscribe(self, link: Link) -> None:
        secret = self._config.secret.reveal()
        try:
            answer = await link.call("aibot_subscribe", {"bot_id": self._config.bot_id, "secret": secret})
            errcode.require_ok(answer, CODES, secret)
        except SendFailed as failed:
            raise listener.refused(failed) from None
        self._link, self._has_held = link, True
        self._linked.set()

    async def _take(self, frame: Frame, desk: Desk) -> None:
        """Keep it before anything is answered; what is not kept is told once and never again."""
        if frame.cmd not in ("aibot_msg_callback", "aibot_event_callback"):
            return
        try:
            if wecom_bot_message.event_type(frame.body) == wecom_bot_message.DISPLACED:
                raise ListenFailed(FailureKind.TRANSIENT, "displaced", "another copy has taken this robot's connection", DISPLACED)
            inbound = wecom_bot_message.read(frame.body, self._clock(), frame.request)
        except CallbackRefused:
            inbound = wecom_bot_message.unread(frame.body, self._clock())
        await desk.keep([inbound])

    async def _open(self) -> Link:
        """The connection; one that was lost is waited for a moment."""
        if self._link is None and self._has_held:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._config.reconnect):
                    await self._linked.wait()
        if self._link is None:
            raise SendFailed(FailureKind.TRANSIENT, "no_connection", "this process does not hold the robot's connection; nothing was sent")
        return self._link

    async def _answered(self, link: Link, message: Outgoing, place: Place) -> bool:
        """Whether it was taken as the answer to what was said; if that is too old, or a card asks for more words, it has to be pushed."""
        if not place.card:
            answer = await link.call("aibot_respond_msg", self._content(message, stream=True), place.request)
        elif (update := self._update(message, place)) is not None:
            answer = await link.call("aibot_respond_update_msg", update, place.request)
        else:
            return False
        if errcode.of(answer) in TOO_LATE:
            return False
        self._require_ok(answer, place.chat)
        return True

    async def _post(self, message: Outgoing, place: Place) -> Receipt:
        """URL mode: one answer to one message, for an hour; it cannot begin a conversation, and a card is not answered this way."""
        if not place.request or place.card:
            raise SendFailed(FailureKind.ADDRESS_BAD, "cannot_begin", "by callbacks the robot can only answer what was just said")
        url = self._config.base_url.rstrip("/") + RESPONSE
        answer = await self._client.post(url, self._content(message), params={"response_code": place.request})
        gone = Verdict(FailureKind.ADDRESS_BAD)  # what a used-up place is told is documented nowhere
        errcode.require_ok(answer.body, CODES, place.request, unlisted=gone)
        return Receipt("0")

    def _content(self, message: Outgoing, *, stream: bool = False) -> dict[str, Any]:
        """As a card where it can be drawn, otherwise as markdown; an answer over the connection is a stream that ends at once."""
        card = message.rendered.card
        drawn = wecom_cards.interactive(card, wecom_cards.task_id(message.key, self._config.series), wecom_cards.BOT) if card else None
        if drawn:
            return {"msgtype": "template_card", "template_card": drawn}
        if stream:
            name = wecom_cards.task_id(message.key, self._config.series) or self._config.series
            return {"msgtype": "stream", "stream": {"id": name, "finish": True, "content": message.rendered.body}}
        return {"msgtype": "markdown", "markdown": {"content": message.rendered.body}}

    def _update(self, message: Outgoing, place: Place) -> dict[str, Any] | None:
        """What takes the place of the card that was tapped; None for a question and for words that a card does not hold."""
        words = message.rendered
        drawn = None if words.card else wecom_cards.answered(words.subject, wecom_cards.plain(words.body), wecom_cards.BOT)
        card = {**drawn, "task_id": place.card} if drawn else None
        return {"response_type": "update_template_card", "userids": [place.chat], "template_card": card} if card else None

    def _require_ok(self, answer: Mapping[str, Any], chat: str) -> None:
        errcode.require_ok(answer, CODES, chat, self._config.secret.reveal())
