"""An obligation as a form describes it, and what it is once every field of it is understood."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from bot.desk import problems
from bot.desk.desk import Actor, Desk
from bot.domain import ladder_text, rules, times
from bot.domain.due import Shift
from bot.domain.errors import LadderError, RuleError
from bot.domain.obligations import Obligation
from bot.store.tx import Tx

WHAT, RECIPIENT, RULE = 300, 200, 200
"""Characters that the store keeps of each."""
HOUR = time(17, 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed, field by field. `units` are the ids that were ticked, `under` those of which everything below is meant too."""

    what: str
    rule: str
    shift: str
    hour: str
    recipient: str
    ladder: str
    begins: str
    ends: str
    units: frozenset[int]
    under: frozenset[int]
    wants_file: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The obligation that is wished for, and who would owe it."""

    obligation: Obligation
    units: tuple[int, ...]


OLDEST = timedelta(days=731)
"""How far back an obligation may be made to begin: every period since is made at once, and its units are late with all of them."""


def understood(tx: Tx, desk: Desk, actor: Actor, wish: Wish, base: Obligation | None) -> Draft:
    """The draft; `base` is the obligation that it changes. Raises Refused for a field, LookupError for a unit outside the subtree."""
    today = times.civil_day(desk.now())
    begins, ends = _day("begins", wish.begins), _day("ends", wish.ends) if wish.ends.strip() else None
    if ends is not None and ends < begins:
        raise problems.ends_early(ends, begins)
    if begins < today - OLDEST and (base is None or begins < base.begins):
        raise problems.long_ago(begins, today - OLDEST)
    hour, shift = _hour(wish.hour), _shift(wish.shift)
    obligation = Obligation(
        id=0 if base is None else base.id,
        notice_id=None if base is None else base.notice_id,
        what=_what(wish.what),
        rule=_rule(wish.rule),
        shift=shift,
        hour=hour,
        recipient=_short("recipient", wish.recipient, RECIPIENT),
        emails=() if base is None else base.emails,
        phones=() if base is None else base.phones,
        sentence="" if base is None else base.sentence,
        published=desk.now() if base is None else base.published,
        begins=begins,
        ends=ends,
        ladder=_ladder(desk, wish.ladder),
        hour_stated=base is not None and base.hour_stated and base.hour == hour,
        shift_stated=base is not None and base.shift_stated and base.shift is shift,
        wants_file=wish.wants_file,
    )
    return Draft(obligation, _units(tx, actor, wish, today, obligation.id))


def of(obligation: Obligation, units: frozenset[int]) -> Wish:
    """The wish that would change nothing."""
    return Wish(
        what=obligation.what,
        rule=obligation.rule,
        shift=obligation.shift.value,
        hour=f"{obligation.hour:%H:%M}",
        recipient=obligation.recipient,
        ladder=obligation.ladder,
        begins=obligation.begins.isoformat(),
        ends=obligation.ends.isoformat() if obligation.ends else "",
        units=units,
        under=frozenset(),
        wants_file=obligation.wants_file,
    )


EVERY = {
    "once": ("once:{}", "2018-09-28"),
    "weekly": ("weekly:{}", "fri"),
    "monthly": ("monthly:day={}", "25"),
    "monthly-next": ("monthly:next-month-day={}", "5"),
    "quarterly": ("quarterly:next-month-day={}", "20"),
    "halfyearly": ("halfyearly:next-month-day={}", "10"),
    "yearly": ("yearly:dates={}", "03-31"),
    "receipt": ("workdays-after-receipt:{}", "5"),
}
"""What the builder offers: how the rule is written, and what the day looks like."""


def build(every: str, on: str) -> str:
    """The rule of the builder's two fields. Raises Refused."""
    if every not in EVERY:
        raise problems.no_choice("rule", every)
    form, example = EVERY[every]
    try:
        return str(rules.parse(form.format(on.strip())))
    except RuleError as error:
        raise problems.not_built(on, example) from error


def _what(text: str) -> str:
    found = _short("what", text, WHAT)
    if not found:
        raise problems.no_what()
    return found


def _short(field: str, text: str, longest: int) -> str:
    found = " ".join(text.split())
    if len(found) > longest:
        raise problems.long(field, len(found), longest)
    return found


def _rule(text: str) -> str:
    if not text.strip():
        raise problems.empty("rule", "quarterly:next-month-day=20")
    try:
        rule = str(rules.parse(text.strip()))
    except RuleError as error:
        raise problems.spoken("rule", str(error)) from error
    if len(rule) > RULE:
        raise problems.long("rule", len(rule), RULE)
    return rule


def _ladder(desk: Desk, text: str) -> str:
    try:
        ladder_text.checked(text, desk.windows)
    except LadderError as error:
        raise problems.spoken("ladder", str(error)) from error
    return ladder_text.tidy(text)


def _shift(text: str) -> Shift:
    if text not in tuple(Shift):
        raise problems.no_choice("rule", text)
    return Shift(text)


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().replace("：", ":")).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise problems.no_hour(text) from error


def _day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError as error:
        raise problems.no_day(field, text) from error
    if found.year not in times.YEARS:
        raise problems.no_day(field, text)
    return found


def _units(tx: Tx, actor: Actor, wish: Wish, on: date, obligation_id: int) -> tuple[int, ...]:
    """Those in force are chosen; one that owes it and is not in force stays, as no form shows it."""
    known = tx.units.all(on)
    below = {unit.id for top in wish.under for unit in tx.units.under(top)}
    wanted = wish.units | (below & {unit.id for unit in known})
    if not all(actor.sees(unit_id) for unit_id in wanted | wish.under):
        raise LookupError("unit")
    order = [unit.id for unit in known]
    found = tuple(unit_id for unit_id in order if unit_id in wanted)
    if not found:
        raise problems.no_units()
    return found + tuple(unit.id for unit in tx.obligations.units(obligation_id) if unit.id not in order)
