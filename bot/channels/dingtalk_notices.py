"""DingTalk's work notices: one call for many members, whose fate is known only to who asks for it afterwards.

Protocol: open.dingtalk.com, "work notification messages", read 2026-11-23. The same content reaches a member once a day and is dropped
without a word the second time: a mark of our key ends every notice. The platform answers "accepted" for members it does not know; a
sample of the calls is asked what became of it, because asking costs one of the month's calls.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from bot.channels import dingtalk_api, dingtalk_forms, http
from bot.channels.base import Format, Receipt, SendFailed
from bot.channels.batches import Batches, Outcome
from bot.channels.dingtalk_api import Api
from bot.domain.messages import Outgoing
from bot.domain.words import FailureKind

SEND_PATH: Final = "/topapi/message/corpconversation/asyncsend_v2"
RESULT_PATH: Final = "/topapi/message/corpconversation/getsendresult"
_DAILY, _REPEATED = "143105", "143106"
"""A member has had his 500 of the day; he has had the same content already (read 2026-11-23)."""


class Notices:
    """Sends for one app; what reads alike at one moment shares a call and a mark."""

    def __init__(self, api: Api, agent_id: int, kind: Format, sample: int, wait: float) -> None:
        self._api, self._agent_id, self._kind, self._sample, self._wait = api, agent_id, kind, sample, wait
        self._batches = Batches(dingtalk_forms.NOTICE_USERS, self._post)
        self._calls = 0

    async def send(self, message: Outgoing) -> Receipt:
        """One notice to one member. Raises SendFailed."""
        words = http.encode(dingtalk_forms.notice(message.rendered, self._kind, mark="")).decode()
        return await self._batches.send(words, message)

    async def close(self) -> None:
        """Lets what is on its way arrive."""
        await self._batches.close()

    async def _post(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        """The mark is the first message's: a call that comes together in another way when it is repeated may stand twice."""
        first, users = messages[0], [message.address for message in messages]
        content = dingtalk_forms.notice(first.rendered, self._kind, dingtalk_forms.mark(first))
        answer = await self._api.post_old(SEND_PATH, {"agent_id": self._agent_id, "userid_list": ",".join(users), "msg": content})
        self._api.require_old_ok(answer, *users)
        task = answer.body.get("task_id")
        self._calls += 1
        missed = await self._fates(task) if self._sample and self._calls % self._sample == 1 % self._sample else {}
        return {user: missed.get(user, Receipt("0", str(task))) for user in users}

    async def _fates(self, task: object) -> Mapping[str, SendFailed]:
        """Who has not got it, and why; nobody if the platform does not say."""
        await asyncio.sleep(self._wait)
        try:
            answer = await self._api.post_old(RESULT_PATH, {"agent_id": self._agent_id, "task_id": task})
            self._api.require_old_ok(answer)
        except SendFailed:
            return {}  # the notice was accepted whatever became of the question
        result = answer.body.get("send_result")
        return fates(result) if isinstance(result, dict) else {}


def fates(result: Mapping[str, object]) -> dict[str, SendFailed]:
    """Who has not got a notice, and why, out of the platform's `send_result`.

    Who has had the same content already has had this very notice: nobody else's ends with its mark.
    """
    unknown, failed = (dingtalk_api.names(result.get(name)) for name in ("invalid_user_id_list", "failed_user_id_list"))
    found = {user: SendFailed(FailureKind.ADDRESS_BAD, "invalid_user", "the platform knows no such member") for user in unknown}
    found |= {user: SendFailed(FailureKind.TRANSIENT, "failed_user", "the platform could not deliver it") for user in failed}
    forbidden = result.get("forbidden_list")
    for each in forbidden if isinstance(forbidden, list) else []:
        if isinstance(each, dict) and each.get("userid") and str(each.get("code")) != _REPEATED:
            found[str(each["userid"])] = _forbidden(str(each.get("code")))
    return found


def _forbidden(code: str) -> SendFailed:
    if code == _DAILY:
        return SendFailed(FailureKind.TRANSIENT, code, "the member's notices of this day are used up")
    return SendFailed(FailureKind.CONTENT_BAD, code, "the platform held it back")
