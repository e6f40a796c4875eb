"""Browsers without a screen: a stranger, and somebody who has used the login link."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.web import app
from bot.web.house import House
from tests.web.fake_house import FakeHouse

LOCAL = "http://127.0.0.1:8000"


@asynccontextmanager
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages over this house; it keeps cookies and does not follow redirects."""
    transport = httpx.ASGITransport(app.build(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=LOCAL) as client:
        yield client


def token_of(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "no form on this page"
    return found[1]


@pytest.fixture(autouse=True)
def houses() -> Iterator[None]:
    """Whatever houses a test made, their databases are gone afterwards."""
    yield
    FakeHouse.clear()


@pytest.fixture
def house() -> FakeHouse:
    return FakeHouse()


@pytest.fixture
async def stranger(house: FakeHouse) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(house) as client:
        yield client


@pytest.fixture
async def clerk(house: FakeHouse) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(house) as client:
        assert (await client.post("/login/one-time")).status_code == 303
        yield client


@pytest.fixture
async def token(clerk: httpx.AsyncClient) -> str:
    return token_of((await clerk.get("/rehearsal")).text)
