"""Each channel with its stand-in behind a real socket: what the conformance suite is run on."""

import asyncio
import dataclasses
import functools
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.channels import http
from bot.channels.base import Channel
from bot.channels.dingtalk_app import DingTalkApp, DingTalkAppConfig, Way
from bot.channels.dingtalk_robot import DingTalkRobot, DingTalkRobotConfig
from bot.channels.feishu_robot import FeishuRobot, FeishuRobotConfig, Form
from bot.channels.group_robot import RobotAccount
from bot.channels.listener import Bookmark, Desk, Listener, ListenFailed
from bot.channels.mail import Mail, MailConfig, Security
from bot.channels.wecom_app import WeComApp, WeComAppConfig
from bot.channels.wecom_bot import WeComBot, WeComBotConfig
from bot.channels.wecom_robot import WeComRobot, WeComRobotConfig
from bot.domain.inbound import Inbound
from bot.domain.messages import Outgoing, Rendered
from bot.domain.secret import Secret
from bot.domain.words import FailureKind
from bot.sandbox.dingtalk import DingTalk, DingTalkTenant
from bot.sandbox.dingtalk_session import Session, seal_session
from bot.sandbox.exchange import Answer, Request
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.feishu import Feishu
from bot.sandbox.group_robot import RobotSetup
from bot.sandbox.ledger import Ledger
from bot.sandbox.mailroom import Mailroom, MailSetup
from bot.sandbox.server import Server
from bot.sandbox.smtp import SmtpServer
from bot.sandbox.wecom import WeCom, WeComTenant
from bot.sandbox.wecom_answers import BotAnswers
from bot.sandbox.wecom_bot_content import WeComBotTenant
from bot.sandbox.wecom_gateway import BotGateway
from tests.waiting import until

NOW = datetime(2018, 10, 15, 1, 7, tzinfo=UTC)
BODY = "三季度台账，今天 17:00 截止。"
PATIENT = http.Patience()
QUICK = http.Patience(connect=2, read=0.5, whole=1.0)
"""For checks in which the stand-in keeps silent."""

THROTTLED, TRANSIENT, DOUBT = FailureKind.THROTTLED, FailureKind.TRANSIENT, FailureKind.IN_DOUBT
ADDRESS, CREDENTIAL, CONTENT = FailureKind.ADDRESS_BAD, FailureKind.CREDENTIAL_BAD, FailureKind.CONTENT_BAD

HTTP_FAULTS: Mapping[FaultKind, FailureKind] = {
    FaultKind.HTTP_429: THROTTLED,
    FaultKind.HTTP_500: TRANSIENT,
    FaultKind.HTTP_502: TRANSIENT,
    FaultKind.HTTP_504: DOUBT,
    FaultKind.HTML: DOUBT,
    FaultKind.HANG: DOUBT,
    FaultKind.RESET: DOUBT,
    FaultKind.DROP: DOUBT,
    FaultKind.TRUNCATED: DOUBT,
    FaultKind.DRIBBLE: DOUBT,
}
MAIL_FAULTS: Mapping[FaultKind, FailureKind] = {FaultKind.HANG: DOUBT, FaultKind.RESET: DOUBT, FaultKind.DROP: DOUBT}


def message(body: str = BODY, **changes: object) -> Outgoing:
    """A reminder to zhangsan, with some of its fields changed."""
    plain = Outgoing("reminder:1:T-1:7", "zhangsan", Rendered("请报送三季度台账", body))
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Rig:
    """A channel, the stand-in that answers it, and what this platform is known to say."""

    channel: Channel
    ledger: Ledger
    switches: Faults
    address: str
    path: str
    secrets: tuple[str, ...]
    clock: Clock
    codes: Mapping[str, FailureKind]
    unknown_code: str = "99887"
    faults: Mapping[FaultKind, FailureKind] = field(default_factory=lambda: HTTP_FAULTS)
    bad_address: str = "nobody"
    tokens: tuple[str, ...] = ()  # how the platform's own tokens begin

    def message(self, body: str = BODY, **changes: object) -> Outgoing:
        return message(body, **{"address": self.address} | changes)

    def turn_on(self, kind: FaultKind, *, code: str = "", text: str = "fault", retry_after: str = "") -> None:
        self.switches.add(Fault(kind, path=self.path, code=code, text=text, retry_after=retry_after))

    def shown(self) -> list[str]:
        return [message.text for message in self.ledger.messages if message.shown]


WECOM_ROBOT_CODES = {
    "-1": TRANSIENT, "45009": THROTTLED, "45033": THROTTLED, "93000": CREDENTIAL, "93001": CREDENTIAL, "93004": CREDENTIAL,
    "93006": CREDENTIAL, "93008": CREDENTIAL, "93019": CREDENTIAL, "40058": CONTENT, "44004": CONTENT, "93017": CONTENT,
    "40008": CONTENT, "40063": CONTENT, "45002": CONTENT,
}  # fmt: skip
WECOM_APP_CODES = {
    "-1": TRANSIENT, "45009": THROTTLED, "40013": CREDENTIAL, "40001": CREDENTIAL, "40091": CREDENTIAL, "60020": CREDENTIAL,
    "48002": CREDENTIAL, "50003": CREDENTIAL, "301002": CREDENTIAL, "40056": CREDENTIAL, "41011": CREDENTIAL, "81013": ADDRESS,
    "82001": ADDRESS, "40003": ADDRESS, "60111": ADDRESS, "60011": ADDRESS,
}  # fmt: skip
DINGTALK_ROBOT_CODES = {
    "-1": TRANSIENT, "410100": THROTTLED, "130101": THROTTLED, "1111": THROTTLED, "310000": CREDENTIAL, "400013": CREDENTIAL,
    "400101": CREDENTIAL, "400102": CREDENTIAL, "400106": CREDENTIAL, "90020": CREDENTIAL, "40035": CONTENT, "43004": CONTENT,
    "400105": CONTENT, "430101": CONTENT, "430102": CONTENT, "430103": CONTENT, "430104": CONTENT,
}  # fmt: skip
DINGTALK_APP_CODES = {
    "invalidParameter.robotCode.notExsit": CREDENTIAL, "invalidParameter.robotCode.auth": CREDENTIAL,
    "chatbotId.notAllow.sendOTO": CREDENTIAL, "robot.oto.notExist": CREDENTIAL, "invalidParameter.userIds.overMax": CONTENT,
    "invalidParameter.msgKey.invalid": CONTENT, "invalidParameter.msgParam.invalid": CONTENT,
    "invalidParameter.msgParam.tooLong": CONTENT, "send.too.fast": THROTTLED, "send.byToken.tooFast": THROTTLED,
    "too.many.people": THROTTLED, "too.many.group": THROTTLED, "group.disbanded": ADDRESS, "bot.stopped": CREDENTIAL,
    "session.expired": ADDRESS, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": THROTTLED,
    "Forbidden.AccessDenied.QpsLimitForApi": THROTTLED, "Forbidden.AccessDenied.ApiCountLimitForOrg": CREDENTIAL,
    "Forbidden.AccessDenied.AccessTokenPermissionDenied": CREDENTIAL, "system.error": TRANSIENT,
}  # fmt: skip
DINGTALK_NOTICE_CODES = {
    "-1": TRANSIENT, "90018": THROTTLED, "90002": THROTTLED, "90020": CREDENTIAL, "40035": CONTENT, "430104": CONTENT,
}  # fmt: skip
DINGTALK_SESSION_CODES = {"-1": TRANSIENT, "410100": THROTTLED, "300001": ADDRESS, "400013": ADDRESS, "430104": CONTENT}
FEISHU_CODES = {
    "11232": THROTTLED, "99991400": THROTTLED, "19001": CREDENTIAL, "19021": CREDENTIAL, "19022": CREDENTIAL, "19024": CREDENTIAL,
    "9499": CONTENT,
}  # fmt: skip
MAIL_CODES = {"451": TRANSIENT, "421": TRANSIENT, "552": CONTENT, "554": CONTENT, "550": CONTENT, "535": CREDENTIAL}

SOCKET_FAULTS: Mapping[FaultKind, FailureKind] = {
    FaultKind.HANG: DOUBT,
    FaultKind.RESET: DOUBT,
    FaultKind.DROP: DOUBT,
    FaultKind.TRUNCATED: DOUBT,
}
WECOM_BOT_CODES = {
    "-1": TRANSIENT, "45009": THROTTLED, "45033": THROTTLED, "853000": CREDENTIAL, "853008": ADDRESS, "93006": ADDRESS, "93001": ADDRESS,
    "40058": CONTENT, "44004": CONTENT, "40008": CONTENT,
}  # fmt: skip

WECOM_KEY = "00000000-0000-0000-0000-0000000000a1"
DINGTALK_TOKEN = "d" * 64
DINGTALK_SECRET = "SECdemo0001"
FEISHU_TOKEN = "00000000-0000-0000-0000-0000000000f1"
FEISHU_SECRET = "feishu-secret"


@asynccontextmanager
async def _robot(form: str, patience: http.Patience) -> AsyncIterator[Rig]:
    clock, ledger = Clock(), Ledger()
    wecom = WeCom(WeComTenant({WECOM_KEY: "培育群"}), ledger)
    async with Server([wecom], clock) as server:
        config = WeComRobotConfig({"main": Secret(WECOM_KEY)}, server.url, form, card_url="https://cuibao.example.com")
        channel = WeComRobot(config, http.Client(slots=2, patience=patience))
        yield Rig(channel, ledger, wecom.faults, "main", "/cgi-bin/webhook", (WECOM_KEY,), clock, WECOM_ROBOT_CODES)
        await channel.close()


def wecom_robot(form: str) -> Callable[[http.Patience], AbstractAsyncContextManager[Rig]]:
    return functools.partial(_robot, form)


wecom_robot_text, wecom_robot_markdown = wecom_robot("text"), wecom_robot("markdown")


@asynccontextmanager
async def _wecom_app(form: str, patience: http.Patience) -> AsyncIterator[Rig]:
    clock, ledger = Clock(), Ledger()
    tenant = WeComTenant({}, members=frozenset({"zhangsan"}))
    wecom = WeCom(tenant, ledger)
    async with Server([wecom], clock) as server:
        config = WeComAppConfig(
            tenant.corp_id, tenant.agent_id, Secret(tenant.secret), server.url, form, card_url="https://cuibao.example.com"
        )
        channel = WeComApp(config, http.Client(slots=2, patience=patience), clock)
        yield Rig(channel, ledger, wecom.faults, "zhangsan", "/cgi-bin/message", (tenant.secret,), clock, WECOM_APP_CODES, tokens=("AT-1",))
        await channel.close()


def wecom_app(form: str) -> Callable[[http.Patience], AbstractAsyncContextManager[Rig]]:
    return functools.partial(_wecom_app, form)


async def listening(bot: Listener, desk: Desk) -> None:
    """What the supervisor does, without its patience: open the connection anew whenever it ends."""
    while True:
        with suppress(ListenFailed):
            await bot.listen(desk)
        await asyncio.sleep(0.01)


class Counter:
    """A desk that remembers what was put on it."""

    def __init__(self) -> None:
        self.kept: list[Inbound] = []
        self.frames = 0

    def frame(self) -> None:
        self.frames += 1

    async def keep(self, arrived: Sequence[Inbound], bookmark: Bookmark | None = None) -> None:
        self.kept += arrived

    async def bookmark(self, place: str) -> str:
        return ""


@asynccontextmanager
async def _wecom_bot(form: str, patience: http.Patience) -> AsyncIterator[Rig]:
    clock, ledger, tenant = Clock(), Ledger(), WeComBotTenant()
    async with BotGateway(tenant, ledger, clock, spoken={"zhangsan"}) as gateway:
        config = WeComBotConfig(tenant.bot_id, Secret(tenant.secret), gateway.url, format=form, patience=patience.read)
        channel = WeComBot(config, http.Client(), clock)
        loop = asyncio.create_task(listening(channel, Counter()))
        await until(lambda: channel.can_send)
        yield Rig(
            channel, ledger, gateway.faults, "zhangsan", "aibot_send_msg", (tenant.secret,), clock, WECOM_BOT_CODES, faults=SOCKET_FAULTS
        )
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await channel.close()


def wecom_bot(form: str) -> Callable[[http.Patience], AbstractAsyncContextManager[Rig]]:
    return functools.partial(_wecom_bot, form)


@asynccontextmanager
async def wecom_bot_answer(patience: http.Patience) -> AsyncIterator[Rig]:
    """URL mode: only answers, each to a message of its own."""
    clock, ledger = Clock(), Ledger()
    answers = ManyAnswers(ledger)
    async with Server([answers], clock) as server:
        channel = WeComBot(WeComBotConfig("AIB1", base_url=server.url), http.Client(slots=2, patience=patience), clock)
        yield Rig(
            channel, ledger, answers.faults, "reply:RC1::zhangsan", "/cgi-bin/aibot", ("RC1",), clock, WECOM_BOT_CODES,
            unknown_code="99887", bad_address="reply:RC2::nobody",
        )  # fmt: skip
        await channel.close()


class ManyAnswers(BotAnswers):
    """For checks that answer several times: the place stays open."""

    def handle(self, request: Request, now: datetime) -> Answer:
        self.ask("RC1", "zhangsan", now)
        return super().handle(request, now)


@asynccontextmanager
async def dingtalk_robot(patience: http.Patience) -> AsyncIterator[Rig]:
    clock, ledger = Clock(), Ledger()
    dingtalk = DingTalk(DingTalkTenant({DINGTALK_TOKEN: RobotSetup("培育群", DINGTALK_SECRET, "催报")}), ledger)
    async with Server([dingtalk], clock) as server:
        account = RobotAccount(Secret(DINGTALK_TOKEN), Secret(DINGTALK_SECRET), "催报")
        channel = DingTalkRobot(DingTalkRobotConfig({"main": account}, server.url), http.Client(slots=2, patience=patience), clock)
        secrets = (DINGTALK_TOKEN, DINGTALK_SECRET)
        yield Rig(channel, ledger, dingtalk.faults, "main", "/robot/send", secrets, clock, DINGTALK_ROBOT_CODES)
        await channel.close()


@asynccontextmanager
async def _dingtalk_app(
    make_address: Callable[[DingTalkTenant, str], str],
    path: str,
    codes: Mapping[str, FailureKind],
    patience: http.Patience,
    way: Way = "robot",
) -> AsyncIterator[Rig]:
    clock, ledger = Clock(), Ledger()
    tenant = DingTalkTenant({}, members=frozenset({"zhangsan"}), groups=frozenset({"cid1"}))
    dingtalk = DingTalk(tenant, ledger)
    async with Server([dingtalk], clock) as server:
        config = DingTalkAppConfig(
            tenant.app_key, Secret(tenant.app_secret), tenant.robot_code, server.url, server.url, way=way, agent_id=tenant.agent_id,
            sample=1, sample_wait=0, pace=0,
        )  # fmt: skip
        channel = DingTalkApp(config, http.Client(slots=2, patience=patience), clock)
        address = make_address(tenant, server.url)
        secrets = (tenant.app_secret,) + ((address.partition("=")[2],) if "=" in address else ())
        yield Rig(channel, ledger, dingtalk.faults, address, path, secrets, clock, codes, tokens=("T-1-",))
        await channel.close()


@asynccontextmanager
async def dingtalk_app(patience: http.Patience) -> AsyncIterator[Rig]:
    async with _dingtalk_app(lambda tenant, url: "zhangsan", "/v1.0/robot", DINGTALK_APP_CODES, patience) as rig:
        yield dataclasses.replace(rig, unknown_code="something.new")


@asynccontextmanager
async def dingtalk_group(patience: http.Patience) -> AsyncIterator[Rig]:
    async with _dingtalk_app(lambda tenant, url: "group:cid1", "/v1.0/robot", DINGTALK_APP_CODES, patience) as rig:
        yield dataclasses.replace(rig, unknown_code="something.new", bad_address="group:cid9")


@asynccontextmanager
async def dingtalk_notice(patience: http.Patience) -> AsyncIterator[Rig]:
    async with _dingtalk_app(
        lambda tenant, url: "zhangsan", "/topapi/message/corpconversation/asyncsend", DINGTALK_NOTICE_CODES, patience, "notice"
    ) as rig:
        yield rig


@asynccontextmanager
async def dingtalk_session(patience: http.Patience) -> AsyncIterator[Rig]:
    def address(tenant: DingTalkTenant, url: str) -> str:
        session = seal_session(tenant.app_secret, Session("zhangsan", "cid1", NOW + timedelta(minutes=90)))
        return f"{url}/robot/sendBySession?session={session}"

    async with _dingtalk_app(address, "/robot/sendBySession", DINGTALK_SESSION_CODES, patience) as rig:
        yield dataclasses.replace(rig, bad_address="http://127.0.0.1:9/robot/sendBySession?session=S1")


@asynccontextmanager
async def _feishu(form: Form, patience: http.Patience) -> AsyncIterator[Rig]:
    clock, ledger = Clock(), Ledger()
    feishu = Feishu({FEISHU_TOKEN: RobotSetup("培育群", FEISHU_SECRET, "催报")}, ledger)
    async with Server([feishu], clock) as server:
        account = RobotAccount(Secret(FEISHU_TOKEN), Secret(FEISHU_SECRET), "催报")
        config = FeishuRobotConfig({"main": account}, server.url, form, pace=0)
        channel = FeishuRobot(config, http.Client(slots=2, patience=patience), clock)
        secrets = (FEISHU_TOKEN, FEISHU_SECRET)
        yield Rig(channel, ledger, feishu.faults, "main", "/open-apis/bot", secrets, clock, FEISHU_CODES)
        await channel.close()


@asynccontextmanager
async def feishu_text(patience: http.Patience) -> AsyncIterator[Rig]:
    async with _feishu("text", patience) as rig:
        yield rig


@asynccontextmanager
async def feishu_post(patience: http.Patience) -> AsyncIterator[Rig]:
    async with _feishu("post", patience) as rig:
        yield rig


@asynccontextmanager
async def feishu_interactive(patience: http.Patience) -> AsyncIterator[Rig]:
    async with _feishu("interactive", patience) as rig:
        yield rig


@asynccontextmanager
async def mail(patience: http.Patience) -> AsyncIterator[Rig]:
    clock, ledger = Clock(), Ledger()
    room = Mailroom(MailSetup({"bot@example.com": "mail-password"}, frozenset({"nobody@example.com"})), ledger)
    async with SmtpServer(room, clock) as server:
        config = MailConfig(
            "127.0.0.1", server.port, "bot@example.com", Secret("tag-secret"), "催报", Security.PLAIN,
            "bot@example.com", Secret("mail-password"), seconds=patience.read,
        )  # fmt: skip
        channel = Mail(config, clock)
        yield Rig(
            channel, ledger, room.faults, "zhangsan@example.com", "content", ("mail-password", "tag-secret"), clock, MAIL_CODES,
            unknown_code="599", faults=MAIL_FAULTS, bad_address="nobody@example.com",
        )  # fmt: skip
        await channel.close()


ALL = {
    **{f"wecom_robot_{form}": wecom_robot(form) for form in ("text", "markdown", "markdown_v2", "card")},
    **{f"wecom_bot_{form}": wecom_bot(form) for form in ("markdown_v2", "card")},
    "wecom_bot_answer": wecom_bot_answer,
    **{f"wecom_app_{form}": wecom_app(form) for form in ("text", "markdown", "textcard", "card")},
    "dingtalk_robot": dingtalk_robot,
    "dingtalk_app": dingtalk_app,
    "dingtalk_group": dingtalk_group,
    "dingtalk_notice": dingtalk_notice,
    "dingtalk_session": dingtalk_session,
    "feishu_text": feishu_text,
    "feishu_post": feishu_post,
    "feishu_interactive": feishu_interactive,
    "mail": mail,
}


def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
