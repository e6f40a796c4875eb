"""How one setting is read: text in, a checked value out, or a ValueError that says in Chinese which form it should have."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain import mailboxes, windows
from bot.domain.secret import Secret
from bot.domain.words import MessageKind

CHANNELS = ("wecom_robot", "wecom_app", "wecom_bot", "dingtalk_robot", "dingtalk_app", "feishu_robot", "mail", "console")


@dataclass(frozen=True, slots=True)
class Robot:
    """A group robot: its name as addresses use it, its access key, its signing secret and its keyword (empty: none)."""

    name: str
    key: Secret
    secret: Secret
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Formats:
    """How messages are worded: `format`, and the kinds of messages that are worded in another one."""

    format: str
    kinds: Mapping[MessageKind, str]


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words."""

    def read(value: str) -> str:
        if value not in choices:
            raise ValueError("应为 " + " 或 ".join(choices))
        return value

    return read


def switch(value: str) -> bool:
    """`on` or `off`."""
    return one_of("on", "off")(value) == "on"


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number from `low` to `high`, both included."""

    def read(value: str) -> int:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"应为 {low} 到 {high} 的整数")
        return int(value)

    return read


def url(value: str) -> str:
    """An http or https address, without the slash at its end; may be empty."""
    if value and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value):
        raise ValueError("应为 http:// 或 https:// 开头的地址")
    return value.rstrip("/")


def socket_url(value: str) -> str:
    """The address of a gateway whose connections stay open."""
    if not re.fullmatch(r"wss?://[^\s/]+(/[^\s]*)?", value):
        raise ValueError("应为 wss:// 开头的地址")
    return value


def database(value: str) -> str:
    """The address of a database that we can use; may be empty."""
    if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("应为空，或 postgresql+psycopg://用户:口令@主机/库名，或 sqlite:///路径")
    if value.partition("?")[0] in ("sqlite:///", "sqlite:///:memory:"):
        raise ValueError("不能用内存数据库，请写文件路径，如 sqlite:///data/cuibao.db；留空则用数据目录里的 cuibao.db")
    return value


def mailbox(value: str) -> str:
    """One bare mailbox; may be empty."""
    if value and not mailboxes.is_mailbox(value):
        raise ValueError("应为一个邮箱地址，如 cuibao@example.com")
    return value


def words(value: str) -> tuple[str, ...]:
    """Words between commas."""
    return tuple(word.strip() for word in value.split(",") if word.strip())


def channels(value: str) -> tuple[str, ...]:
    """Names of channels between commas."""
    named = words(value)
    unknown = [word for word in named if word not in CHANNELS]
    if unknown:
        raise ValueError(f"不认识的渠道 {'、'.join(unknown)}，可用：{'、'.join(CHANNELS)}")
    return named


def formats(*known: str) -> Callable[[str], Formats]:
    """The first word is for all kinds of messages, `kind=word` for one: `markdown,bulletin=text`."""
    kinds = {kind.value for kind in MessageKind}

    def read(value: str) -> Formats:
        first, *others = words(value)
        pairs = [other.partition("=")[::2] for other in others]
        if {first, *(word for _, word in pairs)} - {*known} or {kind for kind, _ in pairs} - kinds:
            raise ValueError(f"应为 {'、'.join(known)} 之一，后面可跟“种类=格式”，种类可用：{'、'.join(sorted(kinds))}")
        return Formats(first, {MessageKind(kind): word for kind, word in pairs})

    return read


def hours(value: str) -> windows.Windows:
    """Stretches of the day between commas."""
    try:
        return windows.parse(value)
    except ValueError as error:
        raise ValueError("应为“09:00-11:30,13:30-16:30”这样的时段") from error


def robots(value: str) -> tuple[Robot, ...]:
    """Group robots, `name=key|secret|keyword`, between semicolons."""
    robots = []
    for entry in filter(None, (part.strip() for part in value.split(";"))):
        name, equals, keys = entry.partition("=")
        key, secret, keyword, *more = [*(part.strip() for part in keys.split("|")), "", ""]
        if not (name.strip() and equals and key) or any(more):
            raise ValueError("应为“名称=密钥”“名称=密钥|加签密钥”或“名称=密钥|加签密钥|关键词”，多个用分号隔开")
        robots.append(Robot(name.strip(), Secret(key), Secret(secret), keyword))
    if len({robot.name for robot in robots}) != len(robots):
        raise ValueError("机器人名称重复")
    return tuple(robots)


def aes_key(value: str) -> Secret:
    """WeCom's EncodingAESKey; may be empty."""
    if value and not re.fullmatch(r"[A-Za-z0-9]{43}", value):
        raise ValueError("EncodingAESKey 应为 43 位字母和数字")
    return Secret(value)
