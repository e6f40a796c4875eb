"""Several reports in one answer: by the numbering of our last message, by unit, or by matter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.replies.tagging import Tagged

MARK = r"(?:第?\(?([1-9]\d?(?:[、和跟及与,][1-9]\d?)*)(?:[.、:)](?!\d)|项|个(?![月工小])|条)?)"
ITEM = re.compile(
    rf"(?:^|(?<=[\s,;。\n])){MARK}\s*(?=[^a-z\d\s户家号月日天年点张份:/.\-%万亿分折楼次种件级套人个小多到至来半星礼台位条倍季遍次、,。!?)周+])"
)
FEWEST = 2
UNITS = re.compile(r"^(?:[、和]?U(?:M|的|工信局|经济局|这边|本级|那边|、|和|及|跟|与|以及|,)*)+")
MATTERS = (("名单", re.compile("名单|百千万|推荐表|推荐")), ("季报", re.compile("季度|季报|总结|工作情况|进展情况|情况")))


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered piece of an answer. `numbers` is empty for text without numbering."""

    numbers: tuple[int, ...]
    text: str


def numbered(text: str) -> list[Item]:
    """`text` cut at its numbering, if it has one: ascending, at least two numbers, or one at the very start."""
    marks = [mark for mark in ITEM.finditer(text) if mark.group(1)]
    numbers = [_numbers(mark.group(1)) for mark in marks]
    flat = [number for group in numbers for number in group]
    if flat != sorted(set(flat)) or not marks or (len(flat) < FEWEST and marks[0].start() > 0):
        return [Item((), text)]
    head = text[: marks[0].start()].strip()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    items = [Item(group, text[mark.end() : end]) for mark, group, end in zip(marks, numbers, ends, strict=True)]
    return ([Item((), head)] if head else []) + items


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def units(clause: Tagged) -> tuple[str, ...]:
    """The units a clause begins with, as typed."""
    head = UNITS.match(clause.text)
    return tuple(clause.words[at] for at in range(head.end()) if clause.text[at] == "U") if head else ()


def matter(clause: Tagged) -> str | None:
    """The matter a clause speaks of, if it names exactly one of the two."""
    typed = clause.typed(0, len(clause.text))
    named = [name for name, words in MATTERS if words.search(typed)]
    return named[0] if len(named) == 1 else None


def runs(heads: Sequence[object | None]) -> list[tuple[int, int]]:
    """Stretches of clauses that begin with a head and reach to the next one; empty if fewer than two different heads."""
    starts = [at for at, head in enumerate(heads) if head and (at == 0 or head != heads[at - 1])]
    if len({heads[at] for at in starts}) < FEWEST:
        return []
    return list(zip(starts, [*starts[1:], len(heads)], strict=True))
