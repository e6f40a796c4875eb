"""What the stand-ins received, in order; kept in a file if it is to outlive the process."""

import dataclasses
import json
from datetime import datetime
from pathlib import Path

from bot.sandbox.exchange import Message


class Ledger:
    """All messages of all stand-ins. With a `path` every message is on disk before the sender hears that it was taken."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.messages: list[Message] = []
        if path is not None and path.exists():
            self.messages = [_from_json(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def add(self, message: Message) -> None:
        """Remembers one message."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(as_json(message), ensure_ascii=False) + "\n")
        self.messages.append(message)

    def to(self, name: str) -> list[Message]:
        """What the group, member or mailbox `name` sees, oldest first."""
        return [message for message in self.messages if message.to == name and message.shown]


def as_json(message: Message) -> dict[str, object]:
    """The message in JSON values; the instant in ISO 8601."""
    return dataclasses.asdict(message) | {"at": message.at.isoformat()}


def _from_json(line: str) -> Message:
    content = json.loads(line)
    return Message(**content | {"at": datetime.fromisoformat(content["at"]), "mentions": tuple(content["mentions"])})
