"""WeCom's gateway for smart robots on loopback: one connection a robot, pushes, answers, cards, and how all of this goes wrong.

Behaviour: developer.work.weixin.qq.com /document/path/101463, 101027, 101031, read 2026-11-23, and codes that others saw in the field.
Written from the documents; clients nobody here wrote are tested against it.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from bot.sandbox import wecom_bot_content as content
from bot.sandbox.clock import Clock
from bot.sandbox.exchange import Message
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom_bot_content import WeComBotTenant
from bot.sandbox.windows import Window

HOST: Final = "127.0.0.1"
ANSWERABLE: Final = timedelta(hours=24)
"""How long a message can be answered under its request."""
CARD_SECONDS: Final = timedelta(seconds=5)
"""How long a tap can be answered."""
PER_MINUTE: Final = 30
PER_HOUR: Final = 1000
"""Messages in one conversation, answers and pushes together."""
_NAMED: Final = re.compile(r"@\S+")


class Quirk(StrEnum):
    """A way in which the gateway misbehaves while the quirk is on."""

    SILENT = "silent"  # the connection stays open, nothing is pushed and nothing answered: a peer that has vanished
    TWICE = "twice"  # every push comes two times, with the same id
    LATE = "late"  # a push waits for the next one and comes after it


@dataclass(frozen=True, slots=True)
class _Asked:
    """What can be answered: in which conversation, until when, and, for a tap, which card it was."""

    chat: str
    until: datetime
    card: str = ""


@dataclass
class BotGateway:
    """Use as `async with`; then `url` is known. `spoken` are the conversations in which somebody has spoken to the robot.

    `kicked` counts connections that a newer one has pushed out, `frames` are the commands that came in, in order.
    """

    tenant: WeComBotTenant
    ledger: Ledger
    clock: Clock
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    quirks: set[Quirk] = field(default_factory=set)
    spoken: set[str] = field(default_factory=set)
    frames: list[str] = field(default_factory=list)
    kicked: int = 0
    opened: int = 0

    def __post_init__(self) -> None:
        self._server: Server | None = None
        self._holder: ServerConnection | None = None
        self._connections: set[ServerConnection] = set()
        self._asked: dict[str, _Asked] = {}
        self._held: list[str] = []
        self._numbers = 0
        self._windows = (Window(PER_MINUTE, timedelta(minutes=1)), Window(PER_HOUR, timedelta(hours=1)))

    async def __aenter__(self) -> "BotGateway":
        self._server = await serve(self._serve, HOST, self.port, ping_interval=None, close_timeout=1, logger=logging.Logger("wecom"))
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.abort()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where robots connect to."""
        return f"ws://{HOST}:{self.port}"

    @property
    def holder(self) -> bool:
        """Whether a robot is subscribed."""
        return self._holder is not None

    def abort(self) -> None:
        """Breaks every connection off without a word."""
        for connection in self._connections:
            connection.transport.abort()

    async def close(self) -> None:
        """Ends the robot's connection in order."""
        if self._holder is not None:
            await self._holder.close(1000)

    async def say(self, sender: str, text: str, *, chat: str = "", msg_id: str = "", quote: str = "") -> str:
        """A member says something, in private or in group `chat`; returns the request. In a group only what names the robot arrives."""
        self._numbers += 1
        body: dict[str, Any] = {
            "msgid": msg_id or f"m-{self._numbers}", "aibotid": self.tenant.bot_id, "chattype": "group" if chat else "single",
            "from": {"userid": sender}, "msgtype": "text", "text": {"content": text},
        }  # fmt: skip
        if quote:
            body["quote"] = {"msgtype": "text", "text": {"content": quote}}
        if chat:
            body["chatid"] = chat
        if chat and not _NAMED.match(text):
            return ""
        self.spoken |= {chat or sender}
        return await self._push("aibot_msg_callback", body, _Asked(chat or sender, self.clock() + ANSWERABLE))

    async def tap(self, sender: str, key: str, task_id: str, chosen: Sequence[str] = ()) -> str:
        """A member presses a button of a card; told once, and to be answered within five seconds."""
        selected = [{"question_key": "which", "option_ids": {"option_id": list(chosen)}}] if chosen else []
        tapped = {"card_type": "button_interaction", "event_key": key, "task_id": task_id, "selected_items": {"selected_item": selected}}
        event = {"eventtype": "template_card_event", "template_card_event": tapped}
        return await self._push("aibot_event_callback", self._event(sender, event), _Asked(sender, self.clock() + CARD_SECONDS, task_id))

    async def enter(self, sender: str) -> str:
        """A member opens the conversation for the first time today."""
        event = self._event(sender, {"eventtype": "enter_chat"})
        return await self._push("aibot_event_callback", event, _Asked(sender, self.clock() + CARD_SECONDS))

    def _event(self, sender: str, event: Mapping[str, Any]) -> dict[str, Any]:
        self._numbers += 1
        head = {"msgid": f"e-{self._numbers}", "aibotid": self.tenant.bot_id, "create_time": int(self.clock().timestamp())}
        return {**head, "chattype": "single", "from": {"userid": sender}, "msgtype": "event", "event": event}

    async def _push(self, cmd: str, body: Mapping[str, Any], asked: _Asked) -> str:
        request = f"P{self._numbers}"
        self._asked[request] = asked
        text = json.dumps({"cmd": cmd, "headers": {"req_id": request}, "body": body}, ensure_ascii=False)
        if Quirk.SILENT in self.quirks or self._holder is None:
            return request
        if Quirk.LATE in self.quirks:
            self.quirks.discard(Quirk.LATE)
            self._held.append(text)
            return request
        for each in [text, *self._held] * (2 if Quirk.TWICE in self.quirks else 1):
            await self._holder.send(each)
        self._held.clear()
        return request

    async def _serve(self, connection: ServerConnection) -> None:
        self.opened += 1
        self._connections.add(connection)
        try:
            async for text in connection:
                await self._hear(connection, json.loads(text))
        except (ConnectionClosed, ValueError):
            return
        finally:
            self._connections.discard(connection)
            if self._holder is connection:
                self._holder = None

    async def _hear(self, connection: ServerConnection, frame: Mapping[str, Any]) -> None:
        cmd, request = str(frame.get("cmd")), str(frame["headers"]["req_id"])
        self.frames.append(cmd)
        if Quirk.SILENT in self.quirks:
            return None
        fault = self.faults.take(cmd)
        if fault is not None and fault.kind is FaultKind.RESET:
            connection.transport.abort()
            return None
        if fault is not None and fault.kind is FaultKind.CODE:
            return await self._ack(connection, request, (int(fault.code), fault.text))
        if fault is None or fault.kind in (FaultKind.DROP, FaultKind.TRUNCATED):
            trouble = await self._do(connection, cmd, request, frame.get("body") or {})
            return await self._answer(connection, request, trouble, fault)
        return None  # HANG: nobody answers

    async def _answer(self, connection: ServerConnection, request: str, trouble: content.Trouble | None, fault: Fault | None) -> None:
        """The answer, or what a fault makes of it after the message was taken."""
        if fault is None:
            return await self._ack(connection, request, trouble)
        if fault.kind is FaultKind.DROP:
            return connection.transport.abort()
        return await connection.send('{"headers":{"req')

    async def _ack(self, connection: ServerConnection, request: str, trouble: content.Trouble | None) -> None:
        code, words = trouble or (0, "ok")
        with suppress(ConnectionClosed):
            await connection.send(json.dumps({"headers": {"req_id": request}, "errcode": code, "errmsg": words}))

    async def _do(self, connection: ServerConnection, cmd: str, request: str, body: Mapping[str, Any]) -> content.Trouble | None:
        if cmd == "aibot_subscribe":
            return await self._subscribe(connection, body)
        if connection is not self._holder:
            return 846601, "not subscribed"
        serve = _SERVED.get(cmd)
        return serve(self, request, body) if serve else (40008, "invalid cmd")

    async def _subscribe(self, connection: ServerConnection, body: Mapping[str, Any]) -> content.Trouble | None:
        if (body.get("bot_id"), body.get("secret")) != (self.tenant.bot_id, self.tenant.secret):
            return 853000, "invalid bot_id or secret"
        old, self._holder = self._holder, connection
        if old is not None and old is not connection:
            self.kicked += 1
            event = self._event("", {"eventtype": "disconnected_event"})
            with suppress(ConnectionClosed):
                await old.send(json.dumps({"cmd": "aibot_event_callback", "headers": {"req_id": f"P{self._numbers}"}, "body": event}))
            await old.close(1000)
        return None

    def _ping(self, _request: str, _body: Mapping[str, Any]) -> content.Trouble | None:
        return None

    def _send(self, _request: str, body: Mapping[str, Any]) -> content.Trouble | None:
        chat = str(body.get("chatid", ""))
        if body.get("msgtype") not in ("markdown", "template_card"):
            return 40008, "invalid message type"
        if chat not in self.spoken:
            return 853008, "conversation is not recent"
        return self._tell(chat, body)

    def _respond(self, request: str, body: Mapping[str, Any]) -> content.Trouble | None:
        asked = self._asked.get(request)
        if asked is None or self.clock() > asked.until:
            return 846605, "invalid req_id"
        return self._tell(asked.chat, body)

    def _update(self, request: str, body: Mapping[str, Any]) -> content.Trouble | None:
        asked = self._asked.get(request)
        if asked is None or not asked.card or self.clock() > asked.until:
            return 846605, "invalid req_id"
        card = body.get("template_card")
        if body.get("response_type") != "update_template_card" or not isinstance(card, dict) or card.get("task_id") != asked.card:
            return 42014, "invalid task_id"
        self.ledger.add(
            Message("wecom_bot", asked.chat, self.clock(), "", content.seen({"msgtype": "template_card", **body}), key="update")
        )
        return None

    def _tell(self, chat: str, body: Mapping[str, Any]) -> content.Trouble | None:
        trouble = content.trouble(body)
        if trouble:
            return trouble
        if {window.admits(chat, self.clock()) for window in self._windows} != {True}:
            return 45009, "api freq out of limit"
        card = content.card(body)
        taps, name = content.taps(body), str(card.get("task_id", ""))
        self.ledger.add(Message("wecom_bot", chat, self.clock(), "", content.seen(body), key=name, taps=taps))
        return None


_SERVED: Final[Mapping[str, Callable[[BotGateway, str, Mapping[str, Any]], content.Trouble | None]]] = {
    "ping": BotGateway._ping,
    "aibot_send_msg": BotGateway._send,
    "aibot_respond_msg": BotGateway._respond,
    "aibot_respond_update_msg": BotGateway._update,
}
