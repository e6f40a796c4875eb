"""The commands about administrators: the first one has to be made where nobody can log in yet."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli import house
from bot.cli.rules import InputError
from bot.desk import accounts
from bot.desk.desk import Actor, Desk
from bot.domain.words import Rank, label
from bot.store.accounts import Account
from bot.wiring import clock, desks
from bot.wiring.ground import Ground

OPERATOR = Actor(0, "cli", "cli", Rank.PROVINCE, None)
"""Who can run commands on the server may do everything there anyway; the audit log names them `admin:0`."""


def add(login: str, name: str, rank: str, unit: str, data: Path | None, env: Path | None) -> None:
    """Make an administrator and print the first password, once."""
    with house.opened(data, env) as ground:
        _, first = accounts.add(_desk(ground), OPERATOR, login, accounts.Wish(name, rank, _unit(ground, unit)))
    sys.stdout.write(f"已建立账号 {login}。初始口令（只显示这一次，首次登录时必须更换）：{first}\n")


def reset(login: str, data: Path | None, env: Path | None) -> None:
    """Another first password; the second factor and all sessions are gone."""
    with house.opened(data, env, make=False) as ground:
        first = accounts.reset(_desk(ground), OPERATOR, _known(ground, login).id)
    sys.stdout.write(f"已重置 {login}：两步验证已停用，登录已全部失效。初始口令（只显示这一次）：{first}\n")


def listed(data: Path | None, env: Path | None, as_json: bool) -> None:
    """Print all administrators."""
    with house.opened(data, env, make=False) as ground:
        found = accounts.listed(_desk(ground), OPERATOR)
    if as_json:
        sys.stdout.write(json.dumps([_plain(each) for each in found], ensure_ascii=False) + "\n")
        return
    table = Table("登录名", "姓名", "权限", "状态", "两步验证")
    for each in found:
        row = (each.login, each.name, label(each.rank), "可用" if each.active else "停用", "有" if each.totp else "无")
        table.add_row(*map(escape, row))
    Console().print(table)


def _plain(account: Account) -> dict[str, object]:
    return {"id": account.id, "login": account.login, "factor": bool(account.totp), **accounts.shown(account)}


def _desk(ground: Ground) -> Desk:
    wall = clock.RealClock()
    return desks.build(ground, wall.now, wall.now, {})


def _known(ground: Ground, login: str) -> Account:
    with ground.store.read() as tx:
        found = tx.accounts.by_login(login.strip().casefold())
    if found is None:
        raise InputError(f"没有登录名为“{login}”的账号，用 cuibao user list 查看全部")
    return found


def _unit(ground: Ground, code: str) -> int | None:
    if not code:
        return None
    with ground.store.read() as tx:
        unit = tx.units.by_code(code)
    if unit is None:
        raise InputError(f"没有代码为“{code}”的单位，请先导入名单，或核对代码")
    return unit.id
