"""From settings to listeners: which accounts are listened to over a connection that stays open."""

from collections.abc import Callable
from datetime import datetime

from bot.channels.listener import Listener
from bot.domain.secret import Secret
from bot.settings import Settings

Clock = Callable[[], datetime]


def build(settings: Settings, clock: Clock, tag_secret: Secret) -> list[Listener]:
    """The listeners that are configured, in the order in which they are shown."""
    makers: tuple[Callable[[Settings, Clock, Secret], Listener | None], ...] = ()
    return [listener for maker in makers if (listener := maker(settings, clock, tag_secret)) is not None]
