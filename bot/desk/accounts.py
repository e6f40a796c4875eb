"""Who may come in, and as what. Every change is in the audit log with before and after; passwords and secrets never are."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk import doorway, keys, problems
from bot.desk.desk import Actor, Desk
from bot.desk.doorway import LINK_LOGIN
from bot.domain import passwords, rights, times
from bot.domain.secret import Secret
from bot.domain.words import Rank
from bot.store.accounts import Account
from bot.store.sessions import Session
from bot.store.tx import Tx
from bot.store.units import Unit

LOGIN = re.compile(r"[a-z][a-z0-9.-]{1,39}")
NAME = 60
"""Characters of a name."""
SHOWN = ("name", "rank", "unit_id", "active", "must_change")
"""What the audit log shows of an account."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An account as a form describes it. `unit_id` is the top of the subtree it sees, None: everything."""

    name: str
    rank: str
    unit_id: int | None
    active: bool = True


def add(desk: Desk, actor: Actor, login: str, wish: Wish) -> tuple[int, str]:
    """A new administrator; returns the id and the first password, which must be changed. Raises Refused."""
    _manager(actor)
    folded = login.strip().casefold()
    if not LOGIN.fullmatch(folded) or folded == LINK_LOGIN:
        raise problems.login_form(login)
    now, first = desk.wall(), _first_password()
    with desk.store.begin() as tx:
        values = _checked(tx, wish)
        if tx.accounts.by_login(folded) is not None:
            raise problems.login_taken(folded)
        account_id = tx.accounts.add(folded, values["name"], Rank(values["rank"]), values["unit_id"], now)
        tx.accounts.change(account_id, 1, {"password": keys.hashed(first), "must_change": True})
        tx.audit.write(actor.by, "account.added", now, about=f"admin:{account_id}", after={"login": folded, **values})
    return account_id, first


def change(desk: Desk, actor: Actor, account_id: int, version: int, wish: Wish) -> None:
    """Another name, rank, subtree, or no entry any more. Raises LookupError, Refused, Changed."""
    _manager(actor)
    now = desk.wall()
    with desk.store.begin() as tx:
        before, values = tx.accounts.get(account_id), _checked(tx, wish)
        if before.rank is Rank.PROVINCE and (not wish.active or wish.rank != Rank.PROVINCE) and not _other_managers(tx, account_id):
            raise problems.last_manager()
        _write(tx, before, version, values)
        if not wish.active:
            tx.sessions.end_others(account_id, None, now)
        tx.audit.write(actor.by, "account.changed", now, about=f"admin:{account_id}", before=shown(before), after=values)


def reset(desk: Desk, actor: Actor, account_id: int) -> str:
    """Another first password, no second factor, no lock; all sessions end. Raises LookupError, Refused."""
    _manager(actor)
    now, first = desk.wall(), _first_password()
    with desk.store.begin() as tx:
        account = tx.accounts.get(account_id)
        if account.login == LINK_LOGIN:
            raise problems.Forbidden
        fresh = {"password": keys.hashed(first), "must_change": True, "totp": "", "failures": 0, "locked_until": None}
        _write(tx, account, account.version, fresh)
        tx.sessions.end_others(account_id, None, now)
        tx.audit.write(actor.by, "account.reset", now, about=f"admin:{account_id}")
    return first


def choose_password(desk: Desk, actor: Actor, session_id: int, old: str, new: str, again: str) -> None:
    """One's own password; the other sessions end. Raises Refused."""
    now = desk.wall()
    account = _proved(desk, actor, old)
    _good(new, again, old, account.login)
    with desk.store.begin() as tx:
        _write(tx, account, account.version, {"password": keys.hashed(new), "must_change": False})
        tx.sessions.end_others(account.id, session_id, now)
        tx.audit.write(actor.by, "account.password", now, about=actor.by)


def start_factor(desk: Desk, actor: Actor) -> tuple[str, str]:
    """A secret for an authenticator: sealed, for the form that confirms it, and as the address its QR code shows."""
    factor = keys.new_factor()
    return desk.seal.close(factor), keys.address(factor, actor.login)


def factor_address(desk: Desk, actor: Actor, sealed: str) -> str:
    """The address of a secret that `start_factor` gave out. Raises Refused for one that is not ours."""
    factor = desk.seal.open(Secret(sealed))
    if factor is None:
        raise problems.wrong_code()
    return keys.address(factor, actor.login)


def confirm_factor(desk: Desk, actor: Actor, sealed: str, code: str) -> None:
    """The authenticator shows the right code: from now on it is asked for. Raises Refused."""
    now = desk.wall()
    factor = desk.seal.open(Secret(sealed))
    step = keys.step_of(factor, code, now) if factor else None
    if step is None:
        raise problems.wrong_code()
    with desk.store.begin() as tx:
        account = tx.accounts.get(actor.account_id)
        if account.totp:
            raise problems.factor_there()
        _write(tx, account, account.version, {"totp": sealed, "totp_used": step})
        tx.audit.write(actor.by, "account.factor_on", now, about=actor.by)


def drop_factor(desk: Desk, actor: Actor, password: str) -> None:
    """No second factor any more. Raises Refused."""
    now = desk.wall()
    account = _proved(desk, actor, password)
    with desk.store.begin() as tx:
        _write(tx, account, account.version, {"totp": ""})
        tx.audit.write(actor.by, "account.factor_off", now, about=actor.by)


def revoke(desk: Desk, actor: Actor, session_id: int) -> None:
    """End a session: one's own, or anybody's for who manages. Raises LookupError for one that is not theirs to end."""
    now = desk.wall()
    with desk.store.begin() as tx:
        session = tx.sessions.get(session_id)
        if session.account.id != actor.account_id and not actor.may_manage:
            raise LookupError(f"session {session_id}")
        if tx.sessions.end(session_id, now):
            tx.audit.write(actor.by, "session.revoked", now, about=f"session:{session_id}", after={"account": session.account.login})


def listed(desk: Desk, actor: Actor) -> list[Account]:
    """All administrators, for who manages. Raises Forbidden."""
    _manager(actor)
    with desk.store.read() as tx:
        return tx.accounts.all()


def tops(desk: Desk) -> list[Unit]:
    """The units an administrator can be given: those directly below the top of the tree."""
    with desk.store.read() as tx:
        return tx.units.below_root(times.civil_day(desk.now()))


def sessions(desk: Desk, actor: Actor, *, everybody: bool = False) -> list[Session]:
    """Sessions that are good now: one's own, or everybody's for who manages."""
    whose = None if everybody and actor.may_manage else actor.account_id
    with desk.store.read() as tx:
        return tx.sessions.living(desk.wall(), desk.life, whose)


def shown(account: Account) -> dict[str, Any]:
    """What the audit log may show of it."""
    return {name: getattr(account, name) for name in SHOWN}


def _proved(desk: Desk, actor: Actor, password: str) -> Account:
    """The account of who acts, once they have shown that they know its password. A wrong one counts as it does at the door: a browser
    left open is no place to guess. Raises Refused."""
    now = desk.wall()
    with desk.store.read() as tx:
        account = tx.accounts.get(actor.account_id)
    if not account.waits(now) and keys.fits(account.password, password):
        return account
    with desk.store.begin() as tx:
        if not tx.accounts.hold(account.id).waits(now):
            doorway.failed(tx, account.id, now)
    raise problems.wrong_password()


def _manager(actor: Actor) -> None:
    if not actor.may_manage:
        raise problems.Forbidden


def _checked(tx: Tx, wish: Wish) -> dict[str, Any]:
    name = wish.name.strip()
    if not name:
        raise problems.no_name()
    if len(name) > NAME:
        raise problems.long("name", len(name), NAME)
    if wish.rank not in tuple(Rank):
        raise problems.no_choice("rank", wish.rank)
    if wish.unit_id is None and rights.needs_unit(Rank(wish.rank)):
        raise problems.unit_needed()
    if wish.unit_id is not None:
        tx.units.get(wish.unit_id)
    unit_id = None if wish.rank == Rank.PROVINCE else wish.unit_id
    return {"name": name, "rank": wish.rank, "unit_id": unit_id, "active": wish.active}


def _good(new: str, again: str, old: str, login: str) -> None:
    if new != again:
        raise problems.passwords_differ()
    if new == old:
        raise problems.same_password()
    found = passwords.weakness(new, login)
    if found is not None:
        raise problems.weak(found)


def _write(tx: Tx, account: Account, version: int, values: Mapping[str, Any]) -> None:
    if not tx.accounts.change(account.id, version, values):
        raise problems.account_changed()


def _other_managers(tx: Tx, but: int) -> bool:
    return any(each.rank is Rank.PROVINCE and each.active and each.id != but and each.login != LINK_LOGIN for each in tx.accounts.all())


def _first_password() -> str:
    """Four groups of four, easy to read out: 64 random bits."""
    return "-".join(secrets.token_hex(2) for _ in range(4))
