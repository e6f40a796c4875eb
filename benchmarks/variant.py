"""One variant in this process: `python -m benchmarks.variant MODULE FUNCTION SIZE FOLDER`; the last line printed is JSON."""

import importlib
import json
import sys
from pathlib import Path

from benchmarks import process


def main(module: str, function: str, size: str, folder: str) -> None:
    """Call the function and print what it measured."""
    measured = getattr(importlib.import_module(f"benchmarks.{module}"), function)(int(size), Path(folder)) or {}
    sys.stdout.write("\n" + json.dumps({"rss_mb": process.resident(what="VmHWM"), **measured}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
