"""The only network: one file per platform, one Protocol (`base.Channel`), one conformance suite.

A vendor's limits, codes and crypto live in that vendor's files (`wecom_*`, `dingtalk_*`, `feishu_*`, `mail_*`), each named constant
with its unit and the page it was read on. HTTP 200 proves nothing: the platform's own code decides. Channels do not know each other
(import-linter holds it). Out: `wecom_robot`, `wecom_app`, `wecom_bot`, `dingtalk_robot`, `dingtalk_app`, `feishu_robot`, `mail`,
`console`, all of whose HTTP goes through `http` and whose connections that stay open through `websocket`. In: `wecom_callback`,
`wecom_bot_callback`, `dingtalk_callback`, pure functions from bytes to `domain.inbound.Inbound`, and the listeners that hold a
connection open (`listener` is their contract): `dingtalk_stream`, `imap`, and `wecom_bot`, which speaks over the connection by which it
hears. What several share: `group_robot`, `errcode`, `token`, `pace` (a least distance between calls), `batches` (equal words share a
call), `lanes` (who is slow delays nobody else).
`redact` keeps keys and telephone numbers out of logs; wiring installs it on every handler.
"""
