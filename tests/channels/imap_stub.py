"""A mail provider with the bad habits that were seen, one connection at a time, on loopback: no more IMAP than the listener speaks."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Habits:
    """What this provider does. `mails` by UID; `broken` UIDs cannot be brought out; `swallows` is a command it answers with untagged BAD."""

    mails: dict[int, bytes] = field(default_factory=dict)
    password: str = "pw"
    refusal: str = "LOGIN Login error password error"
    wants_id: bool = False
    idles: bool = True
    validity: int = 7
    broken: frozenset[int] = frozenset()
    swallows: str = ""
    drops_after: str = ""
    folders: tuple[str, ...] = ("INBOX",)


class Provider:
    """Use as `async with Provider(habits) as provider`; `said` are the commands it heard, without their tags."""

    def __init__(self, habits: Habits) -> None:
        self.habits, self.port, self.said = habits, 0, list[str]()
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.arrived = asyncio.Event()

    async def __aenter__(self) -> "Provider":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        talk = _Talk(self, reader, writer)
        try:
            await talk.hold()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


class _Talk:
    def __init__(self, provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._provider, self._habits, self._reader, self._writer = provider, provider.habits, reader, writer
        self._identified = False

    async def hold(self) -> None:
        await self._say("* OK ready")
        while line := (await self._reader.readline()).decode():
            tag, _, command = line.strip().partition(" ")
            self._provider.said.append(command)
            verb = command.split(" ")[1 if command.upper().startswith("UID") else 0].upper()
            if verb == self._habits.swallows:
                await self._say("* BAD unknown command")
                await asyncio.Event().wait()
            if verb == self._habits.drops_after:
                return
            doers: dict[str, Callable[[str, str], Awaitable[None]]] = {
                "LOGIN": self._login, "ID": self._id, "LIST": self._list, "EXAMINE": self._examine, "SEARCH": self._search, "FETCH": self._fetch,
                "IDLE": self._idle, "CAPABILITY": self._capability,
            }  # fmt: skip
            await doers.get(verb, self._done)(tag, command)

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()

    async def _done(self, tag: str, command: str) -> None:
        await self._say(f"{tag} OK done")

    async def _capability(self, tag: str, command: str) -> None:
        await self._say(f"* CAPABILITY IMAP4rev1 ID{' IDLE' if self._habits.idles else ''}", f"{tag} OK done")

    async def _login(self, tag: str, command: str) -> None:
        good = f'"{self._habits.password}"' in command or command.endswith(f" {self._habits.password}")
        await self._say(f"{tag} OK LOGIN done" if good else f"{tag} NO {self._habits.refusal}")

    async def _id(self, tag: str, command: str) -> None:
        self._identified = re.fullmatch(r'ID \("name" "cuibao" .*"\)', command) is not None
        await self._say('* ID ("name" "stub")', f"{tag} OK done" if self._identified else f"{tag} BAD Parse command error")

    async def _list(self, tag: str, command: str) -> None:
        await self._say(*(f'* LIST () "/" "{name}"' for name in self._habits.folders), f"{tag} OK done")

    async def _examine(self, tag: str, command: str) -> None:
        if self._habits.wants_id and not self._identified:
            await self._say(f"{tag} NO EXAMINE Unsafe Login. Please contact kefu@188.com for help")
            return
        mails = self._habits.mails
        state = (f"* {len(mails)} EXISTS", f"* OK [UIDVALIDITY {self._habits.validity}] .", f"* OK [UIDNEXT {max([0, *mails]) + 1}] .")
        await self._say("* FLAGS ()", *state, f"{tag} OK [READ-ONLY] done")

    async def _search(self, tag: str, command: str) -> None:
        first = re.search(r"(\d+):\*", command)
        uids = sorted(self._habits.mails)
        found = [uid for uid in uids if uid >= int(first[1])] or uids[-1:] if first else uids
        await self._say(f"* SEARCH {' '.join(map(str, found))}".rstrip(), f"{tag} OK done")

    async def _fetch(self, tag: str, command: str) -> None:
        uid = int(command.split(" ")[2])
        raw = self._habits.mails.get(uid)
        if raw is None:
            await self._say(f"{tag} OK done")
        elif "RFC822.SIZE" in command:
            when = '"15-Oct-2018 09:07:00 +0800"'
            await self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE {when})", f"{tag} OK done")
        elif uid in self._habits.broken:
            await self._say(f"{tag} NO FETCH failed")
        else:
            cut = re.search(r"<0\.(\d+)>", command)
            part = raw[: int(cut[1])] if cut else raw
            self._writer.write(f"* 1 FETCH (UID {uid} BODY[]{'<0>' if cut else ''} {{{len(part)}}}\r\n".encode() + part + b")\r\n")
            await self._say(f"{tag} OK done")

    async def _idle(self, tag: str, command: str) -> None:
        await self._say("+ idling")
        done = asyncio.ensure_future(self._reader.readline())
        arrived = asyncio.ensure_future(self._provider.arrived.wait())
        await asyncio.wait([done, arrived], return_when=asyncio.FIRST_COMPLETED)
        if arrived.done():
            self._provider.arrived.clear()
            await self._say(f"* {len(self._habits.mails)} EXISTS")
        arrived.cancel()
        await done
        await self._say(f"{tag} OK done")
