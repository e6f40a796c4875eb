"""Which time belongs to which handing in: one duty for each limit that is stated."""

import itertools
import re
from dataclasses import dataclass
from typing import Final

from bot.domain.notices import duty, exclusions
from bot.domain.notices.duty import Verb
from bot.domain.notices.mentions import Ahead, Count, Mention, Recurring, Weekdays
from bot.domain.notices.sentences import Sentence

REACH: Final = 180
"""How many characters after a time its verb may stand."""
REACH_BARE: Final = 45
"""The same where nothing marks the time as a limit."""

_CUT: Final = re.compile(r"[,;、:(]|(?<=送)和")
_STOP: Final = re.compile(
    r"[,;(]?(?:逾期|过期|未按|否则|如有疑问|联系人:|联系方式:|联系电话|咨询电话|具体(?:时间|要求)|审核结果|届时|不再受理|将予以|予以通报)"
)
_REPORTED_TOO: Final = re.compile(r"并(?:将|把|报|向|于|书面)[^,;]*$|[,;](?:将|把|有关|相关)[^,;]{2,40}$")
_ASKED: Final = re.compile(r"[,的]?[^,。;]{0,16}(?:须|务必|请|应当?(?![届时收付缴]))(?:[^,。;]{0,4}(?:将|把|在)|[^,。;]{0,8}报)")
_ON_THE_WAY: Final = re.compile(r"(?:完成|评审|推荐|经|结果)[^,。;]{0,12}公示(?:无异议|期?结束|期?满)?后?(?=,(?![^,。;]{0,12}异议))")
"""A public notice as one step before the hand-in (学院完成评审、公示，报送推荐材料): the time is that of both."""
_OTHER_WORK: Final = re.compile(r"完成|召开|开展|组织|进行|做好|举行")


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit with its verb. `verb` None: the words around it (报送时间, a heading) say that it is for handing in.

    `chunk` is the stretch of the sentence that is this duty's own: (start, end), end exclusive.
    """

    mention: Mention
    verb: Verb | None
    chunk: tuple[int, int]


def bind(sentence: Sentence, mentions: list[Mention], verbs: list[Verb]) -> list[Bound]:
    """The limits of a sentence that are for handing something in, in order."""
    mentions = [mention for mention in mentions if _may_limit(sentence, mention, verbs)]
    chunks = _chunks(sentence.text, mentions)
    bound: list[Bound | None] = [None] * len(mentions)
    for index in reversed(range(len(mentions))):
        follower = bound[index + 1] if index + 1 < len(mentions) else None
        bound[index] = _bound(sentence, mentions[index], verbs, chunks[index], follower)
    return [found for found in bound if found]


def _may_limit(sentence: Sentence, mention: Mention, verbs: list[Verb]) -> bool:
    """Whether a time may be a limit at all: a day that is merely told (将12月31日的数据报送) is passed over."""
    text = sentence.text
    if isinstance(mention.when, Count):
        return True
    if re.match(r"\)?的", text[mention.end : mention.end + 2]):
        return False
    every_week = isinstance(mention.when, Weekdays) and mention.when.every
    if mention.marked or every_week or isinstance(mention.when, Recurring | Ahead):
        return True
    asked = re.search(r"[于在请须应需]$", text[: mention.start][-2:])
    return bool(asked) or _is_set_out(sentence, mention) or any(_stands_before(text, mention, verb) for verb in verbs)


def _stands_before(text: str, mention: Mention, verb: Verb) -> bool:
    """Whether a bare day stands right before the verb (4月30日报送, 4月30日由各单位报送)."""
    return 0 <= verb.start - mention.end <= 8 and not re.search(r"[的)]|会议|数据|情况", text[mention.end : verb.start])


def _is_set_out(sentence: Sentence, mention: Mention) -> bool:
    """Whether a bare day is a limit by its place: alone under a heading, in a column of times, behind a label."""
    labelled = sentence.text[mention.start].isnumeric() and duty.labels_a_time(sentence.text[: mention.start])
    return labelled or _is_alone(sentence, mention) or _fills_cell(sentence, mention)


def _is_alone(sentence: Sentence, mention: Mention) -> bool:
    """Whether a time is all that stands under its heading (一、报送时间 / 2021年4月1日至30日)."""
    return bool(sentence.heading) and sentence.heading in sentence.before and len(sentence.text) - (mention.end - mention.start) <= 8


def _fills_cell(sentence: Sentence, mention: Mention) -> bool:
    """Whether a time is all that stands in a cell of a table with a column of times (报送截止时间)."""
    text = sentence.text
    opened = re.search(r"(?:\t|\|| {2})\s*$", text[: mention.start][-12:])
    closed = re.match(r"\s*(?:\t|\|| {2}|$)", text[mention.end : mention.end + 12])
    return bool(duty.heads_times(sentence.heading) and opened and closed)


def _chunks(text: str, mentions: list[Mention]) -> list[tuple[int, int]]:
    """The stretch of each mention: up to the last cut before the next one, so that «B于» in «…反馈，B于3月15日前» is B's."""
    starts = [0]
    for left, right in itertools.pairwise(mentions):
        cuts = [found.end() for found in _CUT.finditer(text, left.end, right.start)]
        starts.append(cuts[-1] if cuts else left.end)
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _bound(sentence: Sentence, mention: Mention, verbs: list[Verb], chunk: tuple[int, int], follower: Bound | None) -> Bound | None:
    text = sentence.text
    if exclusions.is_own(text[chunk[0] : mention.start]) or _is_no_limit(text, mention, chunk):
        return None
    verb = _forward(text, mention, verbs, chunk)
    if verb is None and follower is not None and _shares(text, mention, chunk, follower):
        return Bound(mention, follower.verb, chunk)
    verb = verb or _backward(text, mention, verbs, chunk)
    if verb is None and not _announced(sentence, mention, chunk):
        return None
    if verb and _is_nobodys(text[chunk[0] : mention.start], text, verb):
        return None
    subject = _subject(text, mention, verb)
    return (
        None
        if exclusions.is_for_persons(subject) or exclusions.is_between_parties(subject + _carried(text, mention, verb))
        else Bound(mention, verb, chunk)
    )


def _is_nobodys(before: str, text: str, verb: Verb) -> bool:
    """Whether the words before the time and the verb say that a result is made known, or that objections may be raised."""
    return exclusions.is_result(before, text[verb.start : verb.end + 1]) or exclusions.is_objection(before, verb.word)


def _carried(text: str, mention: Mention, verb: Verb | None) -> str:
    """The words between a time and its verb, which name the thing."""
    return text[mention.end : verb.start] if verb and verb.start > mention.end else ""


def _is_no_limit(text: str, mention: Mention, chunk: tuple[int, int]) -> bool:
    """Days that open a period (自…起), close the data (截至…), or that somebody kept or failed to keep (已于…前, 未在…前)."""
    before, after = text[max(0, mention.start - 10) : mention.start], text[mention.end : mention.end + 12]
    late = re.search(r"未按照?[^,。;]{0,24}(?:规定|要求)的?(?:时间|期限)?(?:在|于)?$", text[max(0, mention.start - 40) : mention.start])
    if re.search(r"连续[^,。;]{1,4}年[^。;]{0,30}$", text[chunk[0] : mention.start]):
        return True
    if late or re.search(r"已经?(?:于|在)$", before) or re.search(r"(?:未|没有|不)(?:能|按照?规定|按时|按期|依法|按)?(?:在|于)?$", before):
        return True
    if re.match(r"(?:起|开始|以来|之?后|以后|至今|的)", after) and not isinstance(mention.when, Count | Recurring):
        return True
    if re.match(r"[^,。;]{0,4}后[0-9一二三四五六七八九十两]{1,2}个?(?:小时|分钟)", after):
        return True
    data_end = re.search(r"(?:截至|截止(?:到|至)?)$", before) and not re.search(r"(?:时间|日期|名|送|报|交|馈)(?:截至|截止)", before)
    return bool(
        data_end and mention.start - chunk[0] < 8 and re.match(r"[,的]?(?:各|全|我|本|已|共|累计|数据|情况|企业|在|仍|未)", after)
    ) and not _ASKED.match(text, mention.end)


def _forward(text: str, mention: Mention, verbs: list[Verb], chunk: tuple[int, int]) -> Verb | None:
    """The first verb after the time, where the time holds for it."""
    far = mention.marked or isinstance(mention.when, Recurring | Weekdays | Ahead)
    end = min(chunk[1], mention.end + (REACH if far else REACH_BARE))
    if stop := _STOP.search(text, mention.end, end):
        end = stop.start()
    verb = next((verb for verb in verbs if mention.end <= verb.start < end), None)
    return verb if verb and _claims(text[mention.end : verb.start], mention, verb) else None


def _claims(between: str, mention: Mention, verb: Verb) -> bool:
    """Whether a time still holds for a verb after the words between them."""
    if isinstance(mention.when, Count) and verb.word in duty.APPLYING:
        return False
    between = _ON_THE_WAY.sub("", between) if mention.marked else between
    first, *later = re.split(r"[,;]", between)
    if not mention.marked and any(later):
        return isinstance(mention.when, Recurring | Weekdays) and len(between) < 30 and not exclusions.other_act(between)
    last = later[-1] if later else first
    if exclusions.other_act(between[: len(between) - len(last)] + re.split(r"将|把|向", last)[0]):
        return not exclusions.final_act(between) and bool(_REPORTED_TOO.search(between))
    return not (len(later) > 3 and verb.weak) and not any(clause.endswith("的") for clause in later)


def _shares(text: str, mention: Mention, chunk: tuple[int, int], follower: Bound) -> bool:
    """Whether a time without a verb of its own is one of several before a common verb (月报次月5日前、季报季后10日前报送)."""
    rest = text[mention.end : max(chunk[1], mention.end + 1)]
    if not mention.marked or (rest[0] != "、" and "请" in text[follower.chunk[0] : follower.mention.start]):
        return False
    return len(rest) <= 14 and bool(re.match(r"[)、,;和及与]", rest)) and not exclusions.other_act(rest)


def _backward(text: str, mention: Mention, verbs: list[Verb], chunk: tuple[int, int]) -> Verb | None:
    """A verb before the time: «报送我局（3月15日前）», «…发送至邮箱，截止时间为5月10日»."""
    rest = text[mention.end :].strip(" 。;,)!")
    earlier = [verb for verb in verbs if verb.end <= mention.start and mention.start - verb.end <= 60]
    if not mention.marked or len(rest) > 12 or not earlier or exclusions.other_act(rest):
        return None
    lead = text[chunk[0] : mention.start][-20:]
    direct = re.search(
        r"(?:截止|截至|时间|时限|期限|日期|最迟|不迟于|不晚于|\(|务必|须在|请在|请于|季度)[^,。;]{0,8}$", text[: mention.start][-14:]
    )
    return earlier[-1] if direct and not _OTHER_WORK.search(lead) and "会议" not in lead and "培训" not in lead else None


def _announced(sentence: Sentence, mention: Mention, chunk: tuple[int, int]) -> bool:
    """Whether a label or heading says that the time is for handing in."""
    recurs = isinstance(mention.when, Recurring) or (isinstance(mention.when, Weekdays) and mention.when.every)
    if not (mention.marked or recurs or _is_set_out(sentence, mention)):
        return False
    rest = _STOP.split(sentence.text[mention.end : chunk[1]])[0]
    if exclusions.other_act(rest) or _OTHER_WORK.search(rest):
        return False
    lead = sentence.text[: mention.start][-60:]
    return duty.names_a_time(lead) or duty.names_a_report(lead) or (duty.heads_times(sentence.heading) and not exclusions.other_act(lead))


def _subject(text: str, mention: Mention, verb: Verb | None) -> str:
    """The words in which the one who hands in is named: the clauses before the time, and those between it and the verb."""
    start = min(mention.start, verb.start) if verb else mention.start
    clauses = re.split(r"[;。]", text[:start])[-1]
    return clauses[-80:] + re.split(r"将|把|向", _carried(text, mention, verb))[0]
