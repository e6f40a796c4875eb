"""Clients of WeCom that nobody here wrote, against our stand-ins. Skipped where they are not installed."""

import asyncio
import importlib
import json

import pytest

from bot.sandbox.exchange import Request
from bot.sandbox.ledger import Ledger
from bot.sandbox.server import Server
from bot.sandbox.wecom import WeCom, WeComTenant
from bot.sandbox.wecom_bot_content import WeComBotTenant
from bot.sandbox.wecom_gateway import BotGateway
from tests.channels import rigs
from tests.waiting import until

KEY = "00000000-0000-0000-0000-0000000000a1"


async def test_what_wechatpys_application_sends_arrives_and_it_learns_who_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = pytest.importorskip("wechatpy.enterprise", reason="wechatpy is not installed", exc_type=ImportError)
    tenant = WeComTenant({}, members=frozenset({"zhangsan"}))
    wecom = WeCom(tenant, Ledger())
    asked = Request("GET", "/cgi-bin/gettoken", {"corpid": tenant.corp_id, "corpsecret": tenant.secret}, {}, b"")
    token = json.loads(wecom.handle(asked, rigs.NOW).body)["access_token"]  # its own client would ask the real platform
    async with Server([wecom], rigs.Clock()) as server:
        monkeypatch.setattr(theirs.WeChatClient, "API_BASE_URL", f"{server.url}/cgi-bin/")

        def send() -> object:
            client = theirs.WeChatClient(tenant.corp_id, tenant.secret, access_token=token)
            try:
                return client.message.send_text(tenant.agent_id, ["zhangsan", "Nobody"], "三季度台账")
            finally:
                client._http.close()

        answer = await asyncio.to_thread(send)
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert [(message.to, message.text) for message in wecom.ledger.messages] == [("zhangsan", "三季度台账")]


async def test_pywgbs_tables_and_files_are_understood(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    abstract = pytest.importorskip("pywgb.bot._abstract", reason="pywgb is not installed")
    bots = importlib.import_module("pywgb.bot")
    wecom = WeCom(WeComTenant({KEY: "培育群"}), Ledger())
    file = tmp_path / "list.csv"
    file.write_text("榆树市,未报\n", encoding="utf-8")
    async with Server([wecom], rigs.Clock()) as server:
        monkeypatch.setattr(abstract._Basic, "_API_BASE_URL", server.url)
        await asyncio.to_thread(lambda: bots.MarkdownBotV2(KEY).send("| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |"))
        await asyncio.to_thread(lambda: bots.FileBot(KEY).send(file_path=str(file)))
    table, sent = wecom.ledger.messages
    assert table.text.startswith("| 甲 | 乙 |")
    assert sent.text == f"[list.csv] {file.stat().st_size}"


async def test_a_smart_robots_client_subscribes_hears_answers_and_pushes() -> None:
    sdk = pytest.importorskip("wecom_aibot_sdk", reason="wecom-aibot-sdk-python is not installed")
    tenant, heard = WeComBotTenant(), []
    async with BotGateway(tenant, Ledger(), rigs.Clock()) as gateway:
        client = sdk.WSClient(sdk.WSClientOptions(tenant.bot_id, tenant.secret, ws_url=gateway.url, heartbeat_interval=200))

        async def on_text(frame: object) -> None:
            heard.append(frame)
            await client.reply_stream(frame, "s1", "已登记", True)

        client.on("message.text", on_text)
        await client.connect_async()
        await until(lambda: gateway.holder)
        await gateway.say("zhangsan", "已报")
        await until(lambda: len(gateway.ledger.messages) == 1)
        await client.send_message("zhangsan", {"msgtype": "markdown", "markdown": {"content": "**还有 2 家未报**"}})
        await until(lambda: "ping" in gateway.frames)
        await client.disconnect()
        await until(lambda: not gateway.holder)
    assert len(heard) == 1
    assert [(message.to, message.text) for message in gateway.ledger.messages] == [
        ("zhangsan", "已登记"),
        ("zhangsan", "**还有 2 家未报**"),
    ]
