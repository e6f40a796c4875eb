"""Cuibao (催报): what is owed, by whom, by when; who was reminded, what they answered, and the circular at the end.

The flow. Each arrow is one function in one file in one transaction (deliver: two, with the send between)::

    notice ─talk/intake→ obligation ─jobs/due→ task ─jobs/remind→ outbox ─jobs/deliver→ channel → person
                                                │                                                  │
         bulletin → outbox ←jobs/bulletin─ status ←──────────────talk/hear────── inbound ←─────────┘
                                                (in through web/callbacks by talk/doors; jobs/listen has it heard)

A question has one door: a rule → `bot.domain`, a query → `bot.store`, a vendor → `bot.channels`, the clock → `jobs`,
a person who speaks → `bot.talk` or `bot.web`, a sentence → `templates`.

The rooms, from the ground up (import-linter holds the order)::

    domain      the rules: pure, the clock is a parameter
    settings    environment and .env → one frozen Settings
    store       the only SQL          channels    the only network          render      the only templates
    sandbox     stand-ins of the platforms, and the people who answer in a rehearsal
    talk        what happens when a person speaks: intake, doors, hear, answer, decide
    jobs        what the clock does: due, remind, deliver, listen, bulletin, quota, alert, tidy; schedule is the metronome
    desk        where administrators sit: what they may see, every act of theirs with its audit entry
    web         pages and callbacks   rehearse    the jobs on a virtual clock
    wiring      builds everything from Settings; wiring/clock.py is the only reader of the clock
    cli         the command `cuibao`: parses and prints

`bot` holds the talking and the ground both halves stand on; `bot.cli` sits above `jobs`, so the packages are layered by
module and not by name (the contracts in `pyproject.toml` hold it). This file imports nothing: an old Python must be able
to read it and say what it needs (`bot/__main__.py`).
"""
