"""DingTalk Stream: what members say comes over a connection that we open, so that no public address is needed.

Protocol: the vendor's "Stream mode protocol", read 2026-11-23. A frame is acknowledged when it is durable, never before: what is
pushed and not acknowledged may come again, what is acknowledged never does. Asked to leave, a listener opens its next connection
first and lets the old one drain, because what is pushed while nobody is connected is lost.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from bot.channels import dingtalk_api, dingtalk_callback, dingtalk_codes, dingtalk_frames, http, listener, websocket
from bot.channels.answer import Answer
from bot.channels.base import Clock, SendFailed
from bot.channels.callback import CallbackRefused
from bot.channels.dingtalk_frames import Frame, FrameType
from bot.channels.listener import Desk, ListenFailed
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

OPEN_PATH: Final = "/v1.0/gateway/connections/open"
SILENCE: Final = timedelta(minutes=10)
"""Others have seen the gateway stop pushing on a connection that stays open: without a frame for so long a new one is opened."""
LEAVING: Final = 10.0
"""Seconds after which the gateway closes a connection that it has asked to leave (read 2026-11-23)."""
_PRESSED: Final = {"cardUpdateOptions": {"updateCardDataByKey": True}, "cardData": {"cardParamMap": {"answered": "true"}}}
"""The answer to a pressed button: the card's own variable `answered` becomes true, and its template shows what that means."""


@dataclass(frozen=True, slots=True)
class DingTalkStreamConfig:
    """The app, and how long a connection may be silent. `keepalive` are the seconds between two signs of life that we ask for."""

    app_key: str
    app_secret: Secret
    base_url: str = dingtalk_codes.NEW_HOST
    silence: timedelta = SILENCE
    keepalive: float = 20.0


class DingTalkStream:
    """Listens for one app; the answers it brings go out through `dingtalk_app`."""

    name: Final = dingtalk_callback.CHANNEL

    def __init__(self, config: DingTalkStreamConfig, client: http.Client, clock: Clock) -> None:
        self._config, self._client, self._clock = config, client, clock
        self.key = f"dingtalk_stream:{config.app_key}"
        self.silence = config.silence

    async def listen(self, desk: Desk) -> None:
        """Hold one connection, and its successors where the platform asks for them, until it ends. Raises ListenFailed."""
        current = _Connection(await self._dial(), desk, self._clock)
        old: list[_Connection] = []
        try:
            while await current.must_leave():
                old = [*(each for each in old if not each.over), current]
                current = _Connection(await self._dial_beside(current), desk, self._clock)
        finally:
            for connection in (*old, current):
                await connection.close()

    async def _dial_beside(self, leaving: "_Connection") -> ClientConnection:
        """The next connection; without one the old is used up to its end."""
        try:
            return await self._dial()
        except ListenFailed:
            await leaving.drained()
            raise

    async def _dial(self) -> ClientConnection:
        return await websocket.dial(await self._register(), keepalive=self._config.keepalive)

    async def _register(self) -> str:
        """Ask for a connection; its address, ticket included, is good once and for ninety seconds."""
        topics = (dingtalk_frames.MESSAGE_TOPIC, dingtalk_frames.CARD_TOPIC)
        payload = {
            "clientId": self._config.app_key,
            "clientSecret": self._config.app_secret.reveal(),
            "ua": "cuibao/1",
            "subscriptions": [{"type": FrameType.CALLBACK.value, "topic": topic} for topic in topics],
        }
        try:
            answer = await self._client.post(self._config.base_url.rstrip("/") + OPEN_PATH, payload, also=dingtalk_api.JSON_STATUSES)
        except SendFailed as failed:
            raise listener.refused(failed) from None
        finally:
            await self._client.close()  # the next registration may be hours away
        if answer.status != 200:
            raise listener.refused(self._refusal(answer))
        return self._address(answer)

    def _refusal(self, answer: Answer) -> SendFailed:
        """Which statuses a refusal may have is documented nowhere: 401 are the credentials, what nobody has listed passes."""
        unlisted = FailureKind.CREDENTIAL_BAD if answer.status == 401 else FailureKind.TRANSIENT
        hidden = (self._config.app_secret.reveal(), self._config.app_key)
        return dingtalk_api.refusal(answer, unlisted, self._clock(), *hidden)

    def _address(self, answer: Answer) -> str:
        endpoint, ticket = answer.body.get("endpoint"), answer.body.get("ticket")
        if not isinstance(endpoint, str) or not isinstance(ticket, str) or not ticket:
            raise ListenFailed(FailureKind.TRANSIENT, "no_ticket", "the answer holds no endpoint or no ticket")
        if urlsplit(endpoint).scheme != "wss" and self._config.base_url.startswith("https:"):
            raise ListenFailed(FailureKind.TRANSIENT, "not_encrypted", "the gateway named is not encrypted")
        return f"{endpoint}?ticket={quote(ticket, safe='')}"


class _Connection:
    """One open connection, served by a task of its own from the moment it is made."""

    def __init__(self, socket: ClientConnection, desk: Desk, clock: Clock) -> None:
        self._socket, self._desk, self._clock = socket, desk, clock
        self._asked_to_leave = asyncio.Event()
        self._serving = asyncio.create_task(self._serve())

    @property
    def over(self) -> bool:
        """It has ended."""
        return self._serving.done()

    async def must_leave(self) -> bool:
        """True once the platform asks for another connection; False if it ended this one in order. Raises ListenFailed."""
        asked = asyncio.create_task(self._asked_to_leave.wait())
        try:
            await asyncio.wait({asked, self._serving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        if self._asked_to_leave.is_set():
            return True
        await self._serving
        return False

    async def drained(self) -> None:
        """Wait until the gateway has closed it."""
        await asyncio.wait({self._serving}, timeout=LEAVING)

    async def close(self) -> None:
        """End it, whatever it is doing."""
        self._serving.cancel()
        await asyncio.gather(self._serving, return_exceptions=True)
        await self._socket.close()

    async def _serve(self) -> None:
        try:
            async for text in self._socket:
                self._desk.frame()
                await self._take(text)
        except ConnectionClosedError as closed:
            if self._asked_to_leave.is_set():
                return  # its successor is open: how it ended is all the same
            code = str(closed.rcvd.code) if closed.rcvd else "aborted"
            raise ListenFailed(FailureKind.TRANSIENT, code, "the connection broke") from None
        except ConnectionClosed:
            return  # it ended in order while we were answering

    async def _take(self, text: str | bytes) -> None:
        frame = dingtalk_frames.read(text)
        if frame is None:
            await self._desk.keep([self._unread(text)])
        elif frame.type is FrameType.SYSTEM and frame.topic == "disconnect":
            self._asked_to_leave.set()
        else:
            await self._socket.send(await self._answer(frame))

    async def _answer(self, frame: Frame) -> str:
        if frame.type is FrameType.SYSTEM:
            return dingtalk_frames.echoed(frame)
        if frame.type is not FrameType.CALLBACK or frame.topic not in (dingtalk_frames.MESSAGE_TOPIC, dingtalk_frames.CARD_TOPIC):
            return dingtalk_frames.unknown(frame)
        await self._desk.keep([self._inbound(frame)])
        return dingtalk_frames.acknowledged(frame, _PRESSED if frame.topic == dingtalk_frames.CARD_TOPIC else "OK")

    def _inbound(self, frame: Frame) -> Inbound:
        try:
            if frame.topic == dingtalk_frames.CARD_TOPIC:
                return dingtalk_callback.click(frame.data.encode(), frame.message_id, self._clock())
            return dingtalk_callback.message(frame.data.encode())
        except (CallbackRefused, UnicodeEncodeError):
            return self._unread(frame.data)

    def _unread(self, text: str | bytes) -> Inbound:
        """What we do not understand is kept all the same, for people to look at."""
        raw = text if isinstance(text, bytes) else text.encode(errors="replace")
        key = f"frame:{hashlib.sha256(raw).hexdigest()[:40]}"
        return Inbound(dingtalk_callback.CHANNEL, key, "", self._clock(), "", raw, kind=InboundKind.OTHER)
