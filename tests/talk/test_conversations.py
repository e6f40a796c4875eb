"""Whole conversations: what we sent, what they said, what stands afterwards, what we answered. A misheard one in the field is one more row."""

from dataclasses import dataclass, field

import pytest
from office import Office, texts

from bot.domain.words import MessageKind, Status

LIST, Q3 = ("榆树市", "once"), ("榆树市", "2018Q3")
NONG_Q3, NONG_LIST = ("农安县", "2018Q3"), ("农安县", "once")
CONFIRMATION, QUESTION, ANSWER = MessageKind.CONFIRMATION, MessageKind.QUESTION, MessageKind.ANSWER

Said = tuple[str, str]
"""When, and what."""


@dataclass(frozen=True)
class Script:
    """`sent`: letters by time and the tasks they name. The last thing said is the one answered by `kind` with `fragments`."""

    name: str
    said: tuple[Said, ...]
    stands: dict[tuple[str, str], Status]
    kind: MessageKind | None
    fragments: tuple[str, ...] = ()
    sent: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (("10-16 09:10", (Q3,)),)
    units: tuple[str, ...] = ("榆树市",)
    absent: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)


BOTH = (("09-25 09:10", (LIST, Q3)),)
P, R, Z, A, I, B, N = (  # noqa: E741
    Status.PROMISED, Status.REPORTED, Status.ZERO_REPORT, Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.BLOCKED, Status.PENDING
)  # fmt: skip

SCRIPTS = (
    # one task
    Script("a report is recorded and restated", (("10-16 09:20", "已报"),), {Q3: R}, CONFIRMATION, ("榆树市 2018年三季度", "→ 已报", "撤回")),
    Script("a zero report", (("10-16 09:20", "没有这类企业，零报告"),), {Q3: Z, LIST: N}, CONFIRMATION, ("→ 零报告",)),
    Script("received is not reported", (("10-16 09:20", "收到"),), {Q3: A}, CONFIRMATION, ("收悉不等于已报",), absent=("撤回",)),
    Script("received twice is answered once", (("10-16 09:20", "收到"), ("10-16 09:30", "收到")), {Q3: A}, None),
    Script("work under way", (("10-16 09:20", "正在统计"),), {Q3: I}, CONFIRMATION, ("→ 办理中",)),
    Script("a promise in time", (("10-16 09:20", "后天报"),), {Q3: P}, CONFIRMATION, ("→ 承诺 10月18日",), absent=("管理员",)),
    Script(
        "a promise past the limit is a request that an administrator decides",
        (("10-16 09:20", "10月30日报"),), {Q3: N}, CONFIRMATION, ("→ 申请展期 10月30日", "由管理员决定"), absent=("承诺",),
    ),
    Script("a request within the limit is a promise", (("10-16 09:20", "申请延到10月19日"),), {Q3: P}, CONFIRMATION, ("承诺 10月19日", "不必申请展期")),
    Script("more time without a day is asked about", (("10-16 09:20", "能不能宽限几天"),), {Q3: N}, QUESTION, ("延到哪一天", "1. 申请展期 10月23日")),
    Script("and the choice is the request", (("10-16 09:20", "能不能宽限几天"), ("10-16 09:25", "2")), {Q3: N}, CONFIRMATION, ("申请展期 10月25日",)),
    Script("a difficulty goes to a human", (("10-16 09:20", "企业联系不上，报不了"),), {Q3: B}, CONFIRMATION, ("→ 有困难", "管理员")),
    Script("not theirs goes to a human", (("10-16 09:20", "这块不归我管"),), {Q3: N}, CONFIRMATION, ("→ 不归我管", "不再提醒")),
    Script("a question is answered from the notice", (("10-16 09:20", "发哪个邮箱"),), {Q3: N}, ANSWER, ("reports@example.com", "10月19日（星期五）17:00")),
    Script("a handover is passed on", (("10-16 09:20", "以后找李四 13800000001"),), {Q3: N}, ANSWER, ("换联系人",)),
    Script("a complaint is passed on", (("10-16 09:20", "投诉"),), {Q3: N}, ANSWER, ("您的意见已转管理员",)),
    Script("small talk is not answered", (("10-16 09:20", "您好"),), {Q3: N}, None),
    Script("what nobody can understand is asked about", (("10-16 09:20", "嗯呐第一个"),), {Q3: N}, QUESTION, ("没有看懂", "1. 已报")),
    Script("an out-of-office is not answered", (("10-16 09:20", "自动回复：您好，我正在休假"),), {Q3: N}, None),
    # the same thing again
    Script("a report twice closes one task", (("10-16 09:20", "已报"), ("10-16 09:21", "已报")), {Q3: R, LIST: N}, ANSWER, ("已在记录中", "→ 已报")),
    Script("a third time is not answered", (("10-16 09:20", "已报"), ("10-16 09:21", "已报"), ("10-16 09:22", "报了")), {Q3: R, LIST: N}, None),
    Script("thanks after a report change nothing", (("10-16 09:20", "已报"), ("10-16 09:21", "谢谢")), {Q3: R}, None),
    # taking back
    Script("taken back", (("10-16 09:20", "已报"), ("10-17 09:19", "撤回")), {Q3: N}, CONFIRMATION, ("已撤回", "→ 未报")),
    Script("too late to take back", (("10-16 09:20", "已报"), ("10-17 09:21", "撤回")), {Q3: R}, QUESTION, ("超过24小时",)),
    Script("nothing to take back", (("10-16 09:20", "撤回"),), {Q3: N}, QUESTION, ("没有可以撤回的记录",)),
    Script("taken back after a second message", (("10-16 09:20", "已报"), ("10-16 09:30", "谢谢"), ("10-16 09:40", "撤回")), {Q3: N}, CONFIRMATION),
    Script(
        "taken back twice goes back twice",
        (("10-16 09:20", "正在统计"), ("10-16 10:20", "已报"), ("10-16 10:30", "撤回"), ("10-16 10:31", "撤回")), {Q3: N}, CONFIRMATION, ("→ 未报",),
    ),
    Script("said wrongly", (("10-16 09:20", "已报"), ("10-18 09:30", "说错了，还没报")), {Q3: N}, CONFIRMATION, ("更正：尚未报",)),
    Script(
        "said wrongly, of what was reported last",
        (("09-25 09:20", "名单报了"), ("09-26 09:20", "三季度报了"), ("09-26 09:30", "说错了，还没报")), {Q3: N, LIST: R}, CONFIRMATION, sent=BOTH,
    ),
    Script(
        "a retraction is about what was said last, not about an older report",
        (("09-25 09:20", "名单报了"), ("10-16 09:20", "这块不归我管"), ("10-16 09:30", "说错了，还没报")), {LIST: R, Q3: N}, ANSWER,
    ),
    # several tasks
    Script(
        "by the numbers of our letter", (("10-16 09:20", "1报了 2延到25日"),), {LIST: R, Q3: N}, CONFIRMATION,
        ("1. 榆树市", "已报", "申请展期 10月25日"), sent=(("10-16 09:10", (LIST, Q3)),),
    ),
    Script(
        "the numbers are those of the letter and not of the due days",
        (("09-25 09:20", "1报了"),), {LIST: N, Q3: R}, CONFIRMATION, sent=(("09-25 09:10", (Q3, LIST)),),
    ),
    Script("by matter", (("09-25 09:20", "名单报了，季报下周三"),), {LIST: R, Q3: P}, CONFIRMATION, ("已报", "承诺 10月3日"), sent=BOTH),
    Script("by the name of one matter", (("09-25 09:20", "名单报了"),), {LIST: R, Q3: N}, CONFIRMATION, sent=BOTH),
    Script("by the period", (("10-16 09:20", "三季度报了"),), {LIST: N, Q3: R}, CONFIRMATION, sent=(("10-16 09:10", (LIST, Q3)),)),
    Script("a number that does not exist is not guessed", (("09-25 09:20", "1报了 3报了"),), {LIST: R, Q3: N}, CONFIRMATION, ("其余内容",), sent=BOTH),
    Script("ambiguous: which one", (("09-25 09:20", "已报"),), {LIST: N, Q3: N}, QUESTION, ("哪一项", "1. 榆树市", "以上各项", "都不是"), sent=BOTH),
    Script("the number decides", (("09-25 09:20", "已报"), ("09-25 09:25", "1")), {LIST: R, Q3: N}, CONFIRMATION, sent=BOTH),
    Script("all of them by number", (("09-25 09:20", "已报"), ("09-25 09:25", "3")), {LIST: R, Q3: R}, CONFIRMATION, sent=BOTH),
    Script("several numbers decide", (("09-25 09:20", "已报"), ("09-25 09:25", "1和2")), {LIST: R, Q3: R}, CONFIRMATION, sent=BOTH),
    Script("all of them in a word", (("09-25 09:20", "已报"), ("09-25 09:25", "全部")), {LIST: R, Q3: R}, CONFIRMATION, sent=BOTH),
    Script("all of them in a sentence", (("09-25 09:20", "已报"), ("09-25 09:25", "都报了")), {LIST: R, Q3: R}, CONFIRMATION, sent=BOTH),
    Script("all of another thing", (("09-25 09:20", "明天报"), ("09-25 09:25", "都报了")), {LIST: N, Q3: N}, ANSWER, ("转管理员",), sent=BOTH),
    Script("choices that contradict", (("10-16 09:20", "嗯呐第一个"), ("10-16 09:25", "1和3")), {Q3: N}, ANSWER, ("转管理员",)),
    Script("not that one but the other", (("09-25 09:20", "已报"), ("09-25 09:25", "不是名单")), {LIST: N, Q3: N}, ANSWER, ("转管理员",), sent=BOTH),
    Script("a number with words of its own", (("09-25 09:20", "已报"), ("09-25 09:25", "1报了，2延到10月20日")), {LIST: R, Q3: P}, CONFIRMATION, sent=BOTH),
    Script("several in one breath", (("10-16 09:20", "名单和三季度的情况都报了"),), {LIST: R, Q3: R}, CONFIRMATION, sent=(("10-16 09:10", (LIST, Q3)),)),
    Script("yes to the only one", (("09-25 09:20", "名单报了"), ("10-16 09:20", "农安报了"), ("10-16 09:25", "是的")), {Q3: R}, CONFIRMATION),
    Script("a name decides", (("09-25 09:20", "已报"), ("09-25 09:25", "名单")), {LIST: R, Q3: N}, CONFIRMATION, sent=BOTH),
    Script("a sentence decides", (("09-25 09:20", "已报"), ("09-25 09:25", "三季度报了")), {LIST: N, Q3: R}, CONFIRMATION, sent=BOTH),
    Script("none of them goes to a human", (("09-25 09:20", "已报"), ("09-25 09:25", "4")), {LIST: N, Q3: N}, ANSWER, ("转管理员",), sent=BOTH),
    Script("asked once, then a human", (("09-25 09:20", "已报"), ("09-25 09:25", "报了")), {LIST: N, Q3: N}, ANSWER, ("转管理员",), sent=BOTH),
    Script("both in so many words", (("09-25 09:20", "两项都报了"),), {LIST: R, Q3: R}, CONFIRMATION, sent=BOTH),
    Script("both not", (("09-25 09:20", "两项都没报呢"),), {LIST: I, Q3: I}, CONFIRMATION, sent=BOTH),
    Script("all at once taken back at once", (("09-25 09:20", "1报了 2报了"), ("09-25 09:30", "撤回")), {LIST: N, Q3: N}, CONFIRMATION, sent=BOTH),
    Script(
        "a later letter about one matter decides",
        (("10-16 09:20", "已报"),), {LIST: N, Q3: R}, CONFIRMATION, sent=(*BOTH, ("10-16 09:10", (Q3,))),
    ),
    Script(
        "a number after a newer letter does not answer the old question",
        (("09-25 09:20", "已报"), ("10-16 09:20", "1")), {LIST: N, Q3: A}, CONFIRMATION, sent=(*BOTH, ("10-16 09:10", (Q3,))),
    ),
    Script(
        "said wrongly, of two reported at once: which one",
        (("10-16 09:20", "1报了 2报了"), ("10-16 09:30", "说错了，还没报")), {LIST: R, Q3: R}, QUESTION,
        ("1. 榆树市", "更正：尚未报", "以上各项"), sent=(("10-16 09:10", (LIST, Q3)),),
    ),
    Script(
        "and the choice of all",
        (("10-16 09:20", "1报了 2报了"), ("10-16 09:30", "说错了，还没报"), ("10-16 09:31", "3")), {LIST: N, Q3: N}, CONFIRMATION,
        sent=(("10-16 09:10", (LIST, Q3)),),
    ),
    Script("received leaves a question open", (("09-25 09:20", "已报"), ("09-25 09:22", "收到"), ("09-25 09:25", "1")), {LIST: R}, CONFIRMATION, sent=BOTH),
    # several units
    Script(
        "by unit", (("10-16 09:20", "榆树报了，农安还没"),), {Q3: R, NONG_Q3: I}, CONFIRMATION, ("榆树市", "农安县"),
        units=("榆树市", "农安县"), sent=(("10-16 09:10", (Q3, NONG_Q3)),),
    ),
    Script(
        "one unit named, two matters: those of the last letter",
        (("10-16 09:20", "榆树报了"),), {Q3: R, LIST: N, NONG_Q3: N}, CONFIRMATION,
        units=("榆树市", "农安县"), sent=(("10-16 09:10", (Q3, NONG_Q3)),),
    ),
    # what contradicts is never overruled
    Script("a unit that is not theirs", (("10-16 09:20", "农安报了"),), {Q3: N, NONG_Q3: N}, QUESTION, ("哪一项", "都不是")),
    Script("a period that is not owed", (("10-16 09:20", "2018年四季度报了"),), {Q3: N, LIST: N}, QUESTION, ("哪一项",)),
    Script("a period reported before", (("10-16 09:20", "已报"), ("10-17 09:20", "三季度报了")), {Q3: R, LIST: N}, ANSWER, ("已在记录中",)),
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_conversation_ends_as_it_should(office: Office, script: Script):
    person = office.person(*script.units)
    sent = sorted(script.sent)
    answers = []
    for when, words in script.said:
        while sent and sent[0][0] <= when:
            letter = sent.pop(0)
            office.letter(person, letter[0], *letter[1])
        answers = office.say(person, words, when, **script.fields)
    assert {which: office.task(*which).status for which in script.stands} == script.stands
    assert [answer.kind for answer in answers] == ([script.kind] if script.kind else [])
    assert [fragment for fragment in script.fragments if fragment not in texts(answers)] == []
    assert [fragment for fragment in script.absent if fragment in texts(answers)] == []
