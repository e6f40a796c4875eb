"""A least distance between two calls, for platforms that count by the second."""

import asyncio


class Pace:
    """Lets one call a name begin every so many `seconds` (0: at any moment), in the order of asking. To live in one event loop."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._free_at: dict[str, float] = {}

    async def turn(self, name: str = "") -> None:
        """Wait until it is this call's turn."""
        if not self._seconds:
            return
        now = asyncio.get_running_loop().time()
        at = max(self._free_at.get(name, 0.0), now)
        self._free_at[name] = at + self._seconds
        await asyncio.sleep(at - now)
