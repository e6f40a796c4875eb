"""The head of a notice: title, number, issuing body, the day it bears and the day it was published."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.notices.numerals import number

REACH: Final = 6000
"""Characters at the beginning, and at the end, that are searched for the head and the signature."""

_YEAR: Final = r"(?P<y>[12][0-9]{3}|[一二〇零][一二三四五六七八九〇零]{3})"
_NUM: Final = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_DAY: Final = re.compile(
    rf"(?<![0-9]){_YEAR}年(?P<m>{_NUM}|元)月(?P<d>{_NUM})[日号]|(?<![0-9])(?P<y2>[12][0-9]{{3}})[-./](?P<m2>[0-9]{{1,2}})[-./](?P<d2>[0-9]{{1,2}})(?![0-9])"
)
_LABELLED: Final = r"(?:^|[\s|日号)])\s*(?:{})\s*[::]\s*(?P<value>[^\n\t]{{2,160}})"
_ISSUED: Final = re.compile(_LABELLED.format("成文日期|成文时间|印发日期|发文日期|发文时间"))
_PUBLISHED: Final = re.compile(_LABELLED.format("发布日期|发布时间|公开日期|公布日期|发文日期"))
_TITLE: Final = re.compile(_LABELLED.format("标题|名称|文件名称"))
_BARE_TITLE: Final = re.compile(r"(?:^|\n)[ \t]{0,20}标题[ \t]*(?P<value>[^\n:]{0,60}关于[^\n]{2,120})")
_NEXT_LABEL: Final = re.compile(
    r"\s*(?:发文字号|文号|文件编号|索引号|成文日期|成文时间|发文日期|发布日期|发布时间|发文机关|发布机构|主题词?|分类):"
)
_ISSUER: Final = re.compile(_LABELLED.format("发文机关|发布机构|发文单位|发布单位|制发机关"))
_KIND: Final = r"(?:通知|函|意见|通告|公告|办法|规定|方案|条例|细则|制度|批复|请示|报告|通报|决定)"
_FULL_TITLE: Final = re.compile(
    rf"(?P<issuer>[^\s。,;:《》]{{0,60}}?)关于(?:《[^》]{{1,80}}》|<[^>]{{1,80}}>|[^。;\n《<]){{2,100}}?的{_KIND}"
)
_SHORT_TITLE: Final = re.compile(rf"^#?\s*(?P<title>[^。,;:>|\n]{{4,80}}{_KIND})\s*$", re.MULTILINE)
_ARTICLE: Final = re.compile(r"(?:^|\n)[ \t]{0,20}第[一二三四五六七八九十百0-9]{1,5}条(?!第|款|、|规|的|之)")
_NUMBER: Final = re.compile(r"[\u4e00-\u9fff]{1,14}(?:〔|\[|\(|〈)(?P<y>(?:19|20)[0-9]{2})(?:〕|\]|\)|〉)(?:第)?[0-9]{1,5}号")
_PLAIN_NUMBER: Final = re.compile(
    r"^[ \t]{0,40}\(?(?P<number>[\u4e00-\u9fff]{2,14}〔[0-9]{4}〕(?:第)?[0-9]{1,5}号"
    r"|[\u4e00-\u9fff]{2,30}(?:公告|通告|令)(?:[0-9]{4}年)?第[0-9]{1,5}号)\)?\s*(?:\||$)",
    re.MULTILINE,
)
_LABELLED_NUMBER: Final = re.compile(rf"(?:发文字号|发文文号|文件编号|文号)\s*:?\s*(?P<number>{_NUMBER.pattern})")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the head and the signature; None where not found. `articles`: where a regulation in the text begins."""

    title: str | None
    number: str | None
    issuer: str | None
    issued: date | None
    published: date | None
    articles: int | None


def read(text: str) -> Head:
    """The head of a cleaned text."""
    top, bottom = text[:REACH], text[-REACH:]
    title, issuer = _title(top)
    articles = _articles_from(text, title)
    published = _day_in(_PUBLISHED.search(top))
    issued = _day_in(_ISSUED.search(top)) or (_last_version(top) if articles == 0 else None) or _signed(bottom) or published
    labelled = _ISSUER.search(top)
    issuer = re.split(r"\s", labelled["value"].strip())[0] if labelled else issuer or _signature(bottom)
    return Head(title, _number(top), issuer, issued, published, articles)


def _title(top: str) -> tuple[str | None, str | None]:
    if labelled := _TITLE.search(top) or _BARE_TITLE.search(top):
        title = _NEXT_LABEL.split(labelled["value"])[0].strip(" 《》")
        found = _FULL_TITLE.match(title)
        return title, (found["issuer"] or None) if found else None
    full, short = _FULL_TITLE.search(top[:600]), _SHORT_TITLE.search(top[:600])
    if full and not (short and short.start() < full.start()):
        issuer = _plain_issuer(full["issuer"])
        return re.sub(r"\s", "", issuer + full.group()[len(full["issuer"]) :]), re.split(r"转发|印发|批转", issuer)[0] or None
    return (short["title"].strip(" #"), None) if short else (None, None)


def _plain_issuer(issuer: str) -> str:
    """The name of the body without the letterhead that broken pages run into the title (name and number, or the name twice)."""
    issuer = re.split(r"号", issuer)[-1] if "〔" in issuer else issuer
    half = len(issuer) // 2
    return issuer[:half] if issuer and issuer[:half] == issuer[half:] else issuer


def _number(top: str) -> str | None:
    alone = _LABELLED_NUMBER.search(top) or _PLAIN_NUMBER.search(top)
    if alone:
        return alone["number"]
    opening = re.split(r"[。:]", top[:1500].split("文号", 1)[-1].lstrip(" :"))[0]
    found = _NUMBER.search(opening)
    if not found or re.search(r"[《(据照]$", opening[: found.start()]):
        return None
    return re.sub(r"^.*(?:局|公司|政府|委员会|办公室)(?=[^局]{2,10}[〔\[(〈])", "", found.group())


def _articles_from(text: str, title: str | None) -> int | None:
    """Where the articles of a regulation begin, whose days come round every year; None for a text without them.

    A text that is nothing but a regulation begins at 0, even if its first lines are the rest of an article.
    """
    articles = list(_ARTICLE.finditer(text[:200_000]))
    named = bool(title and re.search(r"(?:办法|规定|条例|细则|制度)$", title))
    if len(articles) < (1 if named else 2):
        return None
    return 0 if named or title is None else articles[0].start()


def _day_in(found: re.Match[str] | None) -> date | None:
    if not found:
        return None
    inside = _DAY.search(found["value"])
    return _date(inside) if inside else None


def _date(found: re.Match[str]) -> date | None:
    year, month, day = (found[name] or found[f"{name}2"] for name in ("y", "m", "d"))
    try:
        return date(number(year), number(month), number(day))
    except ValueError:
        return None


def _last_version(top: str) -> date | None:
    """The newest day in the list of versions above the first article."""
    head = re.split(r"\n[ \t]{0,20}第[一二三四五六七八九十百]{1,5}条", top, maxsplit=1)[0]
    lines = [line for line in head.split("\n") if re.search(r"通过|公布|发布|修订|修正|批准|印发", line)]
    days = [day for line in lines for found in _DAY.finditer(line) if (day := _date(found))]
    return max(days, default=None)


_BODY: Final = r"(?:局|厅|委|会|办|办公室|部|处|科|院|中心|府|组|校|大学|公司|司|队|室|章\))"
_SIGNED: Final = re.compile(_BODY + r"[ \t]{0,40}(?:\n\s{0,40})?$")
_AFTER_SIGNATURE: Final = re.compile(r"\s*(?!前|之前|以前|起|至|到|,|上午|下午|召开|的|和|、|印发)(?:$|\n|[\u4e00-\u9fff])")
_SIGNATURE: Final = re.compile(rf"(?:^|\n)[ \t]*(?P<name>[\u4e00-\u9fff]{{2,30}}{_BODY})[ \t]*\n\s{{0,40}}(?:[12][0-9]{{3}}|[一二]〇)")


def _signed(bottom: str) -> date | None:
    """The last day under or right after the name of a body, else the last that stands alone in its line; never a limit."""
    ends = [found for found in _DAY.finditer(bottom) if _AFTER_SIGNATURE.match(bottom[found.end() : found.end() + 12])]
    signed = [found for found in ends if _SIGNED.search(bottom[max(0, found.start() - 60) : found.start()])]
    alone = [found for found in ends if not bottom[max(0, found.start() - 60) : found.start()].rsplit("\n", 1)[-1].strip()]
    return next((day for found in reversed(signed or alone) if (day := _date(found))), None)


def _signature(bottom: str) -> str | None:
    found = _SIGNATURE.search(bottom)
    return found["name"] if found else None
