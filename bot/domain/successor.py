"""Whom an announced change of contact names: "以后找李四 13800000001". What cannot be told stays empty: a person looks."""

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.replies.tagging import SURNAMES

_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
_DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|端木|夏侯|令狐"
_NAME = rf"(?:(?:{_DOUBLE})|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}?"
_END = r"(?=$|[\s\d,，。;；、:：(（!！~]|同志|老师|科长|主任|负责|来|接|管|对接|联系|了|的|吧|电话|手机)"
_LEAD = (
    r"(?:找|联系|换成?|改(?:成|为|由|找)?|由|是|给|交给|移交给?|转给?|联络员|联系人|负责人|接手人?|接替人?|经办人|同事|叫|@)"
    r"[:： ]*(?:了|成|为)?"
)
_NUMBER_FOLLOWS = r"(?:同志|老师|科长|主任)?[\s,，:：(（]*(?:电话|手机|联系方式)?[\s:：是]*(?=1[3-9]\d|0\d{2,3})"
_BEGIN = r"(?:^|[\s,，。;；:：、])"
_NAMED = (
    re.compile(rf"{_LEAD}({_NAME}){_END}"),
    re.compile(rf"{_BEGIN}({_NAME}){_NUMBER_FOLLOWS}"),
    re.compile(rf"{_BEGIN}({_NAME})(?:同志|老师)?(?:负责|接手|接替|来管|管|对接|接)"),
)
_NO_NAME = re.compile(
    "管理员?|联系人|联络员|安排|何时|时间|全部|应该|和他|明天|高新区?|任何|连同|成了|常规|关于|方式|文件|单位|包括|于是|全省?"
)
"""Words that begin with a surname."""


@dataclass(frozen=True, slots=True)
class Successor:
    """The new contact as far as the words tell; either may be empty."""

    name: str
    phone: str


def named(text: str) -> Successor:
    """Who is to be found from now on. Of several names the first that is led up to counts, of several numbers the first."""
    plain = unicodedata.normalize("NFKC", text)[:500]
    phone = _PHONE.search(plain)
    return Successor(_name(plain), re.sub(r"[- ]", "", phone[0]) if phone else "")


def _name(text: str) -> str:
    for pattern in _NAMED:
        for found in pattern.finditer(text):
            if not _NO_NAME.fullmatch(found[1]):
                return found[1]
    return ""
