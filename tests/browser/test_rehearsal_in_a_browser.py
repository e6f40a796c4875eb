"""A newcomer before the rehearsal page: moves the date, answers as a contact, sees the lamp change. On a screen, on a phone, without scripts."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, open_window

YUSHU = "榆树市经济局"


def _to_the_first_notice(visit: Visit) -> None:
    visit.page.get_by_role("button", name="前进到下次发送").click()
    expect(visit.page.get_by_text(YUSHU).first).to_be_attached(timeout=60_000)


def _lamp(visit: Visit, unit: str):
    return visit.page.locator("#panel tr", has_text=unit).locator(".lamp").first


def test_a_newcomer_watches_answers_and_sees_the_lamp_change(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1440)
    page = visit.page
    expect(page.get_by_text("任何消息都不会离开本机").first).to_be_visible()
    _to_the_first_notice(visit)
    expect(_lamp(visit, "榆树")).to_have_text("·")
    page.get_by_text(YUSHU).first.click()
    expect(page.locator("#entries")).to_contain_text("企业推荐名单", timeout=30_000)
    box = page.locator("input[name=text], textarea[name=text]").last
    box.fill("名单报了")
    box.press("Enter")
    expect(_lamp(visit, "榆树")).to_have_text("✓", timeout=60_000)
    expect(page.locator("#entries")).to_contain_text("撤回", timeout=30_000)
    box = page.locator("input[name=text], textarea[name=text]").last
    box.fill("撤回")
    box.press("Enter")
    expect(_lamp(visit, "榆树")).to_have_text("·", timeout=60_000)
    assert visit.complaints == []
    assert visit.strangers == []
    visit.context.close()


def test_the_clock_moves_to_the_next_workday(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1024)
    visit.page.get_by_role("button", name="前进一个工作日").click()
    expect(visit.page.locator("body")).to_contain_text("28", timeout=60_000)
    expect(visit.page.get_by_text("2018年8月").first).to_be_visible()
    visit.context.close()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_width_makes_the_page_scroll_sideways(chromium: Browser, served: tuple[str, str], width: int):
    visit = open_window(chromium, served, width=width)
    _to_the_first_notice(visit)
    visit.page.wait_for_load_state("networkidle")
    size = visit.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert size[0] <= size[1]
    visit.context.close()


def test_everything_works_without_scripts(chromium: Browser, served: tuple[str, str]):
    visit = open_window(chromium, served, width=1440, javascript=False)
    page = visit.page
    page.get_by_role("button", name="前进到下次发送").click()
    expect(page.get_by_text(YUSHU).first).to_be_visible(timeout=60_000)
    page.get_by_text(YUSHU).first.click()
    expect(page.locator("#entries")).to_contain_text("企业推荐名单")
    page.locator("input[name=text], textarea[name=text]").last.fill("名单报了")
    page.get_by_role("button", name=re.compile("发送")).last.click()
    expect(_lamp(visit, "榆树")).to_have_text("✓", timeout=60_000)
    visit.context.close()


def test_a_link_is_good_once_and_a_stranger_sees_no_page(chromium: Browser, served: tuple[str, str]):
    open_window(chromium, served, width=1024).context.close()
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(served[1])
    if page.get_by_role("button").count():
        page.get_by_role("button").first.click()
    expect(page.locator("body")).to_contain_text("python3 -m bot link")
    page.goto(f"{served[0]}/rehearsal")
    expect(page.get_by_text("前进到下次发送")).to_have_count(0)
    context.close()
