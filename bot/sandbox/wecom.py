"""WeCom's servers for group robots and one self-built application, with their limits and codes.

Behaviour: developer.work.weixin.qq.com /document/path/99110, 91039, 90236, 90312, read 2026-11-23. Everything is HTTP 200; the code
tells. Written from the documents and not from our own client.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.sandbox import faults
from bot.sandbox.exchange import Answer, Message, Request, json_answer, json_object
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.ledger import Ledger
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

    `token` and `aes_key` seal what the platform posts to us.
    """

    robots: Mapping[str, str]
    corp_id: str = "wwsandbox0000001"
    agent_id: int = 1000002
    secret: str = "sandbox-wecom-secret"  # noqa: S105 - a stand-in guards nothing
    members: frozenset[str] | None = None
    token: str = "sandboxToken"  # noqa: S105 - a stand-in guards nothing
    aes_key: str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


class WeCom:
    """Serves `/cgi-bin/…`. `token_calls` counts how often a token was asked for."""

    def __init__(self, tenant: WeComTenant, ledger: Ledger, switches: Faults | None = None) -> None:
        self.tenant, self.ledger, self.faults = tenant, ledger, switches or Faults()
        self.token_calls = 0
        self._robot_window = Window(ROBOT_PER_MINUTE, MINUTE)
        self._member_windows = (Window(MEMBER_PER_MINUTE, MINUTE), Window(MEMBER_PER_HOUR, timedelta(hours=1)))
        self._tokens: dict[str, datetime] = {}
        self._bodies: dict[str, datetime] = {}

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
        match request.method, request.path:
            case "POST", "/cgi-bin/webhook/send":
                return self._webhook(request, now)
            case "GET", "/cgi-bin/gettoken":
                return self._gettoken(request, now)
            case "POST", "/cgi-bin/message/send":
                return self._send(request, now)
        return Answer(404, b"not found")

    def _webhook(self, request: Request, now: datetime) -> Answer:
        key = request.query.get("key", "")
        if key not in self.tenant.robots:
            return _error(93000, "invalid webhook url")
        content = json_object(request.body)
        if content is None:
            return _error(40063, "some parameters are empty") if request.body else _error(93017, "empty request content")
        kind, text = _content(content)
        if kind not in ROBOT_BYTES:
            return _error(40008, "invalid message type")
        if trouble := _text_trouble(kind, text, ROBOT_BYTES[kind]):
            return trouble
        if not self._robot_window.admits(key, now):
            return _error(45009, "api freq out of limit")
        self.ledger.add(Message("wecom_robot", self.tenant.robots[key], now, "", text, mentions=_highlighted(kind, text, content)))
        return json_answer({"errcode": 0, "errmsg": "ok"})

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
        trouble = self._token_trouble(request.query.get("access_token", ""), now) or self._payload_trouble(content)
        if trouble or content is None:
            return trouble or _error(47001, "data format error")
        asked = [user for user in str(content.get("touser", "")).split("|") if user]
        known = [user for user in asked if self.tenant.members is None or user in self.tenant.members]
        if not known:
            return _error(81013, "user & party & tag all invalid")
        repeated = self._repeated(content, request.body, now)
        for user in known:
            admitted = {window.admits(user, now) for window in self._member_windows}  # each window counts, whatever the other says
            shown = admitted == {True} and not repeated
            self.ledger.add(Message("wecom_app", user, now, "", _cut(_content(content)[1]), shown=shown))
        left_out = "|".join(user.lower() for user in asked if user not in known)
        digest = hashlib.sha256(request.body + now.isoformat().encode()).hexdigest()[:16]
        return json_answer({"errcode": 0, "errmsg": "ok", "invaliduser": left_out, "msgid": f"mid-{digest}"})

    def _token_trouble(self, token: str, now: datetime) -> Answer | None:
        if not token:
            return _error(41001, "access_token missing")
        if token not in self._tokens:
            return _error(40014, "invalid access_token")
        return None if now < self._tokens[token] else _error(42001, "access_token expired")

    def _payload_trouble(self, content: dict[str, object] | None) -> Answer | None:
        if content is None:
            return _error(47001, "data format error")
        if "agentid" not in content:
            return _error(41011, "missing agentid")
        if content["agentid"] != self.tenant.agent_id:
            return _error(40056, "invalid agentid")
        kind, text = _content(content)
        if kind not in ("text", "markdown"):
            return _error(40008, "invalid message type")
        return _text_trouble(kind, text, APP_BYTES if kind == "markdown" else len(text) * 4)

    def _repeated(self, content: Mapping[str, object], body: bytes, now: datetime) -> bool:
        """The platform compares whole bodies within the interval the sender named."""
        seconds = content.get("duplicate_check_interval", 1800)
        if content.get("enable_duplicate_check") != 1 or not isinstance(seconds, int):
            return False
        digest = hashlib.sha256(body).hexdigest()
        if digest in self._bodies and now < self._bodies[digest]:
            return True
        self._bodies[digest] = now + timedelta(seconds=min(seconds, LONGEST_CHECK))
        return False


def _error(code: int, words: str) -> Answer:
    tail = f"hint: [1760000000], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e={code}"
    return json_answer({"errcode": code, "errmsg": f"{words}, {tail}"})


def _refuse(fault: Fault) -> Answer:
    return _error(int(fault.code), fault.text)


def _content(content: Mapping[str, object]) -> tuple[str, str]:
    """The message type and its text."""
    kind = str(content.get("msgtype", ""))
    inner = content.get(kind)
    return kind, str(inner.get("content", "")) if isinstance(inner, dict) else ""


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
    inner = content.get("text")
    lists = [inner.get(name, []) for name in ("mentioned_list", "mentioned_mobile_list")] if isinstance(inner, dict) else []
    named = [str(name) for names in lists if isinstance(names, list) for name in names]
    return tuple(named + (_MENTION.findall(text) if kind in ("text", "markdown") else []))
