"""The circular: how it reads now, frozen editions that never change, and files for Word and Excel."""

import io
import re

import docx
import httpx
import openpyxl
import pytest
from bureau import at

from bot.desk import circular_docx, circulars
from bot.desk.problems import Forbidden
from bot.domain.status import EventKind
from bot.domain.words import Rank
from tests.web import conftest
from tests.web.test_desk_pages import BOSS, EVIL, Province, logged_in, province

__all__ = ["province"]
LATER = "2018-11-20 10:00"


@pytest.fixture
def over(province: Province) -> Province:
    """The period is over: one county reported on time, the others never did."""
    province.bureau.append(province.task(province.ours), EventKind.REPORTED, at("2018-10-15 10:00"))
    province.house.at = at(LATER)
    return province


def period(province: Province) -> int:
    return province.task(province.ours).period_id


async def freeze(client: httpx.AsyncClient, period_id: int) -> str:
    token = conftest.token_of((await client.get(f"/bulletins/{period_id}")).text)
    answer = await client.post(f"/bulletins/{period_id}/freeze", data={"token": token})
    assert answer.status_code == 303
    return (await client.get(answer.headers["location"])).text


async def test_the_list_leads_to_how_the_circular_reads_now_and_each_line_to_its_evidence(over: Province):
    async with logged_in(over, Rank.PROVINCE) as client:
        listed = (await client.get("/bulletins")).text
        assert f'href="/bulletins/{period(over)}"' in listed
        page = (await client.get(f"/bulletins/{period(over)}")).text
    assert "关于2018年三季度工作情况报告报送情况的通报" in page
    assert "按时报送1家" in page
    assert f'href="/tasks/{over.task(over.ours).id}">榆树市经济局</a>' in page
    assert "<script>alert" not in page


async def test_an_edition_stays_as_it_was_and_a_change_makes_a_correction(over: Province):
    async with logged_in(over, Rank.PROVINCE) as client:
        assert "存为第 1 版" in await freeze(client, period(over))
        assert "存为第 1 版" in await freeze(client, period(over))  # nothing has changed
        over.bureau.append(over.task(over.here), EventKind.EXEMPTED, at("2018-11-20 09:00"))
        second = await freeze(client, period(over))
        assert "存为第 2 版" in second
        first, last = sorted(set(re.findall(r"/bulletins/editions/(\d+)\"", second)))
        assert "应报4家" in (await client.get(f"/bulletins/editions/{first}")).text
        assert "应报3家" in (await client.get(f"/bulletins/editions/{last}")).text
    with over.house.desk.store.read() as tx:
        assert [entry.act for entry in tx.audit.list(f"period:{period(over)}")] == ["bulletin.frozen"] * 2


async def test_an_edition_that_was_altered_says_so(over: Province):
    kept = circulars.freeze(over.house.desk, BOSS, period(over))
    assert circulars.is_whole(kept)
    altered = type(kept)(
        **{**{name: getattr(kept, name) for name in kept.__dataclass_fields__}, "figures": {**kept.figures, "due": "2018-12-31"}}
    )
    assert not circulars.is_whole(altered)


async def test_the_word_document_has_the_official_layout_and_every_unit(over: Province):
    async with logged_in(over, Rank.PROVINCE) as client:
        answer = await client.get(f"/bulletins/{period(over)}/draft.docx")
    assert "filename*=UTF-8''%E5%85%B3%E4%BA%8E" in answer.headers["content-disposition"]
    made = docx.Document(io.BytesIO(answer.content))
    section = made.sections[0]
    assert [round(edge.mm) for edge in (section.page_width, section.top_margin, section.left_margin)] == [210, 37, 28]
    title = next(each for each in made.paragraphs if each.text.startswith("关于"))
    assert (title.runs[0].font.name, title.runs[0].font.size.pt) == ("方正小标宋简体", 22)
    body = next(each for each in made.paragraphs if each.text.startswith("应报"))
    assert (body.runs[0].font.name, body.paragraph_format.line_spacing.pt, body.paragraph_format.first_line_indent.pt) == (
        "仿宋_GB2312",
        29,
        32,
    )
    assert made.paragraphs[0].text.startswith("【草稿")
    rows = [[cell.text for cell in row.cells] for row in made.tables[0].rows]
    assert ["榆树市经济局", "按时", "2018-10-15 10:00", "", "", "提醒未送达"] in rows
    assert [row[0] for row in rows if "evil" in row[0]] == [EVIL]


async def test_the_workbook_holds_no_formula_and_the_same_figures(over: Province):
    async with logged_in(over, Rank.PROVINCE) as client:
        answer = await client.get(f"/bulletins/{period(over)}/draft.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    total = next(row for row in book["汇总"].values if row[0] == "总计")
    assert total[1:5] == (4, 1, 0, 0)
    assert any(cell.value == EVIL for cell in cells)


async def test_who_sees_one_region_gets_a_preview_of_it_and_no_edition(over: Province):
    kept = circulars.freeze(over.house.desk, BOSS, period(over))
    async with logged_in(over, Rank.PREFECTURE, over.here) as client:
        page = (await client.get(f"/bulletins/{period(over)}")).text
        assert "应报2家" in page
        assert "evil" not in page
        assert "定稿为" not in page
        assert (await client.get(f"/bulletins/editions/{kept.id}")).status_code == 404
        assert (await client.get(f"/bulletins/editions/{kept.id}/file.docx")).status_code == 404
        token = conftest.token_of((await client.get("/logout")).text)
        assert (await client.post(f"/bulletins/{period(over)}/freeze", data={"token": token})).status_code == 403


def test_who_may_only_read_freezes_nothing(over: Province):
    reader = type(BOSS)(9, "li", "李四", Rank.READER, None)
    with pytest.raises(Forbidden):
        circulars.freeze(over.house.desk, reader, period(over))


async def test_a_period_that_is_not_there_is_not_found(over: Province):
    async with logged_in(over, Rank.PROVINCE) as client:
        for address in ("/bulletins/999", "/bulletins/999/draft.docx", "/bulletins/editions/999"):
            assert (await client.get(address)).status_code == 404


def test_lists_that_were_broken_for_a_chat_are_one_paragraph_again():
    text = "【草稿，供审定】\n关于甲的通报\n根据乙，通报如下。\n\n一、总体情况\n应报3家。\n\n二、按时报送单位\n甲局、乙局\n丙局\n\n三、逾期报送单位\n丁局：10月22日收到，逾期1个工作日\n戊局：10月23日收到，逾期2个工作日\n\n注1：己"
    assert list(circular_docx.paragraphs(text))[4:] == [
        "应报3家。", "二、按时报送单位", "甲局、乙局、丙局", "三、逾期报送单位",
        "丁局：10月22日收到，逾期1个工作日", "戊局：10月23日收到，逾期2个工作日", "注1：己",
    ]  # fmt: skip
