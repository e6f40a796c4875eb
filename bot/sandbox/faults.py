"""Switches that make a stand-in fail the way the real platform was seen to fail."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.sandbox.exchange import Answer, Wire

HTML: Final = Answer(200, b"<html><body>blocked</body></html>", {"Content-Type": "text/html"})


class FaultKind(StrEnum):
    """What goes wrong. DROP, TRUNCATED and DRIBBLE take the message first; every other kind takes nothing."""

    HTTP_429 = "http_429"
    HTTP_500 = "http_500"
    HTTP_502 = "http_502"
    HTTP_504 = "http_504"
    HTML = "html"
    HANG = "hang"
    RESET = "reset"
    DROP = "drop"
    TRUNCATED = "truncated"
    DRIBBLE = "dribble"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch: which requests (`path` begins with it), how many of them, and for CODE the vendor's own code and words."""

    kind: FaultKind
    count: int = 1
    path: str = ""
    code: str = ""
    text: str = "fault"
    retry_after: str = ""


class Faults:
    """The switches that are on. Each request uses up the first that fits."""

    def __init__(self) -> None:
        self._on: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Turns a switch on, behind those that are on already."""
        self._on.append(fault)

    def clear(self) -> None:
        """Turns all switches off."""
        self._on.clear()

    def take(self, path: str) -> Fault | None:
        """The fault for a request to `path`, used up once; None if it is to go well."""
        for place, fault in enumerate(self._on):
            if path.startswith(fault.path):
                self._on[place : place + 1] = [dataclasses.replace(fault, count=fault.count - 1)] if fault.count > 1 else []
                return fault
        return None


def play(fault: Fault | None, serve: Callable[[], Answer], refuse: Callable[[Fault], Answer]) -> Answer:
    """The answer to a request under `fault`. `refuse` words a CODE the way the vendor would."""
    if fault is None:
        return serve()
    if fault.kind in (FaultKind.DROP, FaultKind.TRUNCATED, FaultKind.DRIBBLE):
        return _after(fault.kind, serve())
    if fault.kind is FaultKind.CODE:
        return refuse(fault)
    return _instead(fault)


def _after(kind: FaultKind, answer: Answer) -> Answer:
    if kind is FaultKind.TRUNCATED:
        return dataclasses.replace(answer, body=answer.body[: len(answer.body) // 2])
    return dataclasses.replace(answer, wire=Wire.DROP if kind is FaultKind.DROP else Wire.DRIBBLE)


def _instead(fault: Fault) -> Answer:
    if fault.kind in (FaultKind.HANG, FaultKind.RESET):
        return Answer(wire=Wire(fault.kind.value))
    if fault.kind is FaultKind.HTML:
        return HTML
    wait = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return Answer(int(fault.kind.value.removeprefix("http_")), b"<html>gateway</html>", {"Content-Type": "text/html", **wait})
