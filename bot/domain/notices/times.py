"""Time expressions of a sentence: every one, with its hour and whether the words make it a limit."""

import re
from collections.abc import Iterator
from datetime import time
from typing import Final

from bot.domain import rules
from bot.domain.notices import recurring
from bot.domain.notices.joining import join
from bot.domain.notices.mentions import Ahead, Count, Days, Mention, MonthDays, Weekdays, When
from bot.domain.notices.numerals import NUMBER, number
from bot.domain.notices.patterns import DAYPART, DAYS, WEEKDAY, day_list, days_of

_YEAR: Final = (
    r"(?:(?P<every>每一?个?年度?|逐年|各年)(?:的|应?于|应?在)?"
    r"|(?P<y>[0-9]{4}|[〇零一二三四五六七八九]{4}|(?<![0-9])[0-9]{2})年度?(?:的)?"
    r"|(?P<word>今年|本年度?|当年度?|同年|明年|来年|次年度?|翌年度?|下一?年度?|第二年)(?:的)?(?:年)?)"
)
_MONTHS: Final = rf"(?P<months>(?:(?:{NUMBER}|元)月?份?[、,和及与]){{0,11}}(?:{NUMBER}|元)月)份?"
_NO_ITEM: Final = rf"(?!\A{NUMBER}、{NUMBER}月)(?![一二三四五六七八九十]{{1,3}}、[0-9])"
"""The number of a list's item is no month: 二、6月10日前, 1、3月5日前."""
_ITEM_END: Final = r"(?:(?<![0-9.第])|(?<=\A[0-9]\.)|(?<=[:\s][0-9]\.)|(?<=\A[0-9]{2}\.))"
"""What stands before a month: no other figure but the number of a list's item (1.5月30日前)."""
_DATE: Final = re.compile(rf"{_YEAR}?{_ITEM_END}{_NO_ITEM}{_MONTHS}(?:的)?{DAYPART}")
_MONTH_ONLY: Final = re.compile(rf"{_YEAR}?(?<![0-9.第至到~-]){_NO_ITEM}{_MONTHS}(?=之?前|以前|之?内|(?<=份)|报|上报|向|,)")
_ISO: Final = re.compile(r"(?<![0-9])(?P<y>[12][0-9]{3})(?P<sep>[-./])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})(?![0-9])日?")
_SHORT: Final = re.compile(r"(?<![0-9.])(?P<m>[0-9]{1,2})[./](?P<d>[0-9]{1,2})日?(?=(?:日|之|以)?前)")
_NO_DAY_SIGN: Final = re.compile(rf"{_YEAR}?(?<![0-9.])(?P<m>{NUMBER})月(?P<d>[0-9]{{1,2}})(?=之?前|以前)")
_YEAR_END: Final = re.compile(rf"(?:{_YEAR}(?:年)?|年)(?:底|末|终(?!了))")
_WITHIN_YEAR: Final = re.compile(r"(?:(?P<y>[0-9]{4})年|(?<![0-9一二三四五六七八九十百两几数多半全每去前])(?P<word>今|本)?年)内")
"""三年内 counts years and names none."""
_QUARTER_END: Final = re.compile(rf"{_YEAR}?第?(?P<q>[一二三四1-4])季度(?:末|底|结束)")
_HOLIDAY: Final = re.compile(rf"{_YEAR}?(?P<name>元旦|五一|劳动节|国庆|教师节)(?:国际劳动节|假期|长假|节日?)?(?=之?前(?!后)|以前)")
_HOLIDAYS: Final = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "教师节": (9, 10)}
_THIS_MONTH: Final = re.compile(
    rf"(?P<rel>本月|当月|这个月|下个?月|(?<![0-9一二三四五六七八九十每次元个各本当下])(?=月))月?(?:份)?(?:的)?(?:(?<=月){DAYS}|(?P<part>月?底|月?末|上旬|中旬|下旬))"
)
_DAY_ONLY: Final = re.compile(rf"(?<![0-9.:月年第个前后-]){DAYS}")
_WEEK: Final = re.compile(r"(?<![每逢按(的第个周])(?P<rel>本|这|下)?(?:周|星期|礼拜)(?P<name>[一二三四五六日天])(?!至|到|-)")
_AHEAD: Final = re.compile(r"(?P<word>今[日天]|明[日天]|后天)(?!起)")
_COUNT: Final = re.compile(rf"(?<![0-9第])(?P<n>{NUMBER})(?:个)?(?:自然|日历)?(?P<unit>工作[日天]|[日天]|月|周|星期)(?:之内|以内|内)")
_COUNT_HALF: Final = re.compile(r"(?P<n>半)个?(?P<unit>月)(?:之内|以内|内)")
_COUNT_BARE: Final = re.compile(
    rf"(?<=[后起])(?<!最后)(?:的)?第?(?P<n>{NUMBER})(?:个)?(?:自然|日历)?(?P<unit>工作[日天]|[日天])(?!内|以内|之内)"
)

_WEEKDAY_AFTER: Final = (
    r"(?:\([本即]?(?:周|星期|礼拜)[一二三四五六日天]\)|\([0-9]{1,2}月[0-9]{1,2}日(?:,?(?:周|星期)[一二三四五六日天])?\)"
    r"|,?(?:周|星期)[一二三四五六日天])?"
)
_HOUR: Final = (
    rf"(?:(?P<half>上午|下午|中午|晚上|晚间|晚|早上|早|凌晨)?(?P<h>{NUMBER})(?::|时|点钟?)(?P<mi>[0-5][0-9]|半)?(?:分|整)?"
    r"|(?:上午|下午|中午)?下班(?:时间)?|(?:上午|早上)?上班|上午|下午|中午|晚上)?"
)
_TAIL: Final = re.compile(
    rf"{_WEEKDAY_AFTER}(?:\(含[^)]{{0,6}}\))?{_HOUR}(?P<mark>\([^)]{{1,8}}\)前|\)(?:之前|以前|前(?!后|期))|之前|以前|前(?!后|期)|之内|以内|内|止|截止|为止)?"
)
_LEAD: Final = re.compile(
    r"(?:截止|截至|最迟|最晚|不迟于|不晚于|不得迟于|不得晚于|不超过|时限|期限|(?<!会议)(?<!活动)(?<!考试)(?<!培训)(?<!召开)(?<!举办)(?<!调研)(?<!开班)(?<!比赛)时间|(?<!出生)日期)(?:日期|时间)?(?:延期|延长|推迟|统一|定|暂)?[为至到是于在:,]{0,3}$"
)
_NEAR: Final = re.compile(r"(?:^|[于在请至到,、:;(须应需为止迟晚务必日]|周|月)$")
_NO_DAY: Final = re.compile(r"(?:届满|期满|召开|开始|结束|举行|提前|之日起|会前|开庭|日前|满|到期)(?:的|之)?前?$")
_MARKS: Final = {"今年": 0, "本年": 0, "本年度": 0, "同年": 0, "明年": 1, "来年": 1}


_BOOK: Final = re.compile(r"《[^《》]{1,80}》")
"""A title: 《每日监测表》 and 《2017年底前…方案》 name papers, no times."""


def mentions(text: str) -> list[Mention]:
    """The time expressions of a cleaned sentence in order, none overlapping; of two that overlap the longer counts."""
    titles = [title.span() for title in _BOOK.finditer(text)]
    found = sorted(
        (hit for hit in _all(text) if not any(opened < hit[0] < closed for opened, closed in titles)), key=lambda hit: (hit[0], -hit[1])
    )
    kept: list[tuple[int, int, When]] = []
    for hit in found:
        if not kept or hit[0] >= kept[-1][1]:
            kept.append(hit)
        elif hit[1] - hit[0] > kept[-1][1] - kept[-1][0]:
            kept[-1] = hit
    finished: list[Mention] = []
    for hit in kept:
        if not finished or hit[0] >= finished[-1].end:
            finished.append(_finished(text, *hit))
    return join(text, finished)


def _finished(text: str, start: int, end: int, when: When) -> Mention:
    tail = _TAIL.match(text, end)
    hour, mark, end = (_hour(tail), tail["mark"], tail.end()) if tail else (None, None, end)
    marked = bool(mark) or isinstance(when, Count) or bool(_LEAD.search(text[max(0, start - 16) : start]))
    return Mention(start, end, when, marked, hour)


def _hour(tail: re.Match[str]) -> time | None:
    if not tail["h"]:
        return time(12) if tail.group().startswith("中午") and "班" not in tail.group() else None
    hour = number(tail["h"])
    minute = 30 if tail["mi"] == "半" else int(tail["mi"] or 0)
    if tail["half"] in ("下午", "晚上", "晚", "晚间") and hour < 12:
        hour += 12
    if hour == 24:
        return time(23, 59)
    return time(hour, minute) if hour < 24 else None


def _all(text: str) -> Iterator[tuple[int, int, When]]:
    yield from recurring.find(text)
    for pattern, build in _READERS:
        for found in pattern.finditer(text):
            if (when := build(found)) is not None:
                yield found.start(), found.end(), when


def _years(found: re.Match[str]) -> dict[str, int | bool | None]:
    groups = found.groupdict()
    year = number(groups["y"]) if groups.get("y") else None
    word = groups.get("word") or ""
    following = None if not word or word in _MARKS else (0 if word.startswith("当年") else 1)
    return {
        "year": year + 2000 if year is not None and year < 100 else year,
        "every": bool(groups.get("every")),
        "ahead": _MARKS.get(word),
        "following": following,
    }


def _days(found: re.Match[str], points: tuple[tuple[int, int], ...], *, rough: bool = False) -> Days | None:
    years = _years(found)
    if not points or not all(1 <= month <= 12 and 0 <= day <= 31 for month, day in points):
        return None
    return Days(
        points,
        year=years["year"],
        every=bool(years["every"]),
        ahead=years["ahead"],
        following=years["following"],
        rough=rough,
    )


def _months(words: str) -> list[int]:
    return [number(item.rstrip("份").rstrip("月")) for item in re.split(r"[、,和及与]", words) if item.rstrip("份月")]


def _date(found: re.Match[str]) -> When | None:
    return _days(found, tuple((month, day) for month in _months(found["months"]) for day in days_of(found)))


def _month_only(found: re.Match[str]) -> When | None:
    return _days(found, tuple((month, rules.LAST) for month in _months(found["months"])), rough=not found["every"])


def _numeric(found: re.Match[str]) -> When | None:
    return _days(found, ((number(found["m"]), int(found["d"])),))


def _year_end(found: re.Match[str]) -> When | None:
    return _days(found, ((12, 31),))


def _quarter_end(found: re.Match[str]) -> When | None:
    return _days(found, ((3 * number(found["q"]), rules.LAST),))


def _holiday(found: re.Match[str]) -> When | None:
    return _days(found, (_HOLIDAYS[found["name"]],))


def _this_month(found: re.Match[str]) -> When | None:
    days = days_of(found)
    month = -1 if found["rel"].startswith("下") else 0
    return Days(tuple((month, day) for day in days)) if days else None


def _day_only(found: re.Match[str]) -> When | None:
    before = found.string[max(0, found.start() - 8) : found.start()]
    if _NO_DAY.search(before) or not _NEAR.search(before):
        return None
    days = day_list(found["days"])
    return MonthDays(days) if days else None


def _week(found: re.Match[str]) -> When:
    day = WEEKDAY.index(found["name"].replace("天", "日"))
    return Weekdays((day,), ahead={"本": 0, "这": 0, "下": 1}.get(found["rel"] or ""))


def _ahead(found: re.Match[str]) -> When:
    return Ahead({"今": 0, "明": 1, "后": 2}[found["word"][0]])


_RECEIPT: Final = re.compile(
    r"(?:收到|接到|接收|收悉|接|收)(?:到)?(?:本|此|该|上述|我[局厅委部办])?[^,。;:]{0,6}?(?:通知|文件|来文|来函|公函|函件|函|文|征求意见稿|意见稿|通告|本表)(?:之日|当日|次日)?(?:起|后|之后|以后)?(?:的)?"
)
_SINCE: Final = re.compile(r"(?:之日起|日起|之后|以后|后|起)(?:的)?(?:,)?(?:应当?|须|请|需)?(?:在|于)?$")
_UPON: Final = re.compile(r"(?:收到|接到|收悉|知悉|获知|发现|发生|受理|取得)[^,。;:]{1,20}的$")
"""Something other than the notice, from which days are counted without 之日起: 收到移交材料的30个工作日内."""
_BEFORE: Final = re.compile(r"(?:提前|前|至少)(?:在|于)?$")


def _count(found: re.Match[str]) -> When | None:
    before = found.string[max(0, found.start() - 60) : found.start()]
    unit = found["unit"]
    n = 15 if found["n"] == "半" else number(found["n"]) * {"月": 30, "周": 7, "星期": 7}.get(unit, 1)
    if not 1 <= n <= 999 or _BEFORE.search(before):
        return None
    receipt: bool | None = None
    if received := list(_RECEIPT.finditer(before)):
        receipt = len(before) - received[-1].end() <= 24
    elif _SINCE.search(before) or _UPON.search(before):
        receipt = False
    return Count(n, unit.startswith("工作"), receipt, rough=unit == "月")


_READERS: Final = (
    (_DATE, _date),
    (_MONTH_ONLY, _month_only),
    (_ISO, _numeric),
    (_SHORT, _numeric),
    (_NO_DAY_SIGN, _numeric),
    (_YEAR_END, _year_end),
    (_WITHIN_YEAR, _year_end),
    (_QUARTER_END, _quarter_end),
    (_HOLIDAY, _holiday),
    (_THIS_MONTH, _this_month),
    (_DAY_ONLY, _day_only),
    (_WEEK, _week),
    (_AHEAD, _ahead),
    (_COUNT, _count),
    (_COUNT_HALF, _count),
    (_COUNT_BARE, _count),
)
