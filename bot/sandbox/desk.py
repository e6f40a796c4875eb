"""The tester's desk of a stand-in process: look at what arrived, turn faults on, move the clock.

`GET /_sandbox/health`, `GET /_sandbox/messages` (`?to=NAME`), `POST /_sandbox/faults`, `POST /_sandbox/expire-tokens`,
`POST /_sandbox/clock`, `POST /_sandbox/say` (a member speaks to a robot that listens over a gateway).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from bot.domain import times
from bot.sandbox import ledger
from bot.sandbox.clock import RunningClock
from bot.sandbox.exchange import Answer, Request, json_answer, json_object
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.ledger import Ledger

ROOT: Final = "/_sandbox/"


Say = Callable[[str, str, str, str], None]
"""On this platform this member says these words; answers into the session go to this host. Raises KeyError for an unknown platform."""


class Desk:
    """Answers as one more platform; `faults` are the switches by platform name, `expire` ends all tokens."""

    def __init__(self, kept: Ledger, faults: Mapping[str, Faults], clock: RunningClock, expire: Callable[[], None], say: Say) -> None:
        self._ledger, self._faults, self._clock, self._expire, self._say = kept, faults, clock, expire, say

    def owns(self, path: str) -> bool:
        """Everything under `/_sandbox/`."""
        return path.startswith(ROOT)

    def handle(self, request: Request, now: datetime) -> Answer:
        """One request of a tester. A body that makes no sense is answered 400 with what is expected."""
        try:
            return self._serve(request, json_object(request.body) or {}, now)
        except (KeyError, ValueError, TypeError) as error:
            return json_answer({"error": f"{type(error).__name__}: {error}"}, HTTPStatus.BAD_REQUEST)

    def _serve(self, request: Request, content: Mapping[str, object], now: datetime) -> Answer:
        match request.method, request.path.removeprefix(ROOT):
            case "GET", "health":
                return json_answer({"now": now.isoformat(), "messages": len(self._ledger.messages)})
            case "GET", "messages":
                return json_answer([ledger.as_json(message) for message in self._ledger.messages if _wanted(request, message.to)])
            case "POST", "faults":
                self._faults[str(content["platform"])].add(_fault(content))
            case "POST", "expire-tokens":
                self._expire()
            case "POST", "clock":
                self._clock.set(times.parse_instant(str(content["now"])))
            case "POST", "say":
                platform, sender, text = (str(content[name]) for name in ("platform", "sender", "text"))
                self._say(platform, sender, text, f"http://{request.headers.get('host', '')}")
            case _:
                return Answer(HTTPStatus.NOT_FOUND, b"not found")
        return json_answer({"ok": True})


def _wanted(request: Request, name: str) -> bool:
    return request.query.get("to", name) == name


def _fault(content: Mapping[str, object]) -> Fault:
    words = {name: str(content[name]) for name in ("path", "code", "text", "retry_after") if name in content}
    return Fault(FaultKind(str(content["kind"])), int(str(content.get("count", 1))), **words)
