"""Where the pages of this installation are. The port may be any free one, so the process that serves leaves its address in `meta`."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.wiring.ground import Ground

SERVED = "served_at"
"""The address of the process that serves, in `meta`; empty when it has ended in order."""
LINK_LIFE = timedelta(hours=1)
"""How long a printed login link can be used."""


def of(host: str, port: int) -> str:
    """What to type into a browser on this machine for what listens on `host`; a wildcard address is reached by loopback."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if number.is_unspecified:
        return f"http://127.0.0.1:{port}"
    return f"http://[{number}]:{port}" if number.version == 6 else f"http://{number}:{port}"


@contextmanager
def served(ground: Ground, port: int) -> Iterator[str]:
    """Make it known that this process serves on `port`, as long as it does; yields the address."""
    here = of(ground.settings.cuibao_host, port)
    with ground.store.begin() as tx:
        tx.meta.set(SERVED, here)
    try:
        yield here
    finally:
        with ground.store.begin() as tx:
            if tx.meta.get(SERVED) == here:  # another process may have begun since
                tx.meta.set(SERVED, "")


def known(ground: Ground) -> str:
    """The address of the process that serves; empty if none is known to."""
    with ground.store.read() as tx:
        return tx.meta.get(SERVED) or ""


def login_link(ground: Ground, now: datetime) -> str:
    """A fresh one-time link for an administrator: at the public address, else where it is served, else where it would be."""
    settings = ground.settings
    with ground.store.begin() as tx:
        token = tx.links.issue(now, LINK_LIFE)
    base = settings.cuibao_base_url or known(ground) or of(settings.cuibao_host, settings.cuibao_port)
    return f"{base}/login/{token}"
