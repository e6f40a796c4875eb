"""What a password must be, and how long somebody waits who keeps getting it wrong."""

from datetime import datetime, timedelta
from enum import StrEnum

SHORTEST, LONGEST = 10, 128
"""Characters. What is longer than LONGEST costs the machine more than it adds."""
LONG_ENOUGH = 16
"""From here on a sentence of any characters will do; below it three of the four kinds are asked for."""
KINDS = 3
TRIES = 5
"""Wrong attempts in a row before the account waits."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=12)
COMMON = ("password", "123456", "qwerty", "admin", "cuibao", "abc123", "iloveyou", "111111", "5201314", "woaini", "letmein")
"""Beginnings of what is tried first."""


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    PLAIN = "plain"
    NAMED = "named"
    COMMON = "common"


def weakness(password: str, login: str) -> Weakness | None:
    """What is wrong with it as the password of `login`; None if nothing is."""
    folded = password.casefold()
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    if login and login.casefold() in folded:
        return Weakness.NAMED
    if any(folded.startswith(word) for word in COMMON) or len(set(password)) < 5:
        return Weakness.COMMON
    return Weakness.PLAIN if len(password) < LONG_ENOUGH and _kinds(password) < KINDS else None


def wait_until(failures: int, now: datetime) -> datetime | None:
    """Until when the next attempt is not looked at after so many wrong ones in a row; None: it is looked at now.

    Doubles with each further failure: guessing becomes hopeless, and its owner is not locked out for good.
    """
    if failures < TRIES:
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** min(failures - TRIES, 16)
    return now + min(doubled, LONGEST_WAIT)


def _kinds(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdecimal, lambda character: not character.isalnum() or not character.isascii())
    return sum(any(test(character) for character in password) for test in tests)
