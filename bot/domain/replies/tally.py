"""The numbers of one report: which of the numbers in its clauses count, and to which category each belongs."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.replies import counts
from bot.domain.replies.clauses import Clause
from bot.domain.replies.counts import Count

UNCOUNTED = re.compile("(?:每|差|缺|少|漏|剩|剩下|另|补|补充|增加|新增|加|多|减|删|去掉|退|没|除|落)(?:了|最后|上|报)?$")
"""Words before a number that is missing, added or taken away: no count holds it."""

NONE_BEFORE = re.compile("[GΓ无没][^,]{0,2}(?:Y、?)*$")
TEN_HUNDRED_MILLION = re.compile("[无没].{0,12}(?:10|十)亿")
"""The threshold by which the first list is often named."""

NEAR = 4
"""A category this many characters or fewer before a plain number belongs to it: 专精特新报了6户."""


def tally(clauses: Sequence[Clause], *, totals: bool) -> dict[str, int]:
    """Enterprises by category. `totals`: whether a stated sum (合计) counts too; in one of several reports it is not its own."""
    return counts.total(_counted(clauses, totals))


def stated_total(clauses: Iterable[Clause]) -> dict[str, int]:
    """The sum an answer with several reports states for all of them, if it does."""
    for clause in clauses:
        for at, count in clause.counts():
            if _is_sum(clause, at, count):
                return {counts.TOTAL: count.number or 0}
    return {}


def none_of(clauses: Sequence[Clause]) -> dict[str, int]:
    """Zero for each category an answer says there is none of, if it goes through two or more of them."""
    named = [
        count.category
        for clause in clauses
        for at, count in clause.counts()
        if count.number is None and NONE_BEFORE.search(clause.text[:at])
    ]
    if any(TEN_HUNDRED_MILLION.search(clause.tagged.typed(0, len(clause.text))) for clause in clauses):
        named.append("百强")
    return dict.fromkeys(named, 0) if len(set(named)) > 1 else {}


def _counted(clauses: Sequence[Clause], totals: bool) -> Iterator[Count]:
    for clause in clauses:
        category, named_at = "", -1
        for at, count in clause.counts():
            if count.number is None:
                category, named_at = count.category, at
            elif UNCOUNTED.search(_before(clause, at)) or (not totals and _is_sum(clause, at, count)):
                continue
            elif count.category == counts.TOTAL and category and at - named_at <= NEAR and not _is_sum(clause, at, count):
                yield Count(category, count.number, count.length)
            else:
                yield count


def _is_sum(clause: Clause, at: int, count: Count) -> bool:
    return count.category == counts.TOTAL and bool(counts.SUM.search(_before(clause, at) + clause.tagged.words[at]))


def _before(clause: Clause, at: int) -> str:
    return clause.tagged.typed(max(0, at - NEAR), at)
