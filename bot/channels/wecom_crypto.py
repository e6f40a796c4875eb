"""WeCom's callback envelope: AES-256-CBC with a signature over the ciphertext, in both directions.

Protocol: developer.work.weixin.qq.com /document/path/90968, read 2026-11-23. The signature is compared in constant time and
before anything is decrypted. The padding is PKCS#7 with blocks of 32 bytes, so it is taken off by hand: a library that pads to
16 refuses half of the messages.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.channels.callback import CallbackRefused, Refusal
from bot.domain.secret import Secret

BLOCK: Final = 32
"""Bytes of a padding block; the cipher's own block is 16."""
RANDOM: Final = 16
"""Random bytes before the message."""
LENGTH: Final = 4
"""Bytes of the big-endian message length that follows them."""
KEY_CHARACTERS: Final = 43
"""Characters of an EncodingAESKey (path/90968, read 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The callback's Token, its EncodingAESKey (43 characters), and who must be named as receiver: the corpid.

    Raises ValueError for an EncodingAESKey of another length.
    """

    token: Secret
    aes_key: Secret
    receiver: str

    def __post_init__(self) -> None:
        if len(self.aes_key.reveal()) != KEY_CHARACTERS:
            raise ValueError(f"an EncodingAESKey has {KEY_CHARACTERS} characters")

    def cipher(self) -> Cipher[modes.CBC]:
        """AES-256-CBC with the key's first half as initialisation vector, as the protocol says."""
        key = base64.b64decode(self.aes_key.reveal() + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def signature(keys: Keys, timestamp: str, nonce: str, encrypted: str) -> str:
    """The SHA-1 in lower-case hex over the four strings in order of their characters."""
    parts = sorted((keys.token.reveal(), timestamp, nonce, encrypted))
    return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()


def verify(keys: Keys, claimed: str, timestamp: str, nonce: str, encrypted: str) -> None:
    """Returns if the signature fits. Raises CallbackRefused(SIGNATURE)."""
    expected = signature(keys, timestamp, nonce, encrypted)
    if not hmac.compare_digest(expected.encode(), claimed.encode()):
        raise CallbackRefused(Refusal.SIGNATURE)


def decrypt(keys: Keys, encrypted: str) -> bytes:
    """The message in an envelope whose signature was verified. Raises CallbackRefused."""
    try:
        data = base64.b64decode(encrypted, validate=True)
        decryptor = keys.cipher().decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
    except (binascii.Error, ValueError):
        raise CallbackRefused(Refusal.ENVELOPE) from None
    return _message(keys, _unpad(padded))


def encrypt(keys: Keys, message: bytes, random: bytes) -> str:
    """The envelope around `message`, as both sides make it. `random` are 16 fresh random bytes."""
    plain = random[:RANDOM] + len(message).to_bytes(LENGTH, "big") + message + keys.receiver.encode()
    pad = BLOCK - len(plain) % BLOCK
    encryptor = keys.cipher().encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def _unpad(padded: bytes) -> bytes:
    pad = padded[-1] if padded else 0
    if not 1 <= pad <= BLOCK or padded[-pad:] != bytes([pad]) * pad:
        raise CallbackRefused(Refusal.ENVELOPE)
    return padded[:-pad]


def _message(keys: Keys, plain: bytes) -> bytes:
    start = RANDOM + LENGTH
    end = start + int.from_bytes(plain[RANDOM:start], "big")
    if len(plain) < start or end > len(plain):
        raise CallbackRefused(Refusal.ENVELOPE)
    if not hmac.compare_digest(plain[end:], keys.receiver.encode()):
        raise CallbackRefused(Refusal.RECEIVER)
    return plain[start:end]
