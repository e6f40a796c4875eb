"""Numbers in addresses: anybody can type one that no database can look up."""

import re

from fastapi import HTTPException, Request

LARGEST = 2**31 - 1
"""The largest number that a thing of ours can have, on either database."""
_LONG = re.compile(r"[+-]?[0-9_.]{10,}")


def known_numbers(request: Request) -> None:
    """Raises HTTPException 404 for an address that names a number which no thing can have."""
    for given in request.path_params.values():
        if given > LARGEST if isinstance(given, int) else _LONG.fullmatch(given):
            raise HTTPException(404)
