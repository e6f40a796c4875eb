"""Mails that are broken, cut, mutated, or made to keep a reader busy."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import mail
from bot.domain.mail import mime
from bot.domain.mail.contents import MOST_FILES

LETTERS = sorted((Path(__file__).parent / "letters").glob("*.eml"))
SECONDS = 20.0
"""For the worst mail of a megabyte or two, on a slow and busy machine."""


def read(raw: bytes) -> mail.Letter:
    started = time.perf_counter()
    letter = mail.read(raw)
    assert time.perf_counter() - started < SECONDS
    letter.text.encode()
    "".join([letter.sender, letter.subject, *(file.name for file in letter.attachments)]).encode()
    return letter


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_some_mail(raw: bytes) -> None:
    read(raw)


HEADERS = st.sampled_from(
    ["From", "Subject", "Content-Type", "Content-Transfer-Encoding", "Message-ID", "Date", "Content-Disposition", "References"]
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "multipart/mixed; boundary=x",
            "multipart/mixed; boundary=",
            'text/html; charset="',
            "base64",
            "quoted-printable",
            "=?utf-8?B?5L2g5aW?=",
            "=?x?Q?=",
            "<<a@b",
        ]
    ),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(HEADERS, VALUES), max_size=8),
    st.lists(st.sampled_from(["--x", "--x--", "", "<div", "> a", "写道：", "发件人:", "=E4", "\x00"]), max_size=20),
)
def test_any_headers_over_any_body_are_some_mail(fields: list[tuple[str, str]], body: list[str]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    read((head + "\r\n" + "\r\n".join(body)).encode("utf-8", "replace"))


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_mail_that_is_cut_or_damaged_anywhere_is_still_read(path: Path) -> None:
    raw, chance = path.read_bytes(), random.Random(path.stem)
    for _ in range(12):
        read(raw[: chance.randrange(len(raw))])
        damaged = bytearray(raw)
        for _ in range(chance.randrange(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        read(bytes(damaged))


MEGA = 1_000_000
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
BOMBS = {
    "dashes": TEXT + b"-" * MEGA,
    "dashes and words": TEXT + "-- 原始邮件 ".encode() * (MEGA // 16),
    "marks of quotation": TEXT + b"> " * MEGA,
    "bars": TEXT + b"|\n" * MEGA,
    "blank lines": TEXT + b"\n" * (2 * MEGA),
    "attributions": TEXT + "在 2026-09-21 写道：x\n".encode() * (MEGA // 24),
    "headers of mails": TEXT + "发件人 x\n日期 y\n".encode() * (MEGA // 24),
    "addresses": TEXT + b"a@b." * MEGA,
    "digits": TEXT + b"1" * MEGA,
    "entities": TEXT + b"&amp;" * (MEGA // 5) + b"nbsp;",
    "one long line": TEXT + "发件人：甲 ".encode() * (MEGA // 16),
    "unclosed comments": HTML + b"<!--" * (MEGA // 4),
    "unclosed tags": HTML + b"<a " * (MEGA // 3),
    "quotes in tags": HTML + b"<a href=\"" * (MEGA // 9) + b">",
    "open elements": HTML + b"<blockquote type=cite>" * (MEGA // 22),
    "closed elements": HTML + b"<p>" * 1000 + b"</b>" * (MEGA // 4),
    "scripts": HTML + b"<script>" * (MEGA // 8),
    "boundaries": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * (MEGA // 11),
    "fields": b"X: y\r\n" * (MEGA // 6) + b"\r\n",
    "folded field": b"Subject: a\r\n" + b" =?utf-8?B?5L2g?=\r\n" * (MEGA // 20) + b"\r\n",
    "parameters": b"Content-Type: text/plain" + b"; a*0*=%41" * (MEGA // 10) + b"\r\n\r\n",
    "references": b"References: " + b"<a@b>" * (MEGA // 5) + b"\r\n\r\n",
    "commas": b"From: " + b'"' * MEGA + b"\r\n\r\n",
    "angles": b"From: " + b"<" * MEGA + b"\r\n\r\n",
    "bounce": b"From: mailer-daemon@example.com\r\nSubject: failure notice\r\n\r\n" + b"550 recipient " * (MEGA // 14),
    "winmail": b"Content-Type: application/ms-tnef\r\n\r\n" + b"\x78\x9f\x3e\x22\x00\x00" + b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" * (MEGA // 11),
    "big5 or gb": b"Content-Type: text/plain; charset=big5\r\n\r\n" + b"\xa4\xa4\xb0\xea" * (MEGA // 4),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_mail_that_is_made_to_keep_us_busy_takes_time_in_proportion(name: str) -> None:
    read(BOMBS[name])


def test_a_hundred_levels_of_parts_are_opened_as_far_as_anybody_nests_them() -> None:
    raw = TEXT + b"deep"
    for level in range(100):
        raw = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) + raw + b"\r\n--b%d--\r\n" % level
    assert read(raw).kind is mail.LetterKind.REPLY


def test_more_files_than_anybody_sends_are_not_kept() -> None:
    part = b"--x\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
    letter = read(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part * 5000 + b"--x--\r\n")
    assert len(letter.attachments) == MOST_FILES


def test_an_archive_of_tens_of_megabytes_is_kept_and_not_unpacked() -> None:
    packed = b"PK\x03\x04" + b"\0" * 30_000_000
    raw = b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed.hex().encode()
    assert len(raw) < mime.MOST_BYTES + 1000
    started = time.perf_counter()
    [file] = mail.read(raw).attachments
    assert file.name == "a.zip"
    assert time.perf_counter() - started < 30
