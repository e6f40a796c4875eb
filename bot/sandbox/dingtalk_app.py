"""What DingTalk's servers do for one internal app: tokens, private and group messages of its robot, work notices, cards.

Behaviour: open.dingtalk.com, "robot batch send", "robot group messages", "work notification messages", "create and deliver cards",
read 2026-11-23. Written from the documents and not from our own client.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.domain import times
from bot.sandbox.dingtalk_tenant import DingTalkTenant
from bot.sandbox.exchange import Answer, Message, Request, inner, json_answer, json_object
from bot.sandbox.ledger import Ledger
from bot.sandbox.windows import Window

PARAM_BYTES: Final = 15_000
NOTICE_BYTES: Final = 2048
FIELD_BYTES: Final = 1024
USERS_PER_CALL: Final = 20
USERS_PER_NOTICE: Final = 100
CALLS_PER_SECOND: Final = 20
TOKEN_LIFE: Final = timedelta(seconds=7200)
APP_KEYS: Final = {"sampleText": "content", "sampleMarkdown": "text", "sampleActionCard": "text"}
NOTICE_TEXTS: Final = {"text": "content", "markdown": "text", "action_card": "markdown"}
REPEATED: Final = 143106


class App:
    """One app of the tenant. `spend` counts a call against the month's wall and says whether it is let through."""

    def __init__(self, tenant: DingTalkTenant, ledger: Ledger, spend: Callable[[datetime], bool]) -> None:
        self._tenant, self._ledger, self._spend = tenant, ledger, spend
        self.token_calls = 0
        self._tokens: dict[str, datetime] = {}
        self._window = Window(CALLS_PER_SECOND, timedelta(seconds=1))
        self._said: set[tuple[str, str, str]] = set()
        self._results: dict[int, dict[str, object]] = {}
        self._cards: set[str] = set()

    def expire_tokens(self) -> None:
        """Ends every token early."""
        self._tokens.clear()

    def serve(self, request: Request, now: datetime) -> Answer | None:
        """One request; None for a path that is not the app's."""
        if request.path == "/v1.0/oauth2/accessToken":
            return self._token(request, now)
        serve = {
            "/v1.0/robot/oToMessages/batchSend": self._batch,
            "/v1.0/robot/groupMessages/send": self._group,
            "/v1.0/card/instances/createAndDeliver": self._card,
            "/topapi/message/corpconversation/asyncsend_v2": self._notice,
            "/topapi/message/corpconversation/getsendresult": self._result,
        }.get(request.path)
        if serve is None:
            return None
        old = request.path.startswith("/topapi/")
        return self._call_trouble(request, now, old) or serve(json_object(request.body) or {}, now)

    def _token(self, request: Request, now: datetime) -> Answer:
        self.token_calls += 1
        content = json_object(request.body) or {}
        if (content.get("appKey"), content.get("appSecret")) != (self._tenant.app_key, self._tenant.app_secret):
            return problem("invalidClientIdOrSecret", "the client is unknown or its secret is wrong")
        token = next((token for token, ends in self._tokens.items() if now < ends), f"T-{self.token_calls}-{self._tenant.app_key}")
        ends = self._tokens.setdefault(token, now + TOKEN_LIFE)
        return json_answer({"accessToken": token, "expireIn": int((ends - now).total_seconds())})

    def _call_trouble(self, request: Request, now: datetime, old: bool) -> Answer | None:
        """What keeps a call from being served at all, in the words of the host it was made to."""
        token = request.query.get("access_token", "") if old else request.headers.get("x-acs-dingtalk-access-token", "")
        if now >= self._tokens.get(token, now):
            return error(40014, "invalid access_token") if old else problem("InvalidAuthentication", "the access token is invalid")
        if not self._window.admits(self._tenant.app_key, now):
            words = "too many calls a second"
            return error(90018, words) if old else problem("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", words, 403)
        if not self._spend(now):
            words = "the month's calls are used up"
            return error(90020, words) if old else problem("Forbidden.AccessDenied.ApiCountLimitForOrg", words, 403)
        return None

    def _batch(self, content: Mapping[str, object], now: datetime) -> Answer:
        users = content.get("userIds")
        if not isinstance(users, list) or len(users) > USERS_PER_CALL:
            return problem("invalidParameter.userIds.overMax", f"more than {USERS_PER_CALL} users")
        if trouble := self._robot_trouble(content):
            return trouble
        invalid = [user for user in users if not self._knows(user)]
        held = [user for user in users if user in self._tenant.held_back and user not in invalid]
        subject, text = _robot_words(content)
        for user in users:
            if user not in (*invalid, *held):
                self._ledger.add(Message("dingtalk_app", user, now, subject, text))
        lists = {"invalidStaffIdList": invalid, "flowControlledStaffIdList": held}
        return json_answer({"processQueryKey": _query_key(users, content, now), **lists})

    def _group(self, content: Mapping[str, object], now: datetime) -> Answer:
        group = str(content.get("openConversationId", ""))
        if trouble := self._robot_trouble(content):
            return trouble
        if group not in self._tenant.groups:
            return problem("group.disbanded", "no such group")
        subject, text = _robot_words(content)
        self._ledger.add(Message("dingtalk_app", group, now, subject, text))
        return json_answer({"processQueryKey": _query_key([group], content, now)})

    def _robot_trouble(self, content: Mapping[str, object]) -> Answer | None:
        param = content.get("msgParam")
        if content.get("robotCode") != self._tenant.robot_code:
            return problem("invalidParameter.robotCode.notExsit", "no such robot")
        if content.get("msgKey") not in APP_KEYS:
            return problem("invalidParameter.msgKey.invalid", "no such msgKey")
        if not isinstance(param, str) or json_object(param.encode()) is None:
            return problem("invalidParameter.msgParam.invalid", "msgParam is a string of JSON")
        if len(param.encode()) > PARAM_BYTES:
            return problem("invalidParameter.msgParam.tooLong", f"more than {PARAM_BYTES} bytes")
        return None

    def _notice(self, content: Mapping[str, object], now: datetime) -> Answer:
        """Accepted whatever becomes of it: the same content reaches a member once a day, a member nobody knows never."""
        users, message = str(content.get("userid_list", "")).split(","), content.get("msg")
        if content.get("agent_id") != self._tenant.agent_id:
            return error(40056, "invalid agentid")
        if not isinstance(message, dict) or message.get("msgtype") not in NOTICE_TEXTS:
            return error(40008, "invalid message type")
        if len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()) > NOTICE_BYTES:
            return error(40035, "message too long")
        if len(users) > USERS_PER_NOTICE:
            return error(40058, f"more than {USERS_PER_NOTICE} users")
        task = 900_000 + len(self._results) + 1
        self._results[task] = self._deliver_notice(users, message, now)
        return json_answer({"errcode": 0, "errmsg": "ok", "task_id": task, "request_id": "rq"})

    def _deliver_notice(self, users: list[str], message: Mapping[str, object], now: datetime) -> dict[str, object]:
        day, words = times.civil_day(now).isoformat(), json.dumps(message, sort_keys=True)
        said = inner(message, str(message["msgtype"]))
        text = str(said.get(NOTICE_TEXTS[str(message["msgtype"])], ""))
        text += f"\n[{said['single_title']}]({said['single_url']})" if said.get("single_url") else ""
        invalid, forbidden = [user for user in users if not self._knows(user)], []
        for user in users:
            repeated = (user, day, words) in self._said
            self._said.add((user, day, words))
            if repeated:
                forbidden.append({"code": REPEATED, "count": 1, "userid": user})
            if user not in invalid:
                self._ledger.add(Message("dingtalk_app", user, now, str(said.get("title", "")), text, shown=not repeated))
        return {"invalid_user_id_list": invalid, "forbidden_list": forbidden, "failed_user_id_list": [], "unread_user_id_list": []}

    def _result(self, content: Mapping[str, object], now: datetime) -> Answer:
        task = content.get("task_id")
        if not isinstance(task, int) or task not in self._results:
            return error(40058, "no such task")
        return json_answer({"errcode": 0, "errmsg": "ok", "send_result": self._results[task]})

    def _card(self, content: Mapping[str, object], now: datetime) -> Answer:
        """An `outTrackId` that was used before is the same card and is not shown again."""
        data = content.get("cardData")
        fields = data.get("cardParamMap") if isinstance(data, dict) else None
        if content.get("cardTemplateId") not in self._tenant.card_templates or not isinstance(fields, dict):
            return problem("param.templateNotExist", "no such card template")
        if any(not isinstance(value, str) or len(value.encode()) > FIELD_BYTES for value in fields.values()):
            return problem("param.cardDataInvalid", "values are text of at most 1 KB")
        user = str(content.get("openSpaceId", "")).rpartition(".")[2]
        if not self._knows(user):
            return problem("staffId.notExisted", "no such member")
        card = str(content.get("outTrackId", ""))
        shown = card not in self._cards
        self._cards.add(card)
        self._ledger.add(Message("dingtalk_app", user, now, fields.get("title", ""), fields.get("text", ""), key=card, shown=shown))
        return json_answer({"success": True, "result": {"outTrackId": card, "deliverResults": [{"success": True}]}})

    def _knows(self, user: object) -> bool:
        return self._tenant.members is None or user in self._tenant.members


def _robot_words(content: Mapping[str, object]) -> tuple[str, str]:
    """Title and text of a robot's message; a button's link follows the text."""
    param = json_object(str(content["msgParam"]).encode()) or {}
    text = str(param.get(APP_KEYS[str(content["msgKey"])], ""))
    link = f"\n[{param.get('singleTitle')}]({param['singleURL']})" if param.get("singleURL") else ""
    return str(param.get("title", "")), text + link


def _query_key(to: list[str], content: Mapping[str, object], now: datetime) -> str:
    return "pq-" + hashlib.sha256(repr((sorted(content), to, now)).encode()).hexdigest()[:16]


def error(code: int, words: str) -> Answer:
    """How the old host speaks: HTTP 200 and a code."""
    return json_answer({"errcode": code, "errmsg": words})


def problem(code: str, words: str, status: int = 400) -> Answer:
    """How the new host refuses."""
    return json_answer({"code": code, "message": words, "requestid": "00000000-0000-0000-0000-000000000000"}, status)
