"""A notice on its way to being armed, and what lies ahead: everything an administrator wants to see before anything is sent."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.desk import who as desk_who
from bot.domain import due as dues
from bot.domain import ladder, notices, periods, rules, times
from bot.domain.due import Due, Shift
from bot.domain.errors import CuibaoError
from bot.domain.workdays import WorkCalendar
from bot.settings import CHANNELS, Settings
from bot.store.preview import Ahead
from bot.store.roster import KnownUnit, Roster
from bot.store.tx import Tx
from bot.talk import intake
from bot.wiring.clock import RealClock
from bot.wiring.ground import Ground
from bot.wiring.house import virtual_now
from jobs import due as due_job

ALL = "all"
ACTOR = "admin:cli"
SHOWN = 3
"""Periods of a duty that are spelled out."""
LADDER = "default"


class ArmingError(CuibaoError):
    """What was asked to be armed cannot be; the message says which part and what would do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to arm: the days that outweigh those of the text, the first day whose periods count, codes of units or `all`, numbers
    of duties as printed (none: every one)."""

    issued: date | None = None
    published: date | None = None
    begins: date | None = None
    units: str = ALL
    only: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of the notice. `past` periods are over already and would be chased as overdue at once; `first_at` is when
    the first message could go (None: no period in sight); `known`: armed before, stays as it is."""

    number: int
    reading: notices.ObligationReading
    upcoming: tuple[Due, ...]
    explained: tuple[str, ...]
    past: int
    first_at: datetime | None
    chosen: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Arming:
    """A notice that is kept and read; nothing of it is armed. `taken` holds only what was chosen."""

    taken: intake.Taken
    duties: tuple[Duty, ...]
    unit_ids: tuple[int, ...]
    unreachable: tuple[str, ...]
    channels: tuple[str, ...]


def now(ground: Ground) -> datetime:
    """The clock of the installation: the wall's, or the virtual one of a rehearsal."""
    real = RealClock().now()
    return virtual_now(ground, real) if ground.settings.cuibao_mode == "rehearsal" else real


def ways(settings: Settings) -> tuple[str, ...]:
    """The channels to reckon with: those that are switched on, or all there are while none is."""
    return settings.cuibao_live_channels or CHANNELS


def prepare(ground: Ground, raw: bytes, filename: str, wish: Wish, at: datetime) -> Arming:
    """Keep the notice, read it, and work out what arming it would mean. Raises NoticeError, ArmingError."""
    taken = intake.take(ground.store, raw, filename, at, wish.issued)
    reading = replace(taken.reading, published=wish.published or taken.reading.published, issued=wish.begins or taken.reading.issued)
    _check(wish.only, len(reading.obligations))
    with ground.store.begin() as tx:
        tx.notices.describe(taken.notice_id, published=reading.published)
    with ground.store.read() as tx:
        unit_ids = _units(tx, wish.units, times.civil_day(at))
        known = {(duty.what, duty.rule) for duty in tx.obligations.all() if duty.notice_id == taken.notice_id}
        unreachable = Roster(tx.connection).unreachable(unit_ids, ways(ground.settings), times.civil_day(at))
    duties = tuple(
        _duty(ground, reading, number, at, chosen=not wish.only or number in wish.only, known=known)
        for number in range(1, len(reading.obligations) + 1)
    )
    chosen = tuple(duty.reading for duty in duties if duty.chosen)
    wanted = intake.Taken(taken.notice_id, replace(reading, obligations=chosen))
    return Arming(wanted, duties, unit_ids, tuple(unreachable), ways(ground.settings))


def arm(ground: Ground, arming: Arming, at: datetime) -> due_job.Planned:
    """Arm what was chosen and lay its periods, tasks and ladders; the metronome sends what is due. Raises ArmingError."""
    if not arming.taken.reading.obligations:
        raise ArmingError("通知里没有读出报送事项，没有可启用的；请核对原文，或用 --issued 写明成文日期再试")
    empty = [str(duty.number) for duty in arming.duties if duty.chosen and not duty.known and duty.first_at is None]
    if empty:
        raise ArmingError(f"第 {'、'.join(empty)} 项没有可提醒的报告期，没有启用任何一项；请用 --only 只选其他项，或改 --from")
    with ground.store.begin() as tx:
        intake.arm(tx, arming.taken, arming.unit_ids, at, LADDER, ACTOR)
    return due_job.run(at, ground.store, ground.calendar, ground.settings.cuibao_send_windows)


def who(ground: Ground, at: datetime, on: date, days: int) -> list[Ahead]:
    """The steps of `days` days from `on` (included). What is overdue counts as of today, collapsed as the next tick would do it."""
    with ground.store.read() as tx:
        return desk_who.ahead(tx, at, on, days, ways(ground.settings))


def _check(only: tuple[int, ...], count: int) -> None:
    wrong = [str(number) for number in only if not 1 <= number <= count]
    if wrong:
        raise ArmingError(f"--only 里的 {'、'.join(wrong)} 不对：这份通知读出 {count} 项，编号从 1 起")


def _units(tx: Tx, wanted: str, on: date) -> tuple[int, ...]:
    """`all` are the units in force that have one above them (the top issues and does not owe); without a tree, every one."""
    known = {code: unit for code, unit in Roster(tx.connection).units().items() if _in_force(unit, on)}
    if not known:
        raise ArmingError("系统里还没有单位，请先用 cuibao roster 导入单位和联络员名单")
    if wanted.strip() == ALL:
        below = tuple(unit.id for unit in known.values() if unit.parent_id is not None)
        return below or tuple(unit.id for unit in known.values())
    codes = dict.fromkeys(code.strip() for code in wanted.replace("，", ",").split(",") if code.strip())
    unknown = [code for code in codes if code not in known]
    if unknown or not codes:
        raise ArmingError(f"--units 里没有这样的单位代码：{'、'.join(unknown) or '（空）'}；应为 all，或用逗号隔开的单位代码")
    return tuple(known[code].id for code in codes)


def _in_force(unit: KnownUnit, on: date) -> bool:
    return (unit.row.since is None or unit.row.since <= on) and (unit.row.until is None or on < unit.row.until)


def _duty(ground: Ground, notice: notices.NoticeReading, number: int, at: datetime, *, chosen: bool, known: set[tuple[str, str]]) -> Duty:
    duty, calendar = notice.obligations[number - 1], ground.calendar
    published = times.instant(notice.published, intake.OPENING) if notice.published else at
    found = _dues(duty, notice.issued or times.civil_day(at), times.civil_day(published), times.civil_day(at), calendar)
    past = sum(dues.limit_at(each) <= at for each in found)
    upcoming = tuple(each for each in found if dues.limit_at(each) > at)[:SHOWN]
    sending = ground.settings.cuibao_send_windows
    steps = [step for each in upcoming[:1] for step in ladder.steps(ladder.LADDERS[LADDER], each, published, calendar, sending)]
    first_at = at if past else max(at, steps[0].fires_at) if steps else None
    explained = tuple(dues.explain(each, calendar) for each in upcoming)
    return Duty(number, duty, upcoming, explained, past, first_at, chosen, (duty.what[: intake.WHAT], duty.rule) in known)


def _dues(duty: notices.ObligationReading, begins: date, published: date, today: date, calendar: WorkCalendar) -> list[Due]:
    """Every period from the first one that counts up to today, and the next few."""
    rule = rules.parse(duty.rule)
    found = (
        *periods.expand(rule, begins, today, anchor=published, calendar=calendar),
        *periods.first(rule, max(begins, today + timedelta(days=1)), SHOWN, anchor=published, calendar=calendar),
    )
    hour, shift = duty.hour or intake.ASKED_HOUR, duty.shift or Shift.EARLIER
    stated = {"hour_stated": duty.hour is not None, "shift_stated": duty.shift is not None}
    return [dues.due(rule, period, calendar=calendar, shift=shift, hour=hour, **stated) for period in found]
