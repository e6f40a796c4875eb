"""What proves that it is them: argon2 for passwords, one-time codes (RFC 6238) for the second factor."""

import functools
import threading
from datetime import datetime

import argon2
import pyotp

from bot.domain.secret import Secret

ISSUER = "Cuibao"
STEP = 30
"""Seconds for which a one-time code is shown."""
DRIFT = 1
"""Steps by which a telephone's clock may be off, either way."""

_HASHER = argon2.PasswordHasher()
_TURN = threading.BoundedSemaphore(2)
"""A hash takes 64 MB: however many knock at once, two are looked at together."""


def hashed(password: str) -> str:
    """The hash to keep."""
    with _TURN:
        return _HASHER.hash(password)


def fits(kept: Secret, password: str) -> bool:
    """Whether it is the password of this hash. As slow for an account without one, so that nobody learns which exist."""
    with _TURN:
        try:
            return _HASHER.verify(kept.reveal() or _nobody(), password) and bool(kept)
        except argon2.exceptions.VerificationError:
            return False


@functools.cache
def _nobody() -> str:
    """The hash of no password, made by the first who needs it: a hash is a good part of the start."""
    return _HASHER.hash("nobody has this password")


def new_factor() -> Secret:
    """A secret for an authenticator."""
    return Secret(pyotp.random_base32())


def address(factor: Secret, login: str) -> str:
    """What the QR code says to an authenticator."""
    return pyotp.TOTP(factor.reveal()).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(factor: Secret, code: str, now: datetime) -> int | None:
    """The time step whose code this is, within the drift; None if it is none."""
    totp, present = pyotp.TOTP(factor.reveal()), int(now.timestamp()) // STEP
    digits = code.replace(" ", "")
    steps = range(present - DRIFT, present + DRIFT + 1)
    return next((step for step in steps if pyotp.utils.strings_equal(digits, totp.generate_otp(step))), None)
