"""Numbers of enterprises: "百强3户 专精特新5户", "一共38家", "成长型46"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.replies import numerals

VARIANTS = {
    "百强": "百强 民营百强 百户 百强企业",
    "专精特新": "专精特新 专新特精 专精特新企业 专精 千户 小巨人",
    "成长型": "成长型 成长型小微 小微成长型 小微企业 小微 成长型小微企业 成长 成长型企业 万户",
}
"""The three lists of the programme and what people call them."""

CATEGORIES = {variant: name for name, variants in VARIANTS.items() for variant in variants.split()}
TOTAL = "合计"
_NAMES = "|".join(sorted(CATEGORIES, key=len, reverse=True))
_TOTALS = "合计|总计|共计|总共|一共|共|总数|累计|加起来|拢共|合起来|加一起|全共"
SUM = re.compile(_TOTALS)
_LINK = r"(?:类|方面|这块|的|那块|企业|推荐|是|为|有|共|计|各|:|=|-| )*"
_NOT_ENTERPRISES = r"(?!\d|[月号日天年点%亿万元强周页份张\-]|\.\d|个)"
COUNT = re.compile(
    rf"(?P<name>{_NAMES}){_LINK}(?P<n1>{numerals.PATTERN})(?:户|家|个(?=企业|$|[,。;、!]))?{_NOT_ENTERPRISES}"
    rf"|(?P<total>{_TOTALS}){_LINK}(?P<n2>{numerals.PATTERN})(?:户|家|个(?=企业|$|[,。;、!]))?{_NOT_ENTERPRISES}"
    rf"|(?P<n3>{numerals.PATTERN})(?:户|家(?!里|属|庭|长|人|伙|一家))(?!(?:企业)?[也都全]?[没无])(?P<after>{_NAMES})?"
    rf"|(?P<bare>{_NAMES})"
)
FIRST = frozenset("百民专千成小万合总共一累加拢全") | numerals.FIRST


@dataclass(frozen=True, slots=True)
class Count:
    """A number of enterprises, or a category named without a number (`number` None). `tag` is C, I for none at all, Y without a number."""

    category: str
    number: int | None
    length: int

    @property
    def tag(self) -> str:
        """The letter of the rules."""
        return "Y" if self.number is None else "C" if self.number else "I"


def match(text: str, at: int) -> Count | None:
    """The count or category that begins at position `at` of normalised `text`."""
    found = COUNT.match(text, at)
    if not found:
        return None
    length = found.end() - at
    if bare := found["bare"]:
        return None if bare in ("成长", "专精", "百户", "千户", "万户") else Count(CATEGORIES[bare], None, length)
    number = numerals.value(found["n1"] or found["n2"] or found["n3"])
    name = found["name"] or found["after"]
    return Count(CATEGORIES[name] if name else TOTAL, number, length)


def total(found: Iterable[Count]) -> dict[str, int]:
    """The counts of one report. The last number of a category wins; a plain number beside a stated total is part of it."""
    summed: dict[str, int] = {}
    for count in found:
        if count.number is not None:
            summed[count.category] = count.number
    return summed
