"""An administrator's day in a real browser: look, drill down, register a call, take it back; three widths; what the rules for access say."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import bare_page, open_window, require_accessible

PAGES = (
    "/today",
    "/progress",
    "/progress?period=1",
    "/tasks/1",
    "/tasks/1/remind",
    "/inbox?all=1",
    "/outbox",
    "/system",
    "/system/users",
    "/system/audit",
    "/me",
)


def test_a_call_is_registered_from_the_matrix_and_taken_back(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1440)
    page = visit.page
    page.get_by_role("button", name="前进到下次发送").click()
    expect(page.locator("#said")).to_contain_text("条消息", timeout=60_000)
    page.get_by_role("link", name="进度").click()
    page.get_by_role("searchbox").fill("ys")
    page.get_by_role("button", name="筛选").click()
    page.locator(".grid .lamp").first.click()
    page.locator("#report-note").fill("电话告知")
    page.get_by_role("button", name="登记已报").click()
    expect(page.get_by_role("status")).to_contain_text("已登记为已报")
    expect(page.locator(".state-now .verdict")).to_contain_text("已报")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status")).to_contain_text("已撤销")
    expect(page.locator(".state-now .verdict")).to_contain_text("待报")
    assert (visit.complaints, visit.strangers) == ([], [])
    visit.context.close()


def test_many_are_ticked_with_one_box_and_shown_before_anything_is_done(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1024)
    page = visit.page
    page.goto(f"{visit.url}/progress?period=1")
    page.get_by_label("勾选本页全部").check()
    page.get_by_role("button", name="免报…").click()
    expect(page.get_by_text("对下面 70 个单位")).to_be_visible()
    page.get_by_role("button", name="确定免报").click()
    expect(page.get_by_role("alert")).to_contain_text("“理由”还没有填写")
    assert len(visit.complaints) == 1  # the browser notes the 422 itself
    assert "422" in visit.complaints[0]
    visit.context.close()


def test_a_phone_folds_the_menu_and_no_page_scrolls_sideways(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=390)
    page = visit.page
    for path in PAGES:
        page.goto(f"{visit.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    expect(page.get_by_role("link", name="进度")).to_be_hidden()
    page.locator("label.unfold").click()
    page.get_by_role("link", name="进度").click()
    expect(page.get_by_role("heading", name="报送进度")).to_be_visible()
    assert (visit.complaints, visit.strangers) == ([], [])
    visit.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_has_anything_that_the_accessibility_rules_forbid(chromium: Browser, served: tuple[str, str], width: int):
    visit = open_window(chromium, served, width=width)
    with bare_page(chromium, width=width, visit=visit) as page:
        for path in PAGES:
            page.goto(f"{visit.url}{path}")
            require_accessible(page)
    visit.context.close()
