"""Somebody with a workbook in a real browser: take the empty table, upload, read what is wrong, take over what is right."""

import os
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit, bare_page, open_window, require_accessible

GOOD = ("229001", "试验市工信局", "试验", "县区", "220100", "赵六", "联络员", "13800000011", "mail", "zl@example.com")
ADDED = ("229001", "", "", "", "", "赵六", "联络员", "", "wecom_app", "zhaoliu")
BAD = ("229001", "", "", "", "", "钱七", "替补联络员", "12345", "mail", "qq#example")


def _filled(visit: Visit, folder: Path) -> Path:
    """The empty table of the page, filled in as a clerk would."""
    with visit.page.expect_download() as started:
        visit.page.get_by_role("link", name="下载 Excel 空白表").click()
    started.value.save_as(folder / "空白表.xlsx")
    book = openpyxl.load_workbook(folder / "空白表.xlsx")
    sheet = book.worksheets[0]
    for number, row in enumerate((GOOD, ADDED, BAD), 2):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place).value = value or None
    book.save(folder / "名单.xlsx")
    return folder / "名单.xlsx"


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES_OF_PAGES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.mark.parametrize("width", [1440, 390])
def test_a_workbook_is_checked_cell_by_cell_and_its_good_rows_are_taken_over(
    chromium: Browser, served: tuple[str, str], tmp_path: Path, width: int
):
    visit = open_window(chromium, served, width=width)
    page = visit.page
    page.goto(f"{visit.url}/units/import")
    _picture(page, f"import-{width}")
    page.get_by_label("名单文件").set_input_files(_filled(visit, tmp_path))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="要改的格子")).to_be_visible()
    expect(page.get_by_role("row", name="H4")).to_contain_text("12345")
    expect(page.get_by_role("row", name="J4")).to_contain_text("name@example.com")
    _picture(page, f"look-{width}")
    _fits(page)
    page.get_by_role("button", name="只导入没有问题的行").click()
    expect(page.get_by_role("status")).to_contain_text("有 1 行没有导入")
    page.get_by_role("searchbox").fill("229001")
    page.get_by_role("button", name="查找").click()
    _picture(page, f"found-{width}")
    page.locator(".unit-list a").first.click()
    expect(page.get_by_role("article")).to_contain_text("zhaoliu")
    expect(page.get_by_role("article")).to_contain_text("138****0011")
    _picture(page, f"unit-{width}")
    _fits(page)
    assert (visit.complaints, visit.strangers) == ([], [])
    visit.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_have_nothing_that_the_accessibility_rules_forbid(chromium: Browser, served: tuple[str, str], tmp_path: Path, width: int):
    visit = open_window(chromium, served, width=width)
    visit.page.goto(f"{visit.url}/units/import")
    filled = _filled(visit, tmp_path)
    with bare_page(chromium, width=width, visit=visit) as page:
        for path in ("/units", "/units/coverage", "/units/import", "/units/2"):
            page.goto(f"{visit.url}{path}")
            if path == "/units/import":
                page.get_by_label("名单文件").set_input_files(filled)
                page.get_by_role("button", name="上传并检查").click()
                expect(page.get_by_role("heading", name="要改的格子")).to_be_visible()
            _picture(page, f"axe{path.replace('/', '-')}-{width}")
            require_accessible(page)
            _fits(page)
    visit.context.close()
