"""Stand-ins of the platforms with their limits and their codes, for rehearsals, tests and benchmarks. They listen on loopback only.

Each platform is one class that turns a request and an instant into an answer and remembers what it took (`wecom`, `dingtalk`, `feishu`,
`mailroom`; all remember in one `ledger`). The same object stands behind any door: in this process without a socket
(`transport`, `mailroom.submit`), or on 127.0.0.1 (`server`, `smtp`; `python -m bot.sandbox` is a process of its own that serves the
whole `ensemble` with a tester's `desk`). In the other direction `callbacks` posts to us, signed and sealed as the platform would, and
`dingtalk_gateway` and `wecom_gateway` push over connections that we open.

They are written from the vendors' documents, not from our channels: only the envelope's crypto and the mail's types are shared.
"""
