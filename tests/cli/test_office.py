"""A live installation gets its units, people and duties by the command line, and sees who would get what before anything is sent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
NOTICE = ROOT / "bot" / "sandbox" / "sample_notice.txt"
HEADER = "单位代码,单位名称,简称,级别,上级代码,姓名,角色,手机,渠道,地址"
TABLE = (
    "220000,吉林省厅,吉林省,省,,,,,,",
    "220100,长春市局,长春,市州,220000,张三,联络员,13800000001,wecom_app,zs",
    "220100,,,,,长春工作群,工作群,,wecom_robot,changchun",
    "220182,榆树市局,榆树,县区,220100,李四,替补联络员,13800000002,mail,ls@example.com",
    "220122,农安县局,农安,县区,220100,,,,,",
)


@pytest.fixture
def office(tmp_path) -> Path:
    """A live installation with nothing in it, and a table beside it."""
    (tmp_path / "env").write_text("CUIBAO_MODE=live\n", encoding="utf-8")
    write(tmp_path, *TABLE)
    return tmp_path


def write(office: Path, *rows: str) -> None:
    (office / "名单.csv").write_bytes("\r\n".join((HEADER, *rows)).encode("gb18030"))


def run(office: Path, *words: str, expect: int = 0) -> str:
    """What the command prints; a refusal returns what it says instead."""
    options = () if "--template" in words else ("--env", str(office / "env"), "--data", str(office / "data"))
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run([sys.executable, "-m", "bot.cli", *words, *options], cwd=office, env=env, capture_output=True, check=False)
    assert done.returncode == expect, (done.stdout.decode(), done.stderr.decode())
    assert b"Traceback" not in done.stderr
    return (done.stdout if expect == 0 else done.stderr).decode()


def test_the_template_is_printed_without_an_installation(tmp_path):
    printed = run(tmp_path, "roster", "--template").splitlines()
    assert printed[0] == f"\ufeff{HEADER}"  # Excel needs the mark
    assert len(printed) == 3
    assert not (tmp_path / "data").exists()


def test_a_roster_is_looked_at_then_loaded_and_then_there(office):
    looked = json.loads(run(office, "roster", "名单.csv", "--dry-run", "--json"))
    assert (looked["dry_run"], looked["units"], looked["people"]["new"]) == (True, {"new": 4, "changed": 0, "unchanged": 0}, 3)
    assert looked["unknown_robots"] == ["wecom_robot changchun"]
    said = run(office, "roster", "名单.csv")
    assert "已导入" in said
    assert "新增 张三" in said
    assert "没有变化" in run(office, "roster", "名单.csv")
    again = json.loads(run(office, "roster", "名单.csv", "--json"))
    assert (again["units"]["unchanged"], again["people"]["unchanged"]) == (4, 3)
    assert again["changes"] == {"units": [], "people": []}


def test_every_bad_cell_is_said_at_once_and_nothing_is_loaded(office):
    write(office, *TABLE, "220183,德惠市局,德惠,县城,220100,王五,联络员,12,mail,nobody", "220184,=1+1,x,县区,229,,,,,")
    said = run(office, "roster", "名单.csv", expect=2)
    for told in ("4 处要改，一条也没有导入", "第 7 行“级别”列", "第 7 行“手机”列", "第 7 行“地址”列", "第 8 行“单位名称”列"):
        assert told in said
    assert "还没有单位" in run(office, "notice", "arm", str(NOTICE), expect=2)


def test_problems_are_json_too_for_a_script(office):
    write(office, "1,甲局,甲,大省,,,,,,")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = ["roster", "名单.csv", "--json", "--env", "env", "--data", "data"]
    done = subprocess.run([sys.executable, "-m", "bot.cli", *words], cwd=office, env=env, capture_output=True, check=False)
    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (2, "级别", "大省")


@pytest.mark.parametrize("words", [("roster",), ("roster", "没有.csv"), ("notice", "arm", "没有.txt")])
def test_a_file_that_is_not_there_is_said_in_words(office, words):
    said = run(office, *words, expect=2)
    assert "名单" in said or "读不到文件" in said


def test_a_notice_is_kept_and_shown_and_armed_only_when_confirmed(office):
    run(office, "roster", "名单.csv")
    shown = json.loads(run(office, "notice", "arm", str(NOTICE), "--from", "2026-11-01", "--json"))
    assert (shown["armed"], shown["units"], shown["unreachable"]) == (False, 3, ["农安县局"])
    by_rule = {duty["rule"]: duty for duty in shown["obligations"]}
    quarterly, once = by_rule["quarterly:next-month-day=20"], by_rule["once:2018-09-28"]
    assert once["first_at"] is None
    assert len(quarterly["due"]) == 3
    assert all(due["explain"] for due in quarterly["due"])
    assert shown["doubts"]
    assert "没有要发的提醒" in run(office, "who", "--days", "366")
    number = str(quarterly["number"])
    assert "没有启用任何一项" in run(office, "notice", "arm", str(NOTICE), "--from", "2026-11-01", "--yes", expect=2)
    said = run(office, "notice", "arm", str(NOTICE), "--from", "2026-11-01", "--only", number, "--yes")
    assert "已启用" in said
    assert "此前已启用" in run(office, "notice", "arm", str(NOTICE), "--only", number)
    steps = json.loads(run(office, "who", "--days", "366", "--json"))
    first = [step for step in steps if step["rung"] == "first" and step["role"] == "primary"]
    assert first
    assert all((step["tasks"], step["people"], step["missed"]) == (3, {"wecom_app": 1, "mail": 1}, ["农安县局"]) for step in first)
    assert {"T-10", "T-5", "T-1", "L+3"} <= {step["rung"] for step in steps}
    assert {step["released"] for step in steps if step["rung"] in ("L+3", "L+5")} == {False}
    assert json.loads(run(office, "outbox", "--json")) == []


def test_who_looks_at_the_days_asked_for(office):
    run(office, "roster", "名单.csv")
    run(office, "notice", "arm", str(NOTICE), "--issued", "2018-08-27", "--units", "220100，220182", "--only", "1,2", "--yes")
    all_steps = json.loads(run(office, "who", "--days", "366", "--json"))
    assert {step["tasks"] for step in all_steps} <= {1, 2}
    missed_long_ago = [step for step in all_steps if step["released"] and step["period"] == "2018Q3"]
    assert {step["rung"] for step in missed_long_ago} == {"first"}  # the later ones collapsed: nobody is accused before he was told
    last = max(step["at"][:10] for step in all_steps)
    chosen = json.loads(run(office, "who", "--on", last, "--days", "1", "--json"))
    assert {step["at"][:10] for step in chosen} == {last}
    table = run(office, "who", "--on", last, "--days", "1")
    assert "wecom_app 1" in table
    assert "CUIBAO_LIVE_CHANNELS" in table


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--units", "220199"), "220199"),
        (("--units", ","), "（空）"),
        (("--only", "9"), "编号从 1 起"),
        (("--only", "x"), "无法识别"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_what_would_do(office, options, words):
    run(office, "roster", "名单.csv")
    assert words in run(office, "notice", "arm", str(NOTICE), *options, "--yes", expect=2)


def test_past_periods_are_warned_of_before_they_are_chased(office):
    run(office, "roster", "名单.csv")
    said = run(office, "notice", "arm", str(NOTICE))
    assert "已经过了最后期限" in said
    assert "加 --yes 启用" in said
    assert "无人可达：1 个，农安县局" in said


def test_a_text_without_duties_arms_nothing_and_says_so(office):
    run(office, "roster", "名单.csv")
    (office / "n.txt").write_text("今天天气很好，没有什么要报的。", encoding="utf-8")
    assert "没有读出报送事项" in run(office, "notice", "arm", "n.txt", "--yes", expect=2)


def test_a_workbook_is_loaded_like_a_table_of_text(office):
    book = openpyxl.Workbook()
    for row in (HEADER, *TABLE):
        book.worksheets[0].append(row.split(","))
    book.save(office / "名单.xlsx")
    assert "已导入" in run(office, "roster", "名单.xlsx")
    assert "没有变化" in run(office, "roster", "名单.csv")
    (office / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
    assert "旧版 Excel（.xls）" in run(office, "roster", "旧.xls", expect=2)
