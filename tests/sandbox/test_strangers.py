"""Clients that nobody here wrote send to our stand-ins: their authors' reading of the documents agrees with ours.

Skipped where they are not installed (pywgb, DingtalkChatbot, apprise).
"""

import asyncio
import importlib

import pytest

from bot.sandbox.dingtalk import DingTalk, DingTalkTenant
from bot.sandbox.exchange import Platform
from bot.sandbox.feishu import Feishu
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.server import Server
from bot.wiring.clock import RealClock
from tests.sandbox import processes

HERE = "http://127.0.0.1:{port}"


def test_pywgbs_wecom_robot_is_understood() -> None:
    abstract = pytest.importorskip("pywgb.bot._abstract", reason="pywgb is not installed")
    pywgb = pytest.importorskip("pywgb")
    with processes.started("wecom", "--robots", "1") as ready, pytest.MonkeyPatch.context() as patched:
        patched.setattr(abstract._Basic, "_API_BASE_URL", HERE.format(**ready))
        robot = pywgb.SmartBot(ready["wecom_keys"][0])
        robot.send("三季度台账", mentioned_list=["wangwu"], mentioned_mobile_list=["13800000001"])
        robot.send("**三季度台账**")
        plain, marked = processes.messages(ready)
    assert (plain["text"], plain["mentions"]) == ("三季度台账", ["wangwu", "13800000001"])
    assert marked["text"] == "**三季度台账**"


def test_dingtalkchatbots_signature_is_accepted_and_a_wrong_one_is_not() -> None:
    chatbot = pytest.importorskip("dingtalkchatbot.chatbot", reason="DingtalkChatbot is not installed")
    with processes.started("dingtalk", "--robots", "1") as ready:
        webhook = f"{HERE.format(**ready)}/robot/send?access_token={ready['dingtalk_tokens'][0]}"
        answers = [
            chatbot.DingtalkChatbot(webhook, secret=secret).send_text("三季度台账", at_mobiles=["13800000001"])
            for secret in (ready["dingtalk_secret"], "SECwrong")
        ]
        [message] = processes.messages(ready)
    assert [answer["errcode"] for answer in answers] == [0, 310000]
    assert message["mentions"] == ["13800000001"]


def test_dingtalkchatbots_cards_and_markdown_are_understood() -> None:
    chatbot = pytest.importorskip("dingtalkchatbot.chatbot", reason="DingtalkChatbot is not installed")
    with processes.started("dingtalk", "--robots", "1") as ready:
        webhook = f"{HERE.format(**ready)}/robot/send?access_token={ready['dingtalk_tokens'][0]}"
        robot = chatbot.DingtalkChatbot(webhook, secret=ready["dingtalk_secret"])
        answers = [
            robot.send_markdown("催报", "### 三季度台账", at_mobiles=["13800000001"]),
            robot.send_action_card(
                chatbot.ActionCard("催报", "三季度台账", [chatbot.CardItem("去填报", "https://cuibao.example.com/r/1")])
            ),
        ]
        marked, card = processes.messages(ready)
    assert [answer["errcode"] for answer in answers] == [0, 0]
    assert (marked["subject"], marked["mentions"]) == ("催报", ["13800000001"])
    assert card["text"].startswith("三季度台账\n[去填报](dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fcuibao.example.com")


async def _apprise(name: str, platform: Platform, url: str, **robot: str) -> bool:
    """apprise sends one message to a stand-in of this process; whether it believes that it arrived."""
    apprise = pytest.importorskip("apprise", reason="apprise is not installed")
    plugin = getattr(importlib.import_module(f"apprise.plugins.{name.lower()}"), f"Notify{name}")
    async with Server([platform], RealClock().now) as server:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(plugin, "notify_url", server.url + url)
            patched.setattr(plugin, "request_rate_per_sec", 0)
            return bool(await asyncio.to_thread(plugin(**robot).send, "三季度台账", "催报", apprise.NotifyType.INFO))


async def test_apprises_feishu_robot_is_understood() -> None:
    feishu = Feishu({"f1": RobotSetup("群")}, Ledger())
    assert await _apprise("Feishu", feishu, "/open-apis/bot/v2/hook/{token}/", token="f1")
    assert [message.text.endswith("三季度台账") for message in feishu.ledger.messages] == [True]


async def test_apprises_dingtalk_robot_is_understood_without_a_signature() -> None:
    dingtalk = DingTalk(DingTalkTenant({"d1": RobotSetup("群")}), Ledger())
    assert await _apprise("DingTalk", dingtalk, "/robot/send?access_token={token}", token="d1")
    assert [message.text.endswith("三季度台账") for message in dingtalk.ledger.messages] == [True]


async def test_a_signature_that_was_encoded_twice_is_refused_and_apprise_does_not_notice() -> None:
    refused = 0
    for number in range(8):  # about one signature in four needs no encoding at all
        secret = f"SEC{number}"
        dingtalk = DingTalk(DingTalkTenant({"d1": RobotSetup("群", secret)}), Ledger())
        assert await _apprise("DingTalk", dingtalk, "/robot/send?access_token={token}", token="d1", secret=secret)
        refused += not dingtalk.ledger.messages
    assert refused
