"""Before a channel goes live: its settings, its sign-in, and one test message, step by step, with what to do where a step fails."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final

from bot.channels.base import Channel, SendFailed
from bot.channels.dingtalk_app import DingTalkApp
from bot.domain.errors import CuibaoError
from bot.domain.messages import Outgoing, Rendered
from bot.domain.words import FailureKind, label
from bot.settings import CHANNELS, NEEDS, Settings

TEST: Final = Rendered("催报联调测试", "这是一条联调测试消息，收到即说明渠道已经接通，不必回复。")

_ADVICE: Final = {
    ("dingtalk_robot", "310000:sign"): "加签密钥不对：到群的机器人设置里重新复制 SEC 开头的密钥",
    ("dingtalk_robot", "310000:keyword"): "消息里没有关键词：把关键词写进 DINGTALK_ROBOTS 的第三段",
    ("dingtalk_robot", "310000:clock"): "本机时间差了一小时以上：请校准时间",
    ("dingtalk_robot", "310000:ip"): "本机出口地址不在机器人的 IP 段里：到机器人的安全设置里加上",
    ("dingtalk_robot", "400101"): "access_token 不存在：机器人可能已被移出群，重新添加并复制 webhook 地址",
    ("dingtalk_app", "invalidClientIdOrSecret"): "AppKey 或 AppSecret 不对：到开放平台应用的“凭证与基础信息”页重新复制",
    ("dingtalk_app", "invalidParameter.robotCode.notExsit"): "RobotCode 不对，或应用还没有添加并发布机器人能力",
    ("dingtalk_app", "Forbidden.AccessDenied.AccessTokenPermissionDenied"): "没有权限：到应用的“权限管理”开通企业内机器人发送消息",
    ("dingtalk_app", "invalidStaffId"): "通讯录里没有这个 userId，或他不在应用的可见范围里",
    ("feishu_robot", "19021"): "签名密钥不对，或本机时间差了一小时以上",
    ("feishu_robot", "19022"): "本机出口地址不在白名单：到机器人的安全设置里加上",
    ("feishu_robot", "19024"): "消息里没有关键词：把关键词写进 FEISHU_ROBOTS 的第三段",
    ("feishu_robot", "19001"): "webhook 地址无效：机器人可能已被移出群，重新添加",
}
"""What to click where a platform says this; every other code gets the advice of its kind."""
_BY_KIND: Final = {
    FailureKind.CREDENTIAL_BAD: "凭证无效或没有权限：到平台后台核对密钥、权限和可信地址",
    FailureKind.ADDRESS_BAD: "地址无效：机器人名称要与配置一致，个人地址要是平台通讯录里的编号",
    FailureKind.CONTENT_BAD: "平台不收这条内容，请把平台返回的代码告诉维护人员",
    FailureKind.THROTTLED: "平台限流或额度用完，稍后再试",
    FailureKind.TRANSIENT: "连不上平台：检查网络、防火墙、接口地址",
    FailureKind.IN_DOUBT: "平台没有明确答复：看看消息到了没有，再检查网络和接口地址",
}


class UnknownChannel(CuibaoError):
    """There is no channel of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有名为“{name}”的渠道，可用：{'、'.join(CHANNELS)}")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried. `detail` says what came of it, or what to do."""

    what: str
    ok: bool
    detail: str


def missing(settings: Settings, name: str) -> Step:
    """Whether everything the channel needs is filled in. Raises UnknownChannel."""
    if name not in NEEDS:
        raise UnknownChannel(name)
    empty = [key.upper() for key in NEEDS[name] if not getattr(settings, key)]
    return Step("配置", not empty, f"请在 .env 填写 {'、'.join(empty)}" if empty else "需要的各项都已填写")


def allowed(settings: Settings, to: str) -> Step:
    """Whether this installation may reach a platform at all, and this address (PROMISES E1)."""
    if settings.cuibao_mode != "live":
        return Step("开关", False, "演练方式不连任何平台。请把 CUIBAO_MODE 改为 live 再试；不加 --to 就不会给任何人发消息")
    if to and settings.cuibao_allow_list and to not in settings.cuibao_allow_list:
        return Step("开关", False, "CUIBAO_ALLOW_LIST 没有这个地址，不发测试消息")
    return Step("开关", True, "可以连接平台" + ("并发一条测试消息" if to else "；加 --to 地址 可发一条测试消息"))


async def check(channel: Channel, to: str, key: str) -> list[Step]:
    """Sign in where the platform has that, then send one test message if an address is given. `key` must be new for each test."""
    steps = []
    if isinstance(channel, DingTalkApp):
        steps.append(await _try(channel.name, "登录", channel.sign_in()))
    if to and all(step.ok for step in steps):
        steps.append(await _try(channel.name, "发送测试消息", channel.send(Outgoing(key, to, TEST))))
    return steps


async def _try(name: str, what: str, attempt: Awaitable[object]) -> Step:
    try:
        await attempt
    except SendFailed as failed:
        advice = _ADVICE.get((name, failed.code), _BY_KIND[failed.kind])
        return Step(what, False, f"{label(failed.kind)}（平台返回：{failed.code} {failed.detail}）。{advice}")
    return Step(what, True, "平台已接受")
