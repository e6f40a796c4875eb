"""Where a handing in goes: mail addresses and telephone numbers, as printed (masked ones included)."""

import re
from dataclasses import dataclass
from typing import Final

MAIL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,10}")
_PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z.〔(@-])(?:\(?0[0-9]{2,3}\)?-?[0-9X*]{7,8}|1[3-9][0-9X*]{9}|[2-9][0-9]{2,7}[0-9X*]{0,4})(?:-[0-9]{1,5}(?![0-9]))?(?![0-9A-Za-z@])"
)
_LABEL: Final = re.compile(r"(?:电话|手机|热线|联系方式|联系人|座机|联系|传真)")
_FAX: Final = re.compile(r"传真(?:号码|电话)?:?\s*$")
_FAX_AFTER: Final = re.compile(r"^\s*\(传真\)")
_OTHER_USE: Final = re.compile(r"(?:监督|举报|投诉|调试|值班|服务|技术支持|报修)(?:服务)?(?:电话|热线)?:?[^,。;\n]{0,10}$")
MAX_CONTACTS: Final = 20


@dataclass(frozen=True, slots=True)
class Contacts:
    """Mail addresses and telephone numbers in the order of the text, each once."""

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


def find(text: str) -> Contacts:
    """The contacts in a cleaned text; fax-only numbers and hotlines for something else are left out."""
    emails = dict.fromkeys(found.group() for found in MAIL.finditer(text))
    phones = dict.fromkeys(found.group() for found in _PHONE.finditer(text) if _is_phone(text, found))
    return Contacts(tuple(emails)[:MAX_CONTACTS], tuple(phones)[:MAX_CONTACTS])


def _is_phone(text: str, found: re.Match[str]) -> bool:
    before, after = text[max(0, found.start() - 40) : found.start()], text[found.end() : found.end() + 6]
    if len(re.sub(r"[^0-9X*]", "", found.group())) < 7 or _FAX.search(before) or _FAX_AFTER.match(after) or _OTHER_USE.search(before):
        return False
    return bool(_LABEL.search(before)) or bool(re.match(r"\(?0[0-9]{2,3}\)?-?[0-9X*]{7}", found.group()))


def of_sentence(sentence: str, document: Contacts) -> Contacts:
    """The contacts for a duty: those in its sentence, else the document's, kind by kind."""
    own = find(sentence)
    return Contacts(own.emails or document.emails, own.phones or document.phones)
