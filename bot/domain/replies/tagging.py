"""From normalised text to tagged text: known words become their class letter, days and numbers become marks with a value."""

import re
from dataclasses import dataclass

from bot.domain.replies import calendar_days, counts, days, lexicon, periods
from bot.domain.replies.calendar_days import Moment

OURS = frozenset("AMΘΩDTPXHG")
"""Tags that no recipient is read into."""

ALWAYS_BREAK = frozenset("。;!\n,? ~:")


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tagged text. `marks[i]` is what the i-th character of `text` stands for: the words as typed, and a value if it has one."""

    text: str
    words: tuple[str, ...]
    values: tuple[days.Mention | counts.Count | None, ...]

    def slice(self, start: int, end: int) -> "Tagged":
        """The part from `start` to `end` (exclusive)."""
        return Tagged(self.text[start:end], self.words[start:end], self.values[start:end])

    def typed(self, start: int, end: int) -> str:
        """The words as they were typed between two positions of `text`."""
        return "".join(self.words[start:end])


def _dictionary() -> dict[str, str]:
    known: dict[str, str] = {word: word for word in lexicon.UNITS.split()}
    known = dict.fromkeys(known, "U")
    for tag, words in lexicon.TAGGED.items():
        known.update(dict.fromkeys(words.split(), tag))
    known.update({matter + paper: "O" for matter in lexicon.MATTERS.split() for paper in lexicon.PAPERS.split()})
    for tags, words in lexicon.PHRASES.items():
        known.update(dict.fromkeys(words.split(), tags))
    known.update(dict.fromkeys(lexicon.FILLERS.split(), ""))
    known.update({word: word for word in lexicon.PLAIN.split()})
    for canonical, variants in lexicon.SAME.items():
        known.update(dict.fromkeys(variants.split(), canonical))
    return known


def _lengths(known: dict[str, str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for word in known:
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


KNOWN = _dictionary()
LENGTHS = _lengths(KNOWN)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁宋谢唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢姜崔钟谭陆汪范石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
NAME = re.compile(
    f"[小老][{SURNAMES}](?!县|市|区)|(?:[{SURNAMES}])(?:[一二三四五六七八九十某](?![户家号月个])|姐|哥|"
    f"工(?!作)|科长?|处长?|局长?|(?:副?[县市区州镇乡股所组]长)|主任|老师|会计|秘书|经理|老板|干事|师傅|同志|书记|部长|姨|叔|总)"
    f"|大[{SURNAMES}](?![一-鿿])"
)
RECIPIENT = re.compile(
    r"(?:(?:我|咱|俺)们?|本)(?:的|这)?(?:副?[局科处县市区州股所厂]长|主任|领导|书记|[局科处股](?=里|了|审|$|[ ,。!;]))"
    r"|(?:发改|[^\W\da-z_了的在已是您你贵省厅咱我俺吗没不未过完给到至往向去报交发传后前以由哪谁什几]){0,6}?"
    r"(?:局|委(?!托)|科(?![技研学])|(?<![把就会全理各好完给贵])办(?![公理法事好完结])|(?<![各几两一二三四五六七八九十好到此出别贵给])处(?!理)|股"
    r"|(?<=[务究])所|部门|公司|工厂|银行|学校|医院|政府|人大|政协|管委会|街道|[局科处县市区州厂院股镇乡部组]长|主任|书记|秘书|经理|同志"
    r"|会计|上级|(?<=[案发达])室|第三方|[市州县区](?:工信|经信|民营|统计|科技|发改|中小)[局委]?"
    r"|[市州县区](?:级|里|上)?的?(?:平台|系统|邮箱|那边))(?:长|里|那边|那儿|邮箱)?"
)
"""Somebody other than the one who asks, where a word of handing in is followed by whom it went to: 已报市统计局备案."""

REACHING = frozenset("H了过给到至往向去请")
REACHES = re.compile("(?:H(?:了|过|给|到|至|往|去|请)*|[给向往])$")
"""Tagged text after which a recipient may stand."""

PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)|[a-z0-9_.+-]+@[a-z0-9-]+\.[a-z0-9.-]+")
UNIT_HEAD = re.compile(
    "(?!我|听|据|隔|其|别|邻|兄|外|公章|在|是|由|归|跟|和|等|因|从|向|报|本|全|贵|你|您|咱|俺|该|这|那|市|县|区|交|发)[^\\W0-9a-z_各个已没未有要让催请给了的是在把将等对另其报交发传送寄都早刚说]{1,5}?(?:市|县|区|州|旗)"
    r"(?:级|里|工信局|经济局|经信局|发改局|经发局|局)?(?=[ :,]|[已没未正还也早都的明今后昨前刚报交发在零无有说\d])"
)


def tag(text: str, moment: Moment) -> Tagged:
    """Tags normalised `text`, longest word first, from left to right; linear in its length.

    The day of `moment` decides which quarter is another period, and whether a day named with its month lies ahead or behind.
    """
    out: list[str] = []
    words: list[str] = []
    values: list[days.Mention | counts.Count | None] = []
    at, size, fresh = 0, len(text), True
    while at < size:
        mark, length, value = _next(text, at, fresh, moment)
        if out and out[-1] in REACHING and mark not in OURS and (to := _recipient(text, at, "".join(out[-4:]))) > length:
            mark, length, value = "B", to, None
        typed = text[at : at + length]
        if len(mark) == 1:
            out.append(mark)
            words.append(typed)
            values.append(value)
        else:
            for n, char in enumerate(mark):
                out.append(char)
                words.append(typed if n == 0 else "")
                values.append(None)
        fresh = typed[-1] in ALWAYS_BREAK
        at += length
    return Tagged("".join(out), tuple(words), tuple(values))


def _next(text: str, at: int, fresh: bool, moment: Moment) -> tuple[str, int, days.Mention | counts.Count | None]:
    char = text[at]
    if char in periods.FIRST and (quarter := periods.NAMED.match(text, at)):
        return ("M" if periods.is_current(quarter, moment.day) else "Q"), quarter.end() - at, None
    if char in days.FIRST and (mention := days.match(text, at)):
        mention = calendar_days.settled(mention, moment)
        return mention.tag, mention.length, mention
    if char in counts.FIRST and (count := counts.match(text, at)):
        return count.tag, count.length, count
    known = _word(text, at, char)
    if char in SURNAMES or char in "小老大":
        name = NAME.match(text, at)
        if name and (known is None or len(known) < name.end() - at):
            return "N", name.end() - at, None
    if fresh and (head := UNIT_HEAD.match(text, at)) and (known is None or len(known) < head.end() - at):
        return "U", head.end() - at, None
    if known is not None:
        return KNOWN[known], len(known), None
    if (char.isdigit() or char.isascii()) and (phone := PHONE.match(text, at)):
        return "F", phone.end() - at, None
    return char, 1, None


def _recipient(text: str, at: int, before: str) -> int:
    """How many characters name a recipient at position `at`, after the tagged text `before`; 0 if none is named there."""
    found = RECIPIENT.match(text, at) if REACHES.search(before) else None
    return found.end() - at if found else 0


def _word(text: str, at: int, char: str) -> str | None:
    for length in LENGTHS.get(char, ()):
        word = text[at : at + length]
        if word in KNOWN:
            return word
    return None
