"""The environment and `.env`, read once into one frozen Settings; all bad keys are reported together.

Every field is a key of `config.example.env` and the other way round (a test holds it). Real environment variables win over `.env`.
"""

import io
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

import dotenv

from bot.domain import windows
from bot.domain.errors import CuibaoError
from bot.domain.secret import Secret
from bot.settings import readers
from bot.settings.readers import CHANNELS as CHANNELS
from bot.settings.readers import Formats as Formats
from bot.settings.readers import Robot as Robot


class SettingsError(CuibaoError):
    """One or more keys cannot be used; `problems` names each with the form it should have."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("配置有误，请修改 .env（各项说明见 config.example.env）：\n" + "\n".join(f"  {p}" for p in problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person configures, already checked. Field names are the keys in lower case."""

    cuibao_mode: str
    cuibao_data: Path
    database_url: str
    cuibao_host: str
    cuibao_port: int
    cuibao_base_url: str
    cuibao_secret_key: Secret
    cuibao_idle_minutes: int
    cuibao_session_hours: int
    cuibao_live_channels: tuple[str, ...]
    cuibao_allow_list: tuple[str, ...]
    cuibao_ask_in_doubt: tuple[str, ...]
    cuibao_send_windows: windows.Windows
    cuibao_tick_seconds: int
    cuibao_log_level: str
    cuibao_console_file: str
    wecom_base_url: str
    wecom_robots: tuple[Robot, ...]
    wecom_robot_format: Formats
    wecom_corp_id: str
    wecom_agent_id: int
    wecom_secret: Secret
    wecom_token: Secret
    wecom_aes_key: Secret
    wecom_app_format: Formats
    wecom_text_users: tuple[str, ...]
    wecom_bot_id: str
    wecom_bot_secret: Secret
    wecom_bot_url: str
    wecom_bot_token: Secret
    wecom_bot_aes_key: Secret
    wecom_bot_format: Formats
    dingtalk_base_url: str
    dingtalk_api_url: str
    dingtalk_robots: tuple[Robot, ...]
    dingtalk_app_key: str
    dingtalk_app_secret: Secret
    dingtalk_robot_code: str
    dingtalk_private: str
    dingtalk_agent_id: int
    dingtalk_notice_sample: int
    dingtalk_card_template: str
    dingtalk_webhooks_per_month: int
    dingtalk_calls_per_month: int
    dingtalk_stream: bool
    dingtalk_stream_silence: int
    feishu_base_url: str
    feishu_robots: tuple[Robot, ...]
    feishu_format: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: Secret
    smtp_from: str
    smtp_name: str
    smtp_reply_to: str
    smtp_per_minute: int
    smtp_per_day: int
    imap_host: str
    imap_port: int
    imap_security: str
    imap_user: str
    imap_password: Secret
    imap_folders: tuple[str, ...]
    imap_poll_seconds: int


READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "cuibao_mode": ("rehearsal", readers.one_of("rehearsal", "live")),
    "cuibao_data": ("data", Path),
    "database_url": ("", readers.database),
    "cuibao_host": ("127.0.0.1", str),
    "cuibao_port": ("8000", readers.integer(0, 65535)),
    "cuibao_base_url": ("", readers.url),
    "cuibao_secret_key": ("", Secret),
    "cuibao_idle_minutes": ("120", readers.integer(5, 1440)),
    "cuibao_session_hours": ("12", readers.integer(1, 168)),
    "cuibao_live_channels": ("", readers.channels),
    "cuibao_allow_list": ("", readers.words),
    "cuibao_ask_in_doubt": ("", readers.channels),
    "cuibao_send_windows": ("09:00-11:30,13:30-16:30", readers.hours),
    "cuibao_tick_seconds": ("60", readers.integer(1, 3600)),
    "cuibao_log_level": ("INFO", readers.one_of("DEBUG", "INFO", "WARNING", "ERROR")),
    "cuibao_console_file": ("", str),
    "wecom_base_url": ("https://qyapi.weixin.qq.com", readers.url),
    "wecom_robots": ("", readers.robots),
    "wecom_robot_format": ("markdown", readers.formats("text", "markdown", "markdown_v2", "card")),
    "wecom_corp_id": ("", str),
    "wecom_agent_id": ("0", readers.integer(0, 2**31)),
    "wecom_secret": ("", Secret),
    "wecom_token": ("", Secret),
    "wecom_aes_key": ("", readers.aes_key),
    "wecom_app_format": ("card", readers.formats("text", "markdown", "textcard", "card")),
    "wecom_text_users": ("", readers.words),
    "wecom_bot_id": ("", str),
    "wecom_bot_secret": ("", Secret),
    "wecom_bot_url": ("wss://openws.work.weixin.qq.com", readers.socket_url),
    "wecom_bot_token": ("", Secret),
    "wecom_bot_aes_key": ("", readers.aes_key),
    "wecom_bot_format": ("card", readers.formats("markdown_v2", "card")),
    "dingtalk_base_url": ("https://oapi.dingtalk.com", readers.url),
    "dingtalk_api_url": ("https://api.dingtalk.com", readers.url),
    "dingtalk_robots": ("", readers.robots),
    "dingtalk_app_key": ("", str),
    "dingtalk_app_secret": ("", Secret),
    "dingtalk_robot_code": ("", str),
    "dingtalk_private": ("robot", readers.one_of("robot", "notice")),
    "dingtalk_agent_id": ("0", readers.integer(0, 2**63)),
    "dingtalk_notice_sample": ("20", readers.integer(0, 10_000)),
    "dingtalk_card_template": ("", str),
    "dingtalk_webhooks_per_month": ("3000", readers.integer(0, 10**9)),
    "dingtalk_calls_per_month": ("5000", readers.integer(0, 10**9)),
    "dingtalk_stream": ("off", readers.switch),
    "dingtalk_stream_silence": ("600", readers.integer(60, 86_400)),
    "feishu_base_url": ("https://open.feishu.cn", readers.url),
    "feishu_robots": ("", readers.robots),
    "feishu_format": ("interactive", readers.one_of("interactive", "post", "text")),
    "smtp_host": ("", str),
    "smtp_port": ("465", readers.integer(1, 65535)),
    "smtp_security": ("tls", readers.one_of("tls", "starttls", "plain")),
    "smtp_user": ("", str),
    "smtp_password": ("", Secret),
    "smtp_from": ("", readers.mailbox),
    "smtp_name": ("催报", str),
    "smtp_reply_to": ("", readers.mailbox),
    "smtp_per_minute": ("6", readers.integer(1, 600)),
    "smtp_per_day": ("200", readers.integer(0, 1_000_000)),
    "imap_host": ("", str),
    "imap_port": ("993", readers.integer(1, 65535)),
    "imap_security": ("tls", readers.one_of("tls", "starttls", "plain")),
    "imap_user": ("", str),
    "imap_password": ("", Secret),
    "imap_folders": ("INBOX,Junk,Spam,垃圾邮件,垃圾箱,广告邮件,订阅邮件", readers.words),
    "imap_poll_seconds": ("300", readers.integer(5, 3600)),
}
"""Each key in lower case: its default and the reader that checks it."""

CONFIDENTIAL = re.compile("secret|key|token|password|robots|database_url")
"""Keys whose value is never repeated in an error."""

PREFIXES = ("CUIBAO_", "WECOM_", "DINGTALK_", "FEISHU_", "SMTP_", "IMAP_")


def read(environment: Mapping[str, str], **overrides: str) -> Settings:
    """Settings from a mapping of upper-case keys. Raises SettingsError naming every bad or unknown key at once."""
    values: dict[str, Any] = {}
    problems = [f"{key}：不认识的键" for key in environment if key.startswith(PREFIXES) and key.lower() not in READERS]
    for key, (default, reader) in READERS.items():
        text = overrides.get(key, environment.get(key.upper(), "")).strip() or default
        try:
            values[key] = reader(text)
        except ValueError as error:
            problems.append(f"{key.upper()}={'（已隐藏）' if CONFIDENTIAL.search(key) else text}：{error}")
    problems += [*_missing(values), *_incomplete(values), *_exposed(values), *_two_minded(values)]
    if problems:
        raise SettingsError(tuple(problems))
    return Settings(**values)


NEEDS: Mapping[str, tuple[str, ...]] = {
    "wecom_robot": ("wecom_robots",),
    "wecom_app": ("wecom_corp_id", "wecom_agent_id", "wecom_secret"),
    "wecom_bot": ("wecom_bot_id",),
    "dingtalk_robot": ("dingtalk_robots",),
    "dingtalk_app": ("dingtalk_app_key", "dingtalk_app_secret", "dingtalk_robot_code"),
    "feishu_robot": ("feishu_robots",),
    "mail": ("smtp_host", "smtp_from"),
    "console": ("cuibao_console_file",),
}
"""What must be filled in before a channel may be switched on."""


def _missing(values: Mapping[str, Any]) -> list[str]:
    return [
        f"{key.upper()}：渠道 {channel} 已列入 CUIBAO_LIVE_CHANNELS，此项不能为空"
        for channel in values.get("cuibao_live_channels", ())
        for key in NEEDS[channel]
        if key in values and not values[key]
    ]


def _incomplete(values: Mapping[str, Any]) -> list[str]:
    """A listener needs to know for whom it listens, and a work notice from whom it comes."""
    needed: dict[str, str] = {}
    if values.get("dingtalk_stream"):
        needed |= dict.fromkeys(("dingtalk_app_key", "dingtalk_app_secret"), "DINGTALK_STREAM 已设为 on，此项不能为空")
    if values.get("dingtalk_private") == "notice":
        needed["dingtalk_agent_id"] = "DINGTALK_PRIVATE 已设为 notice，此项不能为 0"
    if values.get("imap_host"):
        needed |= dict.fromkeys(("imap_user", "imap_password"), "已填 IMAP_HOST，此项不能为空")
    return [f"{key.upper()}：{why}" for key, why in needed.items() if key in values and not values[key]]


def _two_minded(values: Mapping[str, Any]) -> list[str]:
    """A smart robot has one of its two modes; switching one on switches the other off at the platform."""
    connection, callbacks = values.get("wecom_bot_secret"), values.get("wecom_bot_token")
    if connection and callbacks:
        return ["WECOM_BOT_SECRET 与 WECOM_BOT_TOKEN：智能机器人只能用一种方式，长连接填前者，回调填后者，请清空另一项"]
    if "wecom_bot" in values.get("cuibao_live_channels", ()) and not (connection or callbacks):
        return ["WECOM_BOT_SECRET：渠道 wecom_bot 已列入 CUIBAO_LIVE_CHANNELS，此项（长连接）或 WECOM_BOT_TOKEN（回调）不能为空"]
    return []


def _exposed(values: Mapping[str, Any]) -> list[str]:
    """A login that would cross the network in the clear is refused."""
    at_home = ("", "localhost", "127.0.0.1", "::1")
    away = [way for way in ("smtp", "imap") if values.get(f"{way}_security") == "plain" and values.get(f"{way}_host", "") not in at_home]
    return [f"{way.upper()}_SECURITY：plain 不加密，只许连本机；请改为 tls 或 starttls" for way in away]


def load(env_file: Path | None = None, **overrides: str) -> Settings:
    """Settings from the process environment over `.env` (default: the one in the working directory)."""
    path = env_file or Path(".env")
    if env_file is not None and not path.is_file():
        raise SettingsError((f"找不到配置文件 {path}，请由 config.example.env 复制一份",))
    return read({**(_from_file(path) if path.is_file() else {}), **cast("Mapping[str, str]", os.environ)}, **overrides)


def _from_file(path: Path) -> dict[str, str]:
    """Raises SettingsError for a file that cannot be read; a byte order mark, as editors on Windows write it, is passed over."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError((f"{path} 不是 UTF-8 编码（第 {error.start + 1} 个字节起），请在编辑器里另存为 UTF-8",)) from error
    except OSError as error:
        raise SettingsError((f"读不到 {path}：{error.strerror}，请检查权限",)) from error
    return {key: value or "" for key, value in dotenv.dotenv_values(stream=io.StringIO(text)).items()}


def keys() -> tuple[str, ...]:
    """All keys, upper case, in the order of the fields."""
    return tuple(field.name.upper() for field in fields(Settings))
