"""The vendor's own vector, two made with openssl, and properties."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import wecom_crypto
from bot.channels.callback import CallbackRefused, Refusal
from bot.channels.wecom_crypto import Keys
from bot.domain.secret import Secret

AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "wx5823bf96d3bd56c7"
KEYS = Keys(Secret("QDG6eK"), Secret(AES_KEY), CORP)

OFFICIAL = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUk"
    "SUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekU"
    "NXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rU"
    "PA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+"
    "qN+E7Q=="
)
ECHO = "sKqRbbiSUnDhFHOvPjtUMdsPi0MnjAhUdzhQOKasFbeqEubAkdbDZJXRq8gXNAuEaXOR81I4a1pZzeVLTNnBOQ=="
AI_BOT = (
    "sKqRbbiSUnDhFHOvPjtUMSGppmFdRdves+wakF19gBUiqt48Tb6gomfAmVnZxdjCHpsIWUuf8zNfahXsMBJtnzTu1DNDEse2OcSVai3G89D7VajPuuq+"
    "ZJzd6wEfviHR258KwDTww8s4HOjvtXWgyrcvCKHPNt9lHKeBRy35+Q1QvsTmWF/RzshVdE2bey9XoeP4b9jLOPD5xV7St870VPMmo6/wYvoBAZzV3ClM"
    "U9daouI+lh5nmiKFfMVzlXJ8"
)
AI_BOT_MESSAGE = (
    '{"msgid":"m-001","aibotid":"AIB1","chattype":"group","chatid":"wr1","from":{"userid":"zhangsan"},'
    '"msgtype":"text","text":{"content":"@催报 已报"}}'
).encode()
RANDOM = b"0123456789abcdef"


def test_the_vendors_own_example_opens() -> None:
    wecom_crypto.verify(KEYS, "477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149", OFFICIAL)
    message = wecom_crypto.decrypt(KEYS, OFFICIAL)
    assert len(message) == 284
    assert b"<Content><![CDATA[hello]]></Content>" in message
    assert b"<FromUserName><![CDATA[mycreate]]></FromUserName>" in message


def test_the_address_check_made_with_openssl_opens() -> None:
    wecom_crypto.verify(KEYS, "6ac9a9e2245e7fc2eff0adde452af0afa74f5ed2", "1700000000", "nonce1", ECHO)
    assert wecom_crypto.decrypt(KEYS, ECHO) == b"success-echo-01"
    assert wecom_crypto.encrypt(KEYS, b"success-echo-01", RANDOM) == ECHO


def test_an_envelope_for_an_empty_receiver_opens() -> None:
    keys = Keys(KEYS.token, KEYS.aes_key, "")
    wecom_crypto.verify(keys, "52e676012f150366a273dfc98ed35d6485920d6f", "1700000000", "nonce1", AI_BOT)
    assert wecom_crypto.decrypt(keys, AI_BOT) == AI_BOT_MESSAGE
    assert wecom_crypto.encrypt(keys, AI_BOT_MESSAGE, RANDOM) == AI_BOT


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_whatever_its_length(message: bytes) -> None:
    assert wecom_crypto.decrypt(KEYS, wecom_crypto.encrypt(KEYS, message, os.urandom(16))) == message


@given(st.binary(max_size=400))
def test_bytes_that_nobody_sealed_are_refused(data: bytes) -> None:
    with pytest.raises(CallbackRefused):
        wecom_crypto.decrypt(KEYS, base64.b64encode(data).decode())


@pytest.mark.parametrize("changed", ["timestamp", "nonce", "encrypted", "claimed"])
def test_a_signature_covers_every_part(changed: str) -> None:
    parts = {"claimed": "6ac9a9e2245e7fc2eff0adde452af0afa74f5ed2", "timestamp": "1700000000", "nonce": "nonce1", "encrypted": ECHO}
    parts[changed] = parts[changed][:-1] + ("0" if parts[changed][-1] != "0" else "1")
    with pytest.raises(CallbackRefused) as refused:
        wecom_crypto.verify(KEYS, **parts)
    assert refused.value.refusal is Refusal.SIGNATURE


def test_another_receiver_is_refused() -> None:
    with pytest.raises(CallbackRefused) as refused:
        wecom_crypto.decrypt(Keys(KEYS.token, KEYS.aes_key, "wwother"), ECHO)
    assert refused.value.refusal is Refusal.RECEIVER


@pytest.mark.parametrize("text", ["", "!!!!", "AAAA", "sKqRbbiSUnDhFHOvPjtUMQ==", "é"])
def test_a_broken_envelope_is_refused(text: str) -> None:
    with pytest.raises(CallbackRefused) as refused:
        wecom_crypto.decrypt(KEYS, text)
    assert refused.value.refusal is Refusal.ENVELOPE


@pytest.mark.parametrize("plain", [b"", b"0123456789abcdef", b"0123456789abcdef\x00\x00\x00\xffshort", b"0123456789abcdef\xff\xff\xff\xff"])
def test_a_length_that_does_not_fit_is_refused(plain: bytes) -> None:
    encryptor = KEYS.cipher().encryptor()
    pad = 32 - len(plain) % 32
    sealed = base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
    with pytest.raises(CallbackRefused) as refused:
        wecom_crypto.decrypt(KEYS, sealed)
    assert refused.value.refusal is Refusal.ENVELOPE


def test_an_aes_key_of_another_length_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="43"):
        Keys(Secret("t"), Secret("short"), CORP)
    assert AES_KEY not in repr(KEYS)
