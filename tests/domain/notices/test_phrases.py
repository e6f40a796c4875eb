"""What is handed in and to whom, in the words of the sentence."""

from datetime import date

import pytest

from bot.domain import notices
from bot.domain.notices.phrases import UNNAMED

ROWS: list[tuple[str, str, str | None]] = [
    ("请于3月5日前将调查名录报送省统计局工业处。", "调查名录", "省统计局工业处"),
    ("请将修改意见于3月5日前书面反馈我委法规处。", "修改意见", "我委法规处"),
    ("请于3月5日前上报督查情况。", "督查情况", None),
    ("每年3月底前，向所在地主管部门报送上一年度的经营情况资料。", "上一年度的经营情况资料", "所在地主管部门"),
    ("三、汇总表须在次月5日前报到市建委。", "汇总表", "市建委"),
    ("（一）年报，次年1月30日前报到省建设厅。", "年报", "省建设厅"),
    ("一、市级检查表由市疾控中心填写，10月19日前送到我局和省疾控中心。", "市级检查表", "我局和省疾控中心"),
    ("请推荐指导教师，并填写好相关表格。于10月27日前交教育局人事科。", "相关表格", "教育局人事科"),
    ("请各单位认真总结，形成书面报告，于3月5日前报市局药品监管科。", "书面报告", "市局药品监管科"),
    ("请于3月5日前完成数据填报。", "数据", None),
    ("参会回执请于3月5日前发至电子邮箱zhc@example.com。", "参会回执", None),
    ("推荐名单最迟不晚于6月30日报送市文明办。", "推荐名单", "市文明办"),
    ("请于3月5日前将请假人员名单（盖章）报学校办公室。", "请假人员名单", "学校办公室"),
    ("月报、季报分别于次月5日前报送集团财务部。", "月报、季报", "集团财务部"),
    ("企业应当于每年12月31日前，将合作情况报省级主管部门备案。", "合作情况", "省级主管部门"),
    ("材料于3月5日前报市局初审。", "材料", "市局"),
    ("现送贵单位会签，请签字盖章后，于3月5日前反馈我厅为盼。", "会签", "我厅"),
    ("各单位联系电话于3月5日前报送研究室。", "联系电话", "研究室"),
    ("各收费站于3月5日前报分公司。", UNNAMED, "分公司"),
    ("报送截止时间：2023年5月31日。", UNNAMED, None),
]


@pytest.mark.parametrize(("text", "what", "recipient"), ROWS)
def test_thing_and_recipient_are_phrases_of_the_text(text: str, what: str, recipient: str | None) -> None:
    one = notices.read(text, date(2023, 1, 3)).obligations[0]
    assert (one.what, one.recipient) == (what, recipient)
