"""Wording met in later notices: natural days, brackets inside a verb, two dated things before one verb, objections, counted years."""

import pytest
from notice_tables import Row, read

ROWS: list[Row] = [
    ("请于收到本通知之日起15个自然日内将整改情况报省局。", "2020-03-01", ["days-after-receipt:15"], "natural days are days"),
    ("事项办结后10个自然日内，各单位应将结果报送办公室。", "2020-03-01", ["days-after-event:10"], "the same after an event"),
    (
        "每季度结束后15个自然日内，各单位报送季报。",
        "2020-03-01",
        ["quarterly:next-month-day=15 2020-04-15"],
        "the same after a quarter",
    ),
    ("有关材料请于4月10日前寄（送）达省局办公室。", "2020-03-01", ["once:2020-04-10"], "a second verb in brackets"),
    ("请将总结于4月10日前报（寄）送省局。", "2020-03-01", ["once:2020-04-10"], "the same before the end of the verb"),
    ("各市每日10时、16时两次报告灾情。", "2020-03-01", ["daily 2020-03-01"], "twice a day is daily"),
    ("每天上午9时、下午5时三次报告情况。", "2020-03-01", ["daily 2020-03-01"], "so is three times"),
    (
        "请将自查报告于12月3日前、整改台账于12月6日前报送市局。",
        "2012-11-01",
        ["once:2012-12-03", "once:2012-12-06"],
        "two dated things before one verb",
    ),
    (
        "A表2012年12月3日前、B表12月6日前报市局统计科。",
        "2012-11-01",
        ["once:2012-12-03", "once:2012-12-06"],
        "the same without 将",
    ),
    ("1.5月30日16:00前，各学院将申报书报送教务处。", "2020-03-01", ["once:2020-05-30"], "an item's number before a month"),
    ("一、第一阶段：\n3．5月30日前，学院将材料报送教务处。", "2020-03-01", ["once:2020-05-30"], "the same under a heading"),
    ("各市局将组织实施情况于6月底前报省厅。", "2020-03-01", ["once:2020-06-30"], "将 before the thing, not before an act"),
    ("公示无异议后，于3月10日前将名单报送省厅。", "2020-03-01", ["once:2020-03-10"], "a condition that bodies meet"),
    ("对征求意见稿如有异议，请于3月10日前书面反馈我厅。", "2020-03-01", ["once:2020-03-10"], "remarks on a draft"),
    ("请于2020年内报送总结。", "2020-03-01", ["once:2020-12-31"], "the end of a year that is named"),
    ("请各单位年内报送总结。", "2020-03-01", ["once:2020-12-31"], "the end of this year"),
    (
        "A表2012年12月30日前、B表1月6日前报市局统计科。",
        "",
        ["once:2012-12-30", "once:2013-01-06"],
        "a day without a year follows the one before it",
    ),
    (
        "按季度报送进展，第一季度于4月10日前报送，第二季度于7月10日前报送，第三季度于10月10日前报送，第四季度于次年1月10日前报送。",
        "2020-03-01",
        ["quarterly:next-month-day=10 2020-04-10"],
        "a day for every quarter",
    ),
    (
        "各单位应按季度上报完成情况，第一季度于4月10日前、第二季度于7月10日前上报。",
        "2020-03-01",
        ["quarterly:next-month-day=10 2020-04-10"],
        "days for two quarters under a habit",
    ),
    (
        "按季度报送。第一季度4月10日前、二季度7月10日前、三季度10月10日前、四季度次年1月10日前报送。",
        "2020-03-01",
        ["quarterly:next-month-day=10 2020-04-10"],
        "all four quarters in a sentence of their own",
    ),
    (
        "第一季度于4月10日前、第二季度于7月10日前报送。",
        "2020-03-01",
        ["once:2020-04-10", "once:2020-07-10"],
        "days for two quarters, no habit named",
    ),
    (
        "5月30日16:00前，学院完成评审、公示，报送推荐材料。",
        "2020-03-01",
        ["once:2020-05-30"],
        "a public notice on the way to the hand-in",
    ),
]

NOTHING: list[tuple[str, str]] = [
    ("三年内报送总结。", "a number of years"),
    ("5年内，各地报送建设成果。", "the same in figures"),
    ("省厅将组织专家于6月30日前对上报项目完成评审。", "the issuing body has it reviewed"),
    ("各地上报后，省厅将组织专家于6月底前完成评审并反馈结果。", "the same after a handing in"),
    ("公示期内如有异议，请于3月10日前以书面形式向组织部反映。", "objections to what is made public"),
    ("5月30日前完成公示，有异议的向我局反映。", "objections after a public notice"),
    ("评审结果于5月30日前公示，各地可报送意见。", "a public notice with its own time"),
    ("如对公示内容有异议，请于3月10日前书面反馈至科技处。", "the same with a verb of reporting"),
]


@pytest.mark.parametrize(("text", "issued", "expected", "why"), ROWS, ids=[row[3] for row in ROWS])
def test_the_wording_gives_these_rules(text: str, issued: str, expected: list[str], why: str) -> None:
    assert read(text, issued) == expected, why


@pytest.mark.parametrize(("text", "why"), NOTHING, ids=[row[1] for row in NOTHING])
def test_nothing_is_asked(text: str, why: str) -> None:
    assert read(text, "2020-03-01") == [], why
