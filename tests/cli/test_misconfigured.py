"""A configuration that cannot work ends in one Chinese sentence that says what to do: never in a traceback, never with a password."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def refusal(folder: Path, *words: str, **environment: str) -> str:
    """What `cuibao` says on stderr when it refuses."""
    command = [sys.executable, "-m", "bot.cli", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("CUIBAO_MODE=live\n# 配置\n".encode("gb18030"), "另存为 UTF-8"),
        (b"\xef\xbb\xbfCUIBAO_MODE=xx\n", "CUIBAO_MODE=xx"),
        (b"SMTP_FROM=cuibao\n", "SMTP_FROM=cuibao：应为一个邮箱地址"),
        (b"DATABASE_URL=sqlite:///:memory:\n", "不能用内存数据库"),
        (b"DATABASE_URL=sqlite:///\n", "不能用内存数据库"),
        (b"DATABASE_URL=postgresql+psycopg://u:geheim@127.0.0.1:1/x\n", "服务器是否在运行"),
        (b"DATABASE_URL=postgresql+psycopg://u:geheim@127.0.0.1:port/x\n", "地址无法识别"),
        (b"DATABASE_URL=sqlite:////dev/null/x.db\n", "请检查路径与权限"),
    ],
)
def test_an_environment_file_that_cannot_work_is_refused_with_the_remedy(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / ".env").write_bytes(content)
    said = refusal(tmp_path, "migrate")
    assert told in said
    assert "geheim" not in said


def test_a_missing_driver_is_refused_with_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError('no psycopg', name='psycopg')", encoding="utf-8")
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    said = refusal(tmp_path, "doctor", PYTHONPATH=paths, DATABASE_URL="postgresql+psycopg://u:geheim@127.0.0.1/x")
    assert f"{sys.executable} -m pip install 'psycopg[binary]'" in said
    assert "geheim" not in said


def _noise(data: Path) -> None:
    (data / "cuibao.db").write_bytes(b"not a database, whatever its name says. " * 300)


def _foreign(data: Path) -> None:
    with closing(sqlite3.connect(data / "cuibao.db")) as connection, connection:
        connection.execute("CREATE TABLE theirs (a)")


def _newer(data: Path) -> None:
    with closing(sqlite3.connect(data / "cuibao.db")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


def _folder(data: Path) -> None:
    (data / "cuibao.db").mkdir()


def _empty_secret(data: Path) -> None:
    (data / "secret.key").touch()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_noise, "不是本程序的数据库文件"),
        (_foreign, "别的程序的数据"),
        (_newer, "请升级程序"),
        (_folder, "打不开"),
        (_empty_secret, "secret.key 是空的或不完整"),
    ],
)
def test_a_data_directory_that_cannot_be_used_is_refused_with_the_remedy(tmp_path: Path, spoil: Callable[[Path], None], told: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    spoil(data)
    assert told in refusal(tmp_path, "serve")


@pytest.mark.parametrize("data", ["/dev/null", "/dev/null/data"])
def test_a_data_directory_that_cannot_be_is_refused_with_the_remedy(tmp_path: Path, data: str) -> None:
    assert "--data 另指一个目录" in refusal(tmp_path, "serve", "--data", data)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a place where not even root may make a directory")
def test_a_data_directory_that_may_not_be_made_is_refused_with_the_remedy(tmp_path: Path) -> None:
    assert "请检查路径与权限" in refusal(tmp_path, "serve", "--data", "/sys/cuibao")


@pytest.mark.parametrize(
    "words", [("doctor",), ("outbox", "--resume", "mail"), ("who",), ("link",), ("user", "list"), ("user", "reset", "zhangsan")]
)
def test_who_only_looks_or_mends_makes_no_installation_where_there_is_none(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = refusal(tmp_path, *words, "--data", "misspelt/data")
    assert "misspelt/data" in said
    assert "cuibao migrate" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["203.0.113.7", "http://127.0.0.1", "x" * 80])
def test_a_wrong_listening_address_is_not_blamed_on_the_port(tmp_path: Path, host: str) -> None:
    said = refusal(tmp_path, "serve", "--host", host)
    assert f"监听地址“{host}”" in said
    assert "--port" not in said
