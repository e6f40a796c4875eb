"""The other direction: the platforms posting to us what a person said, signed and sealed the way they do it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import httpx

from bot.channels import wecom_crypto
from bot.domain.secret import Secret
from bot.sandbox.dingtalk import DingTalkTenant
from bot.sandbox.dingtalk_session import LIFE, Session, seal_session
from bot.sandbox.dingtalk_tenant import sign
from bot.sandbox.wecom import WeComTenant
from bot.sandbox.wecom_bot_content import WeComBotTenant

ATTEMPTS: Final = 3
"""WeCom tries three times in all (path/90930, read 2026-11-23)."""
PATIENCE: Final = 5.0
"""Seconds until WeCom gives an attempt up; DingTalk waits half as long (read 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A request as the platform sends it; `query` is not yet encoded."""

    method: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def url(self, address: str) -> str:
        """`address` with the query."""
        return f"{address}?{urlencode(self.query)}" if self.query else address


def wecom_text(tenant: WeComTenant, sender: str, text: str, at: datetime, msg_id: str) -> Callback:
    """A member wrote to the application. The same `msg_id` is the same message coming again."""
    fields = {"MsgType": "text", "Content": text, "MsgId": msg_id}
    return wecom_post(tenant, sender, fields, at)


def wecom_click(
    tenant: WeComTenant, sender: str, key: str, at: datetime, task_id: str = "", *, code: str = "", chosen: Sequence[str] = ()
) -> Callback:
    """A member pressed the button `key` of a card, with these options `chosen`; `code` is what the card can be changed by."""
    fields = {
        "MsgType": "event", "Event": "template_card_event", "EventKey": key, "TaskId": task_id, "CardType": "button_interaction",
        "ResponseCode": code,
    }  # fmt: skip
    options = "".join(f"<OptionId>{escape(option)}</OptionId>" for option in chosen)
    item = f"<SelectedItem><QuestionKey>which</QuestionKey><OptionIds>{options}</OptionIds></SelectedItem>"
    return wecom_post(tenant, sender, fields, at, f"<SelectedItems>{item}</SelectedItems>" if chosen else "")


def wecom_url_check(tenant: WeComTenant, echo: str, at: datetime) -> Callback:
    """The administrator saved our address: the platform asks whether it is ours. The answer is `echo`."""
    sealed, query = _seal(tenant, echo.encode(), at)
    return Callback("GET", {**query, "echostr": sealed})


def wecom_bot_text(
    tenant: WeComBotTenant, sender: str, text: str, at: datetime, msg_id: str, *, chat: str = "", code: str = "RC1"
) -> Callback:
    """Somebody spoke to the smart robot, in private or (with @) in `chat`; one answer can be posted under `code`."""
    content: dict[str, object] = {
        "msgid": msg_id, "aibotid": tenant.bot_id, "chattype": "group" if chat else "single", "from": {"userid": sender},
        "response_url": f"https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code={code}",
        "msgtype": "text", "text": {"content": text}, **({"chatid": chat} if chat else {}),
    }  # fmt: skip
    keys = _bot_keys(tenant)
    sealed, query = _sealed(keys, json.dumps(content, ensure_ascii=False).encode(), at)
    return Callback("POST", query, {"Content-Type": "application/json"}, json.dumps({"encrypt": sealed}).encode())


def wecom_bot_url_check(tenant: WeComBotTenant, echo: str, at: datetime) -> Callback:
    """The administrator saved our address at the robot: the platform asks whether it is ours. The answer is `echo`."""
    sealed, query = _sealed(_bot_keys(tenant), echo.encode(), at)
    return Callback("GET", {**query, "echostr": sealed})


def dingtalk_text(
    tenant: DingTalkTenant, sender: str, text: str, at: datetime, msg_id: str, *, group: str = "", host: str = "https://oapi.dingtalk.com"
) -> Callback:
    """A member spoke to the app's robot, in private or (with @) in `group`. Answers into the session are served by `DingTalk`."""
    body = dingtalk_body(tenant, sender, text, at, msg_id, group=group, host=host)
    timestamp = str(_milliseconds(at))
    headers = {"Content-Type": "application/json; charset=utf-8", "timestamp": timestamp, "sign": sign(tenant.app_secret, timestamp)}
    return Callback("POST", {}, headers, body)


def dingtalk_body(
    tenant: DingTalkTenant, sender: str, text: str, at: datetime, msg_id: str, *, group: str = "", host: str = "https://oapi.dingtalk.com"
) -> bytes:
    """What DingTalk says about a message, by callback and by Stream alike."""
    session = seal_session(tenant.app_secret, Session(sender, group, at + LIFE))
    content = {
        "conversationId": group or f"cid-{sender}", "conversationType": "2" if group else "1", "chatbotCorpId": "dingsandboxcorp",
        "robotCode": tenant.robot_code, "msgId": msg_id, "senderId": f"$:LWCP_v1:${sender}", "senderNick": sender, "senderStaffId": sender,
        "isInAtList": True, "createAt": _milliseconds(at), "msgtype": "text", "text": {"content": f" {text}"},
        "sessionWebhook": f"{host}/robot/sendBySession?session={session}", "sessionWebhookExpiredTime": _milliseconds(at + LIFE),
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False).encode()


async def push(client: httpx.AsyncClient, address: str, callback: Callback) -> int:
    """Posts the callback like WeCom: again after a failed connection, a time-out or another status than 200.

    Returns the last status, 0 if nobody ever answered.
    """
    status = 0
    for _ in range(ATTEMPTS):
        try:
            response = await client.request(
                callback.method, callback.url(address), headers=dict(callback.headers), content=callback.body, timeout=PATIENCE
            )
        except httpx.HTTPError:
            continue
        status = response.status_code
        if status == httpx.codes.OK:
            break
    return status


def wecom_post(tenant: WeComTenant, sender: str, fields: Mapping[str, str], at: datetime, more: str = "") -> Callback:
    """A member sent, or the platform reports, what these fields of a message or event say."""
    everything = {"ToUserName": tenant.corp_id, "FromUserName": sender, "CreateTime": str(int(at.timestamp())), **fields}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in (*everything.items(), ("AgentID", str(tenant.agent_id))))
    sealed, query = _seal(tenant, f"<xml>{inner}{more}</xml>".encode(), at)
    outer = f"<ToUserName><![CDATA[{tenant.corp_id}]]></ToUserName><AgentID><![CDATA[{tenant.agent_id}]]></AgentID>"
    body = f"<xml>{outer}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    return Callback("POST", query, {"Content-Type": "text/xml"}, body)


def _seal(tenant: WeComTenant, message: bytes, at: datetime) -> tuple[str, dict[str, str]]:
    return _sealed(wecom_crypto.Keys(Secret(tenant.token), Secret(tenant.aes_key), tenant.corp_id), message, at)


def _bot_keys(tenant: WeComBotTenant) -> wecom_crypto.Keys:
    return wecom_crypto.Keys(Secret(tenant.token), Secret(tenant.aes_key), "")


def _sealed(keys: wecom_crypto.Keys, message: bytes, at: datetime) -> tuple[str, dict[str, str]]:
    """The envelope and the query that vouches for it. Its random bytes come from the message: a stand-in keeps no secrets."""
    sealed = wecom_crypto.encrypt(keys, message, hashlib.sha256(message).digest())
    timestamp, nonce = str(int(at.timestamp())), str(int(hashlib.sha256(sealed.encode()).hexdigest()[:8], 16))
    return sealed, {"msg_signature": wecom_crypto.signature(keys, timestamp, nonce, sealed), "timestamp": timestamp, "nonce": nonce}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
