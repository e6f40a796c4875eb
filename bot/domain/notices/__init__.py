"""The notice reader: what a notice asks to be handed in, by when, to whom, and what it leaves open.

Belongs here: a small grammar of Chinese official prose, from text to values. `clean` unifies characters and `sentences` cuts;
`times` (with `recurring`, `joining`, `mentions`, `patterns`, `numerals`) finds time expressions; `duty` tells handing in from
everything else and `exclusions` what claims a time for something else; `binding` decides which time belongs to which handing in;
`resolve` makes rules of times; `phrases` and `contacts` name thing and place; `head` reads title and dates; `doubts` asks; `reader`
puts it together. `decode` turns bytes into text. Does not belong here: docx and PDF, storing, judging.

Decision: rules written by hand rather than a model, because every reading must be explained to an administrator by its own
sentence and must be the same tomorrow; all repetitions in patterns are bounded, so time is linear in the text.
"""

from bot.domain.notices.decode import decode
from bot.domain.notices.reader import read
from bot.domain.notices.reading import Doubt, DoubtKind, NoticeReading, ObligationReading

__all__ = ["Doubt", "DoubtKind", "NoticeReading", "ObligationReading", "decode", "read"]
