"""The command line as other people's scripts call it: fixed shapes, exit codes, refusals that say what to do."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest

from bot import cli
from bot.cli import house
from bot.domain import due, words
from bot.store.inbox import InboxState
from jobs.alert import Alerted
from jobs.bulletin import Drafted
from jobs.deliver import Delivered
from jobs.due import Planned
from jobs.remind import Reminded
from jobs.tidy import Tidied

ROOT = Path(__file__).parents[2]
NOTICE = (ROOT / "bot" / "sandbox" / "sample_notice.txt").read_bytes()


def run(*words: str, given: bytes = b"", cwd: Path = ROOT, expect: int = 0, heard: str = "") -> str:
    """What the command prints; `expect` is its exit code. A refusal returns what it says instead (or `heard`: which of the two)."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "bot.cli", *words], input=given, cwd=cwd, env=env, capture_output=True, check=False)
    assert done.returncode == expect, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return getattr(done, heard or ("stdout" if expect == 0 else "stderr")).decode()


def test_calendar_says_for_each_date_whether_people_work_and_by_what_source():
    lines = [json.loads(line) for line in run("calendar", "2018-09-30", "2018-10-01", "2018-10-13", "2027-01-20", "--json").splitlines()]
    assert [(line["date"], line["workday"], line["kind"], line["provisional"]) for line in lines] == [
        ("2018-09-30", True, "makeup", False),
        ("2018-10-01", False, "holiday", False),
        ("2018-10-13", False, "weekend", False),
        ("2027-01-20", True, "workday", True),
    ]
    assert all(line["source"] for line in lines)


@pytest.mark.parametrize(
    ("shift", "due", "limit"),
    [("earlier", "2018-10-19", "2018-10-22"), ("later", "2018-10-22", "2018-10-22"), ("as-is", "2018-10-20", "2018-10-22")],
)
def test_due_lists_periods_with_the_day_we_aim_for_and_the_legal_limit(shift, due, limit):
    found = json.loads(run("due", "quarterly:next-month-day=20", "--from", "2018-09-21", "--count", "2", "--shift", shift, "--json"))
    assert [set(line) for line in found] == [{"period", "nominal", "due", "limit", "explain"}] * 2
    first = found[0]
    assert (first["period"], first["nominal"], first["due"], first["limit"]) == ("2018Q3", "2018-10-20", due, limit)
    assert "默认" in first["explain"]


def test_a_bad_rule_names_the_position_and_shows_the_grammar():
    said = run("due", "quarterly:next-month-dya=20", "--from", "2018-09-21", expect=2)
    assert "第" in said
    assert "quarterly:next-month-day=20" in said


@pytest.mark.parametrize("day", ["2018-02-30", "九月", ""])
def test_a_day_that_cannot_be_is_refused_with_the_form_it_should_have(day):
    assert "2018-09-28 这样的形式" in run("calendar", day, expect=2)


def test_notice_read_gives_obligations_with_their_sentences_from_a_file_or_from_a_pipe(tmp_path):
    (tmp_path / "n.txt").write_bytes(NOTICE)
    from_file = json.loads(run("notice", "read", str(tmp_path / "n.txt"), "--json"))
    assert from_file == json.loads(run("notice", "read", "-", "--json", given=NOTICE))
    assert from_file["number"] == "吉工信民营〔2018〕350号"
    assert from_file["issued"] == "2018-08-27"
    assert {duty["rule"] for duty in from_file["obligations"]} == {"once:2018-09-28", "quarterly:next-month-day=20"}
    text = NOTICE.decode()
    for duty in from_file["obligations"]:
        assert set(duty) == {"what", "rule", "due", "text", "recipient", "emails", "phones"}
        assert duty["text"] in text
        assert duty["recipient"] == "省促进中小企业发展服务中心"
        assert duty["emails"] == ["baosong@example.com"]
    assert isinstance(from_file["doubts"], list)


def test_a_notice_in_the_old_encoding_reads_the_same(tmp_path):
    (tmp_path / "n.txt").write_bytes(NOTICE.decode().encode("gb18030"))
    assert len(json.loads(run("notice", "read", str(tmp_path / "n.txt"), "--json"))["obligations"]) == 2


@pytest.mark.parametrize(
    "raw", [b"", b"   \n", b"%PDF-1.7\n" + bytes(range(256)), b"PK\x03\x04" + bytes(200), b"\x00" * 3000, b"x" * 10_500_000]
)
def test_a_file_that_is_no_notice_is_refused_in_words(raw):
    said = run("notice", "read", "-", "--json", given=raw, expect=2)
    assert any("\u4e00" <= character <= "\u9fff" for character in said)


def test_impossible_dates_are_doubts_and_not_crashes():
    found = json.loads(
        run(
            "notice",
            "read",
            "-",
            "--issued",
            "2018-01-05",
            "--json",
            given="请于2018年2月30日前将名单报送我厅，9月31日前报送总结。".encode(),
        )
    )
    assert len([doubt for doubt in found["doubts"] if doubt["kind"] == "impossible_date"]) == 2


def test_mail_read_prints_one_object_of_a_fixed_shape():
    letter = ROOT / "tests" / "domain" / "mail" / "letters" / "attachment_raw_gbk_name.eml"
    found = json.loads(run("mail", "read", given=letter.read_bytes()))
    assert list(found) == ["kind", "text", "from", "token", "attachments"]
    assert (found["kind"], found["text"], found["from"], found["token"]) == ("reply", "附件请查收", "zhangsan@example.com", "7K3MQ9XD2F")
    [file] = found["attachments"]
    assert (list(file), file["name"], file["size"]) == (["name", "media_type", "size", "sha256"], "报表.xls", 204)
    assert json.loads(run("mail", "read"))["kind"] == "reply"


def test_reply_read_answers_line_by_line_in_order():
    said = [("已报", "done", None), ("明天下班前报", "promise", "2018-09-28"), ("收到", "ack", None), ("还没报呢", "in_progress", None)]
    given = "".join(json.dumps({"text": text, "asked_at": "2018-09-27T10:00:00"}, ensure_ascii=False) + "\n" for text, _, _ in said)
    lines = [json.loads(line) for line in run("reply", "read", given=given.encode()).splitlines()]
    assert [(line["intent"], line["date"]) for line in lines] == [(intent, day) for _, intent, day in said]
    assert all(set(line) == {"intent", "date", "counts"} for line in lines)


def test_a_line_that_is_no_utterance_is_answered_with_its_error_and_the_others_are_read():
    good = b'{"text": "\xe5\xb7\xb2\xe6\x8a\xa5", "asked_at": "2018-09-27T10:00"}\n'
    bad = [
        b"not json\n",
        b"\xff\xfe\n",
        b'{"text": "ok"}\n',
        b"[" * 5000 + b"\n",
        b'{"text": "ok", "asked_at": "0001-01-01T00:00"}\n',
        b"7\n",
    ]
    said = run("reply", "read", given=good + b"".join(bad) + good, expect=2, heard="stdout")
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines[0] == lines[-1]
    assert lines[0]["intent"] == "done"
    assert [line["error"].split("无")[0] for line in lines[1:-1]] == [f"第 {number} 行" for number in range(2, len(bad) + 2)]


@pytest.mark.parametrize(
    "words",
    [
        ("rehearse", "--from", "0001-01-01"),
        ("rehearse", "--to", "9999-12-31"),
        ("rehearse", "--from", "2018年"),
        ("due", "quarterly:next-month-day=20", "--from", "9999-12-31"),
        ("who", "--on", "明天"),
        ("run", "due", "--now", "9999-12-31T23:59+08:00"),
    ],
)
def test_a_day_far_from_any_notice_or_none_at_all_is_refused_in_words(tmp_path, words):
    said = run(*words, cwd=tmp_path, expect=2)
    assert "年份应在 1900 到 2100 之间" in said or "这样的形式" in said


def test_a_rule_with_nothing_to_come_says_so():
    assert "没有要报的报告期" in run("due", "once:2018-09-28", "--from", "2020-01-01")
    assert json.loads(run("due", "once:2018-09-28", "--from", "2020-01-01", "--json")) == []


def test_help_and_refusals_call_the_command_by_its_name():
    assert "cuibao serve" in run("serve", "--help")
    assert "cuibao serve" in run("serve", "--colour", expect=2)


def test_a_job_run_by_hand_says_in_words_what_it_did(tmp_path):
    assert run("run", "due", "--now", "2018-09-28T09:05+08:00", cwd=tmp_path) == "due：没有要做的\n"
    with closing(sqlite3.connect(tmp_path / "data" / "cuibao.db")) as connection, connection:
        connection.execute("INSERT INTO login_link (digest, expires_at) VALUES ('x', '2018-01-02 00:00:00')")
    assert run("run", "tidy", "--now", "2018-09-28T09:05+08:00", cwd=tmp_path) == "tidy：清理的登录链接 1\n"


def test_everything_a_job_counts_has_a_word():
    counted = [Planned, Reminded, Delivered, Drafted, Alerted, Tidied]
    assert {field.name for each in counted for field in fields(each)} | {state.value for state in InboxState} - {"new"} == set(house.DONE)


def test_reply_explain_shows_words_and_rules():
    said = run("reply", "explain", "好像报了，我问问", "--at", "2018-09-27T10:00")
    assert "in_progress" in said


def test_the_words_of_shift_are_those_of_the_domain():
    assert [*cli.Shift] == [*due.Shift]
    assert [*cli.Rank] == [*words.Rank]


def test_the_outbox_lists_messages_and_refuses_to_decide_what_is_not_undecided(tmp_path):
    run("migrate", cwd=tmp_path)
    assert json.loads(run("outbox", "--json", cwd=tmp_path)) == []
    assert json.loads(run("outbox", "--state", "doubt", "--json", cwd=tmp_path)) == []
    assert "消息 7 不存在" in run("outbox", "--resend", "7", cwd=tmp_path, expect=2)
    assert "unknown" in run("outbox", "--state", "vanished", cwd=tmp_path, expect=2)
    assert "现有：无" in run("outbox", "--resume", "mail", cwd=tmp_path, expect=2)


@pytest.fixture(scope="module")
def rehearsed() -> dict:
    return json.loads(run("rehearse", "--json", "--from", "2018-08-27", "--to", "2018-10-31", "--seed", "7"))


def test_a_rehearsal_is_one_document_of_the_fixed_shape(rehearsed):
    assert set(rehearsed) == {"from", "to", "obligations", "sends", "inbound", "matrix", "warnings", "bulletin"}
    assert (rehearsed["from"], rehearsed["to"], len(rehearsed["obligations"])) == ("2018-08-27", "2018-10-31", 2)
    assert all(set(send) == {"at", "channel", "to", "units", "rung", "reason", "parts", "bytes"} for send in rehearsed["sends"])
    assert all(set(said) == {"at", "from", "channel", "text", "intent"} for said in rehearsed["inbound"])
    assert all({"unit", "period", "status", "reported_at"} <= set(cell) for cell in rehearsed["matrix"])
    assert len({cell["unit"] for cell in rehearsed["matrix"]}) == 70
    assert "通报" in rehearsed["bulletin"]


def test_nothing_is_sent_before_publication_nor_on_a_rest_day_nor_outside_the_windows(rehearsed):
    reminders = [send for send in rehearsed["sends"] if send["rung"] is not None]
    assert min(send["at"] for send in reminders)[:10] == "2018-09-21"
    days = {send["at"][:10] for send in reminders}
    assert not days & {"2018-09-22", "2018-09-23", "2018-09-24", *(f"2018-10-0{day}" for day in range(1, 8))}
    assert {"2018-09-29"} <= days  # a working Saturday, the first day after the list was due
    assert all("09:00" <= send["at"][11:16] < "11:30" or "13:30" <= send["at"][11:16] < "16:30" for send in reminders)


def test_nobody_who_has_reported_is_reminded_again(rehearsed):
    reported = {(cell["unit"], cell["period"]): cell["reported_at"] for cell in rehearsed["matrix"] if cell["reported_at"]}
    assert len(reported) > 80
    list_day = {unit: at for (unit, period), at in reported.items() if period == "once"}
    late_rungs = {"T-1", "T0am", "T0pm", "L+1"}
    for send in rehearsed["sends"]:
        if send["rung"] in late_rungs and send["at"] < "2018-10-08" and len(send["units"]) == 1:
            assert all(send["at"] <= at for unit, at in list_day.items() if unit in send["to"])


def test_the_rung_that_lies_before_publication_is_warned_of(rehearsed):
    assert any("截止前10个工作日" in warning for warning in rehearsed["warnings"])


def test_the_same_seed_gives_the_same_rehearsal_and_another_seed_another(rehearsed):
    words = ("rehearse", "--json", "--from", "2018-08-27", "--to", "2018-10-31", "--seed")
    assert json.loads(run(*words, "7")) == rehearsed
    assert json.loads(run(*words, "8"))["inbound"] != rehearsed["inbound"]


def test_a_rehearsal_that_ends_before_it_begins_is_refused():
    assert "--to" in run("rehearse", "--from", "2018-10-31", "--to", "2018-08-27", expect=2)


def test_jobs_run_by_hand_and_a_second_time_without_effect(tmp_path):
    (tmp_path / ".env").write_text("CUIBAO_MODE=live\n", encoding="utf-8")
    for job in ("due", "remind", "deliver", "listen", "bulletin", "tidy"):
        first = json.loads(run("run", job, "--now", "2018-09-28T09:05+08:00", "--json", cwd=tmp_path))
        assert first == json.loads(run("run", job, "--now", "2018-09-28T09:05+08:00", "--json", cwd=tmp_path))
    assert "可用" in run("run", "dance", cwd=tmp_path, expect=2)


def test_doctor_finds_a_fresh_installation_well_and_a_forged_fact_broken(tmp_path):
    run("migrate", cwd=tmp_path)
    assert all(finding["ok"] for finding in json.loads(run("doctor", "--json", cwd=tmp_path)))
    with closing(sqlite3.connect(tmp_path / "data" / "cuibao.db")) as forger, forger:
        forger.execute(
            "INSERT INTO audit (id, at, by, act, about, before, after, prev_hash, hash)"
            " VALUES (1, '2018-09-28 00:00:00', 'admin:1', 'x', '', '{}', '{}', '', 'forged')"
        )
    findings = json.loads(run("doctor", "--json", cwd=tmp_path, expect=1, heard="stdout"))
    assert [finding["about"] for finding in findings if not finding["ok"]] == ["证据链"]


def test_all_bad_settings_are_told_at_once(tmp_path):
    (tmp_path / ".env").write_text("CUIBAO_MODE=yes\nCUIBAO_PORT=x\n", encoding="utf-8")
    said = run("migrate", cwd=tmp_path, expect=2)
    assert "CUIBAO_MODE" in said
    assert "CUIBAO_PORT" in said


def test_a_rehearsed_database_is_not_used_for_real(tmp_path):
    program = (
        "from bot.store import Store, sample; from datetime import date; import sys\n"
        "store = Store('sqlite:///data/cuibao.db'); store.migrate()\n"
        "with store.begin() as tx: sample.load(tx, date(2018, 9, 28))\n"
        "store.close()"
    )
    (tmp_path / "data").mkdir()
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    (tmp_path / ".env").write_text("CUIBAO_MODE=live\n", encoding="utf-8")
    assert "样例" in run("serve", "--port", "0", cwd=tmp_path, expect=2)
