"""DingTalk's servers for custom group robots and one internal app, with their limits and codes.

Behaviour: open.dingtalk.com, "custom robot access", "robot batch send", "receive robot messages", documents 1431 and 1433, read
2026-11-23. The old host answers 200 with an errcode, the new host 4xx and 5xx with a code of words. Written from the documents
and not from our own client.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.sandbox import faults
from bot.sandbox.dingtalk_session import Session, open_session
from bot.sandbox.exchange import Answer, Message, Request, json_answer, json_object
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.ledger import Ledger
from bot.sandbox.windows import Window

ROBOT_PER_MINUTE: Final = 20
ROBOT_PENALTY: Final = timedelta(minutes=10)
BODY_BYTES: Final = 20_000
PARAM_BYTES: Final = 15_000
USERS_PER_CALL: Final = 20
CALLS_PER_SECOND: Final = 20
HOUR: Final = timedelta(hours=1)
TOKEN_LIFE: Final = timedelta(seconds=7200)
APP_KEYS: Final = {"sampleText": "content", "sampleMarkdown": "text"}


@dataclass(frozen=True, slots=True)
class DingTalkRobotSetup:
    """One robot in one group and its security settings (empty: not chosen)."""

    group: str
    secret: str = ""
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class DingTalkTenant:
    """One organisation: its robots by token, its app, its members (None: every userid exists), and its monthly walls (0: none)."""

    robots: Mapping[str, DingTalkRobotSetup]
    app_key: str = "dingsandbox"
    app_secret: str = "sandbox-dingtalk-secret"  # noqa: S105 - a stand-in guards nothing
    robot_code: str = "dingsandbox"
    members: frozenset[str] | None = None
    held_back: frozenset[str] = frozenset()
    webhooks_per_month: int = 3000
    calls_per_month: int = 5000


class DingTalk:
    """Serves the robots' webhook, the token, sending in private, and answers into a session. `token_calls` counts token requests."""

    def __init__(self, tenant: DingTalkTenant, ledger: Ledger, switches: Faults | None = None) -> None:
        self.tenant, self.ledger, self.faults = tenant, ledger, switches or Faults()
        self.token_calls = 0
        self.used: dict[tuple[str, str], int] = {}
        self._robot_window = Window(ROBOT_PER_MINUTE, timedelta(minutes=1), ROBOT_PENALTY)
        self._call_window = Window(CALLS_PER_SECOND, timedelta(seconds=1))
        self._tokens: dict[str, datetime] = {}

    def owns(self, path: str) -> bool:
        """The old host's robot paths and the new host's versioned ones."""
        return path.startswith(("/robot/", "/v1.0/"))

    def handle(self, request: Request, now: datetime) -> Answer:
        """One request to DingTalk."""
        fault = self.faults.take(request.path)
        refuse = _refuse_new if request.path.startswith("/v1.0/") else _refuse_old
        return faults.play(fault, lambda: self._serve(request, now), refuse)

    def expire_tokens(self) -> None:
        """Ends every token early."""
        self._tokens.clear()

    def _serve(self, request: Request, now: datetime) -> Answer:
        match request.method, request.path:
            case "POST", "/robot/send":
                return self._webhook(request, now)
            case "POST", "/robot/sendBySession":
                return self._session(request, now)
            case "POST", "/v1.0/oauth2/accessToken":
                return self._token(request, now)
            case "POST", "/v1.0/robot/oToMessages/batchSend":
                return self._batch(request, now)
        return Answer(404, b"not found")

    def _webhook(self, request: Request, now: datetime) -> Answer:
        token = request.query.get("access_token", "")
        robot = self.tenant.robots.get(token)
        if robot is None:
            return _error(400101, "access_token does not exist")
        content = json_object(request.body)
        trouble = _body_trouble(request, content) or _sign_trouble(robot, request, now) or _keyword_trouble(robot, content)
        if trouble or content is None:
            return trouble or _error(40035, "missing JSON")
        if not self._robot_window.admits(token, now):
            return _error(130101, f"send too fast, exceed {ROBOT_PER_MINUTE} times per minute")
        if not self._spend("webhook", self.tenant.webhooks_per_month, now):
            return _error(90020, "api count limit for org")
        self.ledger.add(_group_message("dingtalk_robot", robot.group, content, now))
        return _error(0, "ok")

    def _session(self, request: Request, now: datetime) -> Answer:
        session = open_session(self.tenant.app_secret, request.query.get("session", ""))
        if session is None or now > session.expires:
            return _error(300001, "session is not exist")
        content = json_object(request.body)
        trouble = _body_trouble(request, content)
        if trouble or content is None:
            return trouble or _error(40035, "missing JSON")
        self.ledger.add(_group_message("dingtalk_app", _place(session), content, now))
        return _error(0, "ok")

    def _token(self, request: Request, now: datetime) -> Answer:
        self.token_calls += 1
        content = json_object(request.body) or {}
        if (content.get("appKey"), content.get("appSecret")) != (self.tenant.app_key, self.tenant.app_secret):
            return _problem("invalidClientIdOrSecret", "the client is unknown or its secret is wrong")
        token = next((token for token, ends in self._tokens.items() if now < ends), f"T-{self.token_calls}-{self.tenant.app_key}")
        ends = self._tokens.setdefault(token, now + TOKEN_LIFE)
        return json_answer({"accessToken": token, "expireIn": int((ends - now).total_seconds())})

    def _batch(self, request: Request, now: datetime) -> Answer:
        if now >= self._tokens.get(request.headers.get("x-acs-dingtalk-access-token", ""), now):
            return _problem("InvalidAuthentication", "the access token is invalid or has expired")
        if not self._call_window.admits(self.tenant.app_key, now):
            return _problem("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "too many calls a second", 403)
        if not self._spend("call", self.tenant.calls_per_month, now):
            return _problem("Forbidden.AccessDenied.ApiCountLimitForOrg", "the month's calls are used up", 403)
        content = json_object(request.body) or {}
        trouble = self._batch_trouble(content)
        return trouble or self._deliver(content, now)

    def _batch_trouble(self, content: Mapping[str, object]) -> Answer | None:
        users, param = content.get("userIds"), content.get("msgParam")
        if content.get("robotCode") != self.tenant.robot_code:
            return _problem("invalidParameter.robotCode.notExsit", "no such robot")
        if not isinstance(users, list) or len(users) > USERS_PER_CALL:
            return _problem("invalidParameter.userIds.overMax", f"more than {USERS_PER_CALL} users")
        if content.get("msgKey") not in APP_KEYS:
            return _problem("invalidParameter.msgKey.invalid", "no such msgKey")
        if not isinstance(param, str) or json_object(param.encode()) is None:
            return _problem("invalidParameter.msgParam.invalid", "msgParam is a string of JSON")
        if len(param.encode()) > PARAM_BYTES:
            return _problem("invalidParameter.msgParam.tooLong", f"more than {PARAM_BYTES} bytes")
        return None

    def _deliver(self, content: Mapping[str, object], now: datetime) -> Answer:
        users = [str(user) for user in content["userIds"]] if isinstance(content["userIds"], list) else []
        invalid = [user for user in users if self.tenant.members is not None and user not in self.tenant.members]
        held = [user for user in users if user in self.tenant.held_back and user not in invalid]
        param = json_object(str(content["msgParam"]).encode()) or {}
        text, subject = str(param.get(APP_KEYS[str(content["msgKey"])], "")), str(param.get("title", ""))
        for user in users:
            if user not in (*invalid, *held):
                self.ledger.add(Message("dingtalk_app", user, now, subject, text))
        answer = {"invalidStaffIdList": invalid, "flowControlledStaffIdList": held}
        digest = hashlib.sha256(repr((sorted(content), users, now)).encode()).hexdigest()[:16]
        return json_answer({"processQueryKey": f"pq-{digest}", **answer})

    def _spend(self, what: str, wall: int, now: datetime) -> bool:
        """Counts one use against the month's wall (0: no wall)."""
        month = (what, now.astimezone(UTC).strftime("%Y-%m"))
        if wall and self.used.get(month, 0) >= wall:
            return False
        self.used[month] = self.used.get(month, 0) + 1
        return True


def _error(code: int, words: str) -> Answer:
    return json_answer({"errcode": code, "errmsg": words})


def _problem(code: str, words: str, status: int = 400) -> Answer:
    return json_answer({"code": code, "message": words, "requestid": "00000000-0000-0000-0000-000000000000"}, status)


def _refuse_old(fault: Fault) -> Answer:
    """Code 1111 is the shield in front of the platform: it speaks another dialect."""
    if fault.code == "1111":
        return json_answer({"status": 1111, "wait": 5, "source": "x5", "punish": "deny"})
    return _error(int(fault.code), fault.text)


def _refuse_new(fault: Fault) -> Answer:
    if fault.code == "system.error":
        return _problem(fault.code, fault.text, 500)
    return _problem(fault.code, fault.text, 403 if fault.code.startswith("Forbidden") else 400)


def _body_trouble(request: Request, content: dict[str, object] | None) -> Answer | None:
    if not request.headers.get("content-type", "").startswith("application/json"):
        return _error(43004, "wrong content type")
    if len(request.body) > BODY_BYTES:
        return _error(460101, f"message too long, exceed {BODY_BYTES} bytes")
    if content is None:
        return _error(40035, "missing or malformed JSON")
    return None if content.get("msgtype") in ("text", "markdown", "actionCard") else _error(400105, "unsupported msgtype")


def _sign_trouble(robot: DingTalkRobotSetup, request: Request, now: datetime) -> Answer | None:
    if not robot.secret:
        return None
    timestamp = request.query.get("timestamp", "")
    if not timestamp.isdigit() or abs(datetime.fromtimestamp(int(timestamp) / 1000, UTC) - now) > HOUR:
        return _error(310000, "invalid timestamp")
    digest = hmac.digest(robot.secret.encode(), f"{timestamp}\n{robot.secret}".encode(), "sha256")
    fits = hmac.compare_digest(base64.b64encode(digest).decode(), request.query.get("sign", ""))
    return None if fits else _error(310000, "sign not match")


def _keyword_trouble(robot: DingTalkRobotSetup, content: dict[str, object] | None) -> Answer | None:
    """The keyword may stand anywhere in the message, the title included."""
    return None if robot.keyword in json.dumps(content, ensure_ascii=False) else _error(310000, "keywords not in content")


def _group_message(channel: str, to: str, content: Mapping[str, object], now: datetime) -> Message:
    kind = str(content["msgtype"])
    inner = content.get(kind)
    inner = inner if isinstance(inner, dict) else {}
    text, subject = str(inner.get("content" if kind == "text" else "text", "")), str(inner.get("title", ""))
    text += "".join(f"\n[{title}]({url})" for title, url in _links(inner))
    return Message(channel, to, now, subject, text, mentions=_highlighted(text, content.get("at")), key=str(content.get("msgUuid", "")))


def _links(card: Mapping[str, object]) -> list[tuple[str, str]]:
    """Where the buttons of an actionCard lead: the single one, or several."""
    buttons = card.get("btns")
    several = (
        [(str(each.get("title")), str(each.get("actionURL"))) for each in buttons if isinstance(each, dict)]
        if isinstance(buttons, list)
        else []
    )
    return several or ([(str(card.get("singleTitle")), str(card["singleURL"]))] if card.get("singleURL") else [])


def _highlighted(text: str, at: object) -> tuple[str, ...]:
    """Only who stands in `at` and, with an @, in the text."""
    if not isinstance(at, dict):
        return ()
    named = [str(name) for names in (at.get("atMobiles"), at.get("atUserIds")) if isinstance(names, list) for name in names]
    return tuple(name for name in named if f"@{name}" in text) + (("@all",) if at.get("isAtAll") else ())


def _place(session: Session) -> str:
    return session.group or session.user
