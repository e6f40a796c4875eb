"""Feishu's stand-in keeps the platform's own limits and codes; asked without our channel."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.exchange import Request
from bot.sandbox.feishu import PATH, Feishu
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger

NOW = datetime.fromtimestamp(1_599_360_473, UTC)
SIGNED = {"timestamp": "1599360473", "sign": "GnmU6lMJMtXPkxW7kXxgtXI0SJxjk0TQFnFuz93Dt+0="}


def text(content: object = "催报") -> dict[str, object]:
    return {"msg_type": "text", "content": {"text": content}}


def feishu() -> Feishu:
    return Feishu({"f1": RobotSetup("群", "feishu-secret", "催报"), "f2": RobotSetup("群二")}, Ledger())


def post(platform: Feishu, token: str, content: object, now: datetime = NOW) -> tuple[int, int]:
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    answer = platform.handle(Request("POST", PATH + token, {}, {}, body), now)
    return answer.status, json.loads(answer.body)["code"]


@pytest.mark.parametrize(
    ("token", "content", "expected"),
    [
        ("f1", SIGNED | text(), (200, 0)),
        ("f1", text(), (200, 19021)),
        ("f1", SIGNED | {"timestamp": "1599356872"} | text(), (200, 19021)),
        ("f1", SIGNED | {"timestamp": "x"} | text(), (200, 19021)),
        ("f1", SIGNED | text("别的"), (200, 19024)),
        ("nobody", text(), (200, 19001)),
        ("f2", b"{", (400, 9499)),
        ("f2", {"msg_type": "pigeon"}, (400, 9499)),
        ("f2", text(""), (400, 9499)),
        ("f2", text("报" * 7000), (400, 9499)),
        ("f2", {"msg_type": "post", "content": {"post": {"zh_cn": {"title": "t", "content": [[{"tag": "text", "text": "x"}]]}}}}, (200, 0)),
        ("f2", {"msg_type": "interactive", "card": {"elements": [{"tag": "markdown", "content": "x"}]}}, (200, 0)),
        ("f2", {"msg_type": "interactive", "content": {"card": {}}}, (400, 9499)),
    ],
)
def test_the_webhook_judges_as_its_document_says(token: str, content: object, expected: tuple[int, int]) -> None:
    platform = feishu()
    assert post(platform, token, content) == expected
    assert len(platform.ledger.messages) == (expected[1] == 0)


def test_five_a_second_and_a_hundred_a_minute_are_taken() -> None:
    platform = feishu()
    assert [post(platform, "f2", text())[1] for _ in range(6)] == [0] * 5 + [11232]
    later = [post(platform, "f2", text(), NOW + timedelta(seconds=number / 4))[1] for number in range(4, 120)]
    assert (later.count(0), later[-1]) == (100 - 6, 11232)
