"""Starts the stand-ins as a process and looks at what they received."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx


@contextmanager
def started(*words: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "bot.sandbox", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def messages(ready: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    return list(httpx.get(f"http://127.0.0.1:{ready['http_port']}/_sandbox/messages", params=query, trust_env=False).json())
