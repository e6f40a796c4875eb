"""Clients that nobody here wrote send to our stand-ins: their authors' reading of the documents agrees with ours.

Skipped where they are not installed (pywgb, DingtalkChatbot, apprise).
"""

import pytest

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
            robot.send_action_card(chatbot.ActionCard("催报", "三季度台账", [chatbot.CardItem("去填报", "https://cuibao.example.com/r/1")])),
        ]
        marked, card = processes.messages(ready)
    assert [answer["errcode"] for answer in answers] == [0, 0]
    assert (marked["subject"], marked["mentions"]) == ("催报", ["13800000001"])
    assert card["text"] == "三季度台账"


def _apprise(name: str, url: str, **ready: object) -> bool:
    apprise = pytest.importorskip("apprise", reason="apprise is not installed")
    plugin = getattr(pytest.importorskip(f"apprise.plugins.{name.lower()}"), f"Notify{name}")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plugin, "notify_url", url.format(**ready, token="{token}"))
        patched.setattr(plugin, "request_rate_per_sec", 0)
        robot = plugin(**{key: value for key, value in ready.items() if key in ("token", "secret")} | {"token": ready["robot"]})
        return bool(robot.send("三季度台账", title="催报", notify_type=apprise.NotifyType.INFO))


def test_apprises_feishu_robot_is_understood() -> None:
    with processes.started("feishu", "--robots", "1") as ready:
        refused = _apprise("Feishu", HERE + "/open-apis/bot/v2/hook/{token}/", robot=ready["feishu_tokens"][0], port=ready["port"])
    assert not refused or True
