"""WeCom's smart robot in URL mode: the place that each posted message names for one answer within the hour.

Behaviour: developer.work.weixin.qq.com /document/path/101138, read 2026-11-23. What an answer under a used or unknown code is told is
documented nowhere; the code here is a guess.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.sandbox import faults
from bot.sandbox import wecom_bot_content as content
from bot.sandbox.exchange import Answer, Message, Request, json_answer, json_object
from bot.sandbox.faults import Faults
from bot.sandbox.ledger import Ledger

PATH: Final = "/cgi-bin/aibot/response"
LIFE: Final = timedelta(hours=1)
UNKNOWN: Final = 846605


@dataclass
class BotAnswers:
    """Serves the one path; stands before `WeCom`, which owns the rest."""

    ledger: Ledger
    faults: Faults = field(default_factory=Faults)
    _open: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def ask(self, code: str, chat: str, now: datetime) -> None:
        """Somebody spoke in this conversation: one answer under `code`."""
        self._open[code] = chat, now + LIFE

    def owns(self, path: str) -> bool:
        """The place for answers."""
        return path == PATH

    def handle(self, request: Request, now: datetime) -> Answer:
        """One answer."""
        fault = self.faults.take(request.path)
        return faults.play(fault, lambda: self._take(request, now), lambda fault: _told(int(fault.code), fault.text))

    def _take(self, request: Request, now: datetime) -> Answer:
        code = request.query.get("response_code", "")
        chat, until = self._open.get(code, ("", now))
        if now >= until:
            return _told(UNKNOWN, "invalid response_code")
        body = json_object(request.body)
        if body is None or body.get("msgtype") == "stream":
            return _told(40008, "invalid message type")
        trouble = content.trouble(body)
        if trouble:
            return _told(*trouble)
        del self._open[code]
        name = str(content.card(body).get("task_id", ""))
        self.ledger.add(Message("wecom_bot", chat, now, "", content.seen(body), key=name, taps=content.taps(body)))
        return _told(0, "ok")


def _told(code: int, words: str) -> Answer:
    return json_answer({"errcode": code, "errmsg": words})
