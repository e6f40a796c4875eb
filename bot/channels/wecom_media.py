"""Files on their way into WeCom: uploaded first, then sent by the name the platform gave them.

Protocol: developer.work.weixin.qq.com /document/path/99110 (group robot), 90253 (application), read 2026-11-23. An upload that fails has
sent nothing, whatever became of it.
"""

from collections.abc import Mapping
from typing import Final

from bot.channels import errcode, http, wecom_codes
from bot.channels.answer import Answer, Json
from bot.channels.base import SendFailed, unsent
from bot.domain.inbound import Attachment
from bot.domain.words import FailureKind

SMALLEST: Final = 6
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of a file that is taken, both inclusive (path/99110, read 2026-11-23)."""


async def upload(client: http.Client, url: str, params: Mapping[str, str], file: Attachment) -> Answer:
    """The platform's answer to the file. Raises SendFailed, never IN_DOUBT."""
    if not SMALLEST <= len(file.content) <= LARGEST:
        raise SendFailed(
            FailureKind.CONTENT_BAD, "file_size", f"a file of {len(file.content)} bytes where {SMALLEST} to {LARGEST} are taken"
        )
    try:
        return await client.upload(url, "media", file, params={**params, "type": "file"})
    except SendFailed as failed:
        raise unsent(failed, "the file did not arrive; nothing was sent") from None


def message(body: Json, *hidden: str) -> Json:
    """The file as a message, by the name in the answer to `upload`, good for three days. Raises SendFailed; `hidden` stays out of it."""
    errcode.require_ok(body, wecom_codes.CODES, *hidden)
    media_id = body.get("media_id")
    if not isinstance(media_id, str):
        raise SendFailed(FailureKind.TRANSIENT, "no_media_id", "the platform's answer names no media_id")
    return {"msgtype": "file", "file": {"media_id": media_id}}
