"""Whole readings: head, duties with their places, contacts, and the questions left open."""

from datetime import date, time
from pathlib import Path

import pytest
from notice_of_2018 import TEXT

from bot.domain import notices, rules
from bot.domain.due import Shift
from bot.domain.errors import NoticeError
from bot.domain.notices import DoubtKind

REAL = Path(__file__).parents[4] / "shared" / "notices" / "n001.txt"


def kinds(text: str, issued: date | None = date(2018, 8, 27)) -> list[DoubtKind]:
    return [doubt.kind for doubt in notices.read(text, issued).doubts]


def test_the_head_is_read_from_labels_and_title() -> None:
    reading = notices.read(TEXT)
    assert reading.title == "某省工业和信息化厅关于开展“百千万”中小企业培育行动的通知"
    assert reading.number == "某工信民营〔2018〕350号"
    assert reading.issuer == "省工业和信息化厅"
    assert (reading.issued, reading.published) == (date(2018, 8, 27), date(2018, 9, 21))


def test_the_two_duties_are_found_with_their_sentences_and_places() -> None:
    quarterly, single = notices.read(TEXT).obligations
    assert (quarterly.rule, quarterly.what) == ("quarterly:next-month-day=20", "本地区培育工作开展情况")
    assert quarterly.due == (date(2018, 10, 20), date(2019, 1, 20), date(2019, 4, 20), date(2019, 7, 20))
    assert (single.rule, single.due) == ("once:2018-09-28", (date(2018, 9, 28),))
    assert single.what == "“百千万”企业推荐名单"
    for one in (quarterly, single):
        assert TEXT[slice(*one.span)] == one.text
        assert one.emails == ("zhangsan@example.com",)
        assert one.phones == ("0431-81150000",)


def test_the_recipient_that_one_sentence_names_is_assumed_for_the_other() -> None:
    quarterly, single = notices.read(TEXT).obligations
    assert single.recipient == quarterly.recipient == "省促进中小企业发展服务中心"
    assert (single.recipient_assumed, quarterly.recipient_assumed) == (False, True)
    asked = [doubt.text for doubt in notices.read(TEXT).doubts if doubt.kind is DoubtKind.NO_RECIPIENT]
    assert asked == [quarterly.text]


@pytest.mark.skipif(not REAL.exists(), reason="the development texts are not here")
def test_the_real_notice_gives_exactly_its_two_duties() -> None:
    text = REAL.read_text(encoding="utf-8")
    quarterly, single = notices.read(text).obligations
    assert (quarterly.rule, single.rule) == ("quarterly:next-month-day=20", "once:2018-09-28")
    assert single.text == "请各市（州）、县（市）工信局于2018年9月28日前将遴选的“百千万”企业推荐名单报送至省促进中小企业发展服务中心。"
    assert single.recipient == "省促进中小企业发展服务中心"
    assert len(single.emails) == len(single.phones) == 1


def test_a_date_given_outweighs_the_one_in_the_text() -> None:
    reading = notices.read("请于9月28日前报送名单。\n\n某市统计局\n2018年8月27日", date(2020, 1, 1))
    assert reading.issued == date(2020, 1, 1)
    assert reading.obligations[0].rule == "once:2020-09-28"


@pytest.mark.parametrize(
    ("text", "issued"),
    [
        ("关于报送名单的通知\n请于9月28日前报送名单。\n\n某市统计局\n2018年8月27日", date(2018, 8, 27)),
        ("关于报送名单的通知\n请于9月28日前报送名单。\n\n某市统计局\n二〇一八年八月二十七日", date(2018, 8, 27)),
        ("关于报送名单的函各局:请于9月28日前报送名单。联系人:张三某市统计局2018年8月27日", date(2018, 8, 27)),
        ("某省档案条例\n2001年1月2日 通过\n2018年9月29日 修订\n第一条 略。\n第二条 略。", date(2018, 9, 29)),
        ("发布日期:2018-08-30\n关于报送名单的通知\n请于9月28日前报送名单。", date(2018, 8, 30)),
        ("请报送名单。\n某市统计局\n2018年8月27日\n附件：\n填报期\n2018年12月31日\n", date(2018, 8, 27)),
        ("请于2018年9月28日前报送名单。", None),
        ("请报送名单。\n某市统计局\n2018年13月40日", None),
    ],
)
def test_the_day_of_issue_is_found_in_signature_versions_or_labels(text: str, issued: date | None) -> None:
    assert notices.read(text).issued == issued


@pytest.mark.parametrize(
    ("text", "title", "number", "issuer"),
    [
        (
            "某市教育局关于报送总结的通知\n（某教〔2020〕3号）\n各校：\n请报送总结。",
            "某市教育局关于报送总结的通知",
            "某教〔2020〕3号",
            "某市教育局",
        ),
        (
            "某省能源局某省能源局关于会签《关于印发<方案>的通知》的函省发改委:请会签。",
            "某省能源局关于会签《关于印发<方案>的通知》的函",
            None,
            "某省能源局",
        ),
        (
            "某省市场监督管理局某市监函〔2021〕33号某省市场监督管理局关于征集项目的通知各市局:略",
            "某省市场监督管理局关于征集项目的通知",
            "某市监函〔2021〕33号",
            "某省市场监督管理局",
        ),
        (
            "标题:\t某省工信厅关于开展培育行动的通知（样例）\n发文字号:\t某工信〔2018〕350号\n成文日期:\t2018年08月27日\n请报送名单。",
            "某省工信厅关于开展培育行动的通知（样例）",
            "某工信〔2018〕350号",
            "某省工信厅",
        ),
        (
            "标题：关于填报调查表的通知 发文字号：某科发〔2017〕30号 成文日期：2017年02月03日 各单位：请报送调查表。",
            "关于填报调查表的通知",
            "某科发〔2017〕30号",
            None,
        ),
        (
            "文件编号 某财预〔2021〕12号\n发布机构 省财政厅 发文日期 2021-03-01\n标题 关于编报预算的通知\n各市县财政局：\n请报送预算。\n某省财政厅\n2021年3月1日",
            "关于编报预算的通知",
            "某财预〔2021〕12号",
            "某省财政厅",
        ),
        (
            "首页 > 政务公开 > 通知公告\n省卫生健康委办公室关于开展督查的函\n某卫办函〔2021〕56号 | 来源：办公室\n请报送材料。",
            "省卫生健康委办公室关于开展督查的函",
            "某卫办函〔2021〕56号",
            "省卫生健康委办公室",
        ),
        (
            "财政部关于延续实施有关政策的公告\n财政部公告2023年第12号\n特此公告。",
            "财政部关于延续实施有关政策的公告",
            "财政部公告2023年第12号",
            "财政部",
        ),
        (
            "关于印发《某县2020年度\n依法行政工作要点》的通知\n县府办〔2020〕3号\n各部门：\n现印发给你们。",
            "关于印发《某县2020年度依法行政工作要点》的通知",
            "县府办〔2020〕3号",
            None,
        ),
        ("# 某省固体废物条例\n第一条 略。\n第二条 略。", "某省固体废物条例", None, None),
        (
            "关于开展自查的通知\n各科室：\n根据《办法》（国发〔2019〕1号）要求自查。\n局办公室\n2022年3月7日",
            "关于开展自查的通知",
            None,
            "局办公室",
        ),
    ],
)
def test_title_number_and_issuer_are_told_from_each_other(text: str, title: str, number: str | None, issuer: str | None) -> None:
    reading = notices.read(text)
    assert (reading.title, reading.number, reading.issuer) == (title, number, issuer)


def test_hour_and_shift_are_kept_where_the_notice_states_them() -> None:
    one = notices.read("每月3日下午4:30前报送省金融办，遇节假日顺延。", date(2020, 1, 1)).obligations[0]
    assert (one.hour, one.shift) == (time(16, 30), Shift.LATER)
    two = notices.read("请于3月3日24时前报送省金融办，遇休息日提前。", date(2020, 1, 1)).obligations[0]
    assert (two.hour, two.shift) == (time(23, 59), Shift.EARLIER)
    three = notices.read("请于3月3日下班前报送省金融办。", date(2020, 1, 1)).obligations[0]
    assert (three.hour, three.shift) == (None, None)


@pytest.mark.parametrize(
    ("text", "emails", "phones"),
    [
        ("请于3月3日前报送至a@example.com，电话：5550326。", ("a@example.com",), ("5550326",)),
        ("请于3月3日前报送我局。联系电话：8179XXXX，8179YYYY（传真）；传真：8179ZZZZ", (), ("8179XXXX",)),
        ("请于3月3日前报送我局。监督电话：0431-88880000", (), ()),
        ("请于3月3日前报送我局。联系人：张三 13800000001", (), ("13800000001",)),
        ("请于3月3日前将2018年1234567元的清单报送我局。", (), ()),
    ],
)
def test_contacts_for_the_handing_in_are_told_from_other_numbers(text: str, emails: tuple[str, ...], phones: tuple[str, ...]) -> None:
    one = notices.read(text, date(2020, 1, 1)).obligations[0]
    assert (one.emails, one.phones) == (emails, phones)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请于2018年2月30日前报送总结。", DoubtKind.IMPOSSIBLE_DATE),
        ("请于13月5日前报送总结。", DoubtKind.IMPOSSIBLE_DATE),
        ("请于2017年9月28日前报送总结。", DoubtKind.BEFORE_ISSUE),
        ("总结报送时间另行通知。", DoubtKind.ANNOUNCED_LATER),
        ("请各单位将工作总结报送市局办公室。", DoubtKind.NO_DEADLINE),
        ("每月5日前报送进度。", DoubtKind.NO_END),
        ("请于9月28日前报送总结。", DoubtKind.NO_CONTACT),
        ("请于9月28日前报送总结。", DoubtKind.NO_RECIPIENT),
        ("请于2018年9月29日前报送总结。", DoubtKind.REST_DAY),
        ("每季度结束后10个工作日内报送情况。", DoubtKind.APPROXIMATE),
        ("有意参加的单位可于9月28日前将报名表报送我局。", DoubtKind.VOLUNTARY),
        ("本办法自2019年1月1日起施行。", DoubtKind.NOTHING_FOUND),
    ],
)
def test_what_a_notice_leaves_open_is_asked(text: str, kind: DoubtKind) -> None:
    assert kind in kinds(text)


def test_a_day_without_a_year_is_asked_for_where_no_date_of_issue_is_known() -> None:
    assert notices.read("请于9月28日前报送总结。").obligations == ()
    assert DoubtKind.NO_YEAR in kinds("请于9月28日前报送总结。", None)
    for text in ("请于本周五前报送总结。", "名单请于26日前报送我办。", "请于今日前报送总结。", "请于月底前报送总结。"):
        assert DoubtKind.NO_ISSUE_DATE in kinds(text, None)


def test_every_doubt_quotes_the_text_it_is_about() -> None:
    text = "一、请于2018年2月30日前 报送总结。\n二、报送时间另行通知。"
    for doubt in notices.read(text, date(2018, 1, 1)).doubts:
        assert text[slice(*doubt.span)] == doubt.text
        assert doubt.question
        assert "{" not in doubt.question


def test_a_working_day_with_no_rest_day_policy_raises_no_question() -> None:
    assert DoubtKind.REST_DAY not in kinds("请于2018年9月28日前报送总结。")
    assert DoubtKind.REST_DAY not in kinds("请于2018年9月29日前报送总结，遇节假日顺延。")


def test_every_rule_read_is_one_the_grammar_of_rules_reads() -> None:
    for one in notices.read(TEXT).obligations:
        assert str(rules.parse(one.rule)) == one.rule


def test_a_text_beyond_the_limits_is_refused_in_words() -> None:
    with pytest.raises(NoticeError, match="上限"):
        notices.read("字" * 2_000_001)
    with pytest.raises(NoticeError, match="行"):
        notices.read("\n" * 200_001)


def test_an_empty_text_reads_as_nothing() -> None:
    reading = notices.read("")
    assert reading.obligations == ()
    assert [doubt.kind for doubt in reading.doubts] == [DoubtKind.NOTHING_FOUND]
