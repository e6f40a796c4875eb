"""An office of any size in a database of its own: units, one contact each, one duty that all of them owe.

Filled in sets, past the queries that read and write one person at a time: what is measured comes after it.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection, Table, insert

from bot.domain import times
from bot.domain.due import Shift
from bot.domain.obligations import Obligation
from bot.domain.windows import DEFAULT
from bot.domain.words import Role
from bot.domain.workdays import WorkCalendar
from bot.store import Store, tables
from jobs import due

CHANNEL = "wecom_robot"
ROBOTS = 200
COUNTIES = 9
"""Units from one prefecture to the next."""
PUBLISHED = times.parse_instant("2026-04-01T09:00")
NOW = times.parse_instant("2026-04-01T10:30")
"""The first notice is due since shortly after the publication, inside the sending window of a workday."""
CALENDAR = WorkCalendar()
CHUNK = 10_000
DUTY = Obligation(
    id=0,
    notice_id=None,
    what="本地区培育工作开展情况",
    rule="once:2026-04-20",
    shift=Shift.EARLIER,
    hour=time(17, 0),
    recipient="省促进中小企业发展服务中心",
    emails=("baosong@example.com",),
    phones=("0431-80000000",),
    sentence="请各市（州）、县（市）工信局于2026年4月20日前上报本地区培育工作开展情况。",
    published=PUBLISHED,
    begins=date(2026, 4, 1),
    ends=None,
    ladder="default",
)


class Clock:
    """Stands at one instant."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.at


def open_store(path: Path) -> Store:
    """The database at `path`, as an installation opens it: every commit is flushed to disk."""
    return Store(f"sqlite:///{path}")


def fill(path: Path, units: int) -> None:
    """A migrated database with so many units, their contacts, and the tasks of one duty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(path)
    store.migrate()
    with store.begin() as tx:
        _people(tx.connection, units)
        tx.obligations.add(DUTY, range(1, units + 1))
    due.run(NOW, store, CALENDAR, DEFAULT)
    store.close()  # the last connection folds the log into the file, which can then be copied


def copy(source: Path, target: Path) -> Store:
    """A store on a fresh copy of a database."""
    target.unlink(missing_ok=True)
    for tail in ("-wal", "-shm"):
        target.with_name(target.name + tail).unlink(missing_ok=True)
    shutil.copy(source, target)
    return open_store(target)


def load(connection: Connection, table: Table, rows: Iterator[Mapping[str, object]]) -> None:
    """Insert rows some thousand at a time."""
    batch: list[Mapping[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == CHUNK:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)


def _people(connection: Connection, units: int) -> None:
    numbers = range(1, units + 1)
    load(connection, tables.of(tables.Unit), (_unit(number) for number in numbers))
    load(connection, tables.of(tables.Person), (_person(number) for number in numbers))
    roles = ({"unit_id": n, "person_id": n, "role": Role.PRIMARY.value, "since": None, "until": None} for n in numbers)
    load(connection, tables.of(tables.Role), roles)
    load(connection, tables.of(tables.Address), (_address(number) for number in numbers))


def _unit(number: int) -> dict[str, object]:
    named = {"code": f"{number:09d}", "name": f"示例{number}县工业和信息化局", "short_name": f"示例{number}县"}
    level, parent = _place(number)
    place = {"level": level, "kind": "", "parent_id": parent, "position": number, "pinyin": "shili", "initials": "sl"}
    return {**named, **place, "since": None, "until": None}


def _place(number: int) -> tuple[str, int | None]:
    """One province, below it prefectures with the counties that follow them."""
    behind = (number - 2) % COUNTIES
    if number == 1:
        return "province", None
    return ("county", number - behind) if behind else ("prefecture", 1)


def _person(number: int) -> dict[str, object]:
    return {"id": number, "name": "张三", "kind": "person", "phone": "", "active": True, "sample": True}


def _address(number: int) -> dict[str, object]:
    good = {"rank": 0, "bad": False, "reason": "", "changed_at": None}
    return {"person_id": number, "channel": CHANNEL, "value": f"robot{number % ROBOTS}"} | good


def letters(connection: Connection, count: int, view: Mapping[str, object]) -> None:
    """So many messages that wait, spread over the robots, each with a budget of its own; all say `view`."""
    keys = [f"{CHANNEL}:robot{number}" for number in range(ROBOTS)]
    robot = {"channel": CHANNEL, "paused": False, "reason": "", "blocked_at": None, "blocked_until": None, "sent": 0}
    connection.execute(insert(tables.of(tables.Robot)), [robot | {"key": key} for key in keys])
    load(connection, tables.of(tables.Message), (_letter(number, view) for number in range(count)))


def _letter(number: int, view: Mapping[str, object]) -> dict[str, object]:
    name = f"robot{number % ROBOTS}"
    to = {"kind": "reminder", "person_id": None, "channel": CHANNEL, "address": name, "robot": f"{CHANNEL}:{name}"}
    now = {"state": "pending", "priority": 5, "not_before": NOW - timedelta(seconds=1), "created_at": NOW, "sent_at": None}
    words = {"dedupe": f"bench:{number}", "thread": "", "reason": "", "view": dict(view), "rendered": None, "part": 1, "parts": 1}
    fresh = {"reply_to": None, "attempt": 0, "failures": 0, "doubts": 0, "owner": "", "leased_until": None}
    return to | now | words | fresh | {"last_code": "", "last_detail": ""}


def view() -> dict[str, object]:
    """What a reminder of one duty says, as the job hands it to the templates."""
    found: dict[str, object] = json.loads(Path(__file__).with_name("view.json").read_text(encoding="utf-8"))
    return found
