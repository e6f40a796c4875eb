"""The reader of answers: from what a contact typed to what it means (DESIGN 5.7: "收到" is never "已报").

Belongs here: one grammar, pure and deterministic. Its way, one file per step:
`normalise` (one spelling) → `quote` (cut what others wrote) → `english` (rendered in Chinese) → `parts` (several reports) →
`tagging` (words to classes, by `lexicon`, `days`, `counts`) → `clauses` (the rule tables `rules_*`) → `decide` (tie-breaking;
`precedents` give a second opinion) → `reader` (the day by `calendar_days`, counts).
A misread answer becomes a row in `tests/domain/replies/utterances/` and then a word in `lexicon`, a rule in
`rules_*` or a precedent in `answered`. No model is downloaded or trained: precedents are counted when first asked for, every reading
names its words and its rule, and the same text reads the same for ever.
"""

from bot.domain.replies.reader import read
from bot.domain.replies.reading import Part, Reading, Reason

__all__ = ["Part", "Reading", "Reason", "read"]
