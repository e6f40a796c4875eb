"""Cuibao (催报): what is owed, by whom, by when; who was reminded, what they answered, and the circular at the end.

The flow. Each arrow is one function in one file in one transaction (deliver: two, with the send between)::

    notice ─talk/intake→ obligation ─jobs/due→ task ─jobs/remind→ outbox ─jobs/deliver→ channel → person
                                                │                                                  │
         bulletin → outbox ←jobs/bulletin─ status ←──────────────talk/hear────── inbound ←─────────┘
                                                (in through web/callbacks, web/reply_page, jobs/listen)

A question has one door: a rule → `bot.domain`, a query → `bot.store`, a vendor → `bot.channels`, the clock → `jobs`,
a person who speaks → `bot.talk` or `bot.web`, a sentence → `templates`.

`bot` holds the talking and the ground both halves stand on; `bot.cli` sits above `jobs`, so the packages are layered by
module and not by name (the contracts in `pyproject.toml` hold it). This file imports nothing: an old Python must be able
to read it and say what it needs (`bot/__main__.py`).
"""
