"""The layers below the reading: character sets, header fields, parts, wrappings."""

import base64

import pytest

from bot.domain import mail
from bot.domain.mail import charset, headers

SAID = "已上报，请查收。"


@pytest.mark.parametrize(
    ("raw", "declared", "words"),
    [
        (SAID.encode("gb18030"), "gb2312", SAID),
        ("张喆、李镕、〇".encode("gb18030"), "gb2312", "张喆、李镕、〇"),
        (SAID.encode("gb18030"), "GB_2312-80", SAID),
        (SAID.encode("gb18030"), "x-gbk", SAID),
        (SAID.encode("gb18030"), "windows-936", SAID),
        (SAID.encode("gb18030"), "", SAID),
        (SAID.encode("gb18030"), "default", SAID),
        (SAID.encode("gb18030"), "8bit", SAID),
        (SAID.encode("gb18030"), "us-ascii", SAID),
        (SAID.encode("gb18030"), "iso-8859-1", SAID),
        (SAID.encode("gb18030"), "windows-1252", SAID),
        (SAID.encode("gb18030"), "utf-8", SAID),
        (SAID.encode(), "gb2312", SAID),
        (SAID.encode(), "big5", SAID),
        (SAID.encode(), "us-ascii", SAID),
        (SAID.encode(), "utf8mb4", SAID),
        (SAID.encode("hz"), "hz-gb-2312", SAID),
        (SAID.encode("utf-16"), "utf-8", SAID),
        (SAID.encode("utf-8-sig"), "", SAID),
        ("已經報送，請查收。".encode("big5"), "big5", "已經報送，請查收。"),
        ("已經報送，請查收，謝謝您的提醒。".encode("big5"), "", "已經報送，請查收，謝謝您的提醒。"),
        ("已經報送，請查收，謝謝您的提醒。".encode("big5"), "gb2312", "已經報送，請查收，謝謝您的提醒。"),
        ("café, déjà".encode("latin-1"), "iso-8859-1", "café, déjà"),
        (SAID.encode()[:-1], "utf-8", "已上报，请查收\ufffd"),
        (SAID.encode("gb18030"), "base64", SAID),
        (b"plain", "utf-7", "plain"),
        (b"", "gb2312", ""),
    ],
)
def test_bytes_become_the_words_that_were_meant_whatever_is_declared(raw: bytes, declared: str, words: str) -> None:
    assert charset.decode(raw, declared) == words


def b64(words: bytes) -> bytes:
    return base64.b64encode(words)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"=?gb2312?B?" + b64("回复：请报送".encode("gb18030")) + b"?=", "回复：请报送"),
        (b"=?utf-8?B?" + b64("回复：".encode()) + b"?= =?utf-8?B?" + b64("请报送".encode()) + b"?=", "回复：请报送"),
        (b"=?utf-8?B?" + b64("回复".encode()) + b"?= [CB-1] =?gbk?B?" + b64("请".encode("gbk")) + b"?=", "回复 [CB-1] 请"),
        (b"=?utf-8?Q?=E5=9B=9E=E5?= =?utf-8?Q?=A4=8D_x?=", "回复 x"),
        (b"=?UTF-8*zh?B?" + b64("回复".encode()) + b"?=", "回复"),
        (b"=?utf-8?B?" + b64("回复".encode())[:-1] + b"?=", "回\ufffd"),
        (b"=?x-unknown?B?" + b64("回复".encode("gbk")) + b"?=", "回复"),
        ("回复：请报送".encode("gbk"), "回复：请报送"),
        ("回复：请报送".encode(), "回复：请报送"),
        (b"=?utf-8?B?", "=?utf-8?B?"),
    ],
)
def test_a_header_is_read_however_its_words_were_cut(raw: bytes, words: str) -> None:
    assert headers.words(raw) == words


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        (b"zhangsan@example.com", "zhangsan@example.com"),
        (b'"boss@example.com" <ZhangSan@Example.com>', "zhangsan@example.com"),
        (b'"boss <boss@example.com>" <zhangsan@example.com>', "zhangsan@example.com"),
        (b"=?utf-8?B?" + b64("张三".encode()) + b"?=<zhangsan@example.com>", "zhangsan@example.com"),
        (b"=?utf-8?B?" + b64("张三 <zhangsan@example.com>".encode()) + b"?=", "zhangsan@example.com"),
        (b"zhangsan@example.com (Zhang San), lisi@example.com", "zhangsan@example.com"),
        (b"<>", ""),
        (b"undisclosed", ""),
        (b"", ""),
    ],
)
def test_the_sender_is_the_mailbox_and_not_what_the_name_pretends(raw: bytes, address: str) -> None:
    assert headers.address(raw) == address


NAMED = [
    (b"attachment; filename*=utf-8''%E6%8A%A5%E8%A1%A8.xlsx", "报表.xlsx"),
    (b"attachment; filename*=UTF-8%E6%8A%A5%E8%A1%A8.xlsx", "报表.xlsx"),
    (b"attachment; filename*0*=utf-8''%E6%8A%A5; filename*1*=%E8%A1%A8; filename*2=.xlsx", "报表.xlsx"),
    (b'attachment; filename="%E6%8A%A5%E8%A1%A8.xlsx"', "报表.xlsx"),
    (b'attachment; filename="..\\..\\etc/passwd"', "passwd"),
    (b'attachment; filename="a;b.txt"; size=3', "a;b.txt"),
    (b"attachment; filename=" + "报表.xls".encode("gbk"), "报表.xls"),
    (b"attachment", "attachment-1"),
]


@pytest.mark.parametrize(("disposition", "name"), NAMED)
def test_a_file_has_the_name_its_sender_gave_it(disposition: bytes, name: str) -> None:
    raw = b"Content-Type: application/octet-stream\r\nContent-Disposition: " + disposition + b"\r\n\r\nx"
    [file] = mail.read(raw).attachments
    assert file.name == name


def part(kind: bytes, body: bytes, more: bytes = b"") -> bytes:
    return b"Content-Type: " + kind + b"\r\n" + more + b"\r\n" + body + b"\r\n"


def multi(kind: bytes, *parts: bytes, boundary: bytes = b"x") -> bytes:
    inside = b"".join(b"--" + boundary + b"\r\n" + each for each in parts)
    return b"Content-Type: multipart/" + kind + b"; boundary=" + boundary + b"\r\n\r\n" + inside + b"--" + boundary + b"--\r\n"


PLAIN = part(b"text/plain; charset=utf-8", "已报".encode())
SHEET = part(b"application/vnd.ms-excel; name=a.xls", b"x", b"Content-Disposition: attachment\r\n")


@pytest.mark.parametrize(
    ("raw", "text", "names"),
    [
        (multi(b"mixed", multi(b"related", multi(b"alternative", PLAIN, part(b"text/html", b"<b>x</b>"), boundary=b"z"), boundary=b"y"), SHEET), "已报", ["a.xls"]),
        (multi(b"mixed", PLAIN, SHEET).replace(b"--x--", b""), "已报", ["a.xls"]),
        (multi(b"mixed", PLAIN).replace(b"; boundary=x", b""), "已报", []),
        (multi(b"mixed", PLAIN, SHEET, PLAIN.replace("已报".encode(), "另附".encode())), "已报\n另附", ["a.xls"]),
        (b"From someone Mon Sep 21\r\nFrom: a@example.com\r\n" + PLAIN, "已报", []),
        (PLAIN.replace(b"\r\n", b"\r"), "已报", []),
        (PLAIN.replace(b"\r\n", b"\n"), "已报", []),
        ("已报".encode(), "已报", []),
        (part(b"text", "已报".encode()), "已报", []),
        (part(b"text/plain", b"base64 it is not \xd2\xd1\xb1\xa8", b"Content-Transfer-Encoding: base64\r\n"), "base64 it is not 已报", []),
        (part(b"text/plain", b"5bey5oql\r\n\r\n-- \r\nlist footer!", b"Content-Transfer-Encoding: base64\r\n"), "已报", []),
        (part(b"text/html", "<p>已报</p><style>p{}</style><script>x</script><!-- c --><p style='display:none'>y".encode()), "已报", []),
        (part(b"text/plain", "<html><body><p>已报</p></body></html>".encode()), "已报", []),
        (part(b"text/plain; name=a.txt", b"x", b"Content-Disposition: inline\r\n"), "", ["a.txt"]),
        (part(b"application/octet-stream; name=a.bin", b"begin 644 a\r\n#86)C\r\n`\r\nend", b"Content-Transfer-Encoding: x-uuencode\r\n"), "", ["a.bin"]),
    ],
)  # fmt: skip
def test_the_words_are_found_wherever_they_stand_among_the_parts(raw: bytes, text: str, names: list[str]) -> None:
    letter = mail.read(raw)
    assert (letter.text, [file.name for file in letter.attachments]) == (text, names)


def test_opaque_signed_mail_is_read_and_encrypted_mail_is_a_file() -> None:
    inner = PLAIN
    signed = b"\x30\x82\x01\x00\x06\x09\x2a\x04" + bytes([len(inner)]) + inner + b"\xa0\x82signature"
    head = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert mail.read(head + base64.encodebytes(signed)).text == "已报"
    letter = mail.read(head + base64.encodebytes(b"\x30\x82\x01\x00secret"))
    assert (letter.text, [file.name for file in letter.attachments]) == ("", ["smime.p7m"])


def test_a_broken_winmail_is_kept_as_a_file() -> None:
    head = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n"
    assert [file.name for file in mail.read(head + b"no tnef").attachments] == ["winmail.dat"]
