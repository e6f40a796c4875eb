"""The stand-ins keep the platforms' own limits and codes; written against the documents, asked without our channels."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.dingtalk import DingTalk, DingTalkTenant
from bot.sandbox.dingtalk_session import Session, open_session, seal_session
from bot.sandbox.exchange import Answer, Platform, Request, Wire
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.wecom import WeCom, WeComTenant
from bot.sandbox.windows import Window

NOW = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)
JSON = {"content-type": "application/json"}


def post(
    platform: Platform, path: str, content: object, now: datetime = NOW, headers: dict[str, str] = JSON, **query: str
) -> dict[str, object]:
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    answer = platform.handle(Request("POST", path, query, headers, body), now)
    return {**json.loads(answer.body), "status": answer.status}


def wecom() -> WeCom:
    return WeCom(WeComTenant({"k1": "群"}, members=frozenset({"zhangsan", "LiSi"})), Ledger())


def text(content: str = "x", **more: object) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": content, **more}}


@pytest.mark.parametrize(
    ("key", "content", "code"),
    [
        ("k1", text("已报"), 0),
        ("nobody", text(), 93000),
        ("k1", b"", 93017),
        ("k1", b"{", 40063),
        ("k1", b"[1]", 40063),
        ("k1", {"msgtype": "pigeon", "pigeon": {"content": "x"}}, 40008),
        ("k1", {}, 40008),
        ("k1", text(""), 44004),
        ("k1", {"msgtype": "text"}, 44004),
        ("k1", text("报" * 682 + "xx"), 0),
        ("k1", text("报" * 683), 40058),
        ("k1", {"msgtype": "markdown", "markdown": {"content": "x" * 4096}}, 0),
        ("k1", {"msgtype": "markdown", "markdown": {"content": "x" * 4097}}, 40058),
    ],
)
def test_wecoms_webhook_judges_as_its_document_says(key: str, content: object, code: int) -> None:
    platform = wecom()
    answer = post(platform, "/cgi-bin/webhook/send", content, key=key)
    assert (answer["status"], answer["errcode"]) == (200, code)
    assert len(platform.ledger.messages) == (code == 0)
    assert code == 0 or f"e={code}" in str(answer["errmsg"])


def test_wecom_counts_twenty_in_any_minute_and_robot() -> None:
    platform = wecom()
    codes = [post(platform, "/cgi-bin/webhook/send", text(), NOW + timedelta(seconds=n), key="k1")["errcode"] for n in range(21)]
    assert codes == [0] * 20 + [45009]
    assert post(platform, "/cgi-bin/webhook/send", text(), NOW + timedelta(seconds=60), key="k1")["errcode"] == 0


def token(platform: WeCom, now: datetime = NOW, **query: str) -> dict[str, object]:
    asked = {"corpid": platform.tenant.corp_id, "corpsecret": platform.tenant.secret} | query
    return dict(json.loads(platform.handle(Request("GET", "/cgi-bin/gettoken", asked, {}, b""), now).body))


def test_wecoms_token_stays_the_same_within_its_life() -> None:
    platform = wecom()
    first, again, later = token(platform), token(platform, NOW + timedelta(hours=1)), token(platform, NOW + timedelta(hours=3))
    assert first["access_token"] == again["access_token"] != later["access_token"]
    assert (first["expires_in"], again["expires_in"]) == (7200, 3600)
    assert token(platform, corpid="x")["errcode"] == 40013
    assert token(platform, corpsecret="x")["errcode"] == 40001


def send(platform: WeCom, now: datetime = NOW, **changes: object) -> dict[str, object]:
    content = {"touser": "zhangsan", "agentid": 1000002, **text()} | changes
    return post(platform, "/cgi-bin/message/send", content, now, access_token=str(token(platform, now)["access_token"]))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"agentid": "1000002"}, 40056),
        ({"agentid": 7}, 40056),
        ({"touser": "nobody"}, 81013),
        ({"touser": ""}, 81013),
        ({"msgtype": "pigeon"}, 40008),
        ({"text": {"content": ""}}, 44004),
    ],
)
def test_wecoms_app_judges_as_its_document_says(changes: dict[str, object], code: int) -> None:
    assert send(wecom(), NOW, **changes)["errcode"] == code


def test_wecom_names_who_was_left_out_in_lower_case() -> None:
    platform = wecom()
    answer = send(platform, touser="zhangsan|NoBody|LiSi")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert [message.to for message in platform.ledger.messages] == ["zhangsan", "LiSi"]


@pytest.mark.parametrize(("given_token", "code"), [("", 41001), ("wrong", 40014)])
def test_wecom_wants_its_token(given_token: str, code: int) -> None:
    assert post(wecom(), "/cgi-bin/message/send", {}, access_token=given_token)["errcode"] == code


def test_an_old_token_has_expired() -> None:
    platform = wecom()
    old = str(token(platform)["access_token"])
    assert post(platform, "/cgi-bin/message/send", {}, NOW + timedelta(hours=2), access_token=old)["errcode"] == 42001


def test_wecom_cuts_long_text_without_a_word_and_between_characters() -> None:
    platform = wecom()
    assert send(platform, text={"content": "报" * 1000})["errcode"] == 0
    assert platform.ledger.messages[0].text == "报" * 682


def test_wecom_keeps_the_thirty_first_message_of_a_minute_to_itself() -> None:
    platform = wecom()
    answers = [send(platform, text={"content": str(number)})["errcode"] for number in range(31)]
    assert answers == [0] * 31
    assert [message.shown for message in platform.ledger.messages] == [True] * 30 + [False]


def test_wecom_drops_a_repeated_body_only_where_asked_and_only_for_the_interval() -> None:
    platform = wecom()
    asked = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    for seconds, changes in ((0, asked), (599, asked), (600, asked), (601, {}), (602, {})):
        send(platform, NOW + timedelta(seconds=seconds), **changes)
    assert [message.shown for message in platform.ledger.messages] == [True, False, True, True, True]


def dingtalk(**tenant: object) -> DingTalk:
    return DingTalk(DingTalkTenant({"t1": RobotSetup("群", keyword="催报")}, **tenant), Ledger())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("token", "content", "headers", "code"),
    [
        ("t1", text("催报"), JSON, 0),
        ("t1", {"msgtype": "markdown", "markdown": {"title": "催报", "text": "x"}}, JSON, 0),
        ("t1", text("x"), JSON, 310000),
        ("no", text("催报"), JSON, 400101),
        ("t1", text("催报"), {}, 43004),
        ("t1", b"{", JSON, 40035),
        ("t1", b"\xff\xfe", JSON, 40035),
        ("t1", {"msgtype": "pigeon", "x": "催报"}, JSON, 400105),
        ("t1", text("催报" + "x" * 20_000), JSON, 460101),
        ("t1", json.dumps(text("催报")).encode(), JSON, 0),
    ],
)
def test_dingtalks_webhook_judges_as_its_document_says(token: str, content: object, headers: dict[str, str], code: int) -> None:
    platform = dingtalk()
    answer = post(platform, "/robot/send", content, headers=headers, access_token=token)
    assert (answer["status"], answer["errcode"]) == (200, code)
    assert len(platform.ledger.messages) == (code == 0)


def test_dingtalk_silences_a_hasty_robot_for_ten_minutes() -> None:
    platform = dingtalk()
    codes = [post(platform, "/robot/send", text("催报"), NOW, access_token="t1")["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [130101]
    assert post(platform, "/robot/send", text("催报"), NOW + timedelta(seconds=599), access_token="t1")["errcode"] == 130101
    assert post(platform, "/robot/send", text("催报"), NOW + timedelta(seconds=600), access_token="t1")["errcode"] == 0


def test_dingtalk_counts_the_months_webhooks_of_the_whole_organisation() -> None:
    platform = dingtalk(webhooks_per_month=1)
    assert post(platform, "/robot/send", text("催报"), access_token="t1")["errcode"] == 0
    assert post(platform, "/robot/send", text("催报"), access_token="t1")["errcode"] == 90020
    assert post(platform, "/robot/send", text("催报"), NOW + timedelta(days=20), access_token="t1")["errcode"] == 0


def batch(platform: DingTalk, **changes: object) -> dict[str, object]:
    asked = post(platform, "/v1.0/oauth2/accessToken", {"appKey": platform.tenant.app_key, "appSecret": platform.tenant.app_secret})
    content = {"robotCode": "dingsandbox", "userIds": ["u1"], "msgKey": "sampleText", "msgParam": '{"content":"x"}'} | changes
    headers = JSON | {"x-acs-dingtalk-access-token": str(asked["accessToken"])}
    return post(platform, "/v1.0/robot/oToMessages/batchSend", content, headers=headers)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"robotCode": "x"}, "invalidParameter.robotCode.notExsit"),
        ({"userIds": ["u"] * 21}, "invalidParameter.userIds.overMax"),
        ({"userIds": "u1"}, "invalidParameter.userIds.overMax"),
        ({"msgKey": "x"}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": "x"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": {"content": "x"}}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": json.dumps({"content": "x" * 15_000})}, "invalidParameter.msgParam.tooLong"),
    ],
)
def test_dingtalks_batch_send_judges_as_its_document_says(changes: dict[str, object], code: str) -> None:
    answer = batch(dingtalk(), **changes)
    assert (answer["status"], answer["code"]) == (400, code)


def test_dingtalk_names_the_unknown_and_the_held_back_and_reaches_the_rest() -> None:
    platform = dingtalk(members=frozenset({"u1", "u2"}), held_back=frozenset({"u2"}))
    answer = batch(platform, userIds=["u1", "u2", "u3"])
    assert (answer["invalidStaffIdList"], answer["flowControlledStaffIdList"]) == (["u3"], ["u2"])
    assert [message.to for message in platform.ledger.messages] == ["u1"]


def test_dingtalk_wants_its_token() -> None:
    answer = post(dingtalk(), "/v1.0/robot/oToMessages/batchSend", {})
    assert (answer["status"], answer["code"]) == (400, "InvalidAuthentication")
    assert post(dingtalk(), "/v1.0/oauth2/accessToken", {"appKey": "x"})["code"] == "invalidClientIdOrSecret"


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_session_opens_only_under_its_own_seal(user: str, group: str) -> None:
    session = Session(user, group, NOW)
    sealed = seal_session("secret", session)
    assert open_session("secret", sealed) == session
    assert open_session("other", sealed) is None
    assert open_session("secret", sealed[:-1]) is None


@given(st.text(max_size=60))
def test_a_session_that_nobody_sealed_does_not_open(sealed: str) -> None:
    assert open_session("secret", sealed) is None


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 5))
def test_no_window_of_a_minute_ever_holds_more_than_the_limit(seconds: list[int], limit: int) -> None:
    window = Window(limit, timedelta(minutes=1))
    admitted = [second for second in sorted(seconds) if window.admits("x", NOW + timedelta(seconds=second))]
    assert all(sum(start <= second < start + 60 for second in admitted) <= limit for start in admitted)


def test_faults_are_used_up_in_order_and_only_where_they_belong() -> None:
    switches = Faults()
    switches.add(Fault(FaultKind.HTML, 2, "/robot"))
    switches.add(Fault(FaultKind.HANG))
    assert [getattr(switches.take(path), "kind", None) for path in ("/robot/send", "/cgi-bin", "/robot/send", "/robot/send")] == [
        FaultKind.HTML,
        FaultKind.HANG,
        FaultKind.HTML,
        None,
    ]


@pytest.mark.parametrize(
    ("kind", "wire", "taken"),
    [
        (FaultKind.DROP, Wire.DROP, 1),
        (FaultKind.DRIBBLE, Wire.DRIBBLE, 1),
        (FaultKind.TRUNCATED, Wire.ANSWER, 1),
        (FaultKind.HANG, Wire.HANG, 0),
        (FaultKind.RESET, Wire.RESET, 0),
        (FaultKind.HTML, Wire.ANSWER, 0),
        (FaultKind.HTTP_429, Wire.ANSWER, 0),
    ],
)
def test_a_fault_takes_the_message_or_does_not(kind: FaultKind, wire: Wire, taken: int) -> None:
    platform = wecom()
    platform.faults.add(Fault(kind, retry_after="5"))
    answer: Answer = platform.handle(Request("POST", "/cgi-bin/webhook/send", {"key": "k1"}, JSON, json.dumps(text()).encode()), NOW)
    assert (answer.wire, len(platform.ledger.messages)) == (wire, taken)


def test_a_path_that_is_not_there_is_not_found() -> None:
    for platform in (wecom(), dingtalk()):
        assert platform.handle(Request("GET", "/cgi-bin/nothing", {}, {}, b""), NOW).status == 404
