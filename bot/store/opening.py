"""What keeps a database from being opened, in words that say what to do. None of them holds a password."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.store.errors import CannotOpen

_SQLITE = {
    "not a database": "它不是本程序的数据库文件。请移走它后重新启动，或从备份恢复",
    "malformed": "文件已损坏。请停用并从备份恢复",
    "readonly": "没有写入权限。请检查文件和目录的权限",
    "unable to open": "打不开。请检查文件和目录是否存在、有无权限",
    "disk I/O": "磁盘读写出错。请检查磁盘和权限",
    "is full": "磁盘已满。请腾出空间后重试",
    "locked": "一直被另一个程序占用。请停止它后重试",
    "already exists": "里面有别的程序的同名表。请移走它，或换一个数据目录",
}
"""SQLite's own words (sqlite.org/rescode.html) and ours."""


def parsed(url: str) -> URL:
    """The parts of a database address. Raises CannotOpen."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise CannotOpen(
            "DATABASE_URL", "地址无法识别，应为 postgresql+psycopg://用户:口令@主机:5432/库名；口令里的 @ : / 要写成 %40 %3A %2F"
        ) from error


def somebody_elses(url: URL) -> CannotOpen:
    """The refusal for a database that holds tables and has never been ours."""
    return CannotOpen(url.render_as_string(), "里面是别的程序的数据。请移走它，或换一个数据目录")


def too_new(url: URL) -> CannotOpen:
    """The refusal for a database at a version that this release does not know."""
    return CannotOpen(url.render_as_string(), "它的版本这个程序不认识，可能由更新的版本建立。请升级程序，或从备份恢复")


def make_room(url: URL) -> None:
    """Make the folder of a database file. Raises CannotOpen."""
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotOpen(url.render_as_string(), f"{error.filename}：{error.strerror}。请检查路径与权限") from error


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Raises CannotOpen instead of what the driver says about this database."""
    where = url.render_as_string(hide_password=True)
    try:
        yield
    except ModuleNotFoundError as error:
        raise CannotOpen(
            where, f"没有安装数据库驱动 {error.name}。请执行 {sys.executable} -m pip install 'psycopg[binary]' 后重试"
        ) from error
    except DBAPIError as error:
        said = str(error.orig).strip()
        raise CannotOpen(where, _sqlite(said) if url.get_backend_name() == "sqlite" else _server(said)) from error


def _sqlite(said: str) -> str:
    return next((ours for theirs, ours in _SQLITE.items() if theirs in said), f"{said}。请检查文件，或从备份恢复")


def _server(said: str) -> str:
    first = said.splitlines()[0] if said else ""
    return f"{first}。请检查 DATABASE_URL、服务器是否在运行、账号及其建表权限"
