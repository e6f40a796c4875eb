"""What is handed in and to whom, in the words of the sentence."""

import re
from typing import Final

from bot.domain.notices import duty
from bot.domain.notices.binding import Bound
from bot.domain.notices.sentences import Sentence

MAX_WHAT: Final = 60

_BODY_END: Final = re.compile(duty.ORGAN + r"(?:\([^)]{0,20}\))?$")
_LEADING: Final = re.compile(
    r"^(?:第?[(]?[一二三四五六七八九十百0-9]{1,4}[)、.条]|\s|请(?!假|示)|各(?:单位|地|部门|市|县|区|学院)?(?:、各[^,。;、]{1,8}){0,3}(?:应|须|要|请|需)|须|应当?|需|要|统一|一并|及时|按时|同时|并|汇总(?=并|后)|认真|如实|书面|其|相关的|以下|填写好的?|填好的?|做好|完成)"
)
_TRAILING: Final = re.compile(
    r"(?:(?:统一|一并|及时|按时|汇总|书面|汇总后|审核后|盖章后|加盖公章后?|签字后?|电子版和纸质版|均|都|须|应当?|需|请|要|务必|分别|同时|完整|准确|如实|于|在|并|以?(?:书面|电子)形式|(?:通过|以)[^,。;的]{1,24}(?:形式|方式|平台|系统|邮件|邮箱)|(?:由|经|按)[^,。;的]{1,24}后|等?工作|\([^)]{0,40}\)|[,、:\s]))+$"
)
_MOVED: Final = re.compile(r"(?:将|把)(?P<what>[^。;]{2,120}?)$")
_TO: Final = re.compile(r"^(?:至|到|给|往|回|予|达)?(?P<to>[^,。;:()]{1,60})")
_TOWARDS: Final = re.compile(r"向(?P<to>[^,。;]{1,50}?)$")
_PURPOSE: Final = re.compile(
    r"(?:备案|备查|审核|审批|审定|审查|汇总|批准|核准|备核|存档|处理|研究|邮箱.*|电子邮箱.*|信箱.*|为盼|为荷|[a-zA-Z0-9_.-]+@.*|,.*|并.{2,}|同意.*|后.*)$"
)
_THINGS: Final = re.compile(r"会签(?:意见)?|(?:修改|反馈|书面)意见|回执|[^,。;:的将请]{0,6}(?:名单|报表|总结|报告|材料|表|方案|台账|清单)")
_FILLED: Final = re.compile(r"(?:填写好?|形成|编制|撰写|制定|整理|填好|准备|推荐|提出|提供)(?:好)?(?P<what>[^,。;]{2,40})")


def recipient_of(sentence: Sentence, bound: Bound) -> str | None:
    """The body that gets it, as the sentence writes it; None where it names none."""
    verb, text = bound.verb, sentence.text
    if verb is None:
        return None
    if towards := _TOWARDS.search(text[max(0, verb.start - 60) : verb.start]):
        return _body(re.sub(r"(?:综合|书面|专题|及时|如实|一次性?|定期|统一|分别|汇总)+$", "", towards["to"].split("将")[0]))
    if verb.end > bound.chunk[1] and verb.start >= bound.chunk[1]:
        return _body_after(text, verb.end)
    return _body_after(text, verb.end)


def _body_after(text: str, position: int) -> str | None:
    found = _TO.match(text[position : position + 80])
    return _body(found["to"]) if found else None


def _body(words: str) -> str | None:
    words = _PURPOSE.sub("", words).strip(" 的:、")
    words = re.sub(r"(?:的)?(?:指定|工作|电子)?(?:邮箱|信箱)$", "", words)
    while words != (shorter := _PURPOSE.sub("", words)):
        words = shorter
    return words if 2 <= len(words) <= 50 and _BODY_END.search(words) else None


def what_of(sentence: Sentence, bound: Bound) -> str:
    """The thing to hand in, a phrase of the text; the verb itself where no thing is named."""
    for words in (_moved(sentence, bound), _object(sentence, bound), _topic(sentence, bound), _earlier(sentence)):
        if words and (tidy := tidied(words)):
            return tidy
    named = _THINGS.search(sentence.text) or _THINGS.search(sentence.before)
    return named.group() if named else (bound.verb.word if bound.verb else "报送材料")


def tidied(words: str) -> str:
    """A phrase without list numbers, manner and brackets at its ends; empty if nothing is left or it is no thing."""
    before = ""
    while words != before:
        before = words
        words = _TRAILING.sub("", _LEADING.sub("", words.strip(" ,、:;。")))
    return words[:MAX_WHAT] if len(words) >= 2 and not re.fullmatch(r"(?:各)?(?:有关|相关)?(?:单位|部门|市|县|地)", words) else ""


def _moved(sentence: Sentence, bound: Bound) -> str:
    """«将X报送», the time anywhere before X or inside."""
    verb, mention, text = bound.verb, bound.mention, sentence.text
    if verb is None:
        return ""
    start = min(bound.chunk[0], verb.start)
    words = text[start : verb.start]
    if mention.start >= start and mention.end <= verb.start:
        words = text[start : mention.start] + text[mention.end : verb.start]
    at = max(words.rfind("将"), words.rfind("把"))
    if at < 0:
        return ""
    thing = re.split(r",(?:经|由|以|通过|加盖|一式|统一|并|于|在)|以.{1,6}形式|通过|连同|经[^,]{2,20}后", words[at + 1 :])[0]
    return thing.strip(",于在请")


def _object(sentence: Sentence, bound: Bound) -> str:
    """«报送X», «向甲报送X»: what follows the verb and is no body."""
    verb, text = bound.verb, sentence.text
    if verb is None:
        return ""
    after = re.split(r"[,。;:(]|并[^,]{2}", text[verb.end : verb.end + 90])[0]
    if not after or re.match(r"(?:至|到|给|往|来|回|我|后|并|齐|完毕|为盼|备案)", after):
        return ""
    if _BODY_END.search(_PURPOSE.sub("", after)) and not re.search(r"(?:情况|报告|表|名单|材料|总结|资料|方案|意见|信息|数据)", after):
        return ""
    body = re.match(r"(?:省|市|县|区|国)[^,。;]{1,20}?(?:厅|局|委|办|部|处|科|中心|办公室)(?:备案|审核)?$", after)
    return "" if body else after


def _topic(sentence: Sentence, bound: Bound) -> str:
    """What the clause begins with: «汇总表须在次月5日前报», «年报，次年1月30日前报»."""
    words = sentence.text[bound.chunk[0] : bound.mention.start]
    if bound.chunk[0] == 0 and len(words) > 60:
        words = re.split(r"[,;:]", words)[-1]
    words = re.sub(r"由[^,]{2,20}(?:填写|填报|编制|汇总)", "", words)
    words = re.sub(
        r"(?:的)?(?:报送|上报|填报|提交|反馈|申报)?(?:截止)?(?:时间|时限|期限|日期)(?:为|是|:)?$", "", words.strip(" ,、:于在请须应")
    )
    parts = [part for part in re.split(r"[,:]", words) if part.strip()]
    if not parts:
        return ""
    thing = re.sub(r"(?:请|须|应当?|需|要|于|在|最迟|务必)+$", "", parts[-1])
    return "" if _is_subject(thing) else thing


def _is_subject(words: str) -> bool:
    return bool(re.match(r"(?:请|各|有关|全体|所有|凡|收到|接到|对|如|若|根据|按照|经|为|自|由|当)", tidied(words) or words)) or bool(
        re.search(r"(?:单位|部门|机关|机构|同志|企业|公司|学院|学校|局|委|办|厅|政府|科室|者|人)$", words)
    )


def _earlier(sentence: Sentence) -> str:
    """The thing made ready earlier in the sentence or in the one before: «填写好相关表格。于10月27日前交»."""
    for text in (sentence.text, sentence.before):
        if found := list(_FILLED.finditer(text)):
            return found[-1]["what"]
    return ""
