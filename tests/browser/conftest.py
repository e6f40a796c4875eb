"""A real Chromium before the real program: `cuibao serve` as a process on a free port."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
)


@dataclass
class Visit:
    """One browser window of somebody who is logged in, and what it should not have seen."""

    context: BrowserContext
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")  # its driver keeps an event loop running: no other test may come in between
def chromium() -> Iterator[Browser]:
    """Chromium without a window. Without one the tests are skipped with the way to get it; where CI is set they fail."""
    program = os.environ.get("CUIBAO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        message = "no Chromium: apt-get install -y --no-install-recommends chromium fonts-noto-cjk, or set CUIBAO_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The program on a fresh database: its address and its one-time login link."""
    command = [sys.executable, "-m", "bot.cli", "serve", "--port", "0", "--data", str(tmp_path / "data")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with (tmp_path / "errors.txt").open("w") as errors:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "login" in line:
            break
    link = re.search(r"http://\S+/login/\S+", said)
    assert link, said
    yield link[0].split("/login/")[0], link[0]
    process.send_signal(signal.SIGTERM)
    last, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "已停止" in last


def open_window(chromium: Browser, served: tuple[str, str], *, width: int, javascript: bool = True) -> Visit:
    """A window of this width, logged in through the link."""
    url, link = served
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=javascript)
    page = context.new_page()
    visit = Visit(context, page, url)
    page.on("console", lambda message: visit.complaints.append(message.text))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("request", lambda request: _note(visit, request.url))
    page.goto(link)
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{url}/rehearsal")
    return visit


@contextmanager
def bare_page(chromium: Browser, *, width: int, visit: Visit | None = None) -> Iterator[Page]:
    """A page for the examiner of accessibility, whose script is not ours: our policy is lifted. Logged in as the visit, if there is one."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", bypass_csp=True)
    if visit is not None:
        context.add_cookies([{**cookie} for cookie in visit.context.cookies()])
    yield context.new_page()
    context.close()


def require_accessible(page: Page) -> None:
    """Nothing on the page breaks a rule of axe. What a click brings must be there already: a page that is just leaving has no rules."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def _note(visit: Visit, address: str) -> None:
    if urlsplit(address).hostname not in ("127.0.0.1", None):
        visit.strangers.append(address)
