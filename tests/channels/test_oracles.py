"""Code that nobody here wrote speaks to our stand-ins and opens our envelopes. Skipped where it is not installed."""

import base64
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import wecom_crypto
from bot.channels.wecom_crypto import Keys
from bot.domain.secret import Secret

TOKEN, CORP = "QDG6eK", "wx5823bf96d3bd56c7"
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80).map(str.strip).filter(bool)


@settings(deadline=None)  # the first example imports the stranger
@given(WORDS, st.binary(min_size=32, max_size=32))
def test_wechatpy_opens_what_we_seal_and_we_open_what_it_seals(words: str, key: bytes) -> None:
    theirs = pytest.importorskip("wechatpy.enterprise.crypto", reason="wechatpy is not installed", exc_type=ImportError)
    aes_key = base64.b64encode(key).decode().rstrip("=")
    keys, other = Keys(Secret(TOKEN), Secret(aes_key), CORP), theirs.WeChatCrypto(TOKEN, aes_key, CORP)
    sealed = wecom_crypto.encrypt(keys, words.encode(), os.urandom(16))
    assert other.check_signature(wecom_crypto.signature(keys, "1700000000", "n1", sealed), "1700000000", "n1", sealed) == words
    envelope = other.encrypt_message(words, "n2", "1700000001")
    encrypted, signature = _between(envelope, "Encrypt"), _between(envelope, "MsgSignature")
    wecom_crypto.verify(keys, signature, "1700000001", "n2", encrypted)
    assert wecom_crypto.decrypt(keys, encrypted).decode() == words


def _between(xml: str, name: str) -> str:
    return xml.partition(f"<{name}><![CDATA[")[2].partition("]]>")[0]
