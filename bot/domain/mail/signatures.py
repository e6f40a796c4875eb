"""What stands below an answer and says nothing: the mail program's own line, the card of the writer, the lawyers' warning.

Only the last lines are looked at, and a card is one only if nothing in it or above it hands a duty over: "以后请联系李四，电话…"
is an answer.
"""

import re
from collections.abc import Sequence
from typing import Final

_CLIENT: Final = re.compile(
    r"(?:发自|來自|来自|发送自|發自|从|從)(?:我)?的? ?.{0,24}?(?:iphone|ipad|android|手机|手機|平板|mac|客户端|"
    r"邮箱.{0,8}|邮件|大师|outlook|设备|ipod|"
    r"小米|红米|华为|荣耀|huawei|honor|vivo|oppo|魅族|一加|三星|samsung|galaxy|xiaomi|钉钉|移动端|小屏|企业微信|"
    r"腾讯企业邮|foxmail).{0,20}?(?:发送|傳送|发出)?"
    r"|(?:发自|來自|发送自)我的.{1,24}"
    r"|签名由.{0,20}定制|该邮件由.{0,20}发送|由.{0,16}邮箱.{0,6}发送"
    r"|从 ?windows.{0,8}(?:版)?邮件发送|使用.{0,24}(?:邮箱|邮件|客户端|手机)发送"
    r"|(?:获取|下载).{0,20}outlook.{0,80}|get outlook for.{0,80}"
    r"|sent (?:from|via|by|with) .{1,80}|sent from .{1,40}|outlook for (?:ios|android).{0,60}",
    re.IGNORECASE,
)
_GLUED: Final = re.compile(
    r"(?<=[\s。！!.])(?:发自我的 ?[\w ]{2,20}|签名由 ?网易邮箱大师 ?定制|来自.{0,12}邮箱(?:手机版|移动端)?|sent from my \w{2,20})$",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"[-~*=_—–＿－·•\u2500-\u257f\s]{3,}|--|__")
_BARS: Final = re.compile(r"\|[\s|]*")
_TABLE: Final = re.compile(r"\|[\s|]*|\|.{0,60}\|?|[|\s:-]{2,}")
_CONTACT: Final = re.compile(
    r"(?:联系?电话|电 ?话|办公电话|固话|手 ?机号?|移动电话|座机|传 ?真|邮 ?箱|电子邮[箱件]|邮 ?编|邮政编码|地 ?址|"
    r"单位地址|办公地址|网 ?址|官网|微信|qq"
    r"|t(?:el|elephone)?|m(?:ob|obile)?|p(?:hone)?|f(?:ax)?|e(?:-?mail)?|mail|add(?:ress)?|web(?:site)?|cell)\s{0,4}[.:：|]\s*\S.{0,80}"
    r"|[\w.+-]{1,64}@[\w.-]{1,100}|(?:https?://|www\.)\S{3,100}|(?:\+?86[- ]?)?(?:0\d{2,3}[- ]?\d{7,8}(?:-\d{1,5})?|"
    r"1[3-9]\d[- ]?\d{4}[- ]?\d{4})",
    re.IGNORECASE,
)
_OFFICE: Final = re.compile(
    r".{1,30}(?:局|厅|处|科|科室|研究室|委|委员会|中心|公司|办公室|政府|大学|学院|集团|事业部|协会|研究院|银行)(?:[ 　/|·-].{0,20})?"
    r"|.{0,40}\b(?:bureau|department|dept|office|co|ltd|inc|university|center|centre|division|commission|institute)\b.{0,40}",
    re.IGNORECASE,
)
_SAYS: Final = re.compile(
    r"[报交收办谢已未没不了吗呢请]|明天|今天|后天|上午|下午|马上|稍后|可以|好的|是的|正在|同意|属实|暂无|^无$|完成|"
    r"知悉|核对|done|submit|thank|ok\b",
    re.IGNORECASE,
)
"""Words of an answer, in no name and no office."""
_NAME: Final = re.compile(
    r"[\u4e00-\u9fff·]{2,4}(?: ?[|/｜ ] ?.{1,16})?|[\u4e00-\u9fff] [\u4e00-\u9fff]|"
    r"[A-Z][\w.]{1,20}(?: [A-Z][\w.]{0,20}){0,3}(?: ?[|/｜] ?.{1,16})?"
)
_PROSE: Final = re.compile(r"[，。！？；!?;]")
_HANDS_OVER: Final = re.compile(
    r"联系人|联络员|联络人|换成|换人|改为|变更|接替|接手|负责|请联系|请找|请与|转给|找我|经办|对接|新的|调岗|调走|离职|号码|电话是"
)
_DISCLAIMER: Final = re.compile(
    r"\W{0,6}(?:(?:本|此|该|这封)(?:电子)?邮件|免责声明|保密(?:声明|提示|提醒|须知)|重要提示|法律声明|声明 ?[:：]|特别提示|安全提示"
    r"|caution|disclaimer|confidential|notice ?:|this (?:e-?mail|message|communication)|"
    r"the information (?:contained )?(?:in|transmitted)|important notice)",
    re.IGNORECASE,
)
_WARNS: Final = re.compile(
    r"保密|机密|秘密|仅供|仅限|误收|误送|错误接收|收件人.{0,10}(?:使用|专用)|confidential|privileged|intended|disclos|病毒|virus",
    re.IGNORECASE,
)
_BANNER: Final = re.compile(
    r"\s*(?:[\[【(（*]{0,3}external[\]】)）*:]{0,3}\s*)?this (?:e-?mail|message) (?:originated|was sent|came|"
    r"is) (?:from )?(?:an )?(?:outside|external)[^\n]{0,200}|"
    r"\s*(?:[\[【(（<*!！⚠️\s]{0,8}(?:外部邮件|外来邮件|外网邮件|external(?: e-?mail| sender)?|可疑邮件|caution|"
    r"注意|提醒|警告|提示|安全提醒)"
    r"[^\n]{0,10}?(?:[\]】)）>*]+|[:：,，][^\n。！!.]{0,120}[。！!.\]】)）]+)\s*)"
    r"|\s*[\[【(（]?(?:本|此|该|这封)邮件(?:来自|由|为)(?:单位|公司|组织|机构|系统)?(?:外部|外单位|外网|"
    r"互联网)[^\n。！!】\])）]{0,100}[。！!】\])）]*\s*",
    re.IGNORECASE,
)
_LONGEST_CARD: Final = 10
_STRICT: Final = "-- "


def trimmed(lines: Sequence[str]) -> list[str]:
    """The answer without what stands below it and without a gateway's banner above it."""
    left = _without_warning(_without_banner(_stripped(lines)))
    left = _above_dashes(left)
    for _ in range(6):
        before = len(left)
        left = _without_card(_without_client(_without_rule(_stripped(left))))
        if len(left) == before:
            break
    return _stripped(_unglued(left))


def _stripped(lines: Sequence[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return list(lines[start:end])


def _without_banner(lines: list[str]) -> list[str]:
    """A gateway puts "外部邮件，请注意…" above, or in front of the first words."""
    for number, line in enumerate(lines[:2]):
        found = _BANNER.match(line[:400])
        if found and re.search("外部|外来|外网|互联网|可疑|外单位|external|outside", found[0], re.IGNORECASE):
            rest = line[found.end() :]
            return _stripped([*lines[:number], *([rest] if rest.strip() else []), *lines[number + 1 :]])
    return lines


def _without_warning(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if number and _DISCLAIMER.match(line.strip()[:60]) and _WARNS.search(" ".join(lines[number : number + 8])[:1500]):
            return _stripped(lines[:number])
    return lines


def _without_rule(lines: list[str]) -> list[str]:
    """A rule with nothing below it."""
    return _stripped(lines[:-1]) if lines and _RULE.fullmatch(lines[-1].strip()) else lines


def _above_dashes(lines: list[str]) -> list[str]:
    """RFC 3676 §4.3: "-- " begins the signature; without its blank it does so only if little follows."""
    for number, line in enumerate(lines):
        if number and (line == _STRICT or (line.strip() == "--" and len(lines) - number <= _LONGEST_CARD)):
            return lines[:number]
    return lines


def _without_client(lines: list[str]) -> list[str]:
    if lines and _BARS.fullmatch(lines[-1].strip()):
        return _without_table(lines)
    if lines and _CLIENT.fullmatch(lines[-1].strip().strip("<>\"'“”*")[:160]):
        above = _stripped(lines[:-1])
        return above if not above or "签名由" not in lines[-1] else _without_table(above)
    return lines


def _without_table(lines: list[str]) -> list[str]:
    """NetEase's program sets the card as a table; in plain text it is drawn with bars, a cell to a line."""
    first = len(lines)
    for number in range(len(lines) - 1, max(len(lines) - 16, -1), -1):
        if _TABLE.fullmatch(lines[number].strip()):
            first = number
    return _stripped(lines[:first])


def _without_card(lines: list[str]) -> list[str]:
    """The last lines if they are the writer's card; below a rule anything short with a contact or an office in it."""
    start = _after_rule(lines)
    if start is not None and _is_ruled_card(lines[start:]):
        return _stripped(lines[: start - 1])
    start = _card(lines)
    return lines[:start] if start and not _leads_on(lines[:start]) else lines


def _after_rule(lines: Sequence[str]) -> int | None:
    for number in range(len(lines) - 1, max(len(lines) - _LONGEST_CARD - 2, 0), -1):
        if _RULE.fullmatch(lines[number].strip()):
            return number + 1
    return None


def _is_ruled_card(lines: Sequence[str]) -> bool:
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) > _LONGEST_CARD or any(_HANDS_OVER.search(line) or len(line) > 60 or _PROSE.search(line) for line in filled):
        return False
    return all(map(_is_name, filled)) or any(_CONTACT.match(line) or _is_contacts(line) or _is_office(line) for line in filled)


def _card(lines: Sequence[str]) -> int:
    """Where the card begins, at the start of a paragraph; 0 for none. Its lines are names, offices and at least one contact."""
    start, proof, count = 0, False, 0
    for number in range(len(lines) - 1, 0, -1):
        line = lines[number].strip()
        if not line:
            continue
        contact = _CONTACT.fullmatch(line) is not None or _is_contacts(line)
        if _HANDS_OVER.search(line) or not (contact or _is_office(line) or _is_name(line)) or count >= _LONGEST_CARD:
            break
        count, proof = count + 1, proof or contact
        if proof and not lines[number - 1].strip():
            start = number
    return start


def _is_name(line: str) -> bool:
    return _NAME.fullmatch(line) is not None and not _SAYS.search(line)


def _is_office(line: str) -> bool:
    return _OFFICE.fullmatch(line) is not None and not _SAYS.search(line)


def _is_contacts(line: str) -> bool:
    """Several contacts in a line: "电话：… 手机：…"."""
    pieces = [piece for piece in re.split(r"\s{2,}|[|｜/]| (?=\D)", line) if piece.strip()]
    return len(line) <= 160 and len(pieces) > 1 and all(_CONTACT.fullmatch(piece.strip()) for piece in pieces)


def _leads_on(above: Sequence[str]) -> bool:
    """Whether what stands above the card needs it."""
    left = _stripped(above)
    return bool(left) and (left[-1].rstrip().endswith((":", "：")) or any(_HANDS_OVER.search(line) for line in left))


def _unglued(lines: list[str]) -> list[str]:
    return [*lines[:-1], _GLUED.sub("", lines[-1]).rstrip()] if lines else []
