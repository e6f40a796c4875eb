"""The command `cuibao`: parses and prints, decides nothing.

The commands are declared here with light imports only, so that `cuibao --help` answers at once; what needs the database
or the network is in `bot.cli.house` and loaded by name when such a command runs.

Exit codes: 0 done, 1 something is wrong and was said (doctor found differences), 2 the input cannot be used.
"""

import importlib
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from bot.cli import rules
from bot.domain.errors import CuibaoError

app = typer.Typer(
    name="cuibao",
    help="催报：盯住通知里的报送时限，提醒该提醒的人，听懂答复，写出通报。不带命令时启动服务（首次为演练）。",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(rules.notice_app, name="notice")
app.add_typer(rules.reply_app, name="reply")
app.command("calendar")(rules.calendar)
app.command("due")(rules.due)

Data = Annotated[Path | None, typer.Option("--data", help="数据目录，默认取配置 CUIBAO_DATA（data）")]
Env = Annotated[Path | None, typer.Option("--env", help="配置文件，默认为当前目录的 .env")]
Now = Annotated[str, typer.Option("--now", help="从这一时刻开始计时，例如 2018-09-28T09:05+08:00（测试与演示用）")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


def _house() -> ModuleType:
    """The part of the command line that needs the database and the network (0.5 s to load, so only when used)."""
    return importlib.import_module("bot.cli.house")


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Without a command: serve."""
    if context.invoked_subcommand is None:
        _house().serve(port=None, host="", data=None, env=None, now="")


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
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="第一天（含）")] = datetime(2018, 8, 27),  # noqa: DTZ001 - a civil day
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="最后一天（含）")] = datetime(2019, 2, 28),  # noqa: DTZ001 - a civil day
    seed: Annotated[int, typer.Option(help="替身联络员的随机种子；同一种子结果相同")] = 2018,
    as_json: Json = False,
) -> None:
    """演练：在虚拟日期上把通知从头走到通报，替身联络员会答复；不打开任何对外连接。"""
    _house().rehearse(notice=notice, since=since.date(), until=until.date(), seed=seed, as_json=as_json)


@app.command()
def run(
    job: Annotated[str, typer.Argument(help="due、remind、deliver、listen、bulletin、tidy 之一")],
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
def link(data: Data = None, env: Env = None) -> None:
    """打印一个新的一次性登录链接。"""
    _house().link(data=data, env=env)


def main() -> None:
    """Run the command line; a refusal becomes one Chinese message on stderr and exit code 2."""
    try:
        app()
    except CuibaoError as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(2) from refusal
    except BrokenPipeError:
        raise SystemExit(0) from None
