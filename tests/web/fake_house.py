"""A house of cards for the pages: 70 units, three periods, a conversation for everyone; it moves when it is pushed."""

import functools
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import ClassVar

from bot.desk.desk import Desk
from bot.desk.seal import Seal
from bot.domain import times, windows
from bot.domain.secret import Secret
from bot.domain.workdays import WorkCalendar
from bot.render import Renderer
from bot.store import Store
from bot.store.sessions import Life
from bot.talk.counter import Counter
from bot.web import house
from bot.web.house import CallbackAnswer, Cell, Column, Conversation, Duty, Entry, Health, JobHealth, Matrix, Moved, Notice, Row, Scene

PREFECTURES = {
    "长春": "南关区 宽城区 朝阳区 二道区 绿园区 双阳区 九台区 榆树市 德惠市 农安县",
    "吉林": "昌邑区 龙潭区 船营区 丰满区 永吉县 蛟河市 桦甸市 舒兰市 磐石市",
    "四平": "铁西区 铁东区 梨树县 伊通县 双辽市",
    "辽源": "龙山区 西安区 东丰县 东辽县",
    "通化": "东昌区 二道江区 通化县 辉南县 柳河县 集安市",
    "白山": "浑江区 江源区 抚松县 靖宇县 长白县 临江市",
    "松原": "宁江区 前郭县 长岭县 乾安县 扶余市",
    "白城": "洮北区 镇赉县 通榆县 洮南市 大安市",
    "延边": "延吉市 图们市 敦化市 珲春市 龙井市 和龙市 汪清县 安图县",
}
DIRECT = ["长白山", "梅河口市", "公主岭市"]
PEOPLE = ["张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十", "郑一", "冯二"]
CHANNELS = ("wecom_app", "dingtalk_app", "mail")
COLUMNS = (
    Column(1, "推荐名单", "“百千万”企业推荐名单", date(2018, 9, 28), date(2018, 9, 28)),
    Column(2, "三季度", "本地区培育工作开展情况", date(2018, 10, 19), date(2018, 10, 22)),
    Column(3, "四季度", "本地区培育工作开展情况", date(2019, 1, 18), date(2019, 1, 21)),
)
MARKS = {
    "ok": ("✓", "已报"),
    "late": ("迟", "逾期报送"),
    "missing": ("缺", "逾期未报"),
    "promised": ("诺", "承诺"),
    "open": ("·", "未报"),
    "exempt": ("免", "免报"),
    "blocked": ("难", "有困难"),
}
NOTICE = Notice("吉林省工业和信息化厅关于开展“百千万”中小企业培育行动的通知", "吉工信民营〔2018〕350号")
DUTIES = (
    Duty(
        "“百千万”企业推荐名单",
        "一次性：2018年9月28日前",
        "请各市（州）、县（市）工信局于2018年9月28日前将遴选的“百千万”企业推荐名单报送至省促进中小企业发展服务中心。",
    ),
    Duty(
        "本地区培育工作开展情况",
        "每季度：次月20日前，遇休息日提前",
        "加强培育企业的运行监测，实行定期调度，每季度次月20日前上报本地区培育工作开展情况，对培育库及时调整更新。",
    ),
)
BULLETIN = """关于“百千万”中小企业培育行动报送情况的通报（草稿）

各市（州）工信局，县（市、区）经济局：

现将截至2018年10月23日的报送情况通报如下。

一、总体情况
应报70家，按时报送61家，逾期报送4家，逾期未报5家，按时率87.1%。

二、逾期未报单位
榆树市、磐石市、东丰县、乾安县、和龙市。

注：通榆县因平台未送达，不计入逾期。"""
WARNINGS = (
    "第一级提醒（截止前10个工作日）早于通知发布日，并入首次通知发送。",
    "钉钉标准版每月接口调用上限5000次，按现有梯次10月预计用到4120次（82%）。",
    "通榆县只有一位联络员，没有替补。",
)
REMINDER = """### 催报：还差一份报告

**{unit}** 的 **三季度 本地区培育工作开展情况** 尚未报送。
> 截止：<font color="warning">2018年10月19日（星期五）17:00</font>
> 报送至：省促进中小企业发展服务中心

报了请回复“已报”，一次即可，不必再回“收到”。
发错人了？回复“不归我管”。第 {number} 次提醒，编号 cb-{person}-{number}"""
LETTER = """{unit}工信局联络员：

三季度“本地区培育工作开展情况”尚未收到。

    截止：2018年10月19日（星期五）17:00
    报送至：省促进中小企业发展服务中心

已经报送的，请直接回复“已报”，一次即可，不必再回“收到”。
发错人了，请回复“不归我管”。

第 {number} 次提醒，编号 cb-{person}-{number}"""
TABLE = """### 三季度报送进度（1/1）

应报 **70** 家，已报 **52** 家，还有 **18** 家未报，截止 <font color="warning">10月19日</font>。

| 市州 | 应报 | 已报 |
|---|---|---|
| 长春市 | 11 | 9 |
| 吉林市 | 10 | 8 |
| 延边州 | 9 | 5 |

[打开清单](https://cuibao.example/g/7)"""


CALENDAR, RENDERER = WorkCalendar(), Renderer()


@functools.cache
def _empty() -> Path:
    """A migrated database, made once: copying it is faster than migrating."""
    path = Path(tempfile.mkdtemp(prefix="cuibao-web-")) / "empty.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


class FakeHouse:
    """A `House`. `clock` is its wall clock; `link` the one login link that works; `received` what the callback door got.

    Its desk is a real one on a database of its own, made when it is first asked for. `FakeHouse.clear()` closes them all.
    """

    _opened: ClassVar[list[tuple[Store, Path]]] = []

    @classmethod
    def clear(cls) -> None:
        while cls._opened:
            store, folder = cls._opened.pop()
            store.close()
            shutil.rmtree(folder)

    @functools.cached_property
    def desk(self) -> Desk:
        folder = Path(tempfile.mkdtemp(prefix="cuibao-web-"))
        shutil.copy(_empty(), folder / "cuibao.db")
        store = Store(f"sqlite:///{folder / 'cuibao.db'}", durable=False)
        self._opened.append((store, folder))
        life = Life(timedelta(minutes=120), timedelta(hours=12))
        channels = frozenset({"wecom_app", "mail"})
        seal = Seal(Secret(self.secret.decode()))
        return Desk(
            store, lambda: self.at, self.now, lambda: CALENDAR, RENDERER, seal, channels, windows.DEFAULT, life, self.mode == "rehearsal"
        )

    def __init__(self, mode: str = "rehearsal") -> None:
        self.mode = mode
        self.secret = b"0123456789abcdef0123456789abcdef"
        self.secure_cookies = False
        self.counter: Counter | None = None
        self.clock = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
        self.link = "one-time"
        self.received: list[tuple[str, str, bytes]] = []
        self.answers: list[tuple[int, str]] = []
        self.advanced: list[str] = []
        self.well = Health(True, mode, (JobHealth("remind", self.clock, 0.4), JobHealth("deliver", self.clock, 0.1)), {"pending": 3}, 12.0)
        self.at = times.instant(date(2018, 10, 16), time(14, 7))
        self.units = list(_units())
        self.talks = {one.person_id: one for one in _conversations(self.units)}
        self.cells = {index + 1: list(_cells(index)) for index in range(len(self.units))}

    def now(self) -> datetime:
        return self.clock

    def health(self) -> Health:
        return self.well

    def redeem(self, token: str) -> bool:
        good = token == self.link
        self.link = "" if good else self.link
        return good

    def scene(self) -> Scene:
        rows = tuple(Row(unit, short, level, tuple(self.cells[index + 1])) for index, (unit, short, level) in enumerate(self.units))
        ends = date(2019, 2, 28)
        over = times.civil_day(self.at) >= ends
        return Scene(
            now=self.at,
            next_send=None if over else self.at + timedelta(hours=19, minutes=6),
            ends=ends,
            notice=NOTICE,
            obligations=DUTIES,
            conversations=tuple(self.talks.values()),
            matrix=Matrix(COLUMNS, rows),
            totals={"发出消息": 412, "收到答复": 168},
            warnings=WARNINGS,
            bulletin=BULLETIN,
        )

    def advance(self, how: house.How) -> Moved:
        self.advanced.append(how)
        moves = {
            "workday": timedelta(days=1),
            "next_send": timedelta(hours=19, minutes=6),
            "end": date(2019, 2, 28) - times.civil_day(self.at),
        }
        self.at += moves[how]
        for person_id in (2, 5, 9):
            unit = self.units[person_id - 1][1]
            mail = self.talks[person_id].kind == "mail"
            words = (LETTER if mail else REMINDER).format(unit=unit, number=3, person=person_id)
            self._say(
                person_id, Entry(self.at, "out", words, f"催报：{unit}三季度", "text" if mail else "markdown", "已发", "截止前1个工作日")
            )
        self.cells[9][1] = Cell(92, "missing", "缺", "逾期未报", 4)
        return Moved(3, self.at)

    def answer(self, person_id: int, text: str) -> None:
        self.answers.append((person_id, text))
        done = text == "已报"
        understood = "已报 · 三季度 本地区培育工作开展情况" if done else "没有改变状态：请他说明"
        self._say(person_id, Entry(self.at, "in", text, understood=understood))
        if done:
            self.cells[person_id][1] = Cell(person_id * 10 + 2, "ok", "✓", "已报", self.cells[person_id][1].reminded)
            unit = self.units[person_id - 1][1]
            self._say(
                person_id,
                Entry(
                    self.at + timedelta(minutes=1),
                    "out",
                    f"已记录：{unit} 三季度 → 已报。有误请回复“撤回”。",
                    "已记录",
                    "text",
                    "已发",
                    "确认答复",
                ),
            )

    async def receive(self, channel: str, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> CallbackAnswer:
        self.received.append((channel, method, body))
        if query.get("msg_signature") == "bad":
            return CallbackAnswer(401)
        return CallbackAnswer(200, b"hello" if method == "GET" else b"success", "text/plain")

    def _say(self, person_id: int, entry: Entry) -> None:
        talk = self.talks[person_id]
        self.talks[person_id] = replace(talk, entries=(*talk.entries, entry), unread=talk.unread + 1 if entry.direction == "out" else 0)


def _units() -> Iterator[tuple[str, str, str]]:
    for city, counties in PREFECTURES.items():
        yield f"{city}州工信局" if city == "延边" else f"{city}市工信局", "延边州" if city == "延边" else f"{city}市", "prefecture"
        yield from ((f"{name}经济局", name, "county") for name in counties.split())
    yield from ((f"{name}经发局", name, "zone") for name in DIRECT)


def _cells(index: int) -> Iterator[Cell]:
    first = "late" if index % 13 == 4 else "exempt" if index == 68 else "ok"
    second = "promised" if index % 11 == 6 else "blocked" if index == 31 else "open" if index % 4 == 1 else "ok"
    for number, lamp in enumerate((first, second, "open"), start=1):
        yield Cell((index + 1) * 10 + number, lamp, *MARKS[lamp], reminded=0 if number == 3 else (index * 7) % 5)


def _conversations(units: list[tuple[str, str, str]]) -> Iterator[Conversation]:
    day = [times.instant(date(2018, 10, number), time(9, 7 + number)) for number in range(1, 29)]
    yield Conversation(
        1000,
        "百千万行动省级工作群",
        "12 个市州单位",
        "wecom_robot",
        "group",
        False,
        0,
        (
            Entry(day[11], "out", TABLE, "", "markdown", "已发", "截止前5个工作日，群内只报总数"),
            Entry(day[15], "out", TABLE, "", "markdown", "已发", "截止前3个工作日，群内只报总数"),
        ),
    )
    yield Conversation(
        1001,
        "长春市县区联络群",
        "11 个单位",
        "dingtalk_robot",
        "group",
        False,
        0,
        (Entry(day[11], "out", TABLE, "", "markdown", "发送失败", "平台限流，已转重发"),),
    )
    for index, (unit, short, _) in enumerate(units):
        person, channel = index + 1, CHANNELS[index % 3]
        name = PEOPLE[index % 10] + ("" if index < 10 else f"{index}")
        words = (LETTER if channel == "mail" else REMINDER).format(unit=short, number=1, person=person)
        written = Entry(
            day[11], "out", words, f"催报：{short}三季度工作情况", "text" if channel == "mail" else "markdown", "已发", "截止前5个工作日"
        )
        answered = (Entry(day[12], "in", "在办，下周三交", "回复：催报", understood="承诺 10月17日 · 三季度"),) if index % 11 == 6 else ()
        again = (
            (
                Entry(
                    day[15],
                    "out",
                    f"{short}的三季度工作情况还没有收到，10月19日（周五）17:00截止。报了请回“已报”。",
                    f"催报：{short}三季度",
                    "text",
                    "已发",
                    "截止前3个工作日",
                ),
            )
            if index % 4 == 1
            else ()
        )
        yield Conversation(
            person,
            name,
            f"{unit} · 联络员",
            channel,
            "mail" if channel == "mail" else "chat",
            True,
            len(again),
            (written, *answered, *again),
        )
