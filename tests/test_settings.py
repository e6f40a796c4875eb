"""Settings: read once, checked all together, secrets kept."""

import pytest

from bot import settings


def test_nothing_configured_is_a_rehearsal_that_sends_nothing():
    found = settings.read({})
    assert found.cuibao_mode == "rehearsal"
    assert found.cuibao_live_channels == ()


def test_all_bad_keys_are_reported_together_with_the_form_they_should_have():
    bad = {
        "CUIBAO_MODE": "真发",
        "CUIBAO_PORT": "八千",
        "CUIBAO_SEND_WINDOWS": "九点到五点",
        "WECOM_AES_KEY": "short",
        "DATABASE_URL": "mysql://root:hunter2@db/x",
        "CUIBAO_COLOUR": "red",
    }
    with pytest.raises(settings.SettingsError) as refused:
        settings.read(bad)
    text = str(refused.value)
    assert [key for key in bad if key not in text] == []
    assert "rehearsal 或 live" in text
    assert "0 到 65535" in text
    assert "43 位" in text
    assert len(refused.value.problems) == len(bad)


def test_a_bad_secret_is_named_but_never_repeated():
    bad = {"WECOM_AES_KEY": "sesame-open", "WECOM_ROBOTS": "群一 sesame-key", "DATABASE_URL": "mysql://root:sesame-db@x/y"}
    with pytest.raises(settings.SettingsError) as refused:
        settings.read(bad)
    assert "sesame" not in str(refused.value)
    assert "WECOM_ROBOTS" in str(refused.value)


def test_secrets_print_as_stars():
    found = settings.read({"SMTP_PASSWORD": "sesame", "WECOM_ROBOTS": "群一=sesame-key"})
    assert "sesame" not in repr(found)
    assert found.smtp_password.reveal() == "sesame"


@pytest.mark.parametrize(
    ("text", "names"),
    [("", ()), ("长春群=k1", ("长春群",)), ("a=k1; b=k2|SECx ;", ("a", "b")), ("a=https://example.com/send?key=k1", ("a",))],
)
def test_robots_are_named_and_may_have_a_signing_secret(text, names):
    assert tuple(robot.name for robot in settings.read({"DINGTALK_ROBOTS": text}).dingtalk_robots) == names


def test_a_channel_is_not_switched_on_without_what_it_needs():
    with pytest.raises(settings.SettingsError, match="SMTP_HOST"):
        settings.read({"CUIBAO_LIVE_CHANNELS": "mail"})
    with pytest.raises(settings.SettingsError, match="不认识的渠道 fax"):
        settings.read({"CUIBAO_LIVE_CHANNELS": "fax"})


def test_a_mail_login_never_crosses_the_network_in_the_clear():
    with pytest.raises(settings.SettingsError, match="plain"):
        settings.read({"SMTP_SECURITY": "plain", "SMTP_HOST": "smtp.example.com"})
    assert settings.read({"SMTP_SECURITY": "plain", "SMTP_HOST": "127.0.0.1"}).smtp_security == "plain"


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("CUIBAO_PORT=9001\nCUIBAO_HOST=127.0.0.2\nPATH_OF_SOMEONE_ELSE=1\n", encoding="utf-8")
    monkeypatch.setenv("CUIBAO_PORT", "9002")
    found = settings.load(tmp_path / ".env")
    assert (found.cuibao_port, found.cuibao_host) == (9002, "127.0.0.2")
    assert settings.load(tmp_path / ".env", cuibao_port="9003").cuibao_port == 9003


def test_a_missing_file_that_was_asked_for_says_what_to_do(tmp_path):
    with pytest.raises(settings.SettingsError, match=r"config\.example\.env"):
        settings.load(tmp_path / "nowhere.env")


def test_stream_needs_the_app_for_which_it_listens():
    with pytest.raises(settings.SettingsError, match="DINGTALK_APP_KEY") as refused:
        settings.read({"DINGTALK_STREAM": "on"})
    assert len(refused.value.problems) == 2
    assert settings.read({"DINGTALK_STREAM": "on", "DINGTALK_APP_KEY": "k", "DINGTALK_APP_SECRET": "s"}).dingtalk_stream
    with pytest.raises(settings.SettingsError, match="on 或 off"):
        settings.read({"DINGTALK_STREAM": "yes"})


def test_work_notices_need_the_app_they_come_from():
    with pytest.raises(settings.SettingsError, match="DINGTALK_AGENT_ID"):
        settings.read({"DINGTALK_PRIVATE": "notice"})
    assert settings.read({"DINGTALK_PRIVATE": "notice", "DINGTALK_AGENT_ID": "900001"}).dingtalk_agent_id == 900001


def test_a_robot_may_have_a_keyword_and_not_more():
    [robot] = settings.read({"FEISHU_ROBOTS": "群=t1||催报"}).feishu_robots
    assert (robot.key.reveal(), robot.secret.reveal(), robot.keyword) == ("t1", "", "催报")
    with pytest.raises(settings.SettingsError, match="关键词"):
        settings.read({"FEISHU_ROBOTS": "群=t1|s1|催报|多余"})


def test_a_smart_robot_has_one_of_its_two_modes():
    one = {"WECOM_BOT_ID": "AIB1", "CUIBAO_LIVE_CHANNELS": "wecom_bot"}
    assert settings.read(one | {"WECOM_BOT_SECRET": "s"}).wecom_bot_url.startswith("wss://")
    assert settings.read(one | {"WECOM_BOT_TOKEN": "t"}).wecom_bot_id == "AIB1"
    for wrong in ({"WECOM_BOT_SECRET": "s", "WECOM_BOT_TOKEN": "t"}, {}):
        with pytest.raises(settings.SettingsError, match="WECOM_BOT_TOKEN"):
            settings.read(one | wrong)


def test_messages_are_worded_by_kind_and_an_unknown_format_is_named():
    read = settings.read({"WECOM_ROBOT_FORMAT": "markdown,group_notice=markdown_v2"}).wecom_robot_format
    assert (read.format, read.kinds) == ("markdown", {"group_notice": "markdown_v2"})
    for wrong in ("html", "markdown,group_notice=html", "markdown,letter=text"):
        with pytest.raises(settings.SettingsError, match="WECOM_ROBOT_FORMAT"):
            settings.read({"WECOM_ROBOT_FORMAT": wrong})
