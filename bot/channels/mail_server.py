"""How a mail server is reached, in both directions."""

import ipaddress
from contextlib import suppress
from enum import StrEnum


class Security(StrEnum):
    """How the connection is protected: from the first byte, by STARTTLS, or not at all (loopback only)."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


def require_protection(host: str, security: Security) -> None:
    """Raises ValueError for a plain connection that would leave this machine."""
    if security is Security.PLAIN and not _is_loopback(host):
        raise ValueError("a plain connection is for loopback only; use tls or starttls")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
