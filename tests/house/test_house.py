"""The house rules that a linter does not know: sizes, names, languages, and that the papers agree with the code."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import settings
from bot.domain import words

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for part in ("bot", "jobs") for path in (ROOT / part).rglob("*.py") if "versions" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
CJK = re.compile(r"[\u4e00-\u9fff]")
SPEAKS_CHINESE = (
    "bot/__main__.py",  # must speak before any package is installed
    "bot/cli/",
    "bot/settings/",
    "bot/wiring/",  # refusals at start-up, the doctor's findings, what the process says of itself
    "bot/store/opening.py",  # what keeps a database from being opened
    "bot/domain/errors.py",
    "bot/domain/words.py",
    "bot/domain/ladder_text.py",
    "bot/talk/papers.py",  # why a document cannot be read
    "bot/domain/notices/",
    "bot/domain/mail/",  # what mail programs write around an answer
    "bot/domain/replies/",
    "bot/domain/rules.py",
    "bot/domain/periods.py",
    "bot/domain/due.py",
    "bot/domain/choices.py",
    "bot/domain/numbering.py",
    "bot/domain/successor.py",
    "bot/domain/asked.py",
    "bot/domain/foresight.py",
    "bot/desk/coverage_sheet.py",
    "bot/desk/people_problems.py",
    "bot/desk/sheet.py",  # the headings of a sheet for Excel
    "bot/desk/circular_",  # official documents and their sheets
    "bot/desk/problems.py",  # what an act is refused with
    "bot/domain/rule_scanner.py",
    "bot/domain/roster",  # the table's columns and what its cells should be
    "bot/domain/holidays_file.py",
    "bot/domain/workdays.py",
    "bot/domain/wording.py",
    "bot/domain/period_names.py",
    "bot/store/errors.py",
    "bot/domain/statutory.py",
    "bot/talk/pinyin.py",  # places that a dictionary misreads
    "bot/sandbox/contacts.py",  # what stand-in people type
)
"""Where Chinese literals may stand, by prefix: grammars, labels, explanations, errors, the command line."""


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_source_file_is_longer_than_350_lines_and_the_median_is_under_150():
    lengths = {_name(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: count for name, count in lengths.items() if count > 350} == {}
    assert statistics.median(lengths.values()) <= 150


def test_no_function_is_longer_than_50_lines_and_the_median_is_at_most_10():
    lengths = {f"{_name(path)}:{node.name}": _length(node) for path in SOURCES for node in _functions(path)}
    assert {name: count for name, count in lengths.items() if count > 50} == {}
    assert statistics.median(lengths.values()) <= 10


def test_files_are_named_for_what_they_hold():
    vague = re.compile(r"(^|_)(util|utils|helper|helpers|common|manager|misc|base_utils)(_|$)")
    assert [_name(path) for path in SOURCES if vague.search(path.stem)] == []


def test_chinese_sentences_live_in_templates():
    found = []
    for path in SOURCES:
        if _name(path).startswith(SPEAKS_CHINESE):
            continue
        tree = _tree(path)
        docs = {doc.value for doc in _docstrings(tree)}
        found += [
            f"{_name(path)}:{node.lineno} {node.value[:20]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CJK.search(node.value) and node.value not in docs
        ]
    assert found == []


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def test_broad_excepts_stand_where_other_peoples_code_is_run_only():
    broad = []
    for path in SOURCES:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"}
            ):
                broad.append(_name(path))
    assert sorted(set(broad) - {"jobs/deliver.py", "jobs/schedule.py", "bot/wiring/supervision.py"}) == []


def test_test_names_are_sentences():
    short = [
        f"{_name(path)}:{node.name}"
        for path in TESTS
        for node in _functions(path)
        if node.name.startswith("test") and node.name.count("_") < 3
    ]
    assert short == []


def test_every_setting_stands_in_the_example_with_an_explanation_and_in_no_other_place():
    lines = (ROOT / "config.example.env").read_text(encoding="utf-8").splitlines()
    keys = [line.partition("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)]
    assert keys == list(settings.keys())
    assert [key.upper() for key in settings.READERS] == list(settings.keys())
    for number, line in enumerate(lines):
        if re.match(r"[A-Z_]+=", line):
            above = [text for text in lines[max(0, number - 3) : number] if text.startswith("# ")]
            assert above, f"{line} is not explained"


def test_the_example_can_be_used_as_it_is():
    text = (ROOT / "config.example.env").read_text(encoding="utf-8")
    environment = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z_]+=", line))
    assert settings.read(environment) == settings.read({})


def test_every_member_of_a_closed_set_has_its_chinese_word():
    for words_of in (
        words.Status,
        words.Punctuality,
        words.Role,
        words.Rank,
        words.Intent,
        words.MessageKind,
        words.MessageState,
        words.FailureKind,
    ):
        for member in words_of:
            assert words.label(member)


def test_every_kind_of_message_has_its_folder_of_templates():
    for kind in words.MessageKind:
        folder = ROOT / "templates" / "messages" / kind.value
        assert {path.name for path in folder.iterdir()} >= {"subject.txt", "body.txt", "body.md"}, folder


@pytest.mark.parametrize("name", ["due", "remind", "deliver", "listen", "bulletin", "tidy", *settings.CHANNELS])
def test_the_readme_names_every_job_and_channel(name):
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_only_settings_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:CUIBAO|WECOM|DINGTALK|SMTP|IMAP)_[A-Z_]+)`", text))
    assert named <= set(settings.keys())
    assert {"CUIBAO_MODE", "CUIBAO_LIVE_CHANNELS", "CUIBAO_ALLOW_LIST"} <= named


def test_importing_the_house_opens_nothing_and_starts_nothing(tmp_path):
    program = (
        "import sys, threading\n"
        "opened = []\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.bind', 'sqlite3.connect', 'subprocess.Popen'): opened.append(event)\n"
        "    if event == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+'): opened.append(args)\n"
        "sys.dont_write_bytecode = True\n"
        "sys.addaudithook(watch)\n"
        "import bot.wiring, bot.cli, bot.cli.house, bot.web.app, jobs.schedule\n"
        "assert not opened, opened\n"
        "assert threading.active_count() == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_bootstrap_can_be_read_by_an_old_interpreter():
    found = {name: _newer_than_3_6((ROOT / name).read_text(encoding="utf-8")) for name in ("bot/__init__.py", "bot/__main__.py")}
    assert found == {"bot/__init__.py": [], "bot/__main__.py": []}


@pytest.mark.parametrize(
    "text",
    ["from __future__ import annotations", "print(a := 1)", "def f(a, /): ...", "match a:\n    case 1: ...", "def f(a: int | None): ..."],
)
def test_what_an_old_interpreter_cannot_read_is_noticed(text):
    assert _newer_than_3_6(text) != []


def _newer_than_3_6(text):
    """What keeps an interpreter of 2016 from saying what it needs: it reads the whole file first, and evaluates annotations."""
    try:
        tree = ast.parse(text, feature_version=(3, 6))
    except SyntaxError as error:
        return [str(error)]
    nodes = list(ast.walk(tree))
    annotations = [note for node in nodes for note in (getattr(node, "annotation", None), getattr(node, "returns", None)) if note]
    newer = [node for node in nodes if type(node).__name__ in ("Match", "TryStar", "NamedExpr", "TypeAlias", "TemplateStr")]
    newer += [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    newer += [node for note in annotations for node in ast.walk(note) if isinstance(node, ast.BinOp)]
    return [f"{node.lineno}: {type(node).__name__}" for node in newer]


def test_sniffio_is_installed_beside_httpx():
    __import__("sniffio")  # httpcore 1.0 is 1.4 times slower when it cannot import it
    assert "sniffio" in sys.modules
