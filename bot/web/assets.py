"""Our stylesheet, our script and the two vendored files, held in memory with their digest and a compressed copy.

An address carries the digest of its content (`/static/app.css?v=…`), so a browser may keep the answer for a year.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent. `digest` is the beginning of its SHA-256; `compressed` is its gzip form."""

    media_type: str
    content: bytes
    compressed: bytes
    digest: str


class Assets:
    """All files of the folder that a page may name, by their path inside it."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        self._files = files

    def get(self, name: str) -> Asset | None:
        """The file, None if there is none of this name."""
        return self._files.get(name)

    def address(self, name: str) -> str:
        """Where a page finds the file. Raises KeyError for a name that is not there: a page must not name it."""
        return f"/static/{name}?v={self._files[name].digest}"


def load(folder: Path = FOLDER) -> Assets:
    """Read the folder once. Files of other types (licences) are not served."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in TYPES)
    return Assets({path.relative_to(folder).as_posix(): _asset(path) for path in paths})


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(TYPES[path.suffix], content, gzip.compress(content, 9, mtime=0), digest)
