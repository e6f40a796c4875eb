"""Short answers that mean something only after a letter, a question or a confirmation of ours: a number, 撤回, 投诉, "both", "the list".

Pure vocabulary; what an answer says about a task is read by `replies`.
"""

import re
import unicodedata
from enum import Enum

UNDO = "撤回"
"""The word that takes the last record back."""
ALL = "以上各项"
"""The choice that stands for every task of a question."""
NONE = "以上都不是"
"""The choice with which nothing is recorded and a person looks."""
LONGEST = 60
"""Characters of an answer that can be one of these; whatever is longer says something of its own."""

LETTERS = 3
"""Letters of ours that one answer can be looked up for: a quotation of quotations names more."""


class Consent(Enum):
    """What a word says to a request."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNSAID = "unsaid"


_NUMERALS = "一二三四五六七八九"
_HINT = re.compile(
    "回复一次即可,之后不再催|可按序号一并回复,如|回复.不归我管.即停发|仅限本人,请勿转发|有误请回复.撤回|回复序号即可,也可以直接写|点一次按钮即可登记"
    r"|^>*谢谢。编号\d{4,9}$"
)
_LETTER = re.compile(r"编号\s{0,2}(\d{4,9})(?!\d)")
_CHOICE = re.compile(r"(?:我?选|是?第)?\s*([1-9一二三四五六七八九])\s*(?:个|项|条|号|号选项)?\s*[。.、,)!]?")
_SEVERAL = re.compile(r"第?[1-9](?:\s*(?:[、,和跟及与]|\s)\s*第?[1-9])+\s*(?:项|个)?[。.]?")
_YES = "yes"
_CONSENT = re.compile(
    r"[^不没未别非?？吗,。;报领导长他她要还才等后若如果]{0,16}?(?:(?P<no>不予?|不能)\s*)?(?:同意|批准|准予|准许)(?:了|的|展期|延期)?[。.!,\s]*"
    r"(?P<more>(?:[延改展]期?(?:到|至)|到|至|最晚|最迟)[\d年月日号星期周下本底前./-]{1,12}|[\d年月日号]{2,12}前?)?[。.!\s]*(?:谢谢)?[。.!]*"
)
_MEANT = {
    **dict.fromkeys(("全部", "都是", "全都是", "全是", "所有", "所有的", "两个都是", "两项都是", "各项"), ALL),
    **dict.fromkeys(("都不是", "都不对", "以上都不是", "没有"), NONE),
    **dict.fromkeys(("是", "是的", "对", "对的", "没错", "嗯", "确认", "正确"), _YES),
}
_BEGINS_WITH_ALL = re.compile(r"(?:全部?|都|均|所有的?|两[项个]都?|各项)")
_UNDO = re.compile(r"(?:我要|我想|请|申请|麻烦)?\s*(?:撤回|撤销|取消记录)(?:一下|吧|刚才的|上一条|记录|谢谢|,)*[。.!~]*")
_COMPLAINT = re.compile(r"(?:我要|我想)?投诉(?:一下|你们)?(?:[,:。!\s].*)?")
_EVERYTHING = re.compile(
    r"(?:([两俩二三四五六七八九2-9])|[几各每])\s*(?:个单位|个|项|份|样|件)[事表]?(?:[都均]|全部?)|以上(?:各项|[都均全])"
)
_DENIED = re.compile("[不没非未别除]")
_KINDS = {"推荐表": "名单"}
_REPORTS = {"名单": "once", "月报": r"\d{4}-\d\d", "季报": r"\d{4}Q[1-4]", "半年报": r"\d{4}H[12]", "年报": r"\d{4}"}
_REPORT = r"(名单|推荐表|月报|半年报|年报|季报|(?:第?[一二三四1-4]季度)(?:的?(?:工作)?(?:情况|总结|报告))?)"
_LISTED = re.compile(rf"{_REPORT}\s*[、和与及跟]\s*{_REPORT}")
GENERIC = frozenset(re.findall("..", "企业工作情况报告报送上报开展材料中小小企本地地区单位有关相关省市项目统计数据名称"))
"""Words of two characters that the matters share with what anybody types: they name nothing."""


def chosen(text: str, words: tuple[str, ...]) -> tuple[int, ...]:
    """Which of the numbered choices, whose `words` these are, were answered, counted from 1.

    By numbers, by the very words, by "all" where one choice stands for all, by "yes" where only one says anything. Empty if the
    text is anything else, or a number that was not offered.
    """
    plain = _plain(text)
    for number, offered in enumerate(words, 1):
        if plain in (_plain(offered), _plain(f"{number}. {offered}")):
            return (number,)
    if _SEVERAL.fullmatch(plain) or _CHOICE.fullmatch(plain):
        numbers = tuple(dict.fromkeys(_number(digit) for digit in re.findall(f"[1-9{_NUMERALS}]", plain)))
        return numbers if max(numbers) <= len(words) else ()
    return _only(words, _MEANT.get(plain.rstrip("。.!"), ""))


def _only(words: tuple[str, ...], kind: str) -> tuple[int, ...]:
    """The number of the one choice of this kind; none if there are none or several."""
    kinds = [NONE if offered == NONE else ALL if offered.startswith(ALL) else "" for offered in words]
    if kind == _YES:
        found = [number for number, each in enumerate(kinds, 1) if each != NONE]
        return tuple(found) if len(found) == 1 and NONE in kinds else ()
    found = [number for number, each in enumerate(kinds, 1) if kind and each == kind]
    return tuple(found) if len(found) == 1 else ()


def is_undo(text: str) -> bool:
    """Whether the whole text asks to take the last record back."""
    return _UNDO.fullmatch(_plain(text)) is not None


def is_complaint(text: str) -> bool:
    """Whether the text is the complaint that every letter of ours offers."""
    return _COMPLAINT.fullmatch(_plain(text)) is not None


def consent(text: str) -> Consent:
    """Whether the text decides on what somebody asked for. Hedged, questioning or long texts decide nothing."""
    found = _CONSENT.fullmatch(_plain(text)) if len(text) <= LONGEST else None
    if found is None:
        return Consent.UNSAID
    return Consent.REFUSED if found["no"] else Consent.GRANTED


def after_consent(text: str) -> str:
    """What a word of consent adds ("同意延到25日" → 延到25日)."""
    found = _CONSENT.fullmatch(_plain(text))
    return (found["more"] or "") if found else ""


def is_about_all(text: str, count: int) -> bool:
    """Whether it says in so many words that it speaks of each of `count` matters ("两项都报了" of two).

    A bare 都 or 全部 does not: 我都报了 may mean one.
    """
    found = _EVERYTHING.search(_plain(text[:LONGEST]))
    if found is None:
        return False
    digit = found[1]
    return digit is None or _number(digit) == count


def begins_with_all(text: str) -> bool:
    """Whether an answer to the question which begins with 都, 全 or the like: right after our list it means the whole list."""
    return len(text) <= LONGEST and _BEGINS_WITH_ALL.match(_plain(text)) is not None


def is_hint(line: str) -> bool:
    """Whether a line is one of the hints that stand at the foot of our letters: it offers answers and gives none."""
    return _HINT.search("".join(_plain(line).split())) is not None


def letter_numbers(text: str) -> tuple[int, ...]:
    """The numbers of our letters (编号0042 at their end) that a text quotes, the first ones first."""
    return tuple(dict.fromkeys(int(number) for number in _LETTER.findall(unicodedata.normalize("NFKC", text))))[:LETTERS]


def may_name(text: str) -> bool:
    """Whether the text can be no more than the name of what is meant ("三季度的"), as an answer to the question which."""
    plain = _plain(text)
    return len(plain) <= LONGEST // 2 and _DENIED.search(plain) is None


def listed_reports(text: str) -> tuple[str, ...]:
    """Two kinds of report that the text names in one breath ("名单和三季度的情况"), as `is_kind_of_report` knows them; else none."""
    found = _LISTED.search(_plain(text[:LONGEST]))
    return () if found is None else tuple(_KINDS.get(name, name if name in _REPORTS else "季报") for name in found.groups())


def is_kind_of_report(name: str, period: str) -> bool:
    """Whether what is called 季报, 月报, 名单, … is a report for `period`; not so for a name that says no kind of report."""
    form = _REPORTS.get(name)
    return form is not None and re.fullmatch(form, period) is not None


def _number(digit: str) -> int:
    return 2 if digit in "两俩" else _NUMERALS.index(digit) + 1 if digit in _NUMERALS else int(digit)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
