"""Cutting away what the writer did not write: quoted mail, quoted chat lines, our own reminder, signatures, greetings."""

import re

BOUNDARY = re.compile(
    r"^[>\s|]*-{2,}\s*(?:原始邮件|原邮件|回复的原邮件|转发邮件|转发的邮件|original message|forwarded message|邮件原文)"
    r"|^\s*(?:原始邮件|original messages?|发件人 ?: ?.*[@<]|from: .*@)"
    r"|^\s*在.{4,60}写道 ?:|^.{0,60}(?:wrote|写道) ?:\s*$|^_{8,}\s*$"
    r"|^\s*-{3,}\s*\n\s*(?:发件人|from|发送时间)",
    re.MULTILINE,
)
"""Where a quoted mail begins (reference: mail clients used in China); everything from here on is not the writer's."""

WECHAT_QUOTE = re.compile(r"「[^」]{0,2000}」\s*\n?[\s-]*-(?:[ -]*-)?[ -]*\n?")
BARE_QUOTE = re.compile(r"^「[^」]{0,2000}」\s*")
DROPPED_LINE = re.compile(
    r"^\s*(?:>|re ?:|fw ?:|fwd ?:|回复 ?:|转发 ?:|答复 ?:|主题 ?:|subject ?:|发件人 ?:|收件人 ?:|抄送 ?:|"
    r"发送时间 ?:|日期 ?: ?\d{4}|from ?:|to ?:|cc ?:|sent ?:|date ?:)"
    r"|^[\s-]*$|^(?:- ?){5,}$"
    r"|【催报】|^\s*已记录 ?:|有误请回复|请回复 ?[:\"「']|回复\"撤回\""
)
SIGNATURE = re.compile(
    r"^\s*(?:发自|来自)我?的?.{0,20}$|^\s*(?:来自|发自).{0,12}(?:邮箱|邮件|大师|手机|客户端)\s*$|^\s*签名由.{0,20}定制|"
    r"^\s*从我?的?.{0,20}(?:手机|iphone|ipad)\s*发送"
    r"|^\s*(?:sent from|get outlook|获取 ?outlook)|^\s*从 ?windows"
)
CLOSING_DASHES = re.compile(r"\n--\s*\n")
SALUTATION = re.compile(
    r"^(?:尊敬的)?[^,。:;\n!?]{0,8}(?:主任|处长|领导|局长|科长|老师|同志|主管|经理|您好|你好|省中心|省厅|"
    r"省工信厅|中小企业处|服务中心)(?:们|您好|你好|好)?\s*[:!]\s*\n?|^(?:您好|你好)[,。!:\s]*"
)


def own_words(text: str) -> str:
    """What the writer himself wrote in normalised `text`, without greeting; empty if everything was quoted or ours."""
    if "「" in text:
        text = BARE_QUOTE.sub("", WECHAT_QUOTE.sub("", text))
    cut = BOUNDARY.search(text)
    above = text[: cut.start()] if cut else text
    if cut and not above.strip():
        above = _below(text[cut.end() :])
    above = CLOSING_DASHES.split(above, maxsplit=1)[0]
    return SALUTATION.sub("", _lines(above).strip(), count=1).strip()


def _lines(text: str) -> str:
    if "\n" not in text and not DROPPED_LINE.search(text) and not SIGNATURE.search(text):
        return text
    return "\n".join(line for line in text.split("\n") if not DROPPED_LINE.search(line) and not SIGNATURE.search(line))


def _below(quoted: str) -> str:
    """An answer written below the quotation: only if the quotation is marked line by line can the two be told apart."""
    lines = quoted.split("\n")
    marked = [n for n, line in enumerate(lines) if line.lstrip().startswith(">")]
    return "\n".join(lines[marked[-1] + 1 :]) if marked else ""
