"""The questions that a reading leaves open, in Chinese, for the administrator."""

import re
from typing import Final

from bot.domain.notices.reading import Doubt, DoubtKind

MAX_DOUBTS: Final = 60

QUESTIONS: Final = {
    DoubtKind.IMPOSSIBLE_DATE: "“{text}”中的日期不存在（已列入报送事项的，暂按当月最后一天），请核对原文后填写正确日期",
    DoubtKind.NO_YEAR: "“{text}”没有写年份，通知也没有成文日期，请填写成文日期或具体年份",
    DoubtKind.NO_ISSUE_DATE: "“{text}”要从成文日期推算，但没有读出成文日期，请填写",
    DoubtKind.BEFORE_ISSUE: "“{text}”早于成文日期，请核对是否写错年份",
    DoubtKind.ANNOUNCED_LATER: "“{text}”说明时间另行通知，请在时间确定后补录报送事项",
    DoubtKind.NO_DEADLINE: "“{text}”要求报送但没有写时限，请确定截止日期，或确认不需要催报",
    DoubtKind.NO_END: "“{text}”是定期报送，没有写到何时为止，暂按长期有效处理，请确认",
    DoubtKind.NO_CONTACT: "没有读出报送用的邮箱或电话，请补充联系方式",
    DoubtKind.NO_RECIPIENT: "“{text}”没有写明报送给谁（已填的接收单位是按通知其他条款推定的），请确认",
    DoubtKind.REST_DAY: "通知没有写明截止日遇休息日如何处理，默认提前到前一个工作日催报，请确认",
    DoubtKind.APPROXIMATE: "“{text}”的时限不能精确表示，已取相近且不晚于原文的规则，请核对",
    DoubtKind.VOLUNTARY: "“{text}”像是自愿参加而不是必须报送，请确认是否需要催报",
    DoubtKind.NOTHING_FOUND: "没有读出报送事项，请确认通知是否要求报送，或手工录入",
}


def doubt(kind: DoubtKind, text: str, span: tuple[int, int]) -> Doubt:
    """The doubt of this kind about `text`, which stands at `span` of the text as given."""
    short = re.sub(r"\s+", "", text)
    short = short if len(short) <= 60 else f"{short[:59]}…"
    return Doubt(kind, text, span, QUESTIONS[kind].format(text=short))


_LATER: Final = re.compile(
    r"(?:时间|日期|截止|报送|上报)[^。;\n]{0,20}另行(?:通知|公布|安排)|另行(?:通知|公布|安排)[^。;\n]{0,12}(?:报送|上报|提交)"
)


def announces_later(sentence: str) -> bool:
    """Whether the time of something is still to be announced."""
    return bool(_LATER.search(sentence))


_ASKED: Final = re.compile(r"(?:^|[,;:])\s*[^,;:]{0,20}(?:请|须|务必|应当?|要)[^。;]{0,40}(?:将|把)[^。;]{2,60}$|(?:请|务必)[^。;]{0,30}$")


def asks(before_verb: str) -> bool:
    """Whether the words before a verb ask for it now (请将…), so that a time ought to be stated."""
    return bool(_ASKED.search(before_verb))


_VOLUNTARY: Final = re.compile(r"有意|自愿|鼓励|欢迎|可(?:以|于|在)|感兴趣|踊跃")


def is_voluntary(sentence: str) -> bool:
    """Whether a sentence invites rather than obliges (有意…的单位可…)."""
    return bool(_VOLUNTARY.search(sentence))


_DAY: Final = re.compile(r"(?<![0-9])(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日")


def has_no_such_day(sentence: str) -> bool:
    """Whether a sentence names a day that no year has (13月5日, 3月32日)."""
    return any(not (1 <= int(day["month"]) <= 12 and 1 <= int(day["day"]) <= 31) for day in _DAY.finditer(sentence))
