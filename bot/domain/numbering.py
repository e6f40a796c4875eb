"""An answer by numbers, written out so that each number stands before what is said of it: "1-3都报了，第四个还没" → one line for each.

Vocabulary of numbers only: ranges, lists, ordinals, "the other ones". What is said of each is read by `replies`.
"""

import re
from dataclasses import dataclass

MOST = 99
"""Items of a letter that can be answered by number."""

_NUMERALS = "一二三四五六七八九十"
_ONE = rf"(?:[1-9]\d?|[{_NUMERALS}])"
_JOINED = rf"{_ONE}(?:\s*[、,和跟与及]\s*第?{_ONE})*"
_RANGE = rf"{_ONE}\s*[-~到至]\s*第?{_ONE}"
_COUNTED = r"\s*(?:[个项条份](?![月工小])|\.(?!\d)|、|:)?"
_PLAIN = rf"第?(?P<range>{_RANGE}){_COUNTED}|(?P<first>第)?(?P<list>{_JOINED}){_COUNTED}"
_COLLECTIVE = (
    r"(?P<ends>[前后])(?P<many>[两俩二三四五六七八九2-9])[个项条]|(?P<last>最后[一1]?[个项条])|(?P<others>其[他它余]的?|剩下?的|别的)"
)
_SAID = (
    r"(?=\s*(?:都|均|全|也|已|报|交|没|未|还|不|改|延|换|推迟|零|有|正|在|今|明|后天|下周|本周|月底|马上"
    r"|完|发|搞|办|弄|先|给|ok|好|可以|由|找))"
)
_ITEM = re.compile(rf"(?:^|(?<=[\s,;。!了报交]))(?:{_PLAIN}|{_COLLECTIVE}){_SAID}", re.IGNORECASE)
_BARE = re.compile(rf"[{_NUMERALS}]")


@dataclass(frozen=True, slots=True)
class _Item:
    """Some numbers and what is said of them."""

    numbers: tuple[int, ...]
    said: str


def written_out(text: str, count: int) -> str:
    """The answer with one line for each number of a letter (or question) with `count` items, in their order.

    Unchanged if it does not begin with a number, names one that is not there or one twice, or if there is only one item to speak of.
    """
    marks = list(_ITEM.finditer(text))
    if count < 2 or not marks or text[: marks[0].start()].strip() or _is_word(marks):
        return text
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    items: list[_Item] = []
    for mark, end in zip(marks, ends, strict=True):
        taken = {number for item in items for number in item.numbers}
        items.append(_Item(_numbers(mark, count, taken), text[mark.end() : end].strip(" ,;。")))
    numbered = [(number, item.said) for item in items for number in item.numbers]
    named = [number for number, _ in numbered]
    if len(set(named)) < len(named) or not all(item.numbers and item.said for item in items) or not set(named) <= {*range(1, count + 1)}:
        return text
    return "\n".join(f"{number} {said}" for number, said in sorted(numbered))


def _is_word(marks: list[re.Match[str]]) -> bool:
    """A single bare numeral begins words (一直, 一样): it is a number only beside another."""
    only = marks[0]["list"] if len(marks) == 1 else None
    return only is not None and not only.isdecimal() and not marks[0]["first"] and _BARE.fullmatch(only) is not None


def _numbers(mark: re.Match[str], count: int, taken: set[int]) -> tuple[int, ...]:
    """The numbers that a mark names; none if it makes no sense."""
    if mark["range"]:
        first, last = (_value(digit) for digit in re.findall(_ONE, mark["range"]))
        return tuple(range(first, min(last, MOST) + 1))
    if mark["list"]:
        return tuple(_value(digit) for digit in re.findall(_ONE, mark["list"]))
    if mark["others"]:
        return tuple(number for number in range(1, count + 1) if number not in taken) if taken else ()
    if mark["last"]:
        return (count,)
    many = _value(mark["many"])
    if many > count:
        return ()
    return tuple(range(1, many + 1)) if mark["ends"] == "前" else tuple(range(count - many + 1, count + 1))


def _value(digit: str) -> int:
    return 2 if digit in "两俩" else _NUMERALS.index(digit) + 1 if digit in _NUMERALS else int(digit)
