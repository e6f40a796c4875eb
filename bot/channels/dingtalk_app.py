"""DingTalk's internal app: private messages to members, messages into its groups, answers into the chat somebody just spoke in.

Protocol: open.dingtalk.com, "robot batch send", "robot group messages", "work notification messages", "create and deliver cards",
"receive robot messages", read 2026-11-23. The new host answers 4xx and 5xx with its own code in JSON, the old host (work notices,
answers through a session webhook) always 200. Messages of equal words that leave at one moment share a call: the month's calls are few.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

from bot.channels import dingtalk_api, dingtalk_codes, dingtalk_forms, errcode, http
from bot.channels.answer import Answer, Json
from bot.channels.base import Clock, Format, Limits, Receipt, SendFailed, check_body
from bot.channels.batches import Batches, Outcome
from bot.channels.dingtalk_notices import Notices
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.domain.words import FailureKind

MAX_BYTES: Final = 14_000
"""Bytes of one body: `msgParam` takes 15,000 (read 2026-11-23), in which JSON escapes and the title need room."""
PER_MINUTE: Final = 1000
"""Our own pace, under the platform's 20 calls a second (read 2026-11-23)."""
USERS: Final = 20
"""Members that one call of the robot reaches (read 2026-11-23; an error text of the platform speaks of 100)."""
BATCH_PATH: Final = "/v1.0/robot/oToMessages/batchSend"
GROUP_PATH: Final = "/v1.0/robot/groupMessages/send"
CARD_PATH: Final = "/v1.0/card/instances/createAndDeliver"
SESSION_PATH: Final = "/robot/sendBySession"
GROUP: Final = "group:"
"""Begins the address of a group in which the robot is: `group:` and its openConversationId."""

Way = Literal["robot", "notice"]
"""How a member is written to: the robot's chat, or a work notice."""


@dataclass(frozen=True, slots=True)
class DingTalkAppConfig:
    """The app's key and secret and the code of its robot; both hosts, because an organisation may have its own.

    `agent_id` is needed for work notices. `card_template` is the id of a card made by hand on the card platform (empty: no cards).
    Of work notices every `sample`-th call is asked what became of it, `sample_wait` seconds later; that costs a call (0: none).
    `pace` are the least seconds between two calls.
    """

    app_key: str
    app_secret: Secret
    robot_code: str
    base_url: str = dingtalk_codes.NEW_HOST
    session_url: str = dingtalk_codes.OLD_HOST
    format: Format = "markdown"
    per_month: int = dingtalk_api.PER_MONTH
    way: Way = "robot"
    agent_id: int = 0
    card_template: str = ""
    sample: int = 20
    sample_wait: float = 2.0
    pace: float = dingtalk_api.PACE


class DingTalkApp:
    """Sends to one member, one group or one session; the address is the userid, `group:` with an id, or a session webhook."""

    name: Final = "dingtalk_app"

    def __init__(self, config: DingTalkAppConfig, client: http.Client, clock: Clock) -> None:
        self._config = config
        hosts = (config.base_url, config.session_url)
        credentials = dingtalk_api.Credentials(config.app_key, config.app_secret, *hosts, config.pace)
        self._api = dingtalk_api.Api(credentials, client, clock)
        self._notices = Notices(self._api, config.agent_id, config.format, config.sample, config.sample_wait)
        self._batches = Batches(USERS, self._robot)
        longest = dingtalk_forms.NOTICE_BYTES if config.way == "notice" else MAX_BYTES
        self.limits = Limits(
            longest,
            PER_MINUTE,
            dingtalk_api.QPS_WAIT,
            config.format,
            group=False,
            per_month=config.per_month,
            deduplicates=config.way == "notice",
            forms=dingtalk_codes.forms(config.format, longest),
            batch=USERS if config.way == "robot" else dingtalk_forms.NOTICE_USERS,
        )

    def robot(self, address: str) -> str:
        """All members and groups are reached through the one app."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Sends to wherever the address leads. Raises SendFailed."""
        check_body(message, self.limits)
        if "://" in message.address:
            return await self._answer(message)
        if message.address.startswith(GROUP):
            return await self._group(message)
        fields = dingtalk_forms.card(message.rendered.card) if self._config.card_template and message.rendered.card else None
        if fields is not None:
            with suppress(_CardRefused):
                return await self._card(message, fields)
        if self._config.way == "notice":
            return await self._notices.send(message)
        return await self._batches.send("\0".join(dingtalk_forms.robot(message.rendered, self._config.format)), message)

    async def sign_in(self) -> None:
        """Ask the platform for a token and nothing else. Raises SendFailed."""
        await self._api.sign_in()

    async def close(self) -> None:
        """Lets what is on its way arrive and releases the connections."""
        await self._batches.close()
        await self._notices.close()
        await self._api.close()

    async def _robot(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        """One call that brings the same words to several members."""
        key, param = dingtalk_forms.robot(messages[0].rendered, self._config.format)
        users = [message.address for message in messages]
        payload = {"robotCode": self._config.robot_code, "userIds": users, "msgKey": key, "msgParam": param}
        answer = await self._api.post(BATCH_PATH, payload)
        self._api.require_ok(answer, *users)
        return {user: _outcome(answer, user) for user in users}

    async def _group(self, message: Outgoing) -> Receipt:
        key, param = dingtalk_forms.robot(message.rendered, self._config.format)
        group = message.address.removeprefix(GROUP)
        payload = {"robotCode": self._config.robot_code, "openConversationId": group, "msgKey": key, "msgParam": param}
        answer = await self._api.post(GROUP_PATH, payload)
        self._api.require_ok(answer, group)
        return _receipt(answer)

    async def _card(self, message: Outgoing, fields: dict[str, str]) -> Receipt:
        """A card whose buttons are answered by Stream. Raises _CardRefused if the platform does not take the card as such."""
        payload: Json = {
            "cardTemplateId": self._config.card_template,
            "outTrackId": message.key,
            "callbackType": "STREAM",
            "userIdType": 1,
            "cardData": {"cardParamMap": fields},
            "openSpaceId": f"dtv1.card//IM_ROBOT.{message.address}",
            "imRobotOpenSpaceModel": {"supportForward": False},
            "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": self._config.robot_code},
        }
        try:
            answer = await self._api.post(CARD_PATH, payload)
            self._api.require_ok(answer, message.address)
        except SendFailed as failed:
            if failed.kind is FailureKind.CONTENT_BAD:
                raise _CardRefused from None
            raise
        if answer.body.get("success") is not True:
            raise _CardRefused
        return Receipt("ok", message.key)

    async def _answer(self, message: Outgoing) -> Receipt:
        session = _session(message.address, self._config.session_url)
        payload = dingtalk_codes.group_payload(message.rendered, self._config.format)
        answer = await self._api.post_plain(SESSION_PATH, payload, {"session": session})
        _require_session_ok(answer.body, session, self._config.app_secret.reveal())
        return Receipt("0")


class _CardRefused(Exception):
    """The platform did not take the card: its words can still be sent."""


def _outcome(answer: Answer, user: str) -> Outcome:
    """What one call means for one of the members it was for."""
    if user in dingtalk_api.names(answer.body.get("invalidStaffIdList")):
        return SendFailed(FailureKind.ADDRESS_BAD, "invalidStaffId", "the platform knows no such member")
    if user in dingtalk_api.names(answer.body.get("flowControlledStaffIdList")):
        return SendFailed(FailureKind.TRANSIENT, "flowControlled", "the platform holds this member's messages back")
    try:
        return _receipt(answer)
    except SendFailed as failed:
        return failed


def _receipt(answer: Answer) -> Receipt:
    if not answer.body.get("processQueryKey"):
        raise SendFailed(FailureKind.IN_DOUBT, "no_code", "the answer holds no processQueryKey")
    return Receipt("ok", str(answer.body["processQueryKey"]))


def _session(url: str, base_url: str) -> str:
    """The session named by the platform's own answering address. Raises SendFailed for any other address.

    Only the session is taken over: the request goes to the host in the settings, so nobody can send us elsewhere.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        if _door(parts) == (*_door(urlsplit(base_url.rstrip("/")))[:4], SESSION_PATH):
            return parse_qs(parts.query).get("session", [""])[0]
    raise SendFailed(FailureKind.ADDRESS_BAD, "foreign_session", "the session webhook is not the platform's")


def _require_session_ok(body: Json, *hidden: str) -> None:
    """What ends a session ends this address and not the app. An expired one has no documented code, so an unlisted code counts as that."""
    try:
        dingtalk_codes.require_ok(body, *hidden)
    except SendFailed as failed:
        listed = errcode.of(body) in dingtalk_codes.CODES
        if failed.kind is FailureKind.CREDENTIAL_BAD or (failed.kind is FailureKind.CONTENT_BAD and not listed):
            raise SendFailed(FailureKind.ADDRESS_BAD, failed.code, failed.detail) from None
        raise


def _door(url: SplitResult) -> tuple[str, str, int | None, str | None, str]:
    return url.scheme, url.hostname or "", url.port, url.username, url.path
