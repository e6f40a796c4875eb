"""Feishu's robot: its signature, its three forms of a message, whom it highlights, and its pace."""

import json
import time
from datetime import timedelta

import httpx
import pytest

from bot.channels import feishu_robot, http
from bot.channels.base import SendFailed
from bot.channels.feishu_robot import FeishuRobot, FeishuRobotConfig, Form
from bot.channels.group_robot import RobotAccount
from bot.domain.messages import Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox import transport as sandbox
from bot.sandbox.feishu import Feishu
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from tests.channels import rigs

CALLED = Rendered("催报：2 家未报", "东区\n西区", mentions=("ou_1", "13800000001", "@all"))


def test_the_documents_own_signature_is_ours() -> None:
    assert feishu_robot.sign("1599360473", "feishu-secret") == "GnmU6lMJMtXPkxW7kXxgtXI0SJxjk0TQFnFuz93Dt+0="


@pytest.mark.parametrize(
    ("pasted", "token"),
    [("https://open.feishu.cn/open-apis/bot/v2/hook/f1?x=1", "f1"), (" f1 ", "f1"), ("https://open.feishu.cn/elsewhere/f1", "")],
)
def test_a_whole_webhook_url_may_be_pasted_for_the_token(pasted: str, token: str) -> None:
    assert feishu_robot.bare_token(Secret(pasted)).reveal() == token


def robot(form: Form = "text", **setup: str) -> tuple[Ledger, FeishuRobot]:
    ledger, clock = Ledger(), rigs.Clock()
    feishu = Feishu({"f1": RobotSetup("培育群", **setup)}, ledger)
    config = FeishuRobotConfig({"main": RobotAccount(Secret("f1"), Secret("s1"))}, form=form, pace=0)
    return ledger, FeishuRobot(config, http.Client(transport=sandbox.transport([feishu], clock)), clock)


@pytest.mark.parametrize(
    ("form", "text", "title"),
    [
        ("text", "东区\n西区 @ou_1 @all", ""),
        ("post", "东区\n西区\n@ou_1@all", "催报：2 家未报"),
        ("interactive", "东区\n西区 @ou_1 @all", "催报：2 家未报"),
    ],
)
async def test_members_are_highlighted_by_open_id_and_never_by_telephone(form: Form, text: str, title: str) -> None:
    ledger, channel = robot(form, secret="s1")
    await channel.send(rigs.message(address="main", rendered=CALLED))
    [shown] = ledger.messages
    assert (shown.text, shown.subject, shown.mentions, shown.to) == (text, title, ("ou_1", "all"), "培育群")


@pytest.mark.parametrize("form", ["text", "post", "interactive"])
async def test_words_from_outside_call_nobody(form: Form) -> None:
    ledger, channel = robot(form)
    await channel.send(rigs.message('<at user_id="all">x</at> <at id=ou_2></at>', address="main"))
    assert ledger.messages[0].mentions == ()


async def test_a_wrong_signature_and_a_clock_that_is_wrong_are_the_credentials_fault() -> None:
    _, channel = robot(secret="another")
    with pytest.raises(SendFailed, match="19021") as caught:
        await channel.send(rigs.message(address="main"))
    assert caught.value.kind is FailureKind.CREDENTIAL_BAD


async def test_a_keyword_is_added_where_it_is_missing() -> None:
    async with rigs.feishu_text(rigs.PATIENT) as rig:
        await rig.channel.send(rig.message("三季度台账"))
        assert rig.shown() == ["三季度台账\n催报"]


async def test_a_body_full_of_what_json_escapes_is_refused_unsent() -> None:
    ledger, channel = robot()
    with pytest.raises(SendFailed, match="too_long") as caught:
        await channel.send(rigs.message('"' * feishu_robot.MAX_BYTES, address="main"))
    assert (caught.value.kind, ledger.messages) == (FailureKind.CONTENT_BAD, [])


async def test_one_robot_never_speaks_more_than_five_times_a_second() -> None:
    ledger = Ledger()
    feishu = Feishu({"f1": RobotSetup("群")}, ledger)
    config = FeishuRobotConfig({"main": RobotAccount(Secret("f1"))}, pace=0.05)
    channel = FeishuRobot(config, http.Client(transport=sandbox.transport([feishu], rigs.Clock())), rigs.Clock())
    begun = time.monotonic()
    for _ in range(5):
        await channel.send(rigs.message(address="main"))
    assert time.monotonic() - begun >= 0.2


async def answered(content: bytes) -> SendFailed:
    client = http.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(content))))
    channel = FeishuRobot(FeishuRobotConfig({"main": RobotAccount(Secret("f1"))}, pace=0), client, rigs.Clock())
    with pytest.raises(SendFailed) as caught:
        await channel.send(rigs.message(address="main"))
    return caught.value


@pytest.mark.parametrize("code", [None, "0", True, False, 0.5])
async def test_an_answer_without_a_code_that_is_a_number_is_in_doubt(code: object) -> None:
    failed = await answered(json.dumps({"code": code, "msg": "ok"}).encode())
    assert (failed.kind, failed.code) == (FailureKind.IN_DOUBT, "no_code")


async def test_the_code_that_two_faults_share_is_read_by_its_words() -> None:
    failed = await answered(b'{"code": 9499, "msg": "Too Many Requests"}')
    assert (failed.kind, failed.retry_after) == (FailureKind.THROTTLED, timedelta(seconds=60))
