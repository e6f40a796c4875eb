"""Which time belongs to which handing in: one duty for each limit that is stated."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.notices import duty
from bot.domain.notices.duty import Verb
from bot.domain.notices.mentions import Ahead, Count, Mention, Recurring, Weekdays
from bot.domain.notices.sentences import Sentence

REACH: Final = 180
"""How many characters after a time its verb may stand."""
REACH_BARE: Final = 45
"""The same where nothing marks the time as a limit."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit with its verb. `verb` None: the words around it (报送时间, a heading) say that it is for handing in.

    `chunk` is the stretch of the sentence that is this duty's own: (start, end), end exclusive.
    """

    mention: Mention
    verb: Verb | None
    chunk: tuple[int, int]


_CUT: Final = re.compile(r"[,;、:(]|(?<=送)和")
_STOP: Final = re.compile(
    r"[,;(]?(?:逾期|过期|未按|否则|如有疑问|联系人|联系方式|联系电话|咨询|具体(?:时间|要求)|审核结果|届时|不再受理|将予以|予以通报)"
)
_SUBJECT: Final = re.compile(r"[。;!?]|^[(]?[一二三四五六七八九十0-9]{1,3}[)、.]")


def bind(sentence: Sentence, mentions: list[Mention], verbs: list[Verb]) -> list[Bound]:
    """The limits of a sentence that are for handing something in, in order."""
    chunks = _chunks(sentence.text, mentions)
    bound: list[Bound | None] = [None] * len(mentions)
    for index in reversed(range(len(mentions))):
        follower = bound[index + 1] if index + 1 < len(mentions) else None
        bound[index] = _bound(sentence, mentions[index], verbs, chunks[index], follower)
    return [found for found in bound if found]


def _chunks(text: str, mentions: list[Mention]) -> list[tuple[int, int]]:
    """The stretch of each mention: up to the last cut before the next one, so that «B于» in «…反馈，B于3月15日前» is B's."""
    starts = [0]
    for left, right in zip(mentions, mentions[1:], strict=False):
        cuts = [found.end() for found in _CUT.finditer(text, left.end, right.start)]
        starts.append(cuts[-1] if cuts else left.end)
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _bound(sentence: Sentence, mention: Mention, verbs: list[Verb], chunk: tuple[int, int], follower: Bound | None) -> Bound | None:
    text = sentence.text
    before = text[chunk[0] : mention.start]
    if duty.is_own(before) or _forbidden(text, mention, chunk):
        return None
    verb = _forward(text, mention, verbs, chunk)
    if verb is None and follower is not None and _shares(text, mention, chunk):
        return Bound(mention, follower.verb, chunk)
    verb = verb or _backward(text, mention, verbs, chunk)
    if verb is None and not _announced(sentence, mention, chunk):
        return None
    if duty.is_for_persons(_subject(text, mention, verb)):
        return None
    return Bound(mention, verb, chunk)


_SINCE_DAY: Final = re.compile(
    r"^(?:\([^)]{0,10}\))?(?:起|开始|后|之后|以后|以来|至|到|上午|下午)?(?:起|开始)?(?:施行|实施|执行|生效|召开|举行|举办)?"
)
_PAST: Final = re.compile(r"(?:自|从|截至|截止|截止到|截至到|依据|根据|按照|关于)$")


def _forbidden(text: str, mention: Mention, chunk: tuple[int, int]) -> bool:
    """Days that open a period (自…起) or close the data (截至…): no limit for handing in."""
    before, after = text[max(0, mention.start - 6) : mention.start], text[mention.end : mention.end + 6]
    if re.match(r"(?:起|开始|以来|之?后|以后|至今|的)", after) and not isinstance(mention.when, Count | Recurring):
        return True
    cutoff = re.search(r"(?:截至|截止(?:到|至)?)$", before) and not re.search(
        r"(?:时间|日期|名|送|报|交|馈)(?:截至|截止)", text[max(0, mention.start - 10) : mention.start]
    )
    return bool(cutoff and mention.start - chunk[0] < 8 and re.match(r"[,的]?(?:各|全|我|本|已|共|累计|数据|情况|企业|在|仍|未)", after))


def _forward(text: str, mention: Mention, verbs: list[Verb], chunk: tuple[int, int]) -> Verb | None:
    end = min(chunk[1], mention.end + (REACH if mention.marked or isinstance(mention.when, Recurring | Weekdays | Ahead) else REACH_BARE))
    stop = _STOP.search(text, mention.end, end)
    if stop:
        end = stop.start()
    for verb in verbs:
        if mention.end <= verb.start < end:
            return verb if _claims(text[mention.end : verb.start], mention, verb) else None
    return None


def _claims(between: str, mention: Mention, verb: Verb) -> bool:
    """Whether a time still holds for a verb after the words between them."""
    *_, last = rest = re.split(r"[,;]", between)
    rest = rest[1:]
    if not mention.marked and rest and rest != [""]:
        return isinstance(mention.when, Recurring | Weekdays) and len(between) < 30 and not duty.other_act(between)
    plain = between[: len(between) - len(last)] + re.split(r"将|把", last)[0]
    if duty.other_act(plain):
        return bool(rest) and not duty.final_act(between) and bool(re.match(r"并(?:将|把|报|向|于|书面)", rest[-1]))
    return not (len(rest) > 3 and verb.weak)


def _shares(text: str, mention: Mention, chunk: tuple[int, int]) -> bool:
    """Whether a time without a verb of its own is one of several before a common verb (月报次月5日前、季报季后10日前报送)."""
    rest = text[mention.end : chunk[1]]
    return (
        mention.marked
        and len(rest) <= 14
        and not re.search(r"完成|召开|开展|组织|进行|做好|启动|开始|截止", rest)
        and not duty.other_act(rest)
    )


def _backward(text: str, mention: Mention, verbs: list[Verb], chunk: tuple[int, int]) -> Verb | None:
    """A verb before the time: «报送我局（3月15日前）», «…发送至邮箱，截止时间为5月10日»."""
    rest = text[mention.end :].strip(" 。;,)!")
    lead = text[chunk[0] : mention.start]
    if not mention.marked or len(rest) > 12:
        return None
    earlier = [verb for verb in verbs if verb.end <= mention.start and mention.start - verb.end <= 60]
    if not earlier or duty.other_act(rest):
        return None
    direct = re.search(
        r"(?:截止|截至|时间|时限|期限|日期|最迟|不迟于|不晚于|\(|务必|须在|请在|请于)[^,。;]{0,8}$", text[: mention.start][-14:]
    )
    return earlier[-1] if direct and not re.search(r"完成|召开|举行|会议|培训", lead[-20:]) else None


def _announced(sentence: Sentence, mention: Mention, chunk: tuple[int, int]) -> bool:
    """Whether a label or heading says that the time is for handing in."""
    if not mention.marked and not isinstance(mention.when, Recurring):
        return False
    rest = sentence.text[mention.end : chunk[1]]
    if duty.other_act(rest) or re.search(r"完成|召开|开展|组织|进行|做好", rest):
        return False
    lead = sentence.text[: mention.start][-60:]
    return duty.names_a_time(lead) or (duty.heads_times(sentence.heading) and not duty.other_act(lead))


def _subject(text: str, mention: Mention, verb: Verb | None) -> str:
    """The words in which the one who hands in is named: the clauses before the time, and those between it and the verb."""
    start = min(mention.start, verb.start) if verb else mention.start
    clauses = re.split(r"[;。]", text[:start])[-1]
    between = text[mention.end : verb.start] if verb and verb.start > mention.end else ""
    return clauses[-80:] + re.split(r"将|把|向", between)[0]
