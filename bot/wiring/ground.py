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

    def close(self) -> None:
        """Give up the database."""
        self.store.close()


def open_ground(settings: Settings) -> Ground:
    """Open the installation and bring its database up to date. Raises GroundError."""
    data = settings.cuibao_data
    try:
        data.mkdir(parents=True, exist_ok=True)
        secret = settings.cuibao_secret_key or _kept_secret(data / "secret.key")
    except OSError as error:
        raise GroundError(f"数据目录 {data} 无法使用：{error.strerror}。请检查路径与权限，或用 --data 另指一个目录") from error
    if len(secret.reveal()) < SECRET_BYTES:
        raise GroundError(f"CUIBAO_SECRET_KEY 至少要 {SECRET_BYTES} 个字符；也可以留空，由程序自动生成")
    store = Store(settings.database_url or f"sqlite:///{(data / 'cuibao.db').resolve()}")
    store.migrate()
    return Ground(settings, store, Renderer(), secret)


def _kept_secret(path: Path) -> Secret:
    """The secret of this data directory, made on the first start and readable by its owner only."""
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
    return Secret(path.read_text(encoding="ascii").strip())


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
    for quiet in ("httpx", "httpcore", "apscheduler", "alembic", "uvicorn.access"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
