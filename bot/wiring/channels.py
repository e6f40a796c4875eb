"""From settings to channels: which ways out exist, and which of them may really be used."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import cast

from bot.channels import (
    console,
    dingtalk_app,
    dingtalk_robot,
    feishu_robot,
    http,
    mail,
    mail_message,
    wecom_app,
    wecom_bot,
    wecom_cards,
    wecom_robot,
)
from bot.channels.base import Channel, Clock
from bot.channels.group_robot import RobotAccount
from bot.domain.deliveries import InDoubt
from bot.domain.secret import Secret
from bot.settings import Formats, Robot, Settings
from bot.talk.reply_links import ReplyLinks
from jobs.deliver import Manners


def build(settings: Settings, clock: Clock, tag_secret: Secret) -> dict[str, Channel]:
    """The channels an administrator switched on."""
    makers = _makers(settings, clock, tag_secret)
    return {name: makers[name]() for name in settings.cuibao_live_channels}


def one(name: str, settings: Settings, clock: Clock, tag_secret: Secret) -> Channel:
    """One channel, switched on or not: to try it before it goes live."""
    return _makers(settings, clock, tag_secret)[name]()


def tags(tag_secret: Secret) -> Callable[[str], str]:
    """Makes the tag that the subjects of a conversation bear of the key with which it began."""
    return partial(mail_message.tag, mail_message.Sender("", "", tag_secret))


def _makers(settings: Settings, clock: Clock, tag_secret: Secret) -> dict[str, Callable[[], Channel]]:
    return {
        "wecom_robot": lambda: _wecom_robot(settings),
        "wecom_app": lambda: _wecom_app(settings, clock, tag_secret),
        "wecom_bot": lambda: smart_robot(settings, clock, tag_secret),
        "dingtalk_robot": lambda: _dingtalk_robot(settings, clock),
        "dingtalk_app": lambda: _dingtalk_app(settings, clock),
        "feishu_robot": lambda: _feishu_robot(settings, clock),
        "mail": lambda: _mail(settings, clock, tag_secret),
        "console": lambda: console.Console(console.ConsoleConfig(Path(settings.cuibao_console_file)), clock),
    }


def manners(settings: Settings, links: ReplyLinks) -> Manners:
    """When and to whom this installation sends, and where its messages lead."""
    policies = dict.fromkeys(settings.cuibao_ask_in_doubt, InDoubt.ASK)
    return Manners(settings.cuibao_send_windows, frozenset(settings.cuibao_allow_list), policies, links)


def _wecom_robot(settings: Settings) -> Channel:
    robots = {robot.name: robot.key for robot in settings.wecom_robots}
    form = settings.wecom_robot_format
    config = wecom_robot.WeComRobotConfig(robots, settings.wecom_base_url, form.format, form.kinds, card_url=settings.cuibao_base_url)
    return wecom_robot.WeComRobot(config, http.Client(slots=16))


def _wecom_app(settings: Settings, clock: Clock, tag_secret: Secret) -> Channel:
    form = settings.wecom_app_format
    if not settings.wecom_token:
        form = _without_buttons(form)
    config = wecom_app.WeComAppConfig(
        settings.wecom_corp_id,
        settings.wecom_agent_id,
        settings.wecom_secret,
        settings.wecom_base_url,
        form.format,
        form.kinds,
        plain=frozenset(settings.wecom_text_users),
        card_url=settings.cuibao_base_url,
        series=wecom_cards.series(tag_secret),
    )
    return wecom_app.WeComApp(config, http.Client(), clock)


def smart_robot(settings: Settings, clock: Clock, tag_secret: Secret) -> wecom_bot.WeComBot:
    """WeCom's smart robot, which hears and speaks over the same connection: there must be one of it in a process."""
    form = settings.wecom_bot_format
    config = wecom_bot.WeComBotConfig(
        settings.wecom_bot_id,
        settings.wecom_bot_secret,
        settings.wecom_bot_url,
        settings.wecom_base_url,
        form.format,
        form.kinds,
        series=wecom_cards.series(tag_secret),
    )
    return wecom_bot.WeComBot(config, http.Client(slots=4), clock)


def ready(ways: Mapping[str, Channel]) -> dict[str, Channel]:
    """Those that can send from this process now: what is for another waits there untouched, and not in the hands of who cannot."""
    return {name: channel for name, channel in ways.items() if not isinstance(channel, wecom_bot.WeComBot) or channel.can_send}


def _without_buttons(formats: Formats) -> Formats:
    """Nobody hears a button where no callback address is set up."""
    instead = {"card": "markdown"}
    return Formats(instead.get(formats.format, formats.format), {kind: instead.get(word, word) for kind, word in formats.kinds.items()})


def _dingtalk_robot(settings: Settings, clock: Clock) -> Channel:
    robots = _accounts(settings.dingtalk_robots)
    config = dingtalk_robot.DingTalkRobotConfig(robots, settings.dingtalk_base_url, per_month=settings.dingtalk_webhooks_per_month)
    return dingtalk_robot.DingTalkRobot(config, http.Client(slots=16), clock)


def _dingtalk_app(settings: Settings, clock: Clock) -> Channel:
    config = dingtalk_app.DingTalkAppConfig(
        settings.dingtalk_app_key,
        settings.dingtalk_app_secret,
        settings.dingtalk_robot_code,
        settings.dingtalk_api_url,
        settings.dingtalk_base_url,
        per_month=settings.dingtalk_calls_per_month,
        way=cast(dingtalk_app.Way, settings.dingtalk_private),
        agent_id=settings.dingtalk_agent_id,
        card_template=settings.dingtalk_card_template,
        sample=settings.dingtalk_notice_sample,
    )
    return dingtalk_app.DingTalkApp(config, http.Client(), clock)


def _feishu_robot(settings: Settings, clock: Clock) -> Channel:
    robots = _accounts(settings.feishu_robots)
    form = cast(feishu_robot.Form, settings.feishu_format)
    return feishu_robot.FeishuRobot(feishu_robot.FeishuRobotConfig(robots, settings.feishu_base_url, form), http.Client(slots=16), clock)


def _accounts(robots: Iterable[Robot]) -> dict[str, RobotAccount]:
    return {robot.name: RobotAccount(robot.key, robot.secret, robot.keyword) for robot in robots}


def _mail(settings: Settings, clock: Clock, tag_secret: Secret) -> Channel:
    config = mail.MailConfig(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        tag_secret=tag_secret,
        display_name=settings.smtp_name,
        reply_to=settings.smtp_reply_to,
        security=mail.Security(settings.smtp_security),
        username=settings.smtp_user,
        password=settings.smtp_password,
        per_minute=settings.smtp_per_minute,
        per_day=settings.smtp_per_day,
    )
    return mail.Mail(config, clock)
