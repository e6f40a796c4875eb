"""What every command stands on: the data directory, the database at its current version, the signing secret, the log."""

import logging
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.channels import redact
from bot.domain.errors import CuibaoError
from bot.domain.secret import Secret
from bot.domain.workdays import WorkCalendar
from bot.render import Renderer
from bot.settings import Settings
from bot.store import Store
from bot.talk.reply_links import ReplyLinks

SECRET_BYTES = 32


class GroundError(CuibaoError):
    """The installation cannot be opened as it is configured; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Ground:
    """An opened installation. Close it when done."""

    settings: Settings
    store: Store
    renderer: Renderer
    secret: Secret

    @property
    def calendar(self) -> WorkCalendar:
        """The working calendar with the administrator's amendments, as it stands now."""
        with self.store.read() as tx:
            return WorkCalendar(tx.calendar.overrides())

    def links(self, address: str = "") -> ReplyLinks:
        """Links to the reply page under the configured address, or under this one if none is; where there is neither, none is made."""
        return ReplyLinks(self.secret.reveal().encode(), self.settings.cuibao_base_url or address)

    def close(self) -> None:
        """Give up the database."""
        self.store.close()


def open_ground(settings: Settings, *, make: bool = True) -> Ground:
    """Open the installation and bring its database up to date; where there is none it is made, or with `make=False` refused.

    Raises GroundError, and StoreError for a database that cannot be used.
    """
    data = settings.cuibao_data
    store = Store(settings.database_url or f"sqlite:///{(data / 'cuibao.db').resolve()}")
    if not make and not store.is_made():
        raise _nothing_there(store)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)  # numbers, letters and sessions stand in it
        secret = _secret(settings.cuibao_secret_key, data / "secret.key")
    except OSError as error:
        raise unusable(data, error) from error
    store.migrate()
    return Ground(settings, store, Renderer(), secret)


def _nothing_there(store: Store) -> GroundError:
    """The refusal for a place where nobody has made an installation: mostly a slip in its name, and an empty one would look well."""
    where = store.url.render_as_string(hide_password=True)
    return GroundError(
        f"还没有建库：{where}。请核对 --data、CUIBAO_DATA 或 DATABASE_URL；确实要新建，请先执行 cuibao migrate 或 cuibao serve"
    )


def unusable(data: Path, error: OSError) -> GroundError:
    """The refusal for a data directory in which something cannot be read or written."""
    where = f"（{error.filename}）" if error.filename and str(error.filename) != str(data) else ""
    return GroundError(f"数据目录 {data} 无法使用{where}：{error.strerror}。请检查路径与权限，或用 --data 另指一个目录")


def _secret(configured: Secret, path: Path) -> Secret:
    """The configured secret or the one kept in the data directory. Raises GroundError if it is too short to sign with."""
    if configured:
        if len(configured.reveal()) < SECRET_BYTES:
            raise GroundError(f"CUIBAO_SECRET_KEY 至少要 {SECRET_BYTES} 个字符；也可以留空，由程序自动生成")
        return configured
    kept = _kept(path)
    if len(kept) < SECRET_BYTES:
        raise GroundError(f"签名密钥文件 {path} 是空的或不完整。请从备份恢复；没有备份就删除它，重新启动会生成新的（已登录的人需重新登录）")
    return Secret(kept)


def _kept(path: Path) -> str:
    """What the secret's file holds, made on the first start and readable by its owner only; whole or not there, whoever starts at once."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
        with suppress(FileExistsError):
            _give_name(draft, path)
        draft.unlink(missing_ok=True)
    return path.read_bytes().decode("ascii", "ignore").strip()


def _give_name(draft: Path, path: Path) -> None:
    """Raises FileExistsError if the name is taken, where the file system can tell."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # no hard links here (exFAT, some shares): the last one to start wins
        draft.replace(path)


def start_log(level: str) -> None:
    """One line an event on stderr, without secrets and telephone numbers, whoever logs it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("event"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(redact.redact)
    logging.basicConfig(level=level, format="%(message)s", handlers=[handler], force=True)
    for quiet in ("httpx", "httpcore", "apscheduler", "alembic", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
