"""How the rehearsal page behaves under the hands of somebody who works with it: drafts, focus, the back button, a phone, a reader."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import bare_page, open_window, require_accessible

FIELD = ".line input[name=text]"


def _settled(page: Page) -> None:
    """The last request is answered and its parts are in place."""
    expect(page.locator("body")).not_to_have_class(re.compile("htmx-request"), timeout=60_000)


def _next_send(page: Page) -> None:
    page.get_by_role("button", name="前进到下次发送").click()
    expect(page.locator("#said")).to_contain_text("条消息", timeout=60_000)


def _first_contact(page: Page) -> None:
    page.locator("#threads a[id*=wecom_app]").first.click()
    expect(page.locator(FIELD)).to_be_visible(timeout=30_000)


def test_a_draft_survives_the_clock_and_is_gone_when_it_was_sent(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1440)
    page = visit.page
    _next_send(page)
    _first_contact(page)
    page.locator(FIELD).fill("名单报了")
    page.get_by_role("button", name="前进一个工作日").click()
    _settled(page)
    expect(page.locator(FIELD)).to_have_value("名单报了")
    page.locator(FIELD).press("Enter")
    expect(page.locator("#entries .entry.in")).to_contain_text("名单报了", timeout=60_000)
    expect(page.locator(FIELD)).to_have_value("")
    expect(page.locator("#panel .changed")).to_have_count(1)
    assert (visit.complaints, visit.strangers) == ([], [])
    visit.context.close()


def test_a_keyboard_alone_moves_the_clock_and_answers_and_keeps_its_place(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1440)
    page = visit.page
    page.locator("#step-next_send").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("条消息", timeout=60_000)
    expect(page.locator("#step-next_send")).to_be_focused()
    contact = page.locator("#threads a[id*=wecom_app]").first
    name = contact.get_attribute("id")
    contact.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name}")).to_have_attribute("aria-current", "true", timeout=30_000)
    expect(page.locator(f"#{name}")).to_be_focused()
    page.locator("#chip-1").focus()
    page.keyboard.press("Space")
    expect(page.locator("#entries .entry.in")).to_contain_text("已报", timeout=60_000)
    expect(page.locator("#chip-1")).to_be_focused()
    visit.context.close()


def test_the_back_button_returns_to_the_conversation_before(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1440)
    page = visit.page
    _next_send(page)
    _first_contact(page)
    first = page.locator("#thread h2").inner_text()
    page.locator("#threads a[id*=mail]").first.click()
    expect(page.locator("#thread .said-here.mail")).to_be_visible(timeout=30_000)
    page.go_back()
    expect(page.locator("#thread h2")).to_have_text(first, timeout=30_000)
    assert visit.complaints == []
    visit.context.close()


def test_a_phone_shows_one_column_and_a_list_that_opens_into_a_conversation(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=390)
    page = visit.page
    _next_send(page)
    columns = page.locator("#rehearsal > .column:visible")
    expect(columns).to_have_count(1)
    page.locator(".views").get_by_text("会话").click()
    expect(page.locator("#threads")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()
    _first_contact(page)
    expect(page.locator("#threads")).to_be_hidden()
    page.get_by_role("link", name="返回会话列表").click()
    expect(page.locator("#threads")).to_be_visible(timeout=30_000)
    page.locator(".views").get_by_text("报送情况").click()
    expect(page.locator("#panel .matrix")).to_be_visible()
    expect(columns).to_have_count(1)
    assert (visit.complaints, visit.strangers) == ([], [])
    visit.context.close()


def test_searching_as_one_types_leaves_the_units_that_match(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1024)
    page = visit.page
    _next_send(page)
    page.get_by_role("searchbox").press_sequentially("榆树", delay=30)
    expect(page.locator("#threads a")).to_have_count(1, timeout=30_000)
    expect(page.get_by_role("searchbox")).to_be_focused()
    visit.context.close()


def test_a_server_that_went_away_is_told_on_the_page(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1024)
    visit.context.set_offline(True)
    visit.page.get_by_role("button", name="前进一个工作日").click()
    expect(visit.page.get_by_role("alert")).to_contain_text("没有完成")
    visit.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_has_nothing_that_the_accessibility_rules_forbid(chromium: Browser, served: tuple[str, str], width: int):
    visit = open_window(chromium, served, width=width)
    with bare_page(chromium, width=width, visit=visit) as page:
        page.goto(f"{visit.url}/rehearsal")
        _next_send(page)
        for query in ("", "?view=talk", "?view=state", "?view=state&tab=warnings", "?view=state&tab=bulletin"):
            page.goto(f"{visit.url}/rehearsal{query}")
            require_accessible(page)
    visit.context.close()
