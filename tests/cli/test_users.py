"""The first administrator, made where nobody can log in yet."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(folder: Path, *words: str, expect: int = 0) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    command = [sys.executable, "-m", "bot.cli", "user", *words, "--data", str(folder / "data")]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done.stdout if expect == 0 else done.stderr


def test_an_administrator_is_made_listed_and_reset_and_each_password_is_another(tmp_path):
    first = run(tmp_path, "add", "zhangsan", "--name", "张三")
    again = run(tmp_path, "reset", "zhangsan")
    words = [re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", text) for text in (first, again)]
    assert [len(found) for found in words] == [1, 1]
    assert words[0] != words[1]
    listed = json.loads(run(tmp_path, "list", "--json"))
    assert [(each["login"], each["rank"], each["must_change"]) for each in listed] == [("zhangsan", "province", True)]
    assert "password" not in listed[0]


def test_what_cannot_be_made_is_refused_with_the_cure(tmp_path):
    run(tmp_path, "add", "zhangsan", "--name", "张三")
    assert "已有人使用" in run(tmp_path, "add", "ZhangSan", "--name", "李四", expect=2)
    assert "管辖单位" in run(tmp_path, "add", "lisi", "--name", "李四", "--rank", "prefecture", expect=2)
    assert "没有代码为" in run(tmp_path, "add", "lisi", "--name", "李四", "--rank", "prefecture", "--unit", "999999", expect=2)
    assert "user list" in run(tmp_path, "reset", "nobody", expect=2)
