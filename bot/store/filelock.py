"""A lock on a file that the operating system takes away when its holder dies, however it dies."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """A lock that is held; `take` makes one."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path, self._handle = path, handle

    def release(self) -> None:
        """Remove the file and let go of the lock."""
        _remove(self._path)
        os.close(self._handle)


def take(path: Path) -> FileLock:
    """Create the file and lock it. Raises BlockingIOError if another process holds it, another OSError if the file cannot be made."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            raise
        if _still_there(path, handle):  # between open and lock a sweep may have removed the file
            return FileLock(path, handle)
        os.close(handle)


def held(path: Path) -> bool:
    """Whether somebody holds the lock. The file of a holder who is gone is removed."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        _lock(handle)
    except OSError:
        return True
    else:
        _remove(path)
        return False
    finally:
        os.close(handle)


def _still_there(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    """Windows refuses to remove an open file: it stays, unlocked, and counts as gone all the same."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return
