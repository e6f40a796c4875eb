"""The doors through which platforms tell us what was said: verify, keep raw, acknowledge at once. Understanding comes later (`hear`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.channels import dingtalk_callback, wecom_bot_callback, wecom_callback
from bot.channels.callback import CallbackRefused
from bot.channels.wecom_crypto import Keys
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.secret import Secret
from bot.store import Store
from bot.talk.gathering import Gathering

log = structlog.get_logger()
DINGTALK_SILENCE = b'{"msgtype":"empty"}'
"""DingTalk's word for "no answer in this response" (open.dingtalk.com, receive robot messages, read 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What the platform is answered: 200 taken, 401 not believed, 404 no such door."""

    status: int
    body: bytes = b""
    media_type: str = ""


class Doors:
    """The callback addresses that are configured; `rang` is called after something new was kept.

    `wecom` opens what is posted for WeCom's application, `wecom_bot` what is posted for its smart robot.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        wecom: Keys | None,
        dingtalk: Secret | None,
        rang: Callable[[], None],
        *,
        wecom_bot: Keys | None = None,
    ) -> None:
        self._store, self._clock, self._wecom, self._dingtalk, self._rang = store, clock, wecom, dingtalk, rang
        self._wecom_bot = wecom_bot
        self._gathering = Gathering(self.keep)

    def receive(self, door: str, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> DoorAnswer:
        """One request at `door` (`wecom`, `wecom_bot`, `dingtalk`). Nothing of a refused request is kept, and only its length is logged."""
        answer, inbound = self.read(door, method, query, headers, body)
        if inbound is not None:
            self.keep([inbound])
        return answer

    async def take(self, door: str, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> DoorAnswer:
        """`receive` for who serves many at a time in one event loop: what arrives together is flushed to disk together."""
        answer, inbound = self.read(door, method, query, headers, body)
        if inbound is not None:
            await self._gathering.put(inbound)
        return answer

    def keep(self, arrived: Sequence[Inbound]) -> None:
        """Store what arrived, together; the same platform id again changes nothing."""
        with self._store.begin() as tx:
            kept = tx.inbox.keep_all(arrived, self._clock())
        if any(number is not None for number in kept):
            self._rang()

    def read(
        self, door: str, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> tuple[DoorAnswer, Inbound | None]:
        """What is to be answered, once what is to be kept is kept. Whoever calls this keeps it."""
        try:
            if door == "wecom" and self._wecom is not None:
                return _at_wecom(self._wecom, method, query, body)
            if door == "wecom_bot" and self._wecom_bot is not None:
                return _at_wecom_bot(self._wecom_bot, method, query, body, self._clock())
            if door == "dingtalk" and self._dingtalk:
                return _at_dingtalk(self._dingtalk, headers, body, self._clock())
        except CallbackRefused as refused:
            log.warning("callback_refused", door=door, refusal=refused.refusal.value, length=len(body))
            return DoorAnswer(401), None
        log.warning("callback_refused", door=door, refusal="closed", length=len(body))
        return DoorAnswer(404), None


def _at_wecom(keys: Keys, method: str, query: Mapping[str, str], body: bytes) -> tuple[DoorAnswer, Inbound | None]:
    if method == "GET":
        return DoorAnswer(200, wecom_callback.check_url(keys, query), "text/plain"), None
    inbound = wecom_callback.read(keys, query, body)
    return DoorAnswer(200), inbound if inbound.kind is InboundKind.SAID else None  # who opens the application says nothing


def _at_wecom_bot(keys: Keys, method: str, query: Mapping[str, str], body: bytes, now: datetime) -> tuple[DoorAnswer, Inbound | None]:
    if method == "GET":
        return DoorAnswer(200, wecom_callback.check_url(keys, query), "text/plain"), None
    return DoorAnswer(200), wecom_bot_callback.read(keys, query, body, now)


def _at_dingtalk(secret: Secret, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[DoorAnswer, Inbound]:
    return DoorAnswer(200, DINGTALK_SILENCE, "application/json"), dingtalk_callback.read(secret, headers, body, now)
