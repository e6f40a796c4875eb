"""Several duties in one sentence or notice, and duties counted from the receipt of the notice or from an event."""

import pytest
from notice_tables import Row, read

SEVERAL: list[Row] = [
    (
        "各区于3月11日前反馈初步意见，各县于3月15日前反馈正式意见。",
        "2020-03-01",
        ["once:2020-03-11", "once:2020-03-15"],
        "two in one sentence",
    ),
    (
        "月报于次月5日前、季报于季后10日前、年报于次年1月20日前报送。",
        "2020-03-01",
        ["monthly:next-month-day=5 2020-03-05", "quarterly:next-month-day=10 2020-04-10", "yearly:month=1,day=20 2021-01-20"],
        "one verb for three",
    ),
    (
        "报送时间：月报为每月5日前，季报为每季度末月25日前，年报为每年12月20日前。",
        "2020-03-01",
        ["monthly:day=5 2020-03-05", "quarterly:month=3,day=25 2020-03-25", "yearly:month=12,day=20 2020-12-20"],
        "a label for three",
    ),
    ("阶段性总结请于4月12日前，6、8月3日前分别报市创建办。", "2010-03-20", ["dates:2010-04-12,2010-06-03,2010-08-03"], "a list of dates"),
    (
        "请于6月25日前报送上半年工作总结，12月10日前报送全年工作总结。",
        "2020-03-01",
        ["once:2020-06-25", "once:2020-12-10"],
        "two objects, two verbs",
    ),
    (
        "请各地于3月底前报送实施方案；11月底前报送工作总结。",
        "2020-03-01",
        ["once:2020-03-31", "once:2020-11-30"],
        "two halves of a sentence",
    ),
    ("自查报告于5月10日前、整改报告于6月10日前报市局。", "2020-03-01", ["once:2020-05-10", "once:2020-06-10"], "a common verb"),
    (
        "一、报送时间\n（一）旬报：旬后2日内。\n（二）月报：次月3日前。",
        "2020-03-01",
        ["monthly:day=2,12,22 2020-03-02", "monthly:next-month-day=3 2020-03-03"],
        "labels under a heading",
    ),
    ("请于5月20日前完成分组，并于5月25日前将分组名单报教务处。", "2020-05-01", ["once:2020-05-25"], "finishing has its own time"),
    (
        "各单位于4月1日前报送联络员名单。请于4月1日前报送工作方案。",
        "2020-03-01",
        ["once:2020-04-01", "once:2020-04-01"],
        "two sentences with the same day are two",
    ),
    (
        "各县于10月20日前将初审结果报市局。\n请各县于10月20日前将初审结果报市局。",
        "2020-10-01",
        ["once:2020-10-20"],
        "the same said twice is one",
    ),
    ("请于3月20日、6月20日、9月20日前分别报送进展情况。", "2020-03-01", ["dates:2020-03-20,2020-06-20,2020-09-20"], "three single dates"),
    (
        "申报材料于2020年4月30日前报市局初审，市局于2020年5月20日前汇总后报省局。",
        "2020-03-01",
        ["once:2020-04-30", "once:2020-05-20"],
        "two stages",
    ),
    (
        "各镇于3日前报县局，县局于每月5日前汇总上报市局。",
        "2020-03-01",
        ["once:2020-03-03", "monthly:day=5 2020-03-05"],
        "a day without a month is the next such day",
    ),
    (
        "  报表名称          报送时间           报送部门\n  资产增减表        11月10日前        资产处\n  资产盘点汇总表     11月25日前        资产处\n  资产分析报告       12月15日前        资产处",
        "2008-10-20",
        ["once:2008-11-10", "once:2008-11-25", "once:2008-12-15"],
        "rows of a table set with blanks",
    ),
    ("8月1日前、9月1日前、10月1日前各报一次整治进度。", "2020-07-06", ["dates:2020-08-01,2020-09-01,2020-10-01"], "各报一次"),
    (
        "半年总结请于7月6日前、第三季度计划请于7月10日前一并发至邮箱a@example.com。",
        "2012-07-02",
        ["once:2012-07-06", "once:2012-07-10"],
        "two requests, one verb",
    ),
    ("安排表12月9日前交，试卷12月16日前交到文印室。", "2011-12-05", ["once:2011-12-09", "once:2011-12-16"], "交 alone"),
    (
        "数据上报截止时间：县级9月18日24时，市级9月22日24时。",
        "2014-09-01",
        ["once:2014-09-18", "once:2014-09-22"],
        "one label for two levels",
    ),
]

COUNTED: list[Row] = [
    ("请在收到本通知后5个工作日内将自查表报送局办公室。", "2020-03-01", ["workdays-after-receipt:5"], "working days after receipt"),
    ("请接到通知后3日内将名单报我局。", "2020-03-01", ["days-after-receipt:3"], "接到通知"),
    ("请自收到本函之日起十五日内书面反馈意见。", "2020-03-01", ["days-after-receipt:15"], "a letter"),
    ("请贵单位收到来函后，于10个工作日内函复我局。", "2020-03-01", ["workdays-after-receipt:10"], "a comma between"),
    ("请于5个工作日内将办理情况反馈市督查室。", "2020-03-01", ["workdays-after-receipt:5"], "nothing else to count from in a notice"),
    ("活动结束后三十日内，主办单位应向市文旅局提交总结报告。", "2020-03-01", ["days-after-event:30"], "after an event"),
    ("培训结束后2个工作日内将签到表和总结报送培训中心。", "2020-03-01", ["workdays-after-event:2"], "after a training"),
    (
        "第二条 施工单位应当自竣工验收合格之日起15日内，将有关文件报建设行政主管部门备案。\n第三条 略。",
        "2020-03-01",
        ["days-after-event:15"],
        "a regulation",
    ),
    (
        "事故发生单位应当在事故调查报告批复后15个工作日内将整改方案报县应急局。",
        "2020-03-01",
        ["workdays-after-event:15"],
        "after a decision",
    ),
    ("合同签订之日起7个工作日内，采购人应将合同副本报同级财政部门备案。", "2020-03-01", ["workdays-after-event:7"], "after signing"),
    ("各单位应在会议召开后一周内将贯彻落实情况报办公室。", "2020-03-01", ["days-after-event:7"], "a week"),
    (
        "第九条 变更事项的，应当在三十日内向原备案机关报送变更材料。\n第十条 略。",
        "2020-03-01",
        ["days-after-event:30"],
        "a condition in a regulation",
    ),
    ("接收文件后5日内，各支行应将回执寄回分行。", "2020-03-01", ["days-after-receipt:5"], "接收文件"),
    (
        "各单位应当在收到移交材料的30个工作日内，将整改方案上报市局。",
        "2023-03-16",
        ["workdays-after-event:30"],
        "the receipt of something else",
    ),
    ("宣传月结束后5日内报送总结及照片。", "2021-03-15", ["days-after-event:5"], "a month that is an event"),
    ("本通知下发后半个月内，各地须将实施办法抄送我部。", "2007-04-09", ["days-after-event:15"], "half a month"),
    ("请贵校于收到本函后五日内派员办理或来函说明。", "2020-03-23", ["days-after-receipt:5"], "an answer by letter"),
]


@pytest.mark.parametrize(("text", "issued", "expected", "why"), SEVERAL, ids=[row[3] for row in SEVERAL])
def test_each_limit_is_one_duty(text: str, issued: str, expected: list[str], why: str) -> None:
    assert read(text, issued) == expected, why


@pytest.mark.parametrize(("text", "issued", "expected", "why"), COUNTED, ids=[row[3] for row in COUNTED])
def test_a_count_of_days_starts_at_receipt_or_at_an_event(text: str, issued: str, expected: list[str], why: str) -> None:
    assert read(text, issued) == expected, why
