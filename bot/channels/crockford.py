"""Crockford's base32: digits and capitals without I, L, O, U; read the same from a screen, a print and a voice."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS: Final = 5


def encode(data: bytes, length: int) -> str:
    """The first `length` characters of `data`, five bits each. Raises ValueError if `data` is too short for them."""
    spare = len(data) * 8 - length * BITS
    if spare < 0:
        raise ValueError(f"{len(data)} bytes give no {length} characters")
    number = int.from_bytes(data, "big") >> spare
    return "".join(ALPHABET[(number >> BITS * place) & 31] for place in reversed(range(length)))
