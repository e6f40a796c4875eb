"""DingTalk's servers for custom group robots and one internal app, with their limits and codes.

Behaviour: open.dingtalk.com, "custom robot access", "robot batch send", "receive robot messages", documents 1431 and 1433, read
2026-11-23. The old host answers 200 with an errcode, the new host 4xx and 5xx with a code of words. Written from the documents
and not from our own client.
"""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.sandbox import faults
from bot.sandbox.dingtalk_app import App, error, problem
from bot.sandbox.dingtalk_session import Session, open_session
from bot.sandbox.dingtalk_tenant import DingTalkTenant as DingTalkTenant
from bot.sandbox.dingtalk_tenant import sign
from bot.sandbox.exchange import Answer, Message, Request, inner, json_answer, json_object, objects
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.windows import Window

ROBOT_PER_MINUTE: Final = 20
ROBOT_PENALTY: Final = timedelta(minutes=10)
BODY_BYTES: Final = 20_000
HOUR: Final = timedelta(hours=1)


class DingTalk:
    """Serves the robots' webhook, answers into a session, and what the app may do (`dingtalk_app`). `used` counts by month."""

    def __init__(self, tenant: DingTalkTenant, ledger: Ledger, switches: Faults | None = None) -> None:
        self.tenant, self.ledger, self.faults = tenant, ledger, switches or Faults()
        self.used: dict[tuple[str, str], int] = {}
        self._robot_window = Window(ROBOT_PER_MINUTE, timedelta(minutes=1), ROBOT_PENALTY)
        self._app = App(tenant, ledger, lambda now: self._spend("call", tenant.calls_per_month, now))

    @property
    def token_calls(self) -> int:
        """How often a token was asked for."""
        return self._app.token_calls

    def owns(self, path: str) -> bool:
        """The old host's robot and work notice paths and the new host's versioned ones."""
        return path.startswith(("/robot/", "/topapi/", "/v1.0/"))

    def handle(self, request: Request, now: datetime) -> Answer:
        """One request to DingTalk."""
        fault = self.faults.take(request.path)
        refuse = _refuse_new if request.path.startswith("/v1.0/") else _refuse_old
        return faults.play(fault, lambda: self._serve(request, now), refuse)

    def expire_tokens(self) -> None:
        """Ends every token early."""
        self._app.expire_tokens()

    def _serve(self, request: Request, now: datetime) -> Answer:
        match request.method, request.path:
            case "POST", "/robot/send":
                return self._webhook(request, now)
            case "POST", "/robot/sendBySession":
                return self._session(request, now)
        return self._app.serve(request, now) or Answer(404, b"not found")

    def _webhook(self, request: Request, now: datetime) -> Answer:
        token = request.query.get("access_token", "")
        robot = self.tenant.robots.get(token)
        if robot is None:
            return error(400101, "access_token does not exist")
        content = json_object(request.body)
        trouble = _body_trouble(request, content) or _sign_trouble(robot, request, now) or _keyword_trouble(robot, content)
        if trouble or content is None:
            return trouble or error(40035, "missing JSON")
        if not self._robot_window.admits(token, now):
            return error(130101, f"send too fast, exceed {ROBOT_PER_MINUTE} times per minute")
        if not self._spend("webhook", self.tenant.webhooks_per_month, now):
            return error(90020, "api count limit for org")
        self.ledger.add(_group_message("dingtalk_robot", robot.group, content, now))
        return error(0, "ok")

    def _session(self, request: Request, now: datetime) -> Answer:
        session = open_session(self.tenant.app_secret, request.query.get("session", ""))
        if session is None or now > session.expires:
            return error(300001, "session is not exist")
        content = json_object(request.body)
        trouble = _body_trouble(request, content)
        if trouble or content is None:
            return trouble or error(40035, "missing JSON")
        self.ledger.add(_group_message("dingtalk_app", _place(session), content, now))
        return error(0, "ok")

    def _spend(self, what: str, wall: int, now: datetime) -> bool:
        """Counts one use against the month's wall (0: no wall)."""
        month = (what, now.astimezone(UTC).strftime("%Y-%m"))
        if wall and self.used.get(month, 0) >= wall:
            return False
        self.used[month] = self.used.get(month, 0) + 1
        return True


def _refuse_old(fault: Fault) -> Answer:
    """Code 1111 is the shield in front of the platform: it speaks another dialect."""
    if fault.code == "1111":
        return json_answer({"status": 1111, "wait": 5, "source": "x5", "punish": "deny"})
    return error(int(fault.code), fault.text)


def _refuse_new(fault: Fault) -> Answer:
    if fault.code == "system.error":
        return problem(fault.code, fault.text, 500)
    return problem(fault.code, fault.text, 403 if fault.code.startswith("Forbidden") else 400)


def _body_trouble(request: Request, content: dict[str, object] | None) -> Answer | None:
    if not request.headers.get("content-type", "").startswith("application/json"):
        return error(43004, "wrong content type")
    if len(request.body) > BODY_BYTES:
        return error(460101, f"message too long, exceed {BODY_BYTES} bytes")
    if content is None:
        return error(40035, "missing or malformed JSON")
    return None if content.get("msgtype") in ("text", "markdown", "actionCard") else error(400105, "unsupported msgtype")


def _sign_trouble(robot: RobotSetup, request: Request, now: datetime) -> Answer | None:
    if not robot.secret:
        return None
    timestamp = request.query.get("timestamp", "")
    if not timestamp.isdigit() or abs(datetime.fromtimestamp(int(timestamp) / 1000, UTC) - now) > HOUR:
        return error(310000, "invalid timestamp")
    fits = hmac.compare_digest(sign(robot.secret, timestamp).encode(), request.query.get("sign", "").encode())
    return None if fits else error(310000, "sign not match")


def _keyword_trouble(robot: RobotSetup, content: dict[str, object] | None) -> Answer | None:
    """The keyword may stand anywhere in the message, the title included."""
    return None if robot.keyword in json.dumps(content, ensure_ascii=False) else error(310000, "keywords not in content")


def _group_message(channel: str, to: str, content: Mapping[str, object], now: datetime) -> Message:
    kind = str(content["msgtype"])
    said = inner(content, kind)
    text, subject = str(said.get("content" if kind == "text" else "text", "")), str(said.get("title", ""))
    text += "".join(f"\n[{title}]({url})" for title, url in _links(said))
    return Message(channel, to, now, subject, text, mentions=_highlighted(text, content.get("at")), key=str(content.get("msgUuid", "")))


def _links(card: Mapping[str, object]) -> list[tuple[str, str]]:
    """Where the buttons of an actionCard lead: the single one, or several."""
    several = [(str(each.get("title")), str(each.get("actionURL"))) for each in objects(card, "btns")]
    return several or ([(str(card.get("singleTitle")), str(card["singleURL"]))] if card.get("singleURL") else [])


def _highlighted(text: str, at: object) -> tuple[str, ...]:
    """Only who stands in `at` and, with an @, in the text."""
    if not isinstance(at, dict):
        return ()
    named = [str(name) for names in (at.get("atMobiles"), at.get("atUserIds")) if isinstance(names, list) for name in names]
    return tuple(name for name in named if f"@{name}" in text) + (("@all",) if at.get("isAtAll") else ())


def _place(session: Session) -> str:
    return session.group or session.user
