"""A whole set of stand-ins in this process, and our own channels speaking to them: what a rehearsal is played on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.channels import dingtalk_app, dingtalk_robot, feishu_robot, http, mail, wecom_app, wecom_robot
from bot.channels.base import Channel, Clock
from bot.channels.group_robot import RobotAccount
from bot.channels.wecom_crypto import Keys
from bot.domain.secret import Secret
from bot.sandbox import callbacks, mailroom, transport
from bot.sandbox.callbacks import Callback
from bot.sandbox.dingtalk import DingTalk, DingTalkTenant
from bot.sandbox.feishu import Feishu
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom import WeCom, WeComTenant

SENDER: Final = "cuibao@example.com"
SIGNING: Final = "SECsandbox"
MAILS: Final = 60
"""Mails a minute: an office mailbox that may be hurried, so that a rehearsal is not spent waiting."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Our channels by name, the stand-ins behind them, and the keys under which these call back."""

    channels: Mapping[str, Channel]
    wecom: WeCom
    dingtalk: DingTalk
    mailroom: mailroom.Mailroom

    @property
    def wecom_keys(self) -> Keys:
        """What opens the stand-in WeCom's callbacks."""
        tenant = self.wecom.tenant
        return Keys(Secret(tenant.token), Secret(tenant.aes_key), tenant.corp_id)

    @property
    def dingtalk_secret(self) -> Secret:
        """What vouches for the stand-in DingTalk's callbacks."""
        return Secret(self.dingtalk.tenant.app_secret)

    def speak(self, channel: str, sender: str, text: str, at: datetime, message_id: str) -> Callback:
        """The request with which the platform tells us what a member said. Raises KeyError for a channel that cannot call back."""
        say = {"wecom_app": self._wecom, "dingtalk_app": self._dingtalk}[channel]
        return say(sender, text, at, message_id)

    def _wecom(self, sender: str, text: str, at: datetime, message_id: str) -> Callback:
        return callbacks.wecom_text(self.wecom.tenant, sender, text, at, message_id)

    def _dingtalk(self, sender: str, text: str, at: datetime, message_id: str) -> Callback:
        return callbacks.dingtalk_text(self.dingtalk.tenant, sender, text, at, message_id)


def build(clock: Clock, robots: Mapping[str, Iterable[str]]) -> Stage:
    """Stand-ins with one robot for each name in `robots` (channel → names), and channels connected to them without a socket."""
    ledger = Ledger()
    named = ("wecom_robot", "dingtalk_robot", "feishu_robot")
    wecom_names, dingtalk_names, feishu_names = (sorted(robots.get(channel, ())) for channel in named)
    wecom = WeCom(WeComTenant({f"key-{name}": name for name in wecom_names}), ledger)
    dingtalk = DingTalk(DingTalkTenant({f"token-{name}": RobotSetup(name, SIGNING) for name in dingtalk_names}), ledger)
    feishu = Feishu({f"token-{name}": RobotSetup(name, SIGNING) for name in feishu_names}, ledger)
    room = mailroom.Mailroom(mailroom.MailSetup(), ledger)

    def client() -> http.Client:
        return http.Client(transport=transport.transport((wecom, dingtalk, feishu), clock))

    tag_secret = Secret("rehearsal")
    wecom_keys = {name: Secret(f"key-{name}") for name in wecom_names}
    accounts = {name: RobotAccount(Secret(f"token-{name}"), Secret(SIGNING)) for name in dingtalk_names}
    feishus = {name: RobotAccount(Secret(f"token-{name}"), Secret(SIGNING)) for name in feishu_names}
    ours, theirs = wecom.tenant, dingtalk.tenant
    channels: tuple[Channel, ...] = (
        wecom_robot.WeComRobot(wecom_robot.WeComRobotConfig(wecom_keys), client()),
        wecom_app.WeComApp(wecom_app.WeComAppConfig(ours.corp_id, ours.agent_id, Secret(ours.secret)), client(), clock),
        dingtalk_robot.DingTalkRobot(dingtalk_robot.DingTalkRobotConfig(accounts), client(), clock),
        dingtalk_app.DingTalkApp(
            dingtalk_app.DingTalkAppConfig(theirs.app_key, Secret(theirs.app_secret), theirs.robot_code, pace=0), client(), clock
        ),
        feishu_robot.FeishuRobot(feishu_robot.FeishuRobotConfig(feishus, pace=0), client(), clock),
        mail.Mail(
            mail.MailConfig("127.0.0.1", 25, SENDER, tag_secret, security=mail.Security.PLAIN, per_minute=MAILS),
            clock,
            submit=mailroom.submit(room, clock),
        ),
    )
    return Stage({channel.name: channel for channel in channels}, wecom, dingtalk, room)
