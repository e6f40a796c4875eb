"""The pages of the notices: nothing is owed before it is confirmed; doubts are decided; what cannot be read is refused in words."""

import re

import httpx
import pytest

from bot.domain.words import Rank
from tests.web import conftest
from tests.web.test_desk_pages import Province, logged_in, province

__all__ = ["province"]
NOTICE = """关于开展“百千万”中小企业培育行动的通知
吉工信民营〔2018〕350号

各市（州）工信局，县（市、区）经济局：
请各地于2018年11月28日前将推荐名单报送至省促进中小企业发展服务中心，邮箱 a@example.com。
加强运行监测，每季度次月20日前上报本地区培育工作开展情况<script>alert(1)</script>。

吉林省工业和信息化厅
2018年10月12日
"""


async def taken(client: httpx.AsyncClient, text: str = NOTICE, file: tuple[str, bytes] | None = None) -> httpx.Response:
    token = conftest.token_of((await client.get("/notices")).text)
    files = {"file": file} if file else {"file": ("", b"")}
    return await client.post("/notices", data={"token": token, "text": text}, files=files)


def fields(page: str, province: Province, **changes: object) -> dict[str, object]:
    """The confirmation as the page offers it, all doubts decided, owed by one unit."""
    found: dict[str, object] = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', page))
    found = {name: value for name, value in found.items() if re.search(r"-\d+$|token|begins", name)}
    shifts = {f"shift-{number}": "earlier" for number in re.findall(r'name="shift-(\d+)"', page)}
    ticked = {name: re.findall(rf'name="{name}" value="(\d+)"', page) for name in ("take", "decided")}
    return found | shifts | ticked | {"ladder": "default", "ends": "", "unit": [str(province.ours)]} | changes


def duties(province: Province) -> list[str]:
    with province.bureau.store.read() as tx:
        return [one.what for one in tx.obligations.all()]


async def test_a_pasted_notice_becomes_drafts_and_only_confirmed_ones_are_owed(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        answer = await taken(client)
        assert answer.status_code == 303, answer.text
        address = answer.headers["location"]
        page = (await client.get(address)).text
        assert len(duties(province)) == 1
        assert "吉工信民营〔2018〕350号" in page
        assert '<a id="text-1" href="#draft-1">草稿1</a>' in page
        assert "2018年11月28日" in page
        assert 'value="quarterly:next-month-day=20"' in page
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        given = fields(page, province, **{"what-1": "推荐名单（改过）", "take": ["1"]})
        answer = await client.post(f"{address}/confirm", data=given)
        assert answer.status_code == 303, re.findall(r'role="alert">([^<]+)', answer.text)
        page = (await client.get(address)).text
        assert "已下达 1 项" in page
        assert duties(province) == ["工作情况报告", "推荐名单（改过）"]
        again = fields(page, province, take=["1"])
        refused = await client.post(f"{address}/confirm", data=again)
        assert refused.status_code == 422
        assert "还没有勾选任何一条草稿" in refused.text
        assert "1 项" in (await client.get("/notices")).text
        original = await client.get(f"{address}/original")
        assert original.headers["content-disposition"].startswith("attachment")
        assert original.text == NOTICE
    with province.bureau.store.read() as tx:
        new = tx.obligations.all()[-1]
        assert (new.rule, new.emails, [unit.id for unit in tx.obligations.units(new.id)]) == (
            "once:2018-11-28",
            ("a@example.com",),
            [province.ours],
        )
        assert tx.tasks.find(province.ours, new.id)
        assert not tx.outbox.list(limit=10)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"take": []}, "还没有勾选任何一条草稿"),
        ({"unit": []}, "还没有选择报送单位"),
        ({"rule-1": "once:2018-02-30"}, "第 1 条：报送规则“once:2018-02-30”第 6 个字符处无法识别"),
        ({"what-2": ""}, "第 2 条：“报送内容”还没有填写"),
        ({"rule-1": "once:2018-10-17"}, "离现在只有 1 个工作日，不足三个"),
    ],
)
async def test_a_confirmation_that_cannot_be_used_makes_nothing_and_keeps_what_was_typed(
    province: Province, changes: dict[str, object], says: str
):
    async with logged_in(province, Rank.PROVINCE) as client:
        address = (await taken(client)).headers["location"]
        given = fields((await client.get(address)).text, province, **{"recipient-1": "<b>某处</b>"} | changes)
        answer = await client.post(f"{address}/confirm", data=given)
        assert answer.status_code == 422
        assert says in answer.text
        assert 'value="&lt;b&gt;某处&lt;/b&gt;"' in answer.text
    assert len(duties(province)) == 1


async def test_every_doubt_is_decided_before_anything_is_owed(province: Province):
    doubtful = "通知\n请于2018年9月31日前报送名单至民营处。请于2018年11月28日前上报总结。\n"
    async with logged_in(province, Rank.PROVINCE) as client:
        address = (await taken(client, doubtful)).headers["location"]
        page = (await client.get(address)).text
        assert "要您决定的疑问" in page
        given = fields(page, province, take=["2"])
        answer = await client.post(f"{address}/confirm", data={**given, "decided": ["2"]})
        assert answer.status_code == 422
        assert "还没有下达：疑问 1、3、4 还没有决定" in answer.text
        answer = await client.post(f"{address}/confirm", data=given)
        assert answer.status_code == 303, re.findall(r"role=.alert.>([^<]+)", answer.text)


async def test_it_can_be_read_as_written_on_another_day(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        address = (await taken(client, "通知\n请于11月28日前报送名单。\n")).headers["location"]
        token = conftest.token_of((await client.get(address)).text)
        wrong = await client.post(f"{address}/redate", data={"token": token, "issued": "昨天", "published": ""})
        assert wrong.status_code == 422
        assert "填的是“昨天”，不是日期" in wrong.text
        await client.post(f"{address}/redate", data={"token": token, "issued": "2018-10-12", "published": ""})
        assert 'value="once:2018-11-28"' in (await client.get(address)).text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "还没有内容"),
        ("../../etc/passwd.txt", b"\x89PNG\r\n\x1a\n00", "这是图片"),
        ("a.docx", b"PK\x03\x04broken", "文件不完整"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "旧版 Word"),
        ("a.txt", b"a" * (10 * 1024 * 1024 + 100_000), "文件超过 10 MB 的上限"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(province: Province, name: str, content: bytes, says: str):
    async with logged_in(province, Rank.PROVINCE) as client:
        answer = await taken(client, "", (name, content))
        assert answer.status_code == 422
        assert says in answer.text


async def test_a_prefecture_sees_its_own_notices_and_arms_for_its_own_units(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        foreign = (await taken(client)).headers["location"]
    async with logged_in(province, Rank.PREFECTURE, province.here) as client:
        assert "百千万" not in (await client.get("/notices")).text
        for path in ("", "/original"):
            assert (await client.get(foreign + path)).status_code == 404
        address = (await taken(client, NOTICE + "另一份")).headers["location"]
        page = (await client.get(address)).text
        assert "evil" not in page
        given = fields(page, province)
        for act in ("redate", "confirm"):
            assert (await client.post(f"{foreign}/{act}", data=given)).status_code == 404
        assert (await client.post(f"{address}/confirm", data={**given, "unit": [str(province.theirs)]})).status_code == 404
        answer = await client.post(f"{address}/confirm", data=given)
        assert answer.status_code == 303, re.findall(r"role=.alert.>([^<]+)", answer.text)
    assert len(duties(province)) == 3


@pytest.mark.parametrize("rank", [Rank.READER, Rank.AUDITOR])
async def test_who_may_only_read_hands_nothing_in(province: Province, rank: Rank):
    async with logged_in(province, Rank.PROVINCE) as client:
        address = (await taken(client)).headers["location"]
    async with logged_in(province, rank) as client:
        assert "读入</button>" not in (await client.get("/notices")).text
        assert "确认下达" not in (await client.get(address)).text
        token = conftest.token_of((await client.get("/logout")).text)
        sent = await client.post("/notices", data={"token": token, "text": NOTICE}, files={"file": ("", b"")})
        assert sent.status_code == 403
        for act in ("redate", "confirm"):
            assert (await client.post(f"{address}/{act}", data={"token": token})).status_code == 403
    assert len(duties(province)) == 1


async def test_a_file_without_our_token_is_not_taken(province: Province):
    async with logged_in(province, Rank.PROVINCE) as client:
        answer = await client.post("/notices", data={"token": "forged", "text": NOTICE}, files={"file": ("", b"")})
        assert answer.status_code == 403
