"""An obligation made by somebody who never saw a rule: the builder, the look that follows the fingers, the save; with a script and without."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import bare_page, open_window, require_accessible

PAGES = (
    "/obligations",
    "/obligations/new",
    "/obligations/1",
    "/obligations/1/edit",
    "/notices",
    "/notices/1",
    "/calendar/2018",
    "/calendar/2030",
)


def test_the_look_follows_what_is_typed_and_what_was_seen_is_saved(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1440)
    page = visit.page
    page.goto(f"{visit.url}/obligations/new")
    page.locator("#what").fill("企业名单")
    page.locator("select[name=every]").select_option("monthly-next")
    page.locator("input[name=on]").fill("25")
    page.get_by_role("button", name="填入规则").click()
    expect(page.locator("#rule")).to_have_value("monthly:next-month-day=25")
    group = page.locator("#units details").nth(1)
    group.locator("summary").click()
    group.locator("input[name=under]").check()
    expect(page.locator("#look .dues > li")).to_have_count(8, timeout=30_000)
    page.locator("#rule").fill("monthly:next-month-day=99")
    expect(page.locator("#look .problem")).to_contain_text("应为 1–31 的数字", timeout=30_000)
    page.locator("#rule").fill("monthly:next-month-day=26")
    expect(page.locator("#look .dues > li").first).to_contain_text("26日", timeout=30_000)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已下达")
    page.get_by_role("link", name="修改").click()
    page.locator("#hour").fill("16:00")
    expect(page.locator("#look .changes")).to_contain_text("截止钟点", timeout=30_000)
    assert (visit.complaints, visit.strangers) == ([], [])
    visit.context.close()


def test_without_a_script_a_button_shows_the_same_look(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=390, javascript=False)
    page = visit.page
    page.goto(f"{visit.url}/obligations/1/edit")
    page.locator("#hour").fill("16:00")
    page.get_by_role("button", name="预览").last.click()
    expect(page.locator("#look .changes")).to_contain_text("截止钟点")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")
    visit.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_of_duties_scrolls_sideways_or_breaks_the_accessibility_rules(chromium: Browser, served: tuple[str, str], width: int):
    visit = open_window(chromium, served, width=width)
    with bare_page(chromium, width=width, visit=visit) as page:
        for path in PAGES:
            page.goto(f"{visit.url}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            require_accessible(page)
    visit.context.close()
