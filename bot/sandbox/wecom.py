"""WeCom's servers for group robots and one self-built application, with their limits and codes.

Behaviour: developer.work.weixin.qq.com /document/path/99110, 91039, 90236, 94888, 90312, read 2026-11-23. Everything is HTTP 200; the code
tells. Written from the documents and not from our own client.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.sandbox import faults, wecom_card
from bot.sandbox.exchange import Answer, Message, Request, inner, json_answer, json_object
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom_upload import Shelf
from bot.sandbox.windows import Window

ROBOT_PER_MINUTE: Final = 20
MEMBER_PER_MINUTE: Final = 30
MEMBER_PER_HOUR: Final = 1000
TOKEN_LIFE: Final = timedelta(seconds=7200)
ROBOT_BYTES: Final = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}
APP_BYTES: Final = 2048
MINUTE: Final = timedelta(minutes=1)
LONGEST_CHECK: Final = 14_400
"""Seconds for which a repeated body can be recognised at most."""

_MENTION: Final = re.compile(r"<@([^>\s]+)>")


@dataclass(frozen=True, slots=True)
class WeComTenant:
    """One organisation: its group robots (key → group), its application, and its members (None: every userid exists).

    `token` and `aes_key` seal what the platform posts to us; without `has_callback` no address of ours was set up, and no card with buttons
    is taken.
    """

    robots: Mapping[str, str]
    corp_id: str = "wwsandbox0000001"
    agent_id: int = 1000002
    secret: str = "sandbox-wecom-secret"  # noqa: S105 - a stand-in guards nothing
    members: frozenset[str] | None = None
    token: str = "sandboxToken"  # noqa: S105 - a stand-in guards nothing
    aes_key: str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    has_callback: bool = True


class WeCom:
    """Serves `/cgi-bin/…`. `token_calls` counts how often a token was asked for."""

    def __init__(self, tenant: WeComTenant, ledger: Ledger, switches: Faults | None = None) -> None:
        self.tenant, self.ledger, self.faults = tenant, ledger, switches or Faults()
        self.token_calls = 0
        self._robot_window = Window(ROBOT_PER_MINUTE, MINUTE)
        self._member_windows = (Window(MEMBER_PER_MINUTE, MINUTE), Window(MEMBER_PER_HOUR, timedelta(hours=1)))
        self._tokens: dict[str, datetime] = {}
        self._bodies: dict[str, datetime] = {}
        self._shelf, self._codes = Shelf(), wecom_card.Codes()
        self._cards: dict[str, str] = {}

    def owns(self, path: str) -> bool:
        """All of WeCom's paths."""
        return path.startswith("/cgi-bin/")

    def handle(self, request: Request, now: datetime) -> Answer:
        """One request to WeCom."""
        fault = self.faults.take(request.path)
        return faults.play(fault, lambda: self._serve(request, now), _refuse)

    def expire_tokens(self) -> None:
        """Ends every token early, as the platform may do."""
        self._tokens.clear()

    def _serve(self, request: Request, now: datetime) -> Answer:
        serve = _SERVED.get((request.method, request.path))
        return serve(self, request, now) if serve else Answer(404, b"not found")

    def _webhook(self, request: Request, now: datetime) -> Answer:
        key = request.query.get("key", "")
        if key not in self.tenant.robots:
            return _error(93000, "invalid webhook url")
        content = json_object(request.body)
        if content is None:
            return _error(40063, "some parameters are empty") if request.body else _error(93017, "empty request content")
        trouble, text = self._posted(key, content, now)
        if trouble:
            return trouble
        if not self._robot_window.admits(key, now):
            return _error(45009, "api freq out of limit")
        mentioned = _highlighted(str(content.get("msgtype")), text, content)
        self.ledger.add(Message("wecom_robot", self.tenant.robots[key], now, "", text, mentions=mentioned))
        return json_answer({"errcode": 0, "errmsg": "ok"})

    def _posted(self, key: str, content: Mapping[str, object], now: datetime) -> tuple[Answer | None, str]:
        """What is wrong with a robot's message, and what the group will see of it."""
        kind, text = _content(content)
        if kind in ROBOT_BYTES:
            return _text_trouble(kind, text, ROBOT_BYTES[kind]), text
        if kind == "file":
            return self._filed(key, content, now)
        if kind != "template_card":
            return _error(40008, "invalid message type"), ""
        card = _inner(content)
        trouble = wecom_card.robot_trouble(card)
        return _error(*trouble) if trouble else None, wecom_card.text(card)

    def _filed(self, owner: str, content: Mapping[str, object], now: datetime) -> tuple[Answer | None, str]:
        media = self._shelf.get(owner, str(_inner(content).get("media_id", "")), now)
        return (None, f"[{media.name}] {len(media.content)}") if media else (_error(40007, "invalid media_id"), "")

    def _upload_by_robot(self, request: Request, now: datetime) -> Answer:
        key = request.query.get("key", "")
        return self._upload(key, request, now) if key in self.tenant.robots else _error(93000, "invalid webhook url")

    def _upload_by_app(self, request: Request, now: datetime) -> Answer:
        trouble = self._token_trouble(request.query.get("access_token", ""), now)
        return trouble or self._upload(self.tenant.corp_id, request, now)

    def _upload(self, owner: str, request: Request, now: datetime) -> Answer:
        media_id = self._shelf.put(owner, request, now)
        if not isinstance(media_id, str):
            return _error(*media_id)
        created = str(int(now.timestamp()))
        return json_answer({"errcode": 0, "errmsg": "ok", "type": "file", "media_id": media_id, "created_at": created})

    def _gettoken(self, request: Request, now: datetime) -> Answer:
        self.token_calls += 1
        if request.query.get("corpid") != self.tenant.corp_id:
            return _error(40013, "invalid corpid")
        if request.query.get("corpsecret") != self.tenant.secret:
            return _error(40001, "invalid credential")
        token = next((token for token, ends in self._tokens.items() if now < ends), "")
        if not token:
            token = f"AT-{self.token_calls}-{hashlib.sha256(self.tenant.secret.encode()).hexdigest()[:16]}"
            self._tokens[token] = now + TOKEN_LIFE
        life = int((self._tokens[token] - now).total_seconds())
        return json_answer({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": life})

    def _send(self, request: Request, now: datetime) -> Answer:
        content = json_object(request.body)
        trouble = self._token_trouble(request.query.get("access_token", ""), now) or self._agent_trouble(content)
        if trouble or content is None:
            return trouble or _error(47001, "data format error")
        asked = [user for user in str(content.get("touser", "")).split("|") if user]
        known = [user for user in asked if self._has(user)]
        repeated = now < self._bodies.get(hashlib.sha256(request.body).hexdigest(), now)
        trouble, text = self._addressed(content, now, repeated)
        if trouble or not known:
            return trouble or _error(81013, "user & party & tag all invalid")
        self._remember(content, request.body, now)
        self._deliver(known, content, text, now, repeated)
        left_out = "|".join(user.lower() for user in asked if user not in known)
        digest = hashlib.sha256(request.body + now.isoformat().encode()).hexdigest()[:16]
        answer = {"errcode": 0, "errmsg": "ok", "invaliduser": left_out, "msgid": f"mid-{digest}"}
        if _inner(content).get("card_type") in wecom_card.CALLBACK_TYPES:
            answer["response_code"] = self._codes.new(iter(known), now)
        return json_answer(answer)

    def _has(self, user: str) -> bool:
        return self.tenant.members is None or user in self.tenant.members

    def _addressed(self, content: Mapping[str, object], now: datetime, repeated: bool) -> tuple[Answer | None, str]:
        """What is wrong with a message of the application, and what its members will see of it. A repeat is taken and not looked at."""
        kind, text = _content(content)
        card = _inner(content)
        match kind:
            case "text" | "markdown":
                return _text_trouble(kind, text, APP_BYTES if kind == "markdown" else len(text) * 4), _cut(text)
            case "textcard":
                whole = f"{card.get('title')}\n{card.get('description')}\n{card.get('url')}"
                return None if all(card.get(name) for name in ("title", "description", "url")) else _error(40063, "empty"), whole
            case "file":
                return self._filed(self.tenant.corp_id, content, now)
            case "template_card":
                used = {} if repeated else self._cards
                trouble = wecom_card.app_trouble(card, used, has_callback=self.tenant.has_callback)
                return _error(*trouble) if trouble else None, wecom_card.text(card)
        return _error(40008, "invalid message type"), ""

    def _deliver(self, known: list[str], content: Mapping[str, object], text: str, now: datetime, repeated: bool) -> None:
        card = _inner(content) if content.get("msgtype") == "template_card" else {}
        name = str(card.get("task_id", ""))
        if name:
            self._cards[name] = text
        for user in known:
            admitted = {window.admits(user, now) for window in self._member_windows}  # each window counts, whatever the other says
            shown = admitted == {True} and not repeated
            self.ledger.add(Message("wecom_app", user, now, "", text, key=name, shown=shown, taps=wecom_card.taps(card)))

    def response_code(self, user: str, now: datetime) -> str:
        """The code that comes with a tap of this member, by which the card can be changed."""
        return self._codes.new(iter([user]), now)

    def _update(self, request: Request, now: datetime) -> Answer:
        content = json_object(request.body)
        trouble = self._token_trouble(request.query.get("access_token", ""), now) or self._agent_trouble(content)
        if trouble or content is None:
            return trouble or _error(47001, "data format error")
        card = content.get("template_card")
        wrong = wecom_card.button_trouble(card) if isinstance(card, dict) else None
        if wrong:
            return _error(*wrong)
        users = self._codes.use(str(content.get("response_code", "")), now)
        if users is None:
            return _error(42013, "invalid response_code")
        asked = content.get("userids")
        named = [str(user) for user in asked] if isinstance(asked, list) else []
        button = content.get("button")
        text = wecom_card.text(card) if isinstance(card, dict) else f"[{button.get('replace_name')}]" if isinstance(button, dict) else ""
        for user in (user for user in named if user in users):
            self.ledger.add(Message("wecom_app", user, now, "", text, key="update"))
        return json_answer({"errcode": 0, "errmsg": "ok", "invaliduser": [user for user in named if user not in users]})

    def _token_trouble(self, token: str, now: datetime) -> Answer | None:
        if not token:
            return _error(41001, "access_token missing")
        if token not in self._tokens:
            return _error(40014, "invalid access_token")
        return None if now < self._tokens[token] else _error(42001, "access_token expired")

    def _agent_trouble(self, content: dict[str, object] | None) -> Answer | None:
        if content is None:
            return _error(47001, "data format error")
        if "agentid" not in content:
            return _error(41011, "missing agentid")
        return None if content["agentid"] == self.tenant.agent_id else _error(40056, "invalid agentid")

    def _remember(self, content: Mapping[str, object], body: bytes, now: datetime) -> None:
        """The platform compares whole bodies within the interval that the first of them named."""
        seconds = content.get("duplicate_check_interval", 1800)
        if content.get("enable_duplicate_check") == 1 and isinstance(seconds, int):
            self._bodies.setdefault(hashlib.sha256(body).hexdigest(), now + timedelta(seconds=min(seconds, LONGEST_CHECK)))


def _error(code: int, words: str) -> Answer:
    tail = f"hint: [1760000000], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e={code}"
    return json_answer({"errcode": code, "errmsg": f"{words}, {tail}"})


def _refuse(fault: Fault) -> Answer:
    return _error(int(fault.code), fault.text)


def _content(content: Mapping[str, object]) -> tuple[str, str]:
    """The message type and its text."""
    return str(content.get("msgtype", "")), str(_inner(content).get("content", ""))


def _inner(content: Mapping[str, object]) -> Mapping[str, object]:
    """What stands under the name of the message's own type."""
    return inner(content, str(content.get("msgtype", "")))


def _text_trouble(kind: str, text: str, longest: int) -> Answer | None:
    if not text:
        return _error(44004, "empty content")
    if len(text.encode()) > longest:
        return _error(40058, f"{kind}.content exceed max length {longest}. invalid Request Parameter")
    return None


def _cut(text: str) -> str:
    """Text beyond the limit is cut without a word, between characters."""
    return text.encode()[:APP_BYTES].decode(errors="ignore")


def _highlighted(kind: str, text: str, content: Mapping[str, object]) -> tuple[str, ...]:
    """The two lists count in text only, `<@userid>` in text and markdown."""
    lists = [inner(content, "text").get(name) for name in ("mentioned_list", "mentioned_mobile_list")]
    named = [str(name) for names in lists if isinstance(names, list) for name in names]
    return tuple(named + (_MENTION.findall(text) if kind in ("text", "markdown") else []))


_SERVED: Final[Mapping[tuple[str, str], Callable[[WeCom, Request, datetime], Answer]]] = {
    ("POST", "/cgi-bin/webhook/send"): WeCom._webhook,
    ("POST", "/cgi-bin/webhook/upload_media"): WeCom._upload_by_robot,
    ("GET", "/cgi-bin/gettoken"): WeCom._gettoken,
    ("POST", "/cgi-bin/message/send"): WeCom._send,
    ("POST", "/cgi-bin/message/update_template_card"): WeCom._update,
    ("POST", "/cgi-bin/media/upload"): WeCom._upload_by_app,
}
