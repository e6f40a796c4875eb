"""Files that came with answers: each content once, tied to what it was sent for."""

from datetime import UTC, datetime

import pytest
from bureau import Bureau, at

from bot.domain.inbound import Attachment, Inbound, InboundKind
from bot.domain.messages import FileRef

NOW = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)
TABLE = Attachment("三季度台账.xlsx", "application/octet-stream", b"PK\x03\x04")


def mail(number: str, *attachments: Attachment, **fields: object) -> Inbound:
    return Inbound("mail", number, "zs@example.com", NOW, "见附件", b"raw", attachments=attachments, **fields)  # type: ignore[arg-type]


def test_what_came_with_an_inbound_is_kept_once_however_often_it_came(store):
    with store.begin() as tx:
        first, again, second = tx.inbox.keep_all([mail("1", TABLE, TABLE), mail("1", TABLE), mail("2", TABLE)], NOW)
        assert again is None
        kept = [*tx.files.of_inbound(first), *tx.files.of_inbound(second)]
        assert [(file.name, file.digest, file.size, file.task_id) for file in kept] == [(TABLE.name, TABLE.digest, 4, None)] * 3
        assert {tx.files.content(file.id) for file in kept} == {b"PK\x03\x04"}


def test_a_file_is_tied_to_the_first_task_it_was_sent_for(store):
    bureau = Bureau(store)
    units = [bureau.unit("榆树"), bureau.unit("德惠")]
    bureau.duty(units)
    bureau.due(at("2018-10-12 09:12"))
    with store.begin() as tx:
        number = tx.inbox.keep(mail("1", TABLE), NOW)
        one, other = (tx.tasks.find(unit)[0].id for unit in units)
        tx.files.tie(number, one)
        tx.files.tie(number, other)
        assert [file.inbound_id for file in tx.files.of_task(one)] == [number]
        assert tx.files.of_task(other) == []


def test_a_file_that_is_not_there_is_an_error(store):
    with store.read() as tx, pytest.raises(LookupError, match="attachment 9"):
        tx.files.content(9)


def test_a_file_that_is_to_be_sent_comes_back_with_its_content_under_each_of_its_names(store):
    with store.begin() as tx:
        one = tx.files.put(TABLE)
        two = tx.files.put(Attachment("名单.xlsx", TABLE.media_type, TABLE.content))
        found = tx.files.with_content([two, one])
        with pytest.raises(LookupError, match="没有了"):
            tx.files.with_content([one, FileRef("没有了.xlsx", "", "0" * 64)])
    assert [(file.name, file.content) for file in found] == [("名单.xlsx", b"PK\x03\x04"), (TABLE.name, b"PK\x03\x04")]


def test_names_that_no_database_takes_are_mended(store):
    with store.begin() as tx:
        number = tx.inbox.keep(mail("1", Attachment("a\0\ud83d" + "x" * 300, "t" * 300, b"")), NOW)
        [file] = tx.files.of_inbound(number)
    assert file.name.startswith("a?x")
    assert (len(file.name), len(file.media_type), file.size) == (200, 100, 0)


def test_the_kind_and_what_an_inbound_is_about_come_back(store):
    with store.begin() as tx:
        tx.inbox.keep(mail("1", kind=InboundKind.AUTO, about="task:12 message:reminder:1"), NOW)
        [found] = tx.inbox.unread(5)
    assert (found.kind, found.about) == (InboundKind.AUTO, "task:12 message:reminder:1")
