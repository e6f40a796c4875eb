"""DingTalk's Stream gateway on loopback: tickets, connections, pushes, acknowledgements, and how all of this goes wrong.

Behaviour: the vendor's "Stream mode protocol", read 2026-11-23, and what others saw in the field (pushes repeated after a minute, a
gateway that keeps a connection open and pushes nothing). Written from the documents; the vendor's own client is tested against it.
"""

import asyncio
import json
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Handshake
from websockets.http11 import Response

from bot.sandbox import callbacks, faults
from bot.sandbox.clock import Clock
from bot.sandbox.dingtalk_app import problem
from bot.sandbox.dingtalk_tenant import DingTalkTenant
from bot.sandbox.exchange import Answer, Request, json_answer, json_object
from bot.sandbox.faults import Fault, Faults

HOST: Final = "127.0.0.1"
OPEN: Final = "/v1.0/gateway/connections/open"
PATH: Final = "/connect"
TICKET_LIFE: Final = timedelta(seconds=90)
MESSAGES: Final = "/v1.0/im/bot/messages/get"
CARDS: Final = "/v1.0/card/instances/callback"


class Quirk(StrEnum):
    """A way in which the gateway misbehaves while the quirk is on."""

    SILENT = "silent"  # nothing is pushed, no ping is sent; the connection stays and answers signs of life
    DEAF = "deaf"  # nothing is read either: a peer that has vanished
    TWICE = "twice"  # every push comes two times at once
    LATE = "late"  # a push waits for the next one and comes after it


@dataclass(frozen=True, slots=True)
class Manners:
    """How patient the gateway is, in seconds: for an acknowledgement, until it pushes again, until it closes after `disconnect`."""

    acknowledge: float = 3.0
    again: float = 60.0
    leave: float = 10.0
    pushes: int = 3  # times a frame is pushed in all


@dataclass(frozen=True, slots=True)
class Ack:
    """What a client answered to a frame; `data` is the object in its string."""

    message_id: str
    code: int
    data: Mapping[str, Any]


@dataclass
class Gateway:
    """Use as `async with`; then `handle` gives tickets away (the platform's HTTP side calls it) and `port` is known.

    A frame goes to one of the open connections, drawn at random. `acks` are what came back, in order; `registered` the bodies that
    asked for a connection.
    """

    tenant: DingTalkTenant
    clock: Clock
    manners: Manners = field(default_factory=Manners)
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    quirks: set[Quirk] = field(default_factory=set)
    acks: list[Ack] = field(default_factory=list)
    registered: list[Mapping[str, Any]] = field(default_factory=list)
    connections: list[ServerConnection] = field(default_factory=list)
    opened: int = 0

    def __post_init__(self) -> None:
        self._tickets: dict[str, datetime] = {}
        self._heard = asyncio.Condition()
        self._held: list[str] = []
        self._background: set[asyncio.Task[object]] = set()
        self._chance = random.Random(2018)  # noqa: S311 - a stand-in draws lots, it keeps no secrets
        self._server: Server | None = None
        self._pushed = 0

    async def __aenter__(self) -> "Gateway":
        self._server = await serve(self._serve, HOST, self.port, process_request=self._admit, ping_interval=None, close_timeout=1)
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self.abort()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def owns(self, path: str) -> bool:
        """The one path of the new host that belongs to the gateway; stands before `DingTalk`, which owns the rest."""
        return path == OPEN

    def handle(self, request: Request, now: datetime) -> Answer:
        """A ticket, good once and for ninety seconds."""
        fault = self.faults.take(request.path)
        return faults.play(fault, lambda: self._ticket(request, now), _refuse)

    def _ticket(self, request: Request, now: datetime) -> Answer:
        content = json_object(request.body) or {}
        if (content.get("clientId"), content.get("clientSecret")) != (self.tenant.app_key, self.tenant.app_secret):
            return problem("authFailed", "clientId or clientSecret is wrong", HTTPStatus.UNAUTHORIZED)
        if not content.get("subscriptions"):
            return problem("param.error", "no subscriptions")
        self.registered.append(content)
        ticket = f"TK+/{len(self.registered)}="  # needs percent-encoding
        self._tickets[ticket] = now + TICKET_LIFE
        return json_answer({"endpoint": f"ws://{HOST}:{self.port}{PATH}", "ticket": ticket})

    async def say(self, sender: str, text: str, msg_id: str, *, group: str = "", host: str = "https://oapi.dingtalk.com") -> Ack | None:
        """A member speaks to the robot."""
        body = callbacks.dingtalk_body(self.tenant, sender, text, self.clock(), msg_id, group=group, host=host)
        return await self.push("CALLBACK", MESSAGES, body.decode())

    async def press(self, user: str, card: str, action: str, params: Mapping[str, str] | None = None) -> Ack | None:
        """A member presses a button of a card; the answer is what the card shows next."""
        content = json.dumps({"cardPrivateData": {"actionIds": [action], "params": dict(params or {})}})
        data = {"type": "actionCallback", "outTrackId": card, "corpId": "dingsandboxcorp", "userId": user, "content": content}
        return await self.push("CALLBACK", CARDS, json.dumps(data, ensure_ascii=False))

    async def ping(self) -> Ack | None:
        """A sign of life, answered with what it brought."""
        return await self.push("SYSTEM", "ping", json.dumps({"opaque": "0000-0001"}), again=False)

    async def disconnect(self) -> None:
        """Ask every connection to leave, and close it some seconds later."""
        for connection in list(self.connections):
            await self._send(connection, self._frame("SYSTEM", "disconnect", json.dumps({"reason": "server is going away"}))[1])
            self._in_background(self._close_later(connection))

    async def close(self) -> None:
        """Close every connection in order, without a word before."""
        await asyncio.gather(*(connection.close(1001, "going away") for connection in list(self.connections)))

    def abort(self) -> None:
        """Break every connection."""
        for connection in list(self.connections):
            connection.transport.abort()

    def vanish(self) -> None:
        """Stop reading on every connection that is open: what comes is not even acknowledged by the machine."""
        self.quirks.add(Quirk.DEAF)
        for connection in self.connections:
            connection.transport.pause_reading()

    async def push(self, kind: str, topic: str, data: str, *, again: bool = True) -> Ack | None:
        """One frame to one connection; None if nobody acknowledged it in time. Then it is pushed again later, and once more."""
        message_id, frame = self._frame(kind, topic, data)
        await self._out(frame)
        ack = await self._acknowledged(message_id)
        if ack is None and again:
            self._in_background(self._again(message_id, frame))
        return ack

    async def _again(self, message_id: str, frame: str) -> None:
        for _ in range(self.manners.pushes - 1):
            await asyncio.sleep(self.manners.again)
            if any(ack.message_id == message_id for ack in self.acks):
                return
            await self._out(frame)

    async def _out(self, frame: str) -> None:
        """Through one of the connections, as the quirks have it."""
        if Quirk.SILENT in self.quirks or not self.connections:
            return
        if Quirk.LATE in self.quirks and not self._held:
            self._held.append(frame)
            return
        frames, self._held = [frame, *self._held], []
        for each in frames * 2 if Quirk.TWICE in self.quirks else frames:
            await self._send(self._chance.choice(self.connections), each)

    async def _send(self, connection: ServerConnection, frame: str) -> None:
        with suppress(ConnectionClosed):
            await connection.send(frame)

    async def _acknowledged(self, message_id: str) -> Ack | None:
        def found() -> Ack | None:
            return next((ack for ack in self.acks if ack.message_id == message_id), None)

        with suppress(TimeoutError):
            async with asyncio.timeout(self.manners.acknowledge), self._heard:
                await self._heard.wait_for(lambda: found() is not None)
        return found()

    def _frame(self, kind: str, topic: str, data: str) -> tuple[str, str]:
        """Its id and its text; the time is a number in one frame and text in the next, as the documents have it both ways."""
        self._pushed += 1
        message_id, time = f"m-{self._pushed}", int(self.clock().timestamp() * 1000)
        headers = {
            "topic": topic, "messageId": message_id, "contentType": "application/json",
            "time": time if self._pushed % 2 else str(time), "appId": "a", "connectionId": "c",
        }  # fmt: skip
        return message_id, json.dumps({"specVersion": "1.0", "type": kind, "headers": headers, "data": data})

    async def _serve(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        self.opened += 1
        try:
            async for text in connection:
                await self._hear(json.loads(text))
        except ConnectionClosed:
            return
        finally:
            self.connections.remove(connection)

    async def _hear(self, answer: Mapping[str, Any]) -> None:
        async with self._heard:
            self.acks.append(Ack(answer["headers"]["messageId"], answer["code"], json.loads(answer.get("data") or "{}")))
            self._heard.notify_all()

    def _admit(self, connection: ServerConnection, handshake: Handshake) -> Response | None:
        url = urlsplit(handshake.path)
        ticket = parse_qs(url.query).get("ticket", [""])[0]
        ends = self._tickets.pop(ticket, None)
        if url.path != PATH or ends is None or self.clock() > ends:
            return connection.respond(HTTPStatus.UNAUTHORIZED, "no such ticket\n")
        return None

    async def _close_later(self, connection: ServerConnection) -> None:
        await asyncio.sleep(self.manners.leave)
        await connection.close(1000)

    def _in_background(self, work: Any) -> None:
        task: asyncio.Task[object] = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _refuse(fault: Fault) -> Answer:
    return problem(fault.code, fault.text, HTTPStatus.FORBIDDEN)
