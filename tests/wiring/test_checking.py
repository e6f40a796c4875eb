"""A channel is tried step by step before it goes live, and a step that fails says what to do."""

import pytest

from bot import settings
from bot.wiring import checking
from tests.channels import rigs

LIVE = {"CUIBAO_MODE": "live", "DINGTALK_APP_KEY": "k", "DINGTALK_APP_SECRET": "s", "DINGTALK_ROBOT_CODE": "r"}


def test_what_is_not_filled_in_is_named_and_an_unknown_channel_refused() -> None:
    assert "DINGTALK_ROBOTS" in checking.missing(settings.read({}), "dingtalk_robot").detail
    assert checking.missing(settings.read(LIVE), "dingtalk_app").ok
    with pytest.raises(checking.UnknownChannel, match="fax"):
        checking.missing(settings.read({}), "fax")


def test_a_rehearsal_reaches_nobody_and_the_allow_list_holds() -> None:
    assert not checking.allowed(settings.read({}), "").ok
    assert checking.allowed(settings.read(LIVE), "u1").ok
    assert not checking.allowed(settings.read(LIVE | {"CUIBAO_ALLOW_LIST": "u2"}), "u1").ok


async def test_a_channel_that_works_signs_in_and_delivers_one_test_message() -> None:
    async with rigs.dingtalk_app(rigs.PATIENT) as rig:
        assert [step.what for step in await checking.check(rig.channel, "", "test:1")] == ["登录"]
        assert rig.shown() == []
        steps = await checking.check(rig.channel, "zhangsan", "test:2")
        assert [step.ok for step in steps] == [True, True]
        assert rig.shown() == [checking.TEST.body]


async def test_what_fails_says_what_to_click() -> None:
    async with rigs.dingtalk_app(rigs.PATIENT) as rig:
        [_, sent] = await checking.check(rig.channel, "nobody", "test:1")
        assert (sent.ok, "可见范围" in sent.detail) == (False, True)
    async with rigs.feishu_text(rigs.PATIENT) as rig:
        rig.turn_on(rigs.FaultKind.CODE, code="19022")
        [sent] = await checking.check(rig.channel, "main", "test:1")
        assert (sent.ok, "白名单" in sent.detail) == (False, True)
