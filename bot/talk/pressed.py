"""A form of the reply page is looked at before anything is kept: what cannot be recorded is refused with the reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.domain import clicks
from bot.domain.clicks import Act, Click
from bot.domain.inbound import Attachment
from bot.domain.replies import counts

FARTHEST = timedelta(days=366)
"""How far ahead a day may lie that somebody asks for."""
FILE_BYTES = 10 * 1024 * 1024
"""Bytes of one file."""
FILES = 5
"""Files of one answer."""
FILE_KINDS = frozenset(
    ("doc", "docx", "xls", "xlsx", "csv", "txt", "pdf", "ofd", "wps", "et", "dps", "ppt", "pptx", "zip", "rar", "7z", "jpg", "jpeg", "png")
)
"""Ends of the names of files that are taken: what offices send, nothing that runs."""
_NUMBER = re.compile(r"\d{1,6}")
_COUNTED = frozenset({Act.DONE, Act.ZERO})


class Problem(StrEnum):
    """Why a tap was not taken; nothing was changed."""

    PAGE_OLD = "page_old"
    NO_SUCH_ACT = "no_such_act"
    NO_SUCH_TASK = "no_such_task"
    NO_SUCH_REQUEST = "no_such_request"
    DAY_MISSING = "day_missing"
    DAY_PAST = "day_past"
    DAY_FAR = "day_far"
    COUNT = "count"
    NOTE = "note"
    FILE_UNWANTED = "file_unwanted"
    FILE_MANY = "file_many"
    FILE_SIZE = "file_size"
    FILE_KIND = "file_kind"
    NOTHING_TO_UNDO = "nothing_to_undo"


class PressRefused(Exception):
    """The tap was not taken; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True, slots=True)
class Pressed:
    """The fields of a form as they came."""

    mark: str
    act: str
    task: str
    day: str = ""
    note: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()

    @property
    def task_id(self) -> int:
        """The number of the task; 0, which no task has, if it is none."""
        return int(self.task) if re.fullmatch(r"[0-9]{1,9}", self.task) else 0


def click(pressed: Pressed, today: date, *, wants_file: bool) -> Click:
    """What was tapped. Raises PressRefused."""
    if pressed.act not in {act.value for act in Act}:
        raise PressRefused(Problem.NO_SUCH_ACT)
    act = Act(pressed.act)
    _check_files(pressed.files, wants_file=wants_file)
    note = " ".join(pressed.note.split())
    if len(note) > clicks.LONGEST_NOTE:
        raise PressRefused(Problem.NOTE)
    return Click(act, pressed.task_id, _day(act, pressed.day, today), _counts(pressed.counts) if act in _COUNTED else {}, note)


def _day(act: Act, typed: str, today: date) -> date | None:
    if act is Act.TODAY:
        return today
    if act is not Act.UNTIL and not (act is Act.GRANT and typed.strip()):
        return None
    day = _date(typed)
    if day is None:
        raise PressRefused(Problem.DAY_MISSING)
    if day < today:
        raise PressRefused(Problem.DAY_PAST)
    if day > today + FARTHEST:
        raise PressRefused(Problem.DAY_FAR)
    return day


def _date(typed: str) -> date | None:
    """As a date field sends it (2018-10-25), or as it is typed where there is none: 2018/10/25, 2018.10.25."""
    try:
        return date(*(int(number) for number in re.split(r"[-/.]", typed.strip())))
    except (ValueError, TypeError, OverflowError):
        return None


def _counts(typed: Mapping[str, str]) -> dict[str, int]:
    given = {name: number.strip() for name, number in typed.items() if name in (*counts.VARIANTS, counts.TOTAL) and number.strip()}
    if not all(_NUMBER.fullmatch(number) and number.isascii() for number in given.values()):
        raise PressRefused(Problem.COUNT)
    return {name: int(number) for name, number in given.items()}


def _check_files(files: Sequence[Attachment], *, wants_file: bool) -> None:
    if files and not wants_file:
        raise PressRefused(Problem.FILE_UNWANTED)
    if len(files) > FILES:
        raise PressRefused(Problem.FILE_MANY)
    for file in files:
        if len(file.content) > FILE_BYTES:
            raise PressRefused(Problem.FILE_SIZE)
        if file.name.rpartition(".")[2].lower() not in FILE_KINDS:
            raise PressRefused(Problem.FILE_KIND)
