"""A robot's account as its owner pastes it, and as an address finds it."""

import pytest

from bot.channels import group_robot
from bot.channels.base import SendFailed
from bot.domain.secret import NO_SECRET, Secret
from bot.domain.words import FailureKind

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000-a1"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=dd1"


@pytest.mark.parametrize(
    ("pasted", "parameter", "token"),
    [
        (WECOM, "key", "0000-a1"),
        (f" {WECOM}\n", "key", "0000-a1"),
        (f"{WECOM}&debug=1", "key", "0000-a1"),
        ("0000-a1", "key", "0000-a1"),
        ("https://x/?a=1", "key", ""),
        (DINGTALK, "access_token", "dd1"),
        (" dd1 ", "access_token", "dd1"),
        ("https://oapi.dingtalk.com/robot/send?x=1", "access_token", ""),
    ],
)
def test_a_whole_webhook_url_may_be_pasted_for_the_token(pasted: str, parameter: str, token: str) -> None:
    assert group_robot.token_in_query(Secret(pasted), parameter).reveal() == token


@pytest.mark.parametrize("address", ["other", "empty", ""])
def test_a_robot_that_the_settings_do_not_name_or_that_has_no_key_is_a_bad_address(address: str) -> None:
    robots = {"main": Secret("k"), "empty": NO_SECRET}
    assert group_robot.find(robots, "main").reveal() == "k"
    with pytest.raises(SendFailed, match="no_such_robot") as caught:
        group_robot.find(robots, address)
    assert caught.value.kind is FailureKind.ADDRESS_BAD
