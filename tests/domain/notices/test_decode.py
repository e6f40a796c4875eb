"""From bytes to text: encodings that people save in, and files that are no text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NoticeError
from bot.domain.notices import decode

TEXT = "关于报送名单的通知\r\n请于2018年9月28日前报送。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_the_encodings_of_offices_are_read(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


def test_rare_characters_survive_gb18030() -> None:
    assert decode("䶮𠮷〔2018〕请报送名单".encode("gb18030")) == "䶮𠮷〔2018〕请报送名单"


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "空的"),
        ("  \r\n　".encode(), "没有文字"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04....", "docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "旧版"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"BM\x00\x00\x01", "图片"),
        (b"abc\x00def\x00\x01", "文本"),
        (b"\xff\xfe\x00", "编码"),
        (b"\x81\x20\xff\xff", "编码"),
        (b"\x01\x02\x03\x04" * 20, "文本"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_advice(raw: bytes, word: str) -> None:
    with pytest.raises(NoticeError, match=word) as refused:
        decode(raw)
    assert "UTF-8" in str(refused.value)


def test_a_file_over_ten_megabytes_is_refused() -> None:
    with pytest.raises(NoticeError, match="10 MB"):
        decode(b"a" * (10 * 1024 * 1024 + 1))


def test_a_text_that_begins_like_a_bitmap_is_a_text() -> None:
    assert decode(b"BM 2018: list") == "BM 2018: list"


@given(st.binary(max_size=300))
def test_any_bytes_become_text_or_a_named_refusal(raw: bytes) -> None:
    with suppress(NoticeError):
        assert decode(raw)


@given(st.text(alphabet="关于报送2018年9月28日前名单\n，。", min_size=1).filter(str.strip))
def test_what_is_encoded_in_utf8_comes_back(text: str) -> None:
    assert decode(text.encode()) == text
