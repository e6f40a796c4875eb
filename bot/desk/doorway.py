"""In and out: by a one-time link, or by name, password and (if they have one) a second factor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk import keys, problems
from bot.desk.desk import Actor, Desk
from bot.domain import passwords
from bot.domain.secret import NO_SECRET
from bot.domain.words import Rank
from bot.store.accounts import Account
from bot.store.sessions import BY_LINK, BY_PASSWORD, Client, Session
from bot.store.tx import Tx

LINK_LOGIN = "link"
"""The login name of the administrator who comes by a one-time link from the server's own command line. It has no password."""
NOTED = timedelta(minutes=1)
"""A session that was seen less than this ago is not written again."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is logged in, with the session they came by."""

    session: Session
    actor: Actor

    @property
    def must_change(self) -> bool:
        """They have to choose a password of their own before anything else."""
        return self.session.account.must_change


@dataclass(frozen=True, slots=True)
class Knock:
    """What somebody typed at the door. `code` is empty if they were not asked for one."""

    login: str
    password: str
    code: str = ""


def by_link(desk: Desk, client: Client) -> str:
    """A session for whoever has used up a login link; returns its cookie."""
    now = desk.wall()
    with desk.store.begin() as tx:
        known = tx.accounts.by_login(LINK_LOGIN)
        account_id = known.id if known else tx.accounts.add(LINK_LOGIN, LINK_LOGIN, Rank.PROVINCE, None, now)
        return _opened(tx, account_id, BY_LINK, client, now)


def by_password(desk: Desk, knock: Knock, client: Client) -> str:
    """A session for whoever proves to be this administrator; returns its cookie. Raises Refused.

    What was wrong is not said, nor whether the account waits; an unknown name and one that waits take as long as any other.
    """
    now = desk.wall()
    with desk.store.read() as tx:
        account = tx.accounts.by_login(knock.login.strip().casefold())
    right = keys.fits(account.password if account else NO_SECRET, knock.password)
    if account is None or not account.active or account.waits(now):
        raise problems.not_let_in()
    if right and account.totp and not knock.code.strip():
        raise problems.code_needed()
    with desk.store.begin() as tx:
        if tx.accounts.hold(account.id).waits(now):  # those who came at the same time have used up the attempts
            raise problems.not_let_in()
        if right and _second_factor(desk, tx, account, knock.code, now):
            tx.accounts.tried(account.id, 0, None)
            return _opened(tx, account.id, BY_PASSWORD, client, now)
        failed(tx, account.id, now)
    raise problems.not_let_in()


def visit(desk: Desk, token: str) -> Visit | None:
    """Who comes with this cookie; None if its session is unknown, ended, idle for too long or too old."""
    now = desk.wall()
    with desk.store.read() as tx:
        session = tx.sessions.find(token)
        if session is None or not session.lives(now, desk.life):
            return None
        actor = _actor(tx, session.account)
    if now - session.seen_at >= NOTED:
        with desk.store.begin() as tx:
            tx.sessions.seen(session.id, now)
    return Visit(session, actor)


def leave(desk: Desk, visit: Visit) -> None:
    """The session is over for good, whoever holds its cookie."""
    now = desk.wall()
    with desk.store.begin() as tx:
        if tx.sessions.end(visit.session.id, now):
            tx.audit.write(visit.actor.by, "session.left", now, about=f"session:{visit.session.id}")


def _actor(tx: Tx, account: Account) -> Actor:
    units = None if account.unit_id is None else frozenset(unit.id for unit in tx.units.under(account.unit_id))
    return Actor(account.id, account.login, account.name, account.rank, units)


def _second_factor(desk: Desk, tx: Tx, account: Account, code: str, now: datetime) -> bool:
    if not account.totp:
        return True
    factor = desk.seal.open(account.totp)
    step = keys.step_of(factor, code, now) if factor else None
    return step is not None and tx.accounts.use_code(account.id, step)


def failed(tx: Tx, account_id: int, now: datetime) -> None:
    """One more wrong attempt: after some the account waits. To be called in a transaction that is kept."""
    failures = tx.accounts.hold(account_id).failures + 1
    until = passwords.wait_until(failures, now)
    tx.accounts.tried(account_id, failures, until)
    tx.audit.write("system", "login.locked" if until else "login.failed", now, about=f"admin:{account_id}", after={"failures": failures})


def _opened(tx: Tx, account_id: int, how: str, client: Client, now: datetime) -> str:
    token = tx.sessions.open(account_id, how, client, now)
    tx.audit.write(f"admin:{account_id}", f"login.{how}", now, about=f"admin:{account_id}", after={"address": client.address})
    return token
