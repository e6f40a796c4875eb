"""`python3 -m bot`: makes `.venv` if needed, then hands over to `bot.cli`. Standard library only, no new syntax.

An interpreter that is too old must be able to read this file, so that it can say what it needs.
Words: none = prepare the sample and serve; `test`, `check`, `bench` = the developer's three; all else goes to `cuibao`.
"""

import os
import subprocess
import sys
from typing import NoReturn, Sequence

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
NEWEST_INPUT = ("pyproject.toml", "constraints.txt")
DEVELOPER = {
    "test": [[PYTHON, "-m", "pytest", "-n", "auto", "--dist", "loadscope"]],
    "check": [
        [PYTHON, "-m", "ruff", "format", "--check", "."],
        [PYTHON, "-m", "ruff", "check", "."],
        [PYTHON, "-m", "mypy"],
        [os.path.join(BIN, "lint-imports"), "--no-logo"],
    ],
    "bench": [[PYTHON, "-m", "benchmarks"]],
}


def fail(sentence: str) -> NoReturn:
    """Print one Chinese sentence that says what to do, and stop with exit code 1."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def stamp(extra: str) -> str:
    """The file that says which set of packages the environment holds."""
    return os.path.join(VENV, "cuibao-" + (extra or "base") + ".stamp")


def ready(extra: str) -> bool:
    """True when the environment holds `extra` and nothing it was made from has changed since."""
    made = stamp(extra)
    if not (os.path.exists(PYTHON) and os.path.exists(made)):
        return False
    return all(os.path.getmtime(os.path.join(ROOT, name)) <= os.path.getmtime(made) for name in NEWEST_INPUT)


def run(words: Sequence[str], hint: str) -> None:
    """Run a set-up command; its failure ends the program with `hint`."""
    if subprocess.call(words) != 0:
        fail(hint)


def prepare(extra: str) -> None:
    """Make `.venv` and install the project into it, from `wheelhouse/` alone if that folder is there."""
    if not os.path.exists(PYTHON):
        sys.stderr.write("首次运行：正在创建 .venv 并安装依赖，约需一分钟……\n")
        run([sys.executable, "-m", "venv", VENV], "无法创建虚拟环境。Debian/Ubuntu 请先执行：apt install python3-venv，然后重试。")
    house = os.path.join(ROOT, "wheelhouse")
    source = ["--no-index", "--find-links", house] if os.path.isdir(house) else []
    target = ROOT + ("[" + extra + "]" if extra else "")
    words = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", os.path.join(ROOT, "constraints.txt")]
    run(words + source + ["-e", target], "安装依赖失败。请检查网络或 pip 镜像设置；内网请把依赖包放进 wheelhouse/ 目录后重试。")
    with open(stamp(extra), "w") as made:
        made.write("ok\n")


def main() -> None:
    """Prepare what the first word needs and hand over to it inside `.venv`."""
    if sys.version_info < (3, 11):
        fail("需要 Python 3.11 以上，当前是 %d.%d。请安装新版本后用它重新执行本命令。" % sys.version_info[:2])
    words = sys.argv[1:]
    developer = words[0] if words and words[0] in DEVELOPER else ""
    extra = "test" if developer else ""
    if not ready(extra) and not (not extra and ready("test")):
        prepare(extra)
    if not developer:
        hand_over([PYTHON, "-m", "bot.cli", *words])
    os.chdir(ROOT)
    for command in DEVELOPER[developer][:-1]:
        run(command, "检查未通过，请按上面的提示修改。")
    hand_over(DEVELOPER[developer][-1] + words[1:])


def hand_over(command: Sequence[str]) -> NoReturn:
    """Become `command`, so that signals and the exit code are its own (Windows can only wait for it)."""
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], list(command))


if __name__ == "__main__":
    main()
