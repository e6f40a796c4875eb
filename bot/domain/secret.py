"""A secret as a type: it prints as stars wherever it ends up (DESIGN 5.12)."""

import hmac
from typing import Final

STARS: Final = "******"


class Secret:
    """A key, password or token. Only `reveal()` gives the text; printing, formatting and pickling never do.

    Falsy when empty, so an optional secret is `Secret("")`. Two secrets compare in constant time.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: call it where the platform needs it and keep the result in no field."""
        return self._text

    def __repr__(self) -> str:
        return STARS

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


NO_SECRET: Final = Secret("")
"""For a secret that was not set."""
