"""What happens when a person speaks. Decides by `bot.domain`, remembers through `bot.store`, puts what it says into the outbox.

A notice comes in by `intake`. A platform tells us what was said at `doors`, which only keeps it; `hear` understands it later, one
transaction for each inbound: `evidence` finds what it refers to, `route` ties it to tasks, `record` makes facts of it, `undo` takes
them back, `ask` puts the one question that may be open, `answer` says what we say, `turn` whether one more is said today.
`decide` grants or refuses an extension, `deciding` asks who decides and hears the word if there is `proof` that it is theirs,
`handover` keeps a change of contact until an administrator accepts it, `bounce` takes back a mail. `counter` stands behind the reply
page: `sheet` is what it shows, `pressed` what may be tapped, `click` the tap as it is heard. `letters` is the last look at what we are
about to say.

Decided 2026-11: the conversation has no state of its own but the one open question; what an answer is about follows from what we
last sent, and evidence that contradicts every task is never overruled. `tests/talk/test_conversations.py` is the table of examples.
"""
