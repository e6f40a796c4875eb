"""What happens when a person speaks: a notice comes in (`intake`), an answer is heard (`doors`, `hear`, `route`) and answered (`answer`).

Decides by the rules of `bot.domain`, remembers through `bot.store`, puts what it says into the outbox.
"""
