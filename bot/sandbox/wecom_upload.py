"""Files as WeCom takes them: a form with one part, a name for three days, good for the key or application that uploaded it.

Behaviour: developer.work.weixin.qq.com /document/path/99110 and 90253, read 2026-11-23.
"""

import email.parser
import email.policy
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.sandbox.exchange import Request

SMALLEST: Final = 6
LARGEST: Final = 20 * 1024 * 1024
LIFE: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Media:
    """An uploaded file, whose it is and until when."""

    owner: str
    name: str
    content: bytes
    until: datetime


@dataclass(slots=True)
class Shelf:
    """All uploaded files by their `media_id`."""

    _media: dict[str, Media] = field(default_factory=dict)

    def put(self, owner: str, request: Request, now: datetime) -> str | tuple[int, str]:
        """The `media_id` of the file in the form, or the code and words of a refusal."""
        if request.query.get("type") != "file":
            return 40004, "invalid media type"
        part = _part(request)
        if part is None:
            return 41005, "media data missing"
        name, content = part
        if not SMALLEST <= len(content) <= LARGEST:
            return 40006, "invalid file size"
        media_id = f"M-{hashlib.sha256(owner.encode() + content + now.isoformat().encode()).hexdigest()[:24]}"
        self._media[media_id] = Media(owner, name, content, now + LIFE)
        return media_id

    def get(self, owner: str, media_id: str, now: datetime) -> Media | None:
        """The file, if this owner uploaded it and it is still kept."""
        media = self._media.get(media_id)
        return media if media is not None and media.owner == owner and now < media.until else None


def _part(request: Request) -> tuple[str, bytes] | None:
    """The name and the content of the part named `media`."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    for part in form.iter_parts() if form.is_multipart() else ():
        if part.get_param("name", header="content-disposition") == "media" and part.get_filename():
            content = part.get_payload(decode=True)
            return str(part.get_filename()), content if isinstance(content, bytes) else b""
    return None
