"""Feishu's servers for custom group robots, with their limits and codes.

Behaviour: open.feishu.cn, "custom bot usage guide", read 2026-11-23. Written from the document and not from our own client.
"""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.sandbox import faults
from bot.sandbox.exchange import Answer, Message, Request, inner, json_answer, json_object, objects
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.windows import Window

PATH: Final = "/open-apis/bot/v2/hook/"
BODY_BYTES: Final = 20 * 1024
PER_MINUTE: Final = 100
PER_SECOND: Final = 5
HOUR: Final = timedelta(hours=1)

_AT: Final = re.compile(r'<at (?:user_)?id="?([^">\s]+)"?>[^<]*</at>')


class Feishu:
    """Serves the robots' webhook; `robots` are by token."""

    def __init__(self, robots: Mapping[str, RobotSetup], ledger: Ledger, switches: Faults | None = None) -> None:
        self.robots, self.ledger, self.faults = robots, ledger, switches or Faults()
        self._minute = Window(PER_MINUTE, timedelta(minutes=1))
        self._second = Window(PER_SECOND, timedelta(seconds=1))

    def owns(self, path: str) -> bool:
        """The robots' paths; the token is their last part."""
        return path.startswith(PATH)

    def handle(self, request: Request, now: datetime) -> Answer:
        """One request to Feishu."""
        fault = self.faults.take(request.path)
        return faults.play(fault, lambda: self._serve(request, now), _refuse)

    def _serve(self, request: Request, now: datetime) -> Answer:
        token = request.path.removeprefix(PATH).rstrip("/")
        robot = self.robots.get(token)
        if robot is None:
            return _error(19001, "param invalid: incoming webhook access token invalid")
        content = json_object(request.body)
        if content is None or len(request.body) > BODY_BYTES:
            return _error(9499, "Bad Request", 400)
        text = _text(content)
        if text is None:
            return _error(9499, "Bad Request", 400)
        if trouble := _sign_trouble(robot, content, now) or _keyword_trouble(robot, content):
            return trouble
        if not (self._minute.admits(token, now) and self._second.admits(token, now)):
            return _error(11232, "frequency limited")
        self.ledger.add(Message("feishu_robot", robot.group, now, _title(content), text, mentions=_highlighted(content)))
        return json_answer({"code": 0, "msg": "success", "StatusCode": 0, "StatusMessage": "success", "data": {}})


def _error(code: int, words: str, status: int = 200) -> Answer:
    return json_answer({"code": code, "msg": words, "data": {}}, status)


def _refuse(fault: Fault) -> Answer:
    return _error(int(fault.code), fault.text, 400 if fault.code == "9499" else 200)


def _text(content: Mapping[str, object]) -> str | None:
    """The words of the message as somebody in the group reads them, None for what the platform does not take."""
    match content.get("msg_type"):
        case "text":
            words = inner(content, "content").get("text")
            text = _AT.sub(r"@\1", words) if isinstance(words, str) else ""
        case "post":
            text = "\n".join(_spoken(line) for line in _paragraphs(content))
        case "interactive":
            elements = objects(inner(content, "card"), "elements")
            text = "\n".join(_AT.sub(r"@\1", str(each.get("content", ""))) for each in elements)
        case _:
            return None
    return text or None


def _paragraphs(content: Mapping[str, object]) -> list[list[Mapping[str, object]]]:
    lines = inner(content, "content", "post", "zh_cn").get("content")
    return (
        [[each for each in line if isinstance(each, dict)] for line in lines if isinstance(line, list)] if isinstance(lines, list) else []
    )


def _spoken(line: list[Mapping[str, object]]) -> str:
    return "".join(f"@{each.get('user_id')}" if each.get("tag") == "at" else str(each.get("text", "")) for each in line)


def _title(content: Mapping[str, object]) -> str:
    return str(inner(content, "content", "post", "zh_cn").get("title") or inner(content, "card", "header", "title").get("content", ""))


def _highlighted(content: Mapping[str, object]) -> tuple[str, ...]:
    if content.get("msg_type") == "post":
        return tuple(str(each.get("user_id")) for line in _paragraphs(content) for each in line if each.get("tag") == "at")
    return tuple(_AT.findall(json.dumps(content, ensure_ascii=False).replace('\\"', '"')))


def _sign_trouble(robot: RobotSetup, content: Mapping[str, object], now: datetime) -> Answer | None:
    if not robot.secret:
        return None
    timestamp = str(content.get("timestamp", ""))
    fresh = timestamp.isdigit() and abs(datetime.fromtimestamp(int(timestamp), UTC) - now) <= HOUR
    digest = base64.b64encode(hmac.digest(f"{timestamp}\n{robot.secret}".encode(), b"", "sha256")).decode()
    fits = fresh and hmac.compare_digest(digest.encode(), str(content.get("sign", "")).encode())
    return None if fits else _error(19021, "sign match fail or timestamp is not within one hour from current time")


def _keyword_trouble(robot: RobotSetup, content: Mapping[str, object]) -> Answer | None:
    """The keyword may stand anywhere in the message, the title included."""
    return None if robot.keyword in json.dumps(content, ensure_ascii=False) else _error(19024, "Key Words Not Found")
