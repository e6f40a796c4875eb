"""Every address of the application, asked by a prefecture's administrator for what belongs to another region."""

import itertools
import re
import warnings
from collections.abc import Iterator
from datetime import date

import httpx
from bureau import Bureau, at

from bot.desk import acts, circulars, roster_import
from bot.desk.acts import Chosen
from bot.domain.inbound import Inbound
from bot.domain.words import Rank
from bot.store.handovers import Announced
from bot.store.inbox import InboxState
from bot.store.sessions import Client
from bot.talk import intake
from bot.web import tasks, units
from tests.web import conftest
from tests.web.test_desk_pages import BOSS, Province, logged_in, province
from tests.web.test_notice_pages import NOTICE

__all__ = ["province"]
FREE = {
    "year": ("2018",),
    "token": ("x",),
    "name": ("app.css",),
    "form": ("docx", "xlsx"),
    "decision": ("accept", "refuse"),
    "act": (*tasks.ACTS, *units.ACTS, "handled", "bind", "correct", "resend", "drop", "pause", "resume"),
}
"""Parts of addresses that name nothing of a region."""
OUTSIDE = ("/login/{token}", "/r/{token}", "/static/{name}")
"""Addresses without a session."""
FIELDS = {
    "seen": "0",
    "at": "2018-10-16 09:00",
    "day": "2018-11-30",
    "ends": "2018-11-30",
    "reason": "试",
    "name": "王五",
    "role": "primary",
    "words": "榆树",
    "intent": "done",
    "act": "exempt",
    "sure": "yes",
    "rank": "prefecture",
}
SECRETS = ("evil", "外地的事", "外地来信", "赵六", "外地要换人")
"""Words that only the other region's things contain."""


def filled(place: Province) -> dict[str, dict[bool, int]]:
    """What both regions have of each kind of thing: its number by part of the address, by whether it is the other region's."""
    bureau, desk = place.bureau, place.house.desk
    bureau.duty([place.theirs], what="外地的事")
    bureau.person(place.theirs, name="赵六")
    bureau.tick(desk.now())
    found: dict[str, dict[bool, int]] = {}
    for foreign, unit_id in ((False, place.ours), (True, place.theirs)):
        for name, number in _things(bureau, place, unit_id, foreign=foreign):
            found.setdefault(name, {})[foreign] = number
    return found


def _things(bureau: Bureau, place: Province, unit_id: int, *, foreign: bool) -> Iterator[tuple[str, int]]:
    desk, words = place.house.desk, "外地" if foreign else "本地"
    with desk.store.begin() as tx:
        task = next(one for one in tx.tasks.find(unit_id) if not foreign or one.what == "外地的事")
        person = next(one for one in tx.people.all() if any(post.unit_id == unit_id for post in one.roles))
        kept = tx.inbox.keep(
            Inbound("wecom_app", f"m{words}", person.addresses[0].value, at("2018-10-16 10:00"), f"{words}来信", b"raw"), desk.now()
        )
        assert kept
        tx.inbox.settle(kept, InboxState.TROUBLE, desk.now(), person.id, trouble="blocked")
        announced = Announced(person.id, (unit_id,), kept, "孙八", "", f"{words}要换人")
        yield "handover_id", tx.handovers.draft(announced, desk.now())[0]
        yield "message_id", next(message.id for message in tx.outbox.list(limit=99) if message.person_id == person.id)
        yield "account_id", tx.accounts.add(f"other{unit_id}", "李四", Rank.PREFECTURE, unit_id, desk.wall())
    yield from (("unit_id", unit_id), ("task_id", task.id), ("period_id", task.period_id), ("obligation_id", task.obligation_id))
    yield from (("person_id", person.id), ("inbound_id", kept), ("step_id", 1))
    yield "notice_id", intake.take(desk.store, (NOTICE + words).encode(), "notice.txt", desk.now()).notice_id
    yield "audit_id", acts.silence(desk, BOSS, Chosen((task.id,)), date(2018, 12, 1), "试").audit_id
    yield "edition_id", circulars.freeze(desk, BOSS, task.period_id).id
    yield "upload_id", roster_import.keep(desk, BOSS, "roster.csv", words.encode())
    with desk.store.begin() as tx:
        account = tx.accounts.by_login(f"other{unit_id}")
        assert account
        tx.sessions.open(account.id, "password", Client("", ""), desk.wall())
        yield "session_id", max(one.id for one in tx.sessions.living(desk.wall(), desk.life, account.id))


def routes(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    with warnings.catch_warnings(action="ignore"):
        described = client._transport.app.openapi()["paths"]  # type: ignore[attr-defined]
    return [(method.upper(), path) for path, methods in described.items() for method in methods if path not in OUTSIDE]


def addresses(path: str, found: dict[str, dict[bool, int]]) -> Iterator[str]:
    """The address with every choice of its parts in which something belongs to the other region."""
    names = re.findall(r"{(\w+)}", path)
    assert set(names) <= {*found, *FREE}, f"say in this file whose {path} is"
    choices = [
        [(str(number), foreign) for foreign, number in found[name].items()] if name in found else [(one, False) for one in FREE[name]]
        for name in names
    ]
    for chosen in itertools.product(*choices):
        if any(foreign for _, foreign in chosen):
            yield re.sub(r"{\w+}", lambda _, words=iter(chosen): next(words)[0], path)


def written(place: Province) -> int:
    with place.bureau.store.read() as tx:
        return len([entry for entry in tx.audit.list(limit=9999) if not entry.act.startswith(("login.", "account."))])


async def test_every_address_of_another_regions_thing_leads_nowhere_and_changes_nothing(province: Province):
    found = filled(province)
    before, walked, wrong = written(province), 0, []
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        token = conftest.token_of((await client.get("/logout")).text)
        for method, path in routes(client):
            for address in addresses(path, found):
                data = {"data": {**FIELDS, "token": token, "task": str(found["task_id"][False])}} if method == "POST" else {}
                answer = await client.request(method, address, **data)
                walked += 1
                if answer.status_code not in (403, 404):
                    wrong.append((method, address, answer.status_code))
    assert not wrong
    assert walked > 150
    assert written(province) == before


async def test_no_page_tells_of_another_region(province: Province):
    found = filled(province)
    asked = [
        f"/{page}?{name}={found[f'{part}_id'][True]}"
        for page in ("progress", "units", "progress.xlsx")
        for name, part in (("top", "unit"), ("obligation", "obligation"))
    ]
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        plain = [path for method, path in routes(client) if method == "GET" and "{" not in path]
        assert len(plain) > 25
        for address in (*plain, *asked):
            told = [word for word in SECRETS if word in (await client.get(address)).text]
            assert not told, (address, told)
        for name in SECRETS[:2]:
            assert name not in (await client.get(f"/bulletins/{found['period_id'][False]}")).text


async def test_the_walk_would_notice(province: Province):
    """The same addresses open for who sees everything: a walk that asks for nothing proves nothing."""
    found = filled(province)
    async with logged_in(province, Rank.PROVINCE) as client:
        paths = [
            path for method, path in routes(client) if method == "GET" and "{" in path and "year" not in path and "upload_id" not in path
        ]
        answers = {address: (await client.get(address)).status_code for path in paths for address in addresses(path, found)}
    assert set(answers.values()) == {200}, [address for address, status in answers.items() if status != 200]


async def test_the_rehearsal_is_watched_by_who_sees_everything_and_moved_by_who_may_act(province: Province):
    async with logged_in(province, Rank.READER) as client:
        page = await client.get("/rehearsal")
        assert page.status_code == 200
        answer = await client.post("/rehearsal/advance", data={"token": conftest.token_of(page.text), "how": "workday"})
        assert answer.status_code == 403
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        assert (await client.get("/rehearsal")).status_code == 403
        assert (await client.get("/")).headers["location"] == "/today"
    assert not province.house.advanced
