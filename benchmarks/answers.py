"""P9: reading what people type."""

import time
from pathlib import Path

from benchmarks import office
from benchmarks.figure import Figure, Measure
from bot.domain import replies

TYPED = (
    "已报", "报了", "收到", "好的", "1", "撤回", "刚发到邮箱了", "名单已报送，请查收", "明天下班前报", "后天报",
    "正在统计", "零报告", "没有符合条件的企业，零报告", "能不能宽限两天，县里数还没上来", "申请延期三天",
    "企业联系不上，报不了", "这块不归我管", "1已报 2改到25日", "换人了，以后找李四 13800000001",
    "还没报，月底前一定报", "共报12家，其中重点培育3家", "三季度的已报，四季度的下周五报", "谁负责这个？",
    "我说已报是说名单，情况还没报", "不是不报，是数据没出来", "已于9月27日上报省中心，请查收附件",
    "您好！我县无新增，报零。谢谢",
)  # fmt: skip
WORST = ("1" * 2000, "不" * 2000, "明天" * 1000, "已报，" * 800, "（" * 2000, "2018年" * 500, " \n" * 2000, "报1家2家" * 400, "a@" * 1000)
"""As long as what platforms let through (2,048 bytes) and longer, made to be slow."""


def ours(count: int, _folder: Path) -> dict[str, float]:
    """Answers a second, and the slowest of hostile inputs."""
    replies.read(TYPED[0], office.NOW, office.CALENDAR)
    began = time.perf_counter()
    for number in range(count):
        replies.read(TYPED[number % len(TYPED)], office.NOW, office.CALENDAR)
    rate = count / (time.perf_counter() - began)
    return {"rate": rate, "slowest_ms": max(_ms(text) for text in (*TYPED, *WORST))}


def _ms(text: str) -> float:
    began = time.perf_counter()
    replies.read(text, office.NOW, office.CALENDAR)
    return (time.perf_counter() - began) * 1000


FIGURE = Figure(
    id="P9",
    what="reading a reply",
    module="answers",
    variants=("ours",),
    measures=(
        Measure("answers a second on one core", "ours.rate", "replies/s", must=3_000, aim=20_000),
        Measure("the slowest of hostile inputs", "ours.slowest_ms", "ms", must=50, at_most=True),
    ),
    size=4_000,
    quick=500,
    full=20_000,
)
