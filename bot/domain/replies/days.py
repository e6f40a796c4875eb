"""The words for days: where one is mentioned, and which way it looks. What day it is, `calendar_days` works out."""

import re
from dataclasses import dataclass

from bot.domain.replies import numerals

N = numerals.PATTERN
HOURS = rf"(?:{N}点(?:半|整|钟|多|{N}分?)?|\d{{1,2}}:\d\d|\d{{1,2}}时)(?:左右|许)?"
PART = (
    "一大早上?|大早上|一早上?|大清早|清早上?|早上|早晨|早起|早|上午|下午|头午|下晌|过晌|晌午头?|晌后|中午|午后|午前|晚上|晚间|半夜|夜里|夜间|"
    "傍晚|傍黑|凌晨|白天|全天|一天|前半晌|后半晌|下半天|上半天|上班|下班|晚"
)
EDGE = r"(?:之前|以前|前面|前|左右|之内|以内|内|截止|之后|以后|过后|后|那天|当天|的时候|时候|这天|一过)"
TAIL = rf"(?:的?(?:{PART}))?(?:{HOURS})?(?:钟)?(?:的?(?:上班|下班))?{EDGE}?"
WEEK = "周|星期|礼拜"
DAY_OF_WEEK = "[一二三四五六日天]|末(?!之?前|以前)|[1-6](?![\\d个户家号月周])"
FEAST = (
    "国庆节?|十一(?!户|家|个|点|号|日|月|天|位)|中秋节?|元旦|春节|五一(?:劳动)?节?|端午节?|清明节?|过年|"
    "大年|过节|长假|小长假|黄金周|放假|假期|假|节|年"
)

FORMS: tuple[tuple[str, str, str], ...] = (
    ("iso", "T", r"20\d\d(?:年|-|/|\.)\d{1,2}(?:月|-|/|\.)\d{1,2}[日号]?"),
    (
        "hours",
        "D",
        f"(?:再?过?{N}|半|几|{N}到{N}|{N}[-~]{N}|一两|两三|三四)(?:个)?(?:半)?(?:小时|钟头|分钟|刻钟)(?:左右)?(?:之?内|以内|后|之后|以后)?",
    ),
    ("hour", "D", rf"(?:{N}点(?:半|{N}分?)?|\d{{1,2}}:\d\d)(?:钟)?(?:之前|以前|前|之内)"),
    ("workdays", "D", rf"(?:再?(?:过)?)(?:{N}|[一两三二]{{2}}|[二三四五六]五)个?工作日(?:之?内|以内|后|之后|以后|左右)?"),
    (
        "ago",
        "P",
        rf"头(?:[一两三]{{1,2}}|几)天|(?:{N}|好?几|[一两三]{{2}})(?:多?)(?:天|日(?=之?前(?:就|已|便))|周|个?星期|个?礼拜|个?月)(?:之前|以前|前)(?!端)",
    ),
    (
        "span",
        "D",
        rf"(?<=[延缓限迟推期]){N}日|(?:再?过)?这?(?:{N}|[一两二三四五六]{{2}}|一半|{N}到{N}|{N}[-~]{N}|半个?|个把)"
        r"(?:天(?:时间)?(?:之?内|以内|后|之后|以后|左右)?|日(?:时间|之?内|以内|后|之后|以后)"
        r"|个?(?:周|星期|礼拜)(?![一二三四五六日天])(?:时间)?(?:之?内|以内|后|之后|以后|左右)?|个月(?:之?内|以内|后|之后|以后|左右)?)",
    ),
    ("month_day", "T", rf"(?:今年)?(?:{N}|本|这个?|当|上个?|下个?)月(?:份)?的?{N}[日号]?(?!户|家|个|点|[年月%])"),
    (
        "month_end",
        "T",
        r"(?:本月|这个?月|当月|\d{1,2}月份?|[一二三四五六七八九十]{1,2}月份?)?(?:月底|月末|底(?=前|之前|$|[,。!报交发能])|"
        "末(?=前|之前|$|[,。!报交发能]))",
    ),
    ("month_end_next", "D", r"下个?月(?:月)?(?:底|末)"),
    ("month_first_next", "D", r"下个?月(?:月)?(?:初|上旬)"),
    ("dotted", "T", r"(?<![\d.])(?:1[0-2]|0?[1-9])(?:\.|/|-)(?:3[01]|[12]\d|0?[1-9])(?![\d.:/\-]|[万亿%元户家个版k倍])[日号]?"),
    (
        "day",
        "T",
        rf"(?:这月|本月|这个月)?(?:{N}(?:、|或者?|和|到|-|~))?{N}[日号](?!线|楼|公章|文|院|机|房|门|召|联络|常|历|志|厅|会议|令|报表|码|车|文件|附件|表|个|召)",
    ),
    ("day_bare", "T", r"(?<!\d)(?:[12]\d|30|31)(?=(?:之前|以前|前)(?:报|交|发|给|能|传|一定|肯定|$|[,。!]))"),
    ("tomorrow_or_after", "D", r"明后(?:天|儿|两天)?|明天?(?:或|或者|和|、|跟|,)?后天|明儿后儿"),
    ("today_or_tomorrow", "D", r"今明(?:两天|天|两日)?|今天?(?:或|或者|和)?明天|今儿明儿"),
    ("minus3", "P", r"大前(?:天|日|儿个?|个)"),
    ("plus3", "D", r"大后(?:天|日|儿个?|个)"),
    ("plus2", "D", r"后(?:天|儿个?|个(?=[头下上报交发给一]|$))|后日|次后日"),
    ("plus1", "D", r"明(?:天|日|儿个?|个儿?|早上?|晚|晨|上午|下午|中午)|次日|隔天|第二天"),
    ("minus1", "P", r"昨(?:天|日|儿个?|个儿?|晚|夜|早|下午|上午|中午)"),
    ("minus2", "P", r"前(?:天|日|儿个?|个儿(?=[就报发交])|晚)"),
    (
        "today_edge",
        "T",
        "(?:今天?)?(?:中午|下班|晚饭|晌午|午饭|饭口|午休|开会)(?:之前|以前|前)",
    ),
    (
        "today_late",
        "D",
        "今(?:晚上?|夜)|(?:今天?)?(?:晚上|晚饭后|夜里|半夜)(?!好)|下班的时候",
    ),
    ("today_early", "T", r"今(?:早上?|晨|上午)|一?大早上?|一早|清早|早晨|早上(?!好)|上午(?!好)|头午|凌晨|前半晌|早起"),
    (
        "today",
        "T",
        r"今(?:天|日|儿个?|个(?=[就报发交下上能]))|当天|当日|本日|下午(?!好)|下晌|过晌|后半晌|中午(?!好)|晌午|午后|傍晚|午间",
    ),
    ("week_next", "D", rf"下下?个?(?:{WEEK})(?:{DAY_OF_WEEK})"),
    ("week_last", "P", rf"上上?个?(?:{WEEK})(?:{DAY_OF_WEEK})"),
    ("week_this", "T", rf"(?:这个?|本|当)?(?:{WEEK})(?:{DAY_OF_WEEK})"),
    (
        "within_week",
        "D",
        rf"(?:(?:本|这个?|当)(?:{WEEK})|周内)(?:之内|以内|里|内)?(?:之前|前)?(?!期|边|年|末)|(?:这个?|本)?周末(?:之前|以前|前)",
    ),
    ("within_next_week", "D", rf"下个?(?:{WEEK})(?:之内|以内|里|内|初)?(?!期|边|年)"),
    ("year_end", "D", r"年底|年末|岁末"),
    ("before_feast", "T", rf"(?:{FEAST})(?:放假)?(?:之前|以前|前(?!端|期|年|天))"),
    (
        "after_feast",
        "D",
        rf"(?:(?:过完|过了|休完|放完)这?个?(?:{FEAST})|(?:{FEAST})(?:过了|过去|之后|以后|后|回来|过后|结束|一过|完了)|收假后?)"
        rf"的?(?:(?:上班|头)?第{N}个?(?:工作日|天|日)|一上班|上班|头一天|回来)?",
    ),
    ("few", "D", r"(?:再?过|这|近|头)(?:一|两|俩)天|这一?两天|过两日|这两日|一两天|两三天|这几天内"),
)
"""Name, tag and pattern of each form, tried in this order. D looks forward, P back, T either way."""

FORM = re.compile("|".join(f"(?P<{name}>{pattern})" for name, _, pattern in FORMS))
TAGS = {name: mark for name, mark, _ in FORMS}
TAILED = re.compile(TAIL)
FIRST = numerals.FIRST | frozenset(
    "再过半几好这本当上下月明今大后次隔第昨前中晌晚夜午早清凌头傍一周星礼年岁国元春五端节长小黄放假休收近个底末饭"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A day named in the text. `form` is the name in FORMS, `words` what named it, `tag` which way it looks.

    `length` counts its characters in the text, hour and edge word included.
    """

    form: str
    words: str
    tag: str
    length: int


def match(text: str, at: int) -> Mention | None:
    """The day named at position `at` of normalised `text`, with the part of day, hour and edge word that follow it."""
    found = FORM.match(text, at)
    if not found or found.lastgroup is None:
        return None
    form, end = found.lastgroup, found.end()
    tail = TAILED.match(text, end)
    stop = tail.end() if tail else end
    return Mention(form, found.group(), _tag(form, found.group()), stop - at)


def _tag(form: str, words: str) -> str:
    if form == "month_day" and words.startswith("下"):
        return "D"
    if form == "month_day" and words.startswith("上"):
        return "P"
    return TAGS[form]
