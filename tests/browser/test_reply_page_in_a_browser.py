"""A contact with a phone opens the link of a message and taps: what is recorded is shown and taken back. With scripts and without."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import bare_page, open_window, require_accessible

PHONE, TABLET = 390, 1024
LINK = re.compile(r"http://127\.0\.0\.1:\d+/r/\S+")


@dataclass
class Letter:
    """A message that arrived in the rehearsal, and the link at its foot."""

    url: str


@pytest.fixture
def letter(chromium: Browser, served: tuple[str, str]) -> Letter:
    visit = open_window(chromium, served, width=1440)
    page = visit.page
    page.get_by_role("button", name="前进到下次发送").click()
    expect(page.locator("#said")).to_contain_text("条消息", timeout=60_000)
    page.locator("#threads a[id*=wecom_app]").first.click()
    expect(page.locator("#entries")).to_contain_text("在网页上办理", timeout=30_000)
    address = page.locator("#entries a", has_text="在网页上办理").first.get_attribute("href")
    visit.context.close()
    assert address
    assert LINK.fullmatch(address)
    return Letter(address)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": PHONE, "height": 844}, locale="zh-CN", java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def test_a_tap_is_recorded_shown_and_taken_back(page: Page, letter: Letter, tmp_path: Path):
    page.goto(letter.url)
    expect(page.get_by_text("项待报")).to_be_visible()
    page.locator("article").first.get_by_role("button", name="已报送").click()
    expect(page.get_by_role("status")).to_contain_text("已记录")
    expect(page.get_by_role("status")).to_contain_text("→ 已报")
    page.get_by_role("button", name="撤回这条记录").click()
    expect(page.get_by_role("status")).to_contain_text("→ 未报")


def test_a_day_is_chosen_and_a_note_goes_with_it(page: Page, letter: Letter):
    page.goto(letter.url)
    first = page.locator("article").first
    first.get_by_role("button", name="改到这一天").click()
    expect(page.get_by_role("alert")).to_contain_text("请先选好改到哪一天")
    first = page.locator("article").first
    first.locator("input[type=date]").fill("2018-09-27")
    first.locator("summary").first.click()
    first.locator("textarea").fill("等县里数")
    first.get_by_role("button", name="改到这一天").click()
    expect(page.get_by_role("status")).to_contain_text("承诺 9月27日")
    expect(page.locator("article").first).to_contain_text("等县里数")


def test_enter_in_a_field_reports_nothing(page: Page, letter: Letter):
    page.goto(letter.url)
    first = page.locator("article").first
    first.locator("summary").first.click()
    first.locator("input[inputmode=numeric]").first.press("Enter")
    expect(page.get_by_role("status")).to_have_count(0)
    expect(page.locator("article").first).to_contain_text("现在：未报")


@pytest.mark.parametrize("width", [PHONE, TABLET])
def test_nothing_is_wider_than_the_screen_and_everything_is_large_enough_for_a_thumb(chromium: Browser, letter: Letter, width: int):
    context = chromium.new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(letter.url)
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert size[0] <= size[1]
    heights = page.evaluate("[...document.querySelectorAll('button:not(.gone)')].map(b => b.getBoundingClientRect().height)")
    assert heights
    assert min(heights) >= 44
    assert complaints == []
    context.close()


@pytest.mark.parametrize("width", [PHONE, TABLET])
def test_the_page_has_nothing_that_the_accessibility_rules_forbid(chromium: Browser, letter: Letter, width: int):
    with bare_page(chromium, width=width) as page:
        page.goto(letter.url)
        require_accessible(page)
        page.get_by_role("button", name="已报送").first.click()
        expect(page.get_by_role("status")).to_contain_text("已记录")
        require_accessible(page)
        page.goto(letter.url[:-3] + "xyz")
        require_accessible(page)
