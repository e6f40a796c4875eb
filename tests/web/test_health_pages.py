from datetime import UTC, datetime

import httpx
import pytest

from bot.web.house import ChannelHealth, Health, JobHealth, ListenerHealth
from tests.web.fake_house import FakeHouse


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_process_that_answers_is_up_even_when_its_work_is_not_done(stranger: httpx.AsyncClient, house: FakeHouse, method: str):
    house.well = Health(False, "rehearsal")
    answer = await stranger.request(method, "/healthz")
    assert answer.status_code == 200
    if method == "GET":
        assert answer.json() == {"status": "up", "mode": "rehearsal"}


async def test_a_healthy_machine_is_ready(stranger: httpx.AsyncClient):
    answer = await stranger.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["reasons"] == []
    assert answer.json()["queue"] == {"pending": 3}


async def test_an_unready_machine_says_why_in_chinese_and_keeps_the_errors_words_to_itself(stranger: httpx.AsyncClient, house: FakeHouse):
    house.well = Health(
        ok=False,
        mode="rehearsal",
        jobs=(JobHealth("remind", None, 3.0, "password=hunter2"), JobHealth("due", None, 0.0)),
        channels=(ChannelHealth("mail", "已暂停", "授权码无效，请更换。"), ChannelHealth("console", "正常")),
    )
    answer = await stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == [
        "定时任务 remind 上次运行失败，请在服务器上运行 cuibao doctor 查看原因。",
        "渠道 mail（已暂停）：授权码无效，请更换。",
    ]
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    ("jobs", "reason"),
    [
        ((), "定时任务尚未启动。"),
        ((JobHealth("remind", None, 184.6),), "定时任务落后：最久的一项晚了 185 秒。请检查服务器是否过载，或进程是否停住。"),
    ],
)
async def test_a_machine_that_is_late_or_not_started_says_so(
    stranger: httpx.AsyncClient, house: FakeHouse, jobs: tuple[JobHealth, ...], reason: str
):
    house.well = Health(ok=False, mode="rehearsal", jobs=jobs)
    assert (await stranger.get("/readyz")).json()["reasons"] == [reason]


async def test_every_listener_shows_when_anything_last_came_and_a_paused_one_is_a_reason(stranger: httpx.AsyncClient, house: FakeHouse):
    ear = ListenerHealth(
        "dingtalk_stream", "已暂停，请核对凭证后恢复", datetime(2018, 10, 15, 1, 7, tzinfo=UTC), "authFailed hunter2", paused=True
    )
    house.well = Health(False, "live", jobs=(JobHealth("due", None, 0.0),), listeners=(ear, ListenerHealth("mail", "已连接", None)))
    answer = await stranger.get("/readyz")
    assert answer.json()["reasons"] == [
        "来信监听 dingtalk_stream（已暂停，请核对凭证后恢复），收不到答复。请在服务器上运行 cuibao doctor 查看原因。"
    ]
    assert [each["last_frame_at"] for each in answer.json()["listeners"]] == ["2018-10-15T01:07:00+00:00", None]
    assert "hunter2" not in answer.text
