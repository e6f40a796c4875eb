"""A notice comes in: kept raw whatever it is, read once, armed once."""

from datetime import date, time

import pytest
from office import at

from bot.domain import times
from bot.domain.due import Shift
from bot.domain.errors import NoticeError
from bot.talk import intake

NOW = at("09-21 08:00")
TEXT = """省工业和信息化厅关于开展中小企业培育行动的通知
吉工信〔2018〕350号
各市（州）工信局：
请各地于9月28日前将推荐名单报送至省中小企业中心，每季度次月20日前上报工作开展情况。
省工业和信息化厅
2018年8月27日
"""


def test_a_notice_is_kept_read_and_described(store):
    taken = intake.take(store, TEXT.encode(), "通知.txt", NOW)
    with store.read() as tx:
        kept = tx.notices.get(taken.notice_id)
        assert tx.notices.raw(taken.notice_id) == TEXT.encode()
    assert (kept.number, kept.issued, kept.text, kept.trouble) == ("吉工信〔2018〕350号", date(2018, 8, 27), TEXT, "")
    assert [duty.rule for duty in taken.reading.obligations] == ["once:2018-09-28", "quarterly:next-month-day=20"]


@pytest.mark.parametrize("raw", [b"", b"\0\1\2\3" * 100, b"\xff\xfe\xfd", b"   \n"], ids=["empty", "binary", "bytes", "blank"])
def test_what_cannot_be_read_is_kept_with_the_reason(store, raw):
    with pytest.raises(NoticeError) as refused:
        intake.take(store, raw, "x.bin", NOW)
    with store.read() as tx:
        (kept,) = tx.notices.all()
        assert tx.notices.raw(kept.id) == raw
    assert kept.trouble == str(refused.value) != ""


def test_what_is_longer_than_any_title_is_kept_whole_and_described_in_short(store):
    taken = intake.take(store, (("很长的标题" * 200) + "的通知\n" + TEXT).encode(), "x.txt", NOW)
    with store.read() as tx:
        kept = tx.notices.get(taken.notice_id)
    assert len(kept.title) <= intake.TITLE
    assert "很长的标题" * 200 in kept.text


def test_nothing_is_owed_before_somebody_agrees(sqlite_store):
    intake.take(sqlite_store, TEXT.encode(), "x.txt", NOW)
    with sqlite_store.read() as tx:
        assert tx.obligations.all() == []


def test_arming_makes_the_duties_of_these_units_and_is_written_down(sqlite_store):
    taken = intake.take(sqlite_store, TEXT.encode(), "x.txt", NOW)
    with sqlite_store.begin() as tx:
        ids = intake.arm(tx, taken, iter([]), NOW, by="admin:1")
        duties = [tx.obligations.get(id_) for id_ in ids]
        (entry,) = tx.audit.list(f"notice:{taken.notice_id}")
    assert [(duty.rule, duty.shift, duty.hour, duty.hour_stated) for duty in duties] == [
        ("once:2018-09-28", Shift.EARLIER, time(17), False),
        ("quarterly:next-month-day=20", Shift.EARLIER, time(17), False),
    ]
    assert {(duty.begins, duty.published) for duty in duties} == {(date(2018, 8, 27), NOW)}
    assert (entry.by, entry.act, entry.after) == ("admin:1", "notice.armed", {"obligations": list(ids), "units": 0})


def test_a_notice_counts_as_published_at_the_opening_of_its_day(sqlite_store):
    text = TEXT.replace("吉工信〔2018〕350号", "吉工信〔2018〕350号\n发布时间：2018-09-21")
    taken = intake.take(sqlite_store, text.encode(), "x.txt", at("09-25 10:00"))
    with sqlite_store.begin() as tx:
        ids = intake.arm(tx, taken, [], at("09-25 10:00"))
        published = {tx.obligations.get(id_).published for id_ in ids}
    expected = taken.reading.published or date(2018, 9, 25)
    assert published == {times.instant(expected, intake.OPENING if taken.reading.published else time(10))}


def test_arming_twice_makes_nothing_twice(sqlite_store):
    for _ in range(2):
        taken = intake.take(sqlite_store, TEXT.encode(), "x.txt", NOW)
        with sqlite_store.begin() as tx:
            ids = intake.arm(tx, taken, [], NOW)
    with sqlite_store.read() as tx:
        assert tuple(duty.id for duty in tx.obligations.all()) == ids
        assert len(tx.audit.list(f"notice:{taken.notice_id}")) == 1
