import gzip
import hashlib
import re

import httpx
import pytest

from bot.web import assets

VENDOR = assets.FOLDER / "vendor"


def listed() -> list[list[str]]:
    lines = (VENDOR / "VENDOR").read_text(encoding="utf-8").splitlines()
    return [re.split(r"\s{2,}", line) for line in lines if re.search(r"\b[0-9a-f]{64}\b", line)]


@pytest.mark.parametrize("row", listed(), ids=lambda row: row[0])
def test_a_vendored_file_is_the_one_that_was_taken_over(row: list[str]):
    name, package, version, licence, digest, _ = row
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert licence in {"MIT", "0BSD"}
    assert (VENDOR / f"{package.split('.')[0]}.LICENSE").read_text(encoding="utf-8")


def test_every_file_in_the_folder_is_listed_or_a_licence():
    names = {path.name for path in VENDOR.iterdir()} - {"VENDOR"}
    assert {name for name in names if not name.endswith(".LICENSE")} == {row[0] for row in listed()}


def test_the_stylesheets_need_no_browser_newer_than_chromium_92():
    newer = re.compile(
        r":has\(|color-mix\(|oklch\(|light-dark\(|@layer|@container|[^-]\binset-inline\b|\d(?:dvh|svh|cqw)\b|&:|text-wrap\s*:"
    )
    for name in ("app.css", "desk.css", "vendor/bootstrap.min.css"):
        text = re.sub(r'url\("[^"]*"\)', "", (assets.FOLDER / name).read_text(encoding="utf-8"))
        assert not newer.search(text), (name, newer.search(text))


def test_our_own_files_load_nothing_from_elsewhere():
    for name in ("app.css", "desk.css", "app.js", "desk.js"):
        text = (assets.FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|@import|eval\(|new Function|innerHTML|document\.write", text), name


async def test_a_file_is_sent_compressed_kept_for_a_year_and_confirmed_by_its_tag(stranger: httpx.AsyncClient):
    address = assets.load().address("vendor/htmx.min.js")
    plain = await stranger.get(address, headers={"accept-encoding": "identity"})
    packed = await stranger.get(address, headers={"accept-encoding": "gzip"})
    assert plain.content == packed.content == (VENDOR / "htmx.min.js").read_bytes()
    assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9))
    again = await stranger.get(address, headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["VENDOR", "vendor/VENDOR", "vendor/htmx.LICENSE", "../app.py", "%2e%2e/app.py", "", "app.css/"])
async def test_only_the_files_a_page_may_name_are_served(stranger: httpx.AsyncClient, name: str):
    assert (await stranger.get(f"/static/{name}")).status_code == 404


def test_a_page_cannot_name_a_file_that_is_not_there():
    with pytest.raises(KeyError):
        assets.load().address("missing.js")
