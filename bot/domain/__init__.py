"""The rules: what is due when, who is reminded, what an answer means, who was on time.

Belongs here: functions from values to values. Does not belong here: I/O, SQL, network, logging, randomness, the clock
(`now` is always a parameter). Libraries that are pure data or pure calculation are welcome (chinese_calendar is one).
Chinese stands here only where it is the subject matter: the two grammars (`notices`, `replies`), the labels of closed sets
(`words`), explanations of a due date, and the sentences of `errors`. Everything else a person reads lives in `templates/`.
import-linter holds the rest (`pyproject.toml`).
"""
