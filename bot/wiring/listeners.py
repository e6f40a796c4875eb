"""From settings to listeners: which accounts are listened to over a connection that stays open."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.channels import dingtalk_stream, http, imap, wecom_bot
from bot.channels.base import Channel, Clock
from bot.channels.imap_session import Account
from bot.channels.listener import Listener
from bot.channels.mail_server import Security
from bot.domain.secret import Secret
from bot.settings import Settings
from bot.wiring import channels


def build(settings: Settings, clock: Clock, tag_secret: Secret, ways: Mapping[str, Channel]) -> list[Listener]:
    """The listeners that are configured, in the order in which they are shown.

    `ways` are the channels of this process: one that hears and speaks over the same connection is the listener too.
    """
    makers: tuple[Callable[[Settings, Clock, Secret], Listener | None], ...] = (_dingtalk_stream, _imap)
    made = [*(maker(settings, clock, tag_secret) for maker in makers), _wecom_bot(settings, clock, tag_secret, ways)]
    return [listener for listener in made if listener is not None]


def _wecom_bot(settings: Settings, clock: Clock, tag_secret: Secret, ways: Mapping[str, Channel]) -> Listener | None:
    if not (settings.wecom_bot_id and settings.wecom_bot_secret):
        return None
    way = ways.get(wecom_bot.WeComBot.name)
    return way if isinstance(way, wecom_bot.WeComBot) else channels.smart_robot(settings, clock, tag_secret)


def _dingtalk_stream(settings: Settings, clock: Clock, _tag_secret: Secret) -> Listener | None:
    if not settings.dingtalk_stream:
        return None
    config = dingtalk_stream.DingTalkStreamConfig(
        settings.dingtalk_app_key,
        settings.dingtalk_app_secret,
        settings.dingtalk_api_url,
        timedelta(seconds=settings.dingtalk_stream_silence),
    )
    return dingtalk_stream.DingTalkStream(config, http.Client(slots=1), clock)


def _imap(settings: Settings, clock: Clock, _tag_secret: Secret) -> Listener | None:
    if not settings.imap_host:
        return None
    security = Security(settings.imap_security)
    account = Account(settings.imap_host, settings.imap_port, settings.imap_user, settings.imap_password, security)
    return imap.Imap(imap.ImapConfig(account, settings.imap_folders, settings.imap_poll_seconds), clock)
