"""How long to wait before the next attempt: the same failure of the same message always waits the same time."""

import hashlib
from datetime import timedelta

FIRST = timedelta(seconds=30)
"""The wait after the first failure, before jitter."""

FACTOR = 3
"""Each further failure multiplies the wait."""

LONGEST = timedelta(hours=4)
"""No wait is longer, before jitter; eight attempts span about seven hours: a platform's bad afternoon, not its bad week."""

JITTER = 0.2
"""The wait is spread by up to this share in both directions, so that what failed together doesn't return together."""


def delay(failures: int, seed: str) -> timedelta:
    """The wait after the `failures`-th failure in a row (from 1). `seed` names the message: it decides the jitter, not chance."""
    plain = min(FIRST * int(FACTOR ** min(failures - 1, 16)), LONGEST)
    return plain * (1 + JITTER * _spread(f"{seed}/{failures}"))


def _spread(seed: str) -> float:
    """A number in [-1, 1) made from the seed, evenly spread over seeds."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) / 2**31 - 1
