"""What a bare mailbox looks like, as an account or an address that mail is really sent to (RFC 5321 §4.1.2 without quoting)."""

import re
from typing import Final

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def is_mailbox(text: str) -> bool:
    """Whether the whole text is one mailbox, with nothing around it that could become a second one or a header."""
    return _MAILBOX.fullmatch(text) is not None
