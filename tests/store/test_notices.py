"""Documents, raw first."""

from datetime import date

import pytest
from bureau import at

NOW = at("2018-09-21 09:00")


def test_a_document_is_kept_whatever_it_is(store):
    raw = b"\x00\xff not a notice"
    with store.begin() as tx:
        notice_id = tx.notices.keep(raw, "通知.txt", NOW)
    with store.read() as tx:
        notice = tx.notices.get(notice_id)
        assert tx.notices.raw(notice_id) == raw
    assert (notice.filename, notice.received_at, notice.title, notice.issued) == ("通知.txt", NOW, "", None)


def test_the_same_bytes_again_are_the_same_notice(store):
    with store.begin() as tx:
        first = tx.notices.keep(b"one", "a.txt", NOW)
        assert tx.notices.keep(b"one", "b.txt", NOW) == first
        assert tx.notices.keep(b"two", "a.txt", NOW) != first
        assert [notice.filename for notice in tx.notices.all()] == ["a.txt", "a.txt"]


def test_what_was_read_from_it_is_written_beside_it(store):
    with store.begin() as tx:
        notice_id = tx.notices.keep(b"one", "a.txt", NOW)
        tx.notices.describe(notice_id, title="关于报送的通知", issued=date(2018, 8, 27), published=date(2018, 9, 21))
        tx.notices.describe(notice_id, trouble="没有日期")
        notice = tx.notices.get(notice_id)
    assert (notice.title, notice.issued, notice.published, notice.trouble) == (
        "关于报送的通知",
        date(2018, 8, 27),
        date(2018, 9, 21),
        "没有日期",
    )


def test_a_word_that_is_no_part_of_a_notice_is_refused(store):
    with store.begin() as tx:
        notice_id = tx.notices.keep(b"one", "a.txt", NOW)
        with pytest.raises(TypeError, match="digest"):
            tx.notices.describe(notice_id, digest="0" * 64)


def test_a_notice_nobody_knows_is_a_lookup_error(store):
    with store.read() as tx:
        with pytest.raises(LookupError):
            tx.notices.get(1)
        with pytest.raises(LookupError):
            tx.notices.raw(1)
