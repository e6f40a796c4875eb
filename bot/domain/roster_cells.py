"""What may stand in a cell of the roster: each check gives what it should be, or nothing where it is right."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from bot.domain import roster
from bot.domain.words import Role

LONGEST: Final = {
    roster.CODE: 20,
    roster.UNIT: 120,
    roster.SHORT: 60,
    roster.PARENT: 20,
    roster.PERSON: 120,
    roster.PHONE: 40,
    roster.ADDRESS: 200,
}
"""Characters that the store keeps of each."""
PLAIN: Final = frozenset({roster.CODE, roster.LEVEL, roster.PARENT, roster.PHONE, roster.CHANNEL, roster.ADDRESS})
"""Columns in which full-width letters and digits are meant as plain ones."""
FORMULA: Final = ("=", "+", "-", "@")
"""First characters that make Excel calculate: such a cell would come alive when it is exported again."""

GROUPS_TOO: Final = frozenset({"wecom_bot", "dingtalk_app"})
"""Channels to persons that reach a group chat as well."""
DINGTALK_GROUP: Final = "group:"
"""Begins the address of a group at `dingtalk_app`; its openConversationId follows."""

_CODE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+|\d+\.0+")
_MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_LANDLINE: Final = re.compile(r"(?:0\d{2,3}-?)?\d{7,8}(?:-\d{1,6})?")
_MAIL: Final = re.compile(r"[^@\s,;:\"'()\[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+")
_WECOM_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_CONVERSATION: Final = re.compile(r"[A-Za-z0-9+/=_-]{8,128}")
_OPEN_CONVERSATION: Final = "工作群应写作 group: 加上机器人所在群的 openConversationId，如 group:cidXXXXXXXX=="
_DINGTALK_ID: Final = re.compile(r"\S{1,64}")


def clean(column: str, value: str) -> str:
    """A cell without the blanks around it, in the one spelling that is stored."""
    value = value.strip(" \t\u3000\u00a0")
    if column in PLAIN:
        value = unicodedata.normalize("NFKC", value)
    if column == roster.PHONE:
        value = value.replace(" ", "")
        mobile = _MOBILE.fullmatch(value.replace("-", ""))
        return mobile[1] if mobile else value
    return value


def flaw(column: str, value: str) -> str:
    """What a cell that is filled should be instead; empty if it can be used."""
    unclean = _unclean(column, value)
    return unclean or (_CHECKS[column](value) if column in _CHECKS else "")


def address_flaw(channel: str, address: str, role: Role | None = None) -> str:
    """What an address on that channel should be instead, for this role if there is one; empty if it can be used."""
    if channel == "dingtalk_app" and role is not None and (role is Role.GROUP) != address.startswith(DINGTALK_GROUP):
        return _OPEN_CONVERSATION if role is Role.GROUP else "这是群的地址，只能用于工作群；发给个人请写其在钉钉通讯录里的 userId"
    if channel == "dingtalk_app" and address.startswith(DINGTALK_GROUP):
        return "" if _CONVERSATION.fullmatch(address.removeprefix(DINGTALK_GROUP)) else _OPEN_CONVERSATION
    pattern, expected = _ADDRESSES.get(channel, (_DINGTALK_ID, "应为不含空格的名称，不超过 64 个字符"))
    return "" if pattern.fullmatch(address) else expected


def channel_flaw(role: Role | None, channel: str) -> str:
    """Why that channel is none for this role; empty if it is."""
    if role is Role.GROUP and channel not in roster.ROBOTS | GROUPS_TOO | {"console"}:
        return f"工作群只能用群机器人：{'、'.join(sorted(roster.ROBOTS | GROUPS_TOO))}"
    if role is not None and role is not Role.GROUP and channel in roster.ROBOTS:
        return "群机器人只能用于工作群；发给个人请用 wecom_app、wecom_bot、dingtalk_app 或 mail"
    return ""


def _unclean(column: str, value: str) -> str:
    if any(unicodedata.category(character)[0] == "C" for character in value):
        return "里面有换行或看不见的字符，请删去重写"
    if "<" in value or ">" in value:
        return "不能有尖括号 < >"
    if value.startswith(FORMULA):
        return "不能以 = + - @ 开头（Excel 会当作公式），请把单元格设为文本后只写内容"
    if len(value) > LONGEST.get(column, 200):
        return f"太长，最多 {LONGEST.get(column, 200)} 个字"
    return ""


def _code(value: str) -> str:
    if _SCIENTIFIC.fullmatch(value):
        return "被 Excel 改成了数值，请把这一列设为文本后重写"
    return "" if _CODE.fullmatch(value) else "应为字母、数字，如 220100"


def _phone(value: str) -> str:
    if _SCIENTIFIC.fullmatch(value):
        return "被 Excel 改成了数值，请把这一列设为文本后重写"
    return "" if _MOBILE.fullmatch(value) or _LANDLINE.fullmatch(value) else "应为 11 位手机号，或 0431-12345678 这样的座机号"


_CHECKS: Final[dict[str, Callable[[str], str]]] = {
    roster.CODE: _code,
    roster.PARENT: _code,
    roster.LEVEL: lambda value: "" if value in roster.LEVELS else f"应为{'、'.join(roster.LEVELS)}之一",
    roster.ROLE: lambda value: "" if value in roster.ROLES else f"应为{'、'.join(roster.ROLES)}之一",
    roster.PHONE: _phone,
}
_ADDRESSES: Final = {
    "mail": (_MAIL, "应为 name@example.com 这样的邮箱"),
    "wecom_bot": (_WECOM_ID, "应为企业微信通讯录里的账号，工作群为智能机器人所在群的 chatid（字母、数字开头，不超过 64 个字符）"),
    "wecom_app": (_WECOM_ID, "应为企业微信通讯录里的账号（字母、数字开头，不超过 64 个字符）"),
    "dingtalk_app": (_DINGTALK_ID, "应为钉钉通讯录里的 userId（不含空格，不超过 64 个字符）"),
}
