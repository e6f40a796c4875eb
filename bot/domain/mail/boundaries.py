"""Where the quotation begins, in the forms of the mail programs that are used in China.

Every rule is anchored to a line, but for those few that nothing else can be (some gateways make one line of a whole mail). A line alone
proves little: a "写道" needs a date or an address, a "发件人" needs other header names below it, a rule of dashes needs a header block.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.mail.lines import is_quoted, unmarked
from bot.domain.mail.markup import CUT

OURS: Final = re.compile(r"请在此线以上回复|reply above this line", re.IGNORECASE)
"""The line in our own mails above which an answer is written."""
_REACH: Final = 300
"""Characters within which a line must show what it is."""

_ORIGINAL: Final = (
    r"原始邮件|原文|(?:回复|转发|引用)的原?始?邮件|引用邮件|邮件引用|以下为原邮件|原始信息|原始消息|原邮件|"
    r"回复的原邮件|邮件原件|邮件原文|原始信件|转发邮件信息|转发邮件|转发的邮件|转发的消息|"
    r"已转发的?邮件|被转发的?邮件|历史邮件|"
    r"原始郵件|原始訊息|轉寄的?郵件|轉寄郵件|original(?: mail| message|messages)?s?|forwarded (?:message|"
    r"mail)s?(?: by.{0,60})?|(?:reply|replied|quoted) message|"
    r"original email|forwarded mail message"
)
_RULE_WITH_WORDS: Final = re.compile(
    rf"[-—–_=*─]{{2,}}+ {{0,3}}(?:{_ORIGINAL}) {{0,3}}(?:[-—–_=*─]{{2,}}+|[:：]|$).{{0,300}}", re.IGNORECASE
)
_WIDE: Final = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_WORDS_ALONE: Final = re.compile(rf"(?:{_ORIGINAL}) ?[:：]?", re.IGNORECASE)
_FORWARD: Final = re.compile(r"(?:开始转发(?:的邮件|邮件)?|以下是转发的邮件|begin forwarded message) ?[:：]?", re.IGNORECASE)
_MIDDLE: Final = re.compile(
    rf"(?<![-—–])[-—–]{{2,80}}+ {{0,3}}(?:{_ORIGINAL}) {{0,3}}[-—–]{{2}}"
    r"|在 ?\d{4}[-/年][^\n<>]{4,80}<[^<>\s]{3,120}@[^<>\s]{3,120}> ?写道 ?[:：]"
    r"|(?:发件人|From) ?[:：][^\n]{1,120}?(?:发送时间|日期|Sent|Date) ?[:：][^\n]{1,80}?(?:收件人|主题|To|Subject) ?[:：]",
    re.IGNORECASE,
)
"""Unmistakable in the middle of a line."""

_DATE: Final = re.compile(
    r"(?:19|20)\d\d ?[-/年.] ?\d{1,2} ?[-/月.] ?\d{1,2}|\d{1,2}[:：]\d\d|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d|\d{1,2}月\d{1,2}日"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}\b|\b\d{1,2} (?:jan|feb|mar|apr|"
    r"may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_MAILBOX: Final = re.compile(r"[^\s<>@]{1,100}@[\w-]{1,80}(?:\.[\w-]{1,80})+")
_WROTE: Final = re.compile(
    r"(?:写道|寫道|写到|wrote|writes|書きました|schrieb|a écrit|escribió) ?[:：]?$|(?:来信|来函)(?:写道|说) ?[:：]$", re.IGNORECASE
)
_OPENING: Final = re.compile(r"(?:在 ?(?=\d)|on |at |le |am |el )|(?:19|20)\d\d ?[-/年]", re.IGNORECASE)
_OLD_GMAIL: Final = re.compile(r"(?:19|20)\d\d ?[-/年].{0,160}<[^<>\s]+@[^<>\s]+> ?[:：]")

_NAMES: Final = {
    "from": r"发件人|发 ?件 ?人|发信人|发送人|发件者|由|寄件者|寄件人|寄信人|發件人|from|de|von",
    "to": r"收 ?件 ?人|收信人|收件者|至|送达|to|密送|an",
    "cc": r"抄 ?送|抄送人|副本|cc|bcc",
    "date": r"发 ?送 ?时 ?间|发送日期|发件时间|日 ?期|时 ?间|寄件日期|寄件日|傳送日期|已发送|sent|sent time|date|datum|gesendet",
    "subject": r"主 ?题|标 ?题|主旨|主題|subject|betreff|objet",
}
_FIELD: Final = re.compile(
    r"[*|•]{0,3} ?(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _NAMES.items())
    + r") ?[*|]{0,3} ?(?P<mark>[:：]|[|]|  |$| (?=[^ ]))",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"[-—–_=*\u2500-\u257f~－\s]{3,}|(?:来自.{0,20}(?:邮箱|邮件) ?)?[-—–_=─－]{5,}|[|\s:-]{2,}")
_OWN_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}")


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where the quotation begins: the line, and within it the character; `marked`: the line bears a mark of quotation itself."""

    line: int
    column: int = 0


def find(lines: Sequence[str]) -> Boundary | None:
    """The first boundary, None if nothing is quoted without a mark."""
    bare = [unmarked(line) for line in lines]
    for number, line in enumerate(bare):
        start = _begins(bare, number, line)
        if start is not None:
            return Boundary(_upward(bare, start))
        if middle := _MIDDLE.search(lines[number][:4000]):
            return Boundary(number, middle.start())
    return None


def _begins(bare: Sequence[str], number: int, line: str) -> int | None:
    """The line at which a quotation begins that shows itself at this one."""
    if not line:
        return None
    if line == CUT or OURS.search(line[:_REACH]) or _RULE_WITH_WORDS.fullmatch(_WIDE.sub("", line[:600])) or _FORWARD.fullmatch(line):
        return number
    if _OLD_GMAIL.fullmatch(line) or (_WORDS_ALONE.fullmatch(line) and _is_header_block(bare, _next(bare, number + 1))):
        return number
    if _is_header_block(bare, number):
        return number
    return _attribution(bare, number) if len(line) <= _REACH and _WROTE.search(line) else None


def _attribution(bare: Sequence[str], number: int) -> int | None:
    """The first line of "who wrote when:", which may be wrapped onto three; prose that says the same is told apart by its lack of both."""
    start = number
    while (
        start > max(number - 2, 0)
        and not _is_whole(bare[start : number + 1])
        and _has_rest(bare[start - 1], " ".join(bare[start : number + 1]))
    ):
        start -= 1
    said = " ".join(bare[start : number + 1])
    return start if (_DATE.search(said) or _MAILBOX.search(said)) and said.endswith((":", "：")) else None


def _is_whole(lines: Sequence[str]) -> bool:
    said = " ".join(lines)
    return bool(_OPENING.match(said) or (_DATE.search(said) and _MAILBOX.search(said)))


def _has_rest(above: str, said: str) -> bool:
    """Whether the line above holds what the attribution lacks: the address if it has a date, the date if it has none."""
    return bool(_OPENING.match(above) and _DATE.search(above)) or bool(_MAILBOX.search(above) and not _MAILBOX.search(said))


def _is_header_block(bare: Sequence[str], number: int) -> bool:
    """Whether lines from here on are the header of a mail: one of them its sender, another one of the other fields close by."""
    if number >= len(bare):
        return False
    first = _field(bare[number])
    if not first:
        return False
    near = [line for line in bare[number + 1 : number + 8] if line][:4]
    names = [first, *(_field(line) for line in near)]
    marks = len({name for name in names if name})
    return "from" in names and marks >= 2 and (marks >= 3 or first == "from")


def _field(line: str) -> str:
    """Which header field the line is, empty for none. Without a colon (NetEase) its value must look like one."""
    found = _FIELD.match(line[:_REACH])
    if found is None or found.lastgroup is None:
        return ""
    name = next(name for name in _NAMES if found[name])
    if found["mark"] in (":", "：", "|", ""):
        return name if found["mark"] else ""
    value = line[found.end() :]
    fits = (
        _MAILBOX.search(value)
        if name in ("from", "to", "cc")
        else _DATE.search(value)
        if name == "date"
        else re.search("主题|主旨|主題", line)
    )
    return name if fits else ""


def _next(bare: Sequence[str], number: int) -> int:
    while number < len(bare) and not bare[number]:
        number += 1
    return number


def _upward(bare: Sequence[str], start: int) -> int:
    """A rule above a header block belongs to it, and so does Foxmail's line with the writer's own address."""
    while start and (not bare[start - 1] or _RULE.fullmatch(bare[start - 1]) or _WORDS_ALONE.fullmatch(bare[start - 1])):
        start -= 1
    if start and _OWN_ADDRESS.fullmatch(bare[start - 1]):
        start -= 1
    return start


def answers_within(lines: Sequence[str], boundary: int) -> list[str]:
    """Lines without a mark that stand among or below marked ones: an answer between or under what it answers."""
    found: list[str] = []
    seen, wrapped = False, False
    for line in lines[boundary:]:
        if is_quoted(line):
            seen, wrapped = True, len(line) > 68
        elif seen and not (wrapped and line.strip()):
            found.append(line)
            wrapped = False
        elif not line.strip():
            wrapped = False
    return found
