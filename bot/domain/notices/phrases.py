"""What is handed in and to whom, in the words of the sentence."""

import re
from typing import Final

from bot.domain.notices import duty
from bot.domain.notices.binding import Bound
from bot.domain.notices.sentences import Sentence

MAX_WHAT: Final = 60
UNNAMED: Final = "报送材料"
"""The thing where the notice names none."""

_BODY_END: Final = re.compile(duty.ORGAN + r"(?:\([^)]{0,20}\))?$")
_PURPOSE: Final = re.compile(
    r"(?:备案|备查|审核|审批|审定|审查|初审|复审|会审|汇总|批准|核准|备核|存档|处理|研究|进行.*|电子邮箱.*|邮箱.*|信箱.*"
    r"|为盼|为荷|[a-zA-Z0-9_.-]+@.*|,.*|并.{2,}|同意.*|后.*|各一份.*|一式.*)$"
)
_ADVERBS: Final = r"(?:综合|书面|专题|及时|如实|一次性?|定期|统一|分别|汇总|逐级|一并|重新|补充|(?:统计|整理)?汇总后)"
_LEADING: Final = re.compile(
    r"^(?:第[一二三四五六七八九十百0-9]{1,5}条|[(]?[一二三四五六七八九十0-9]{1,3}[)、.]|\s|注:|请(?!假|示)|须|应当?|需|要(?!点)|并|同时|及时|按时|认真"
    r"|各(?:单位|地|部门|市|县|区|学院)?(?:、各[^,。;、]{1,8}){0,3}(?:应|须|要|请|需)|各(?:有关|相关)?(?:单位|部门|地|市|县|区|校|学院)的?(?=[^,]{2})|[A-Z]{1,3}[0-9]{1,5}(?:-[0-9]{1,2})?表?(?=[\u4e00-\u9fff《])|其(?!他|它|余)|相关的|以下|填写好的?|填好的?|做好|完成|一次|或者|统一|一并|如实|书面(?!报告|材料|意见|说明|总结))"
)
_MADE: Final = (
    r"(?:(?:经|由)[^,。;、的《“]{1,16})?"
    r"(?:遴选|统计|审核|审定|审签|汇总|填写|填报|填|签字|签署|盖章|加盖公章|加盖[^,。;、的]{0,6}章|梳理|整理|筛选|推荐|拟推荐|核对|修改|完善|确定|印制|打印|装订)"
    r"{1,3}(?:后|好|出来?|完成|完毕|完善|通过|无误|确认){0,2}的"
)
"""An attribute that says what was done with the thing before it is handed in, not what it is: 审核后的, 填写好的, 加盖公章的."""
_TRAILING: Final = re.compile(
    rf"(?:{_ADVERBS}|请(?:各|你|贵)[^,。;、]{{1,10}}|[从自][^,。;从自]{{2,12}}(?:开始|起)|每[^,。;]{{1,3}}更新|(?<!整)改|(?<![自理事缘])由[^,。;的]{{2,10}}|签字|盖章|不少于[^,。;]{{1,6}}"
    r"|(?<=[表件》告结料书案)])(?:\(?(?:纸质|电子)(?:版|稿|档|文档|文本)\)?(?:[、和及与](?:纸质|电子)(?:版|稿|档|文档|文本))?)"
    r"|(?<=表)(?:年|半年|季|月|旬|周|日)报|(?:审核|盖章|签字|加盖公章)后?|均|都|须|应当?|需|(?<!申)请|要|务必|(?<=[料表告结单案书况])务|同时|完整|准确|最迟|最晚|不[迟晚](?:于)?|于?[上下]半年|于|在|并|为|是|打包后?|一起"
    r"|以?(?:书面|电子|正式文件)形式|(?:通过|以)[^,。;的]{1,24}(?:形式|方式|平台|系统|邮件|邮箱|文件)|(?:由|经|按)[^,。;的]{1,24}后"
    r"|一式[^,。;]{1,4}份|各[一二两]份|等?工作|\([^)]{0,40}\)|于?第[0-9一二三四五六七八九十]{1,3}(?:教学)?周(?:周|星期)?[一二三四五六日天]?|[,、:(\s])+$"
)
_ATTRIBUTE: Final = re.compile(rf"^{_MADE}(?=[^,。;]{{2}})")
_NO_THING: Final = re.compile(
    r"(?:各|贵)?(?:有关|相关|你)?(?:单位|部门|市|县|地|局)|(?:的)?(?:纸质|电子|书面)(?:版|稿|档|文档|文件)(?:和(?:纸质|电子)(?:版|稿|材料))?|(?:纸质|电子)材料|填表|实行|执行|[^的]{0,6}(?:报送|上报|填报)(?:一次)?"
    r"|(?:网上|在线|系统|平台)"
)
_PLACE: Final = ("至", "到", "往", "来", "回")
"""How verbs end that a place follows."""
_MOVED_END: Final = re.compile(r",(?:经|由|以|通过|加盖|一式|统一|并|于|在)|以.{1,6}形式|通过|连同|经[^,]{2,20}后")
_VERSION: Final = re.compile(r"(?:纸质|电子)(?:版|稿|档|文档|材料)")
_LISTED: Final = re.compile(
    r"(?:报送|上报|提交|填报|反馈|申报)(?:的)?(?:内容|事项|材料|资料|报表|名称)(?:包括|为|是|:){1,2}(?P<what>[^。;\n]{2,60})"
)
"""A label that names the thing: 报送内容：…"""
_DONE: Final = re.compile(r"(?:完成|做好|抓好)(?P<what>[^,。;]{2,30})$")
_FILLED: Final = re.compile(
    r"(?:填写好?|形成|编制|撰写|制定(?!机关|单位|部门)|整理|填好|准备|推荐|提出|提供)(?:好)?(?P<what>[^,。;]{2,40}?)(?=报(?!告|表|刊|价)|[,。;]|$)"
)
_THING: Final = re.compile(
    r"《[^》]{2,40}》|会签(?:意见)?|(?:修改|反馈|书面)意见|回执|本表|(?<![0-9A-Za-z])[^,。;:的将请送\s]{0,6}(?<!填)(?:名单|报表|总结|报告|材料|表(?![人明示现彰决态扬述达])|方案|台账|清单)"
)


def recipient_of(sentence: Sentence, bound: Bound) -> str | None:
    """The body that gets it, as the sentence writes it; None where it names none."""
    verb, text = bound.verb, sentence.text
    if verb is None:
        return None
    towards = re.search(r"向(?P<to>[^,。;]{1,50}?)$", text[max(0, verb.start - 60) : verb.start])
    if towards:
        return _body(re.sub(f"{_ADVERBS}+$", "", towards["to"].split("将")[0]))
    after = re.match(r"(?:至|到|给|往|回|予|达|报)?(?P<to>[^,。;:()]{1,60})", text[verb.end : verb.end + 80])
    return _body(after["to"]) if after else None


def _body(words: str) -> str | None:
    before = ""
    while words != before:
        before, words = words, _PURPOSE.sub("", words).strip(" 的:、")
    words = re.sub(r"(?:的)?(?:指定|工作|电子)?(?:邮箱|信箱)$", "", words)
    return words if 2 <= len(words) <= 50 and _BODY_END.search(words) else None


def what_of(sentence: Sentence, bound: Bound) -> str:
    """The thing to hand in, a phrase of the text; UNNAMED where no thing is named."""
    for words in (
        _moved(sentence, bound),
        _object(sentence, bound),
        _done(sentence, bound),
        _topic(sentence, bound),
        _earlier(sentence, bound),
    ):
        if words and (tidy := tidied(words)):
            return tidy
    for text in (sentence.text, sentence.before):
        if (listed := _LISTED.search(text)) and (tidy := tidied(listed["what"])):
            return tidy
    named = _THING.search(sentence.text) or _THING.search(sentence.before)
    named = named or _VERSION.search(sentence.text, *bound.chunk)
    return (tidied(named.group()) or named.group()) if named else UNNAMED


def tidied(words: str) -> str:
    """A phrase without list numbers, manner and brackets at its ends; empty if it is no thing."""
    before = ""
    while words != before:
        before = words
        words = _TRAILING.sub("", _LEADING.sub("", words.strip(" ,、:;。|\t")))
        words = _ATTRIBUTE.sub("", words)
        if words.startswith("“") and words.endswith("”") and words.count("“") == 1:
            words = words[1:-1]
    return (
        ""
        if len(words) < 2 or words.endswith("的") or words.count("“") != words.count("”") or "@" in words or _NO_THING.fullmatch(words)
        else words[:MAX_WHAT]
    )


def _moved(sentence: Sentence, bound: Bound) -> str:
    """«将X报送», the time before X or inside."""
    verb, mention, text = bound.verb, bound.mention, sentence.text
    if verb is None:
        return ""
    start = min(bound.chunk[0], verb.start)
    words = text[start : verb.start]
    if start <= mention.start and mention.end <= verb.start:
        words = text[start : mention.start] + text[mention.end : verb.start]
    at = max(words.rfind("将"), words.rfind("把"))
    if at < 0 or re.search(r",(?:现|请|根据|按)", words[at:]):
        return ""
    return _MOVED_END.split(words[at + 1 :])[0].strip(",").rstrip("于在请")


def _object(sentence: Sentence, bound: Bound) -> str:
    """«报送X», «向甲报送X»: what follows the verb and is no body."""
    verb, text = bound.verb, sentence.text
    if verb is None:
        return ""
    after = re.split(r"[,。;:]|(?<!合)并[^,]{2}", text[verb.end : verb.end + 90])[0]
    after = after.split("(")[0] if ")" not in after else after
    if not after or verb.word.endswith(_PLACE) or re.match(r"至|到|给|往|来|回(?!执)|我|后|并|齐|完毕|为盼|备案|电子邮箱|邮箱|一式", after):
        return ""
    body = _BODY_END.search(_PURPOSE.sub("", after))
    thing = re.search(r"(?:情况|报告|表|名单|材料|总结|资料|方案|意见|信息|数据|计划|清单|台账)$", after)
    return "" if (body and not thing) or (_body(after) and not thing) else after


def _done(sentence: Sentence, bound: Bound) -> str:
    """«完成X填报»."""
    found = _DONE.search(sentence.text[: bound.verb.start]) if bound.verb else None
    return found["what"] if found else ""


def _topic(sentence: Sentence, bound: Bound) -> str:
    """What the clause begins with: «汇总表须在次月5日前报», «年报，次年1月30日前报»."""
    words = sentence.text[bound.chunk[0] : bound.mention.start]
    if bound.chunk[0] == 0 and len(words) > 60:
        words = re.split(r"[,;:]", words)[-1]
    words = re.sub(r"由[^,]{2,20}(?:填写|填报|编制|汇总)", "", words)
    words = re.sub(
        r"(?:的)?(?:报送|上报|填报|提交|反馈|申报)?(?:截止)?(?:时间|时限|期限|日期)(?:为|是|:)?$", "", words.rstrip(" ,、:于在请须应")
    )
    parts = [part for part in re.split(r"[,:]", words) if part.strip()]
    return (
        ""
        if not parts
        or _is_subject(parts[-1])
        or re.search(r"形成|撰写|编写|提出|填写(?!好?的)|完成(?!的)|应当自|收到|验收|审核(?!后?的)", parts[-1])
        else parts[-1]
    )


def _is_subject(words: str) -> bool:
    """Whether a phrase says who or when, not what."""
    words = tidied(words) or words
    if re.fullmatch(r"(?:[0-9〇一二三四五六七八九十]{1,4}[年月日号至到~-]{0,2}){1,6}", words):
        return True
    if re.search(r"(?:电话|名单|情况|表|报告|总结|材料|方案|数据|计划|信息|意见)$", words):
        return False
    return bool(
        re.match(r"请(?!假|示)|登[录陆]|各|贵|有关单位|全体|所有|凡|收到|接到|对|如|若|根据|按|经|自|由|当(?![月年日季])", words)
    ) or bool(re.search(r"(?:单位|部门|机关|机构|同志|企业|公司|学院|学校|局|委|办|厅|政府|科室|者|人|后)$", words))


def _earlier(sentence: Sentence, bound: Bound) -> str:
    """The thing made ready earlier in the sentence or in the one before: «填写好相关表格。于10月27日前交»."""
    end = min(bound.mention.start, bound.verb.start) if bound.verb else bound.mention.start
    for text in (sentence.text[:end], sentence.before):
        if found := list(_FILLED.finditer(text)):
            return found[-1]["what"]
    return ""
