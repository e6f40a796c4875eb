"""The command `cuibao`: parses and prints, decides nothing.

The commands are declared here with light imports only, so that `cuibao --help` answers at once. What they do is in
`bot.cli.rules` (the rules alone), `bot.cli.house` (the database and the network) and `bot.cli.office` (units, people and duties),
each loaded by name when it is needed.

Exit codes: 0 done, 1 something is wrong and was said (doctor found differences), 2 the input cannot be used.
"""

import importlib
import sys
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from bot.domain.errors import CuibaoError

app = typer.Typer(
    name="cuibao",
    help="催报：盯住通知里的报送时限，提醒该提醒的人，听懂答复，写出通报。不带命令时启动服务（首次为演练）。",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # a plain help text: loading rich takes longer than everything else in it
)
notice_app = typer.Typer(help="读通知。", no_args_is_help=True, rich_markup_mode=None)
reply_app = typer.Typer(help="读答复。", no_args_is_help=True, rich_markup_mode=None)
mail_app = typer.Typer(help="读邮件。", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(notice_app, name="notice")
app.add_typer(reply_app, name="reply")
app.add_typer(mail_app, name="mail")
channel_app = typer.Typer(help="渠道：上线前逐步检查。", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(channel_app, name="channels")
user_app = typer.Typer(help="管理员账号：第一个在这里建，以后可在页面里建。", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(user_app, name="user")

Data = Annotated[Path | None, typer.Option("--data", help="数据目录，默认取配置 CUIBAO_DATA（data）")]
Env = Annotated[Path | None, typer.Option("--env", help="配置文件，默认为当前目录的 .env")]
Now = Annotated[str, typer.Option("--now", help="从这一时刻开始计时，例如 2018-09-28T09:05+08:00（测试与演示用）")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


class Rank(StrEnum):
    """The words of `--rank`; a test holds them equal to `bot.domain.words.Rank`."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    AUDITOR = "auditor"
    READER = "reader"


class Shift(StrEnum):
    """The words of `--shift`; a test holds them equal to `bot.domain.due.Shift`, which is not loaded for a help text."""

    EARLIER = "earlier"
    LATER = "later"
    AS_IS = "as-is"


def _house() -> ModuleType:
    """The part of the command line that needs the database and the network."""
    return importlib.import_module("bot.cli.house")


def _office() -> ModuleType:
    """What an administrator without pages does: the roster, arming, looking ahead."""
    return importlib.import_module("bot.cli.office")


def _users() -> ModuleType:
    """The administrators."""
    return importlib.import_module("bot.cli.users")


def _rules() -> ModuleType:
    """The part of the command line that needs only the rules."""
    return importlib.import_module("bot.cli.rules")


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Without a command: serve."""
    if context.invoked_subcommand is None:
        _house().serve(port=None, host="", data=None, env=None, now="")


@app.command()
def calendar(days: Annotated[list[str], typer.Argument(metavar="DATE…", help="日期，如 2018-09-30")], as_json: Json = False) -> None:
    """查工作日：某天是否上班、依据什么、是否暂定。"""
    _rules().calendar(days, as_json)


@app.command()
def due(
    rule: Annotated[str, typer.Argument(help="报送规则，如 quarterly:next-month-day=20")],
    since: Annotated[str, typer.Option("--from", help="从这一天（含）起")],
    count: Annotated[int, typer.Option(min=1, max=1000, help="列出几期")] = 8,
    shift: Annotated[Shift, typer.Option(help="遇休息日：earlier 提前、later 顺延、as-is 不动")] = Shift.EARLIER,
    as_json: Json = False,
) -> None:
    """列出一条报送规则接下来的截止日，并说明每一天是怎么来的。"""
    _rules().due(rule, since, count, shift.value, as_json)


@notice_app.command("read")
def notice_read(
    file: Annotated[str, typer.Argument(help="通知文本文件，- 表示标准输入")],
    issued: Annotated[str, typer.Option(help="成文日期；文中写明的可省略")] = "",
    as_json: Json = False,
) -> None:
    """从通知全文读出报送事项、时限、去处，并列出需要人定的疑点。"""
    _rules().notice_read(file, issued, as_json)


@notice_app.command("arm")
def notice_arm(  # noqa: PLR0913 - a command's options are its parameters
    file: Annotated[Path, typer.Argument(help="通知文本文件")],
    issued: Annotated[str, typer.Option(help="成文日期，如 2018-08-27，优先于文中所写")] = "",
    published: Annotated[str, typer.Option(help="发布日期：从这一天起提醒")] = "",
    since: Annotated[str, typer.Option("--from", help="只管这一天（含）以后到期的；默认自成文日期起")] = "",
    units: Annotated[str, typer.Option(help="哪些单位要报：all 为最上级以外的全部，或逗号隔开的单位代码")] = "all",
    only: Annotated[str, typer.Option(help="只启用这些编号的事项，如 1,3；默认全部")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="确认启用；不加则只列出将要启用的内容")] = False,
    data: Data = None,
    env: Env = None,
    as_json: Json = False,
) -> None:
    """启用通知里的报送事项：先列出事项、截止日、单位与疑点，加 --yes 才启用；启用之前一条也不会发。"""
    days = [_rules().civil_day(day) if day else None for day in (issued, published, since)]
    _office().arm(file, days, units, only, yes=yes, data=data, env=env, as_json=as_json)


@reply_app.command("read")
def reply_read() -> None:
    """逐行读答复：标准输入每行 {"text","asked_at"}，标准输出每行 {"intent","date","counts"}，次序不变。"""
    _rules().reply_read()


@reply_app.command("explain")
def reply_explain(
    text: Annotated[str, typer.Argument(help="答复原文")],
    at: Annotated[str, typer.Option(help="答复的时刻，如 2018-09-28T09:00")] = "2018-09-27T10:00",
) -> None:
    """说明一句答复是怎么被理解的：用到的词、规则与分数。"""
    _rules().reply_explain(text, at)


@mail_app.command("read")
def mail_read() -> None:
    """读一封邮件：标准输入为原文（.eml），标准输出一行 JSON：类别、去掉引文和签名的正文、发件人、标签、附件。"""
    _rules().mail_read()


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="端口，0 表示任选空闲端口；默认取配置（8000）")] = None,
    host: Annotated[str, typer.Option(help="监听地址，默认取配置（127.0.0.1）")] = "",
    data: Data = None,
    env: Env = None,
    now: Now = "",
) -> None:
    """启动服务：页面、节拍、发送与回调。首次启动自动建库；演练方式下自动载入样例。"""
    _house().serve(port=port, host=host, data=data, env=env, now=now)


@app.command()
def rehearse(
    notice: Annotated[Path | None, typer.Option(help="通知文件；省略则用随附样例")] = None,
    since: Annotated[str, typer.Option("--from", help="第一天（含），如 2018-08-27")] = "2018-08-27",
    until: Annotated[str, typer.Option("--to", help="最后一天（含），如 2019-02-28")] = "2019-02-28",
    seed: Annotated[int, typer.Option(help="替身联络员的随机种子；同一种子结果相同")] = 2018,
    as_json: Json = False,
) -> None:
    """演练：在虚拟日期上把通知从头走到通报，替身联络员会答复；不打开任何对外连接。"""
    first, last = _rules().civil_day(since), _rules().civil_day(until)
    _house().rehearse(notice=notice, since=first, until=last, seed=seed, as_json=as_json)


@app.command()
def run(
    job: Annotated[str, typer.Argument(help="due、remind、deliver、listen、bulletin、quota、alert、tidy 之一")],
    now: Annotated[str, typer.Option("--now", help="以这一时刻运行，例如 2018-09-28T09:05+08:00；省略则为此刻")] = "",
    data: Data = None,
    env: Env = None,
    as_json: Json = False,
) -> None:
    """手工运行一个作业一次：排查、演示、补跑都用它；重复运行没有副作用。"""
    _house().run(job=job, now=now, data=data, env=env, as_json=as_json)


@app.command()
def migrate(data: Data = None, env: Env = None) -> None:
    """建库或把数据库升级到当前版本。"""
    _house().migrate(data=data, env=env)


@app.command()
def doctor(data: Data = None, env: Env = None, as_json: Json = False) -> None:
    """体检：重算全部状态、核对证据链、查看作业与渠道；有问题时退出码为 1。"""
    _house().doctor(data=data, env=env, as_json=as_json)


@app.command()
def outbox(
    state: Annotated[str, typer.Option(help="只看这一状态，如 dead；doubt 为可能送达两次的")] = "",
    resend: Annotated[int | None, typer.Option(help="决定重发这一条（是否送达不明或已失败的）")] = None,
    drop: Annotated[int | None, typer.Option(help="决定放弃这一条（是否送达不明或已失败的）")] = None,
    resume: Annotated[str, typer.Option(help="恢复被暂停的发送账号，名称见 cuibao doctor")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多列出几条，最新的在前")] = 50,
    data: Data = None,
    env: Env = None,
    as_json: Json = False,
) -> None:
    """发件箱：列出消息及平台给出的结果，对是否送达不明或已失败的作出决定。"""
    _house().outbox(state=state, resend=resend, drop=drop, resume=resume, limit=limit, data=data, env=env, as_json=as_json)


@app.command()
def roster(
    file: Annotated[Path | None, typer.Argument(help="名单文件（.xlsx 或 .csv）")] = None,
    template: Annotated[bool, typer.Option("--template", help="打印表头和两行示例")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查并列出会有什么变化，不导入")] = False,
    complete: Annotated[bool, typer.Option("--complete", help="名单写到的单位和角色以名单为准，其他人今天起不再担任")] = False,
    data: Data = None,
    env: Env = None,
    as_json: Json = False,
) -> None:
    """导入单位和联络员名单：有一格不对就一条也不导入，全部问题一次列出；重复导入没有变化。"""
    _office().roster(file, template=template, dry_run=dry_run, complete=complete, data=data, env=env, as_json=as_json)


@app.command()
def who(
    on: Annotated[str, typer.Option(help="从哪一天（含）起看，如 2018-09-28，默认今天")] = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="看几天")] = 14,
    data: Data = None,
    env: Env = None,
    as_json: Json = False,
) -> None:
    """看谁会收到什么：接下来每一梯次有几项任务、由什么渠道到几个人，哪些单位无人可达；不发任何消息。"""
    _office().who(_rules().civil_day(on) if on else None, days, data=data, env=env, as_json=as_json)


@channel_app.command("check")
def channel_check(
    name: Annotated[str, typer.Argument(help="渠道名，如 dingtalk_app")],
    to: Annotated[str, typer.Option("--to", help="向这个地址（机器人名称、用户编号、邮箱）发一条测试消息；不写则不发")] = "",
    data: Data = None,
    env: Env = None,
    as_json: Json = False,
) -> None:
    """逐步检查一个渠道：配置、登录、测试消息；不通过的写明到平台后台做什么。"""
    if not importlib.import_module("bot.cli.channel").check(name, to, data, env, as_json):
        raise typer.Exit(1)


@channel_app.command("send-test")
def channel_send_test(
    name: Annotated[str, typer.Argument(help="渠道名，如 dingtalk_app")],
    to: Annotated[str, typer.Option("--to", help="收件地址：机器人名称、用户编号、邮箱")],
    data: Data = None,
    env: Env = None,
    as_json: Json = False,
) -> None:
    """发一条测试消息；先查配置和试运行名单，不通过就不发。"""
    channel_check(name, to, data, env, as_json)


@user_app.command("add")
def user_add(
    login: Annotated[str, typer.Argument(help="登录名：小写字母、数字、点、横线，以字母开头")],
    name: Annotated[str, typer.Option(help="姓名")],
    rank: Annotated[
        Rank, typer.Option(help="权限：province 省级管理员、prefecture 市州管理员、auditor 审计员、reader 只读")
    ] = Rank.PROVINCE,
    unit: Annotated[str, typer.Option(help="管辖单位的代码；市州管理员必填，其他可不填（看全部）")] = "",
    data: Data = None,
    env: Env = None,
) -> None:
    """新建管理员，打印初始口令（首次登录时必须更换）。"""
    _users().add(login, name, rank.value, unit, data=data, env=env)


@user_app.command("list")
def user_list(data: Data = None, env: Env = None, as_json: Json = False) -> None:
    """列出管理员账号。"""
    _users().listed(data=data, env=env, as_json=as_json)


@user_app.command("reset")
def user_reset(login: Annotated[str, typer.Argument(help="登录名")], data: Data = None, env: Env = None) -> None:
    """重置口令并停用两步验证，使其全部登录失效。"""
    _users().reset(login, data=data, env=env)


@app.command()
def link(data: Data = None, env: Env = None) -> None:
    """打印一个新的一次性登录链接。"""
    _house().link(data=data, env=env)


def main() -> None:
    """Run the command line; a refusal becomes one Chinese message on stderr and exit code 2."""
    try:
        app(prog_name="cuibao")
    except CuibaoError as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(2) from refusal
    except BrokenPipeError:
        raise SystemExit(0) from None
