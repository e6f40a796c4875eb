"""Mail that came back: which mailbox was not reached, why, and whether for good.

RFC 3464 where it is kept; otherwise the letters that NetEase, QQ, Coremail and Exchange write to people.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from bot.domain.mail import headers, mime
from bot.domain.mail.headers import Headers
from bot.domain.mail.letter import Bounce
from bot.domain.mail.mime import Part

SUBJECT: Final = re.compile(
    r"系统退信|退信|投递失败|发送失败|无法(?:送达|投递|发送|传递)|未送达|未能(?:送达|投递|传递)|递送失败|传递失败|"
    r"邮件退回|被退回|投递状态|投递延迟|传递延迟|延迟(?:投递|送达)|"
    r"傳送失敗|無法(?:傳遞|送達)|退回郵件|systems? bounce|undeliver|returned mail|return(?:ed)? to sender|"
    r"delivery (?:status|failure|has failed|failed|delayed|problem|notification)|"
    r"mail delivery (?:failed|failure|system)|failure notice|delivery.{0,20}(?:fail|delay)|"
    r"message.{0,20}(?:could not be|not) delivered|could not be delivered|"
    r"nondeliverable|non-delivery|mail system error|warning: (?:could not send|message)|rejected:|delayed mail|mail (?:is )?returned",
    re.IGNORECASE,
)
DAEMON: Final = re.compile(
    r"(?:mailer-daemon|mail-daemon|mailerdaemon|postmaster|mdaemon|bounces?|microsoftexchange[0-9a-f]+|"
    r"mail-delivery|mail\.delivery)(?:[+-][^@]*)?@",
    re.IGNORECASE,
)
_STATUS_PARTS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED: Final = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers", "message/global-headers"}
)
_FIELD: Final = re.compile(r"^([A-Za-z-]{3,40})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_ENHANCED: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE: Final = re.compile(r"(?<![\d.@-])([45]\d\d)(?=[ \-:：,，;；)]|$)")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_NAMED: Final = re.compile(
    r"(?:收件人(?:邮件)?地址|收件人|收信人|无法(?:发送|投递|送达)(?:到|至)?|退信地址|目标地址|"
    r"to the following (?:recipient|address)\w*|failed recipients?|"
    r"delivery to|recipient|not delivered to|final-recipient|your message to)[^@]{0,80}?([\w!#$%&'*+/=?^{|"
    r"}~.-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"BouncedRcpt=([^&\"'\s>]{3,300})", re.IGNORECASE)
_WAITS: Final = re.compile(
    r"延迟|暂时|稍后(?:再|将)|继续(?:尝试|投递)|将(?:会)?重试|尚未投递|still being retried|will (?:keep|continue)|"
    r"delayed|temporar|will be retried|not yet been delivered|"
    r"do not need to resend",
    re.IGNORECASE,
)
_REASON: Final = re.compile(
    r"(?:英文说明|中文说明|退信原因|失败原因|原因|错误信息|错误代码|诊断信息|diagnostic[- ]code|reason|said|error|"
    r"remote server)\s*[:：]\s*(.{4,300})",
    re.IGNORECASE,
)
_LONGEST: Final = 60_000


def is_bounce(mail: Part, sender: str, subject: str, text: str) -> bool:
    """Whether a mail system says that something of ours was not delivered."""
    if _status(mail) is not None or mail.parameters.get("report-type", "").lower() == "delivery-status":
        return True
    if "x-failed-recipients" in mail.headers or "x-ms-exchange-message-is-ndr" in mail.headers:
        return True
    returned = headers.first(mail.headers, "return-path").strip() == b"<>"
    machine = DAEMON.match(sender) is not None or returned or not sender
    return machine and bool(
        SUBJECT.search(subject) or (DAEMON.match(sender) and _CODE.search(text[:_LONGEST]) and SUBJECT.search(text[:2000]))
    )


def read(mail: Part, text: str, ours: Sequence[str]) -> Bounce:
    """What the mail system says; `ours` are mailboxes that cannot have failed: whom the bounce is addressed to and who sent it."""
    status = _status(mail)
    fields = _fields(status) if status is not None else {}
    whole = (text + "\n" + _hidden(mail))[:_LONGEST]
    said = fields.get("diagnostic-code", "") or _reason(whole)
    mailbox = _bare(fields.get("original-recipient", "")) or _bare(fields.get("final-recipient", "")) or _mailbox(mail, whole, ours)
    code = fields.get("status", "").split(" ")[0] or _code(said) or _code(whole)
    waits = fields.get("action", "").lower().startswith("delay") or code.startswith("4") or (not code and _WAITS.search(whole) is not None)
    if not fields and _WAITS.search(whole) and not code.startswith("5"):
        waits = True
    return Bounce(mailbox, code, not waits, " ".join(said.split())[:300])


def returned(mail: Part) -> Headers:
    """The header of the mail that came back, empty if it is not there."""
    for part in mail.walk():
        if part is not mail and part.media_type in _RETURNED:
            return mime.split(part.content.lstrip(b"\r\n"))[0]
    return {}


def _status(mail: Part) -> Part | None:
    return next((part for part in mail.walk() if part.media_type in _STATUS_PARTS), None)


def _fields(status: Part) -> dict[str, str]:
    """The fields of the first recipient that failed; those about the whole mail stand before them."""
    blocks = re.split(r"\n[ \t]*\n", status.words[:_LONGEST].replace("\r\n", "\n"))
    read = [{name.lower(): value for name, value in _FIELD.findall(block)} for block in blocks]
    failed = [each for each in read if "final-recipient" in each or "original-recipient" in each]
    worst = sorted(failed, key=lambda each: not each.get("action", "").lower().startswith("fail"))
    return worst[0] if worst else next((each for each in read if "status" in each), {})


def _bare(field: str) -> str:
    found = _ADDRESS.search(field.partition(";")[2] or field)
    return found[0].lower() if found else ""


def _mailbox(mail: Part, text: str, ours: Sequence[str]) -> str:
    failed = headers.address(headers.first(mail.headers, "x-failed-recipients"))
    linked = [unquote(link) for link in _LINK.findall(text)]
    there = [failed, *linked, *_NAMED.findall(text), headers.address(headers.first(returned(mail), "to")), *_ADDRESS.findall(text)]
    return next((each.lower() for each in there if each and each.lower() not in ours and not DAEMON.match(each)), "")


def _hidden(mail: Part) -> str:
    """Links of the HTML, which its text does not show."""
    return " ".join(
        f"BouncedRcpt={link}"
        for part in mail.walk()
        if part.media_type == "text/html"
        for link in _LINK.findall(part.words[: _LONGEST * 5])
    )


def _reason(text: str) -> str:
    said, found = "", _REASON.search(text)
    while found:
        said, found = found[1], _REASON.match(found[1])
    return said or next((line for line in text.splitlines() if _CODE.search(line)), "")


def _code(text: str) -> str:
    found = _ENHANCED.search(text) or _CODE.search(text)
    return found[1] if found else ""
