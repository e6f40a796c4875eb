"""A process that listens to a mailbox and can be killed: `python mailbox_reader.py URL PORT USER PASSWORD SECONDS`.

Its clock runs SECONDS ahead, so that the lease of one that was killed is over. Each transaction takes its time, as on a slow disk.
"""

import asyncio
import sys
import time
from datetime import datetime, timedelta

from bot.channels.imap import Imap, ImapConfig
from bot.channels.imap_session import Account
from bot.channels.mail_server import Security
from bot.domain.secret import Secret
from bot.store import Store
from bot.wiring.clock import RealClock
from bot.wiring.supervision import Supervisor


def main() -> None:
    url, port, user, password, ahead = sys.argv[1:]

    def clock() -> datetime:
        return RealClock().now() + timedelta(seconds=float(ahead))

    account = Account("127.0.0.1", int(port), user, Secret(password), Security.PLAIN, 10)
    listener = Imap(ImapConfig(account, ("INBOX",), 30), clock)
    supervisor = Supervisor(listener, Store(url), clock, lambda: time.sleep(0.05))
    asyncio.run(supervisor.keep_on())


if __name__ == "__main__":
    main()
