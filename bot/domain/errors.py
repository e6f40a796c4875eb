"""Errors of the rules, one tree; every message is a Chinese sentence that says what was wrong and what to do next.

CuibaoError
├── RuleError        a due rule that cannot be read
├── CalendarError    calendar data that cannot be used
├── NoticeError      a document that cannot be read as a notice
└── LadderError      a ladder with a rung that can never fire
"""


class CuibaoError(Exception):
    """Anything Cuibao refuses to do; `str(error)` may be shown to the user as it is."""


class RuleError(CuibaoError):
    """A due rule that cannot be read. `position` counts characters from 0 to the first one that does not fit."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        self.text, self.position, self.expected = text, position, expected
        super().__init__(f"报送规则“{text}”第 {position + 1} 个字符处无法识别：{expected}")


class CalendarError(CuibaoError):
    """Holiday data that cannot be used; nothing of it was taken over."""


class NoticeError(CuibaoError):
    """A document that cannot be read as a notice; the raw file is kept all the same."""


class LadderError(CuibaoError):
    """A ladder that cannot be saved because one of its rungs can never fire."""
