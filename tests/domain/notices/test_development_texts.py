"""The labelled development texts, scored by their own rules; they lie outside the project and may be absent."""

import importlib.util
import json
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.domain import notices

FOLDER = Path(__file__).parents[4] / "shared" / "notices"
LEAST_F1 = 0.95

pytestmark = pytest.mark.skipif(not (FOLDER / "labels.jsonl").exists(), reason="the development texts are not here")


def test_the_development_texts_are_read_well() -> None:
    score = _score()
    true = false = missed = 0
    for row in map(json.loads, (FOLDER / "labels.jsonl").read_text(encoding="utf-8").splitlines()):
        pairs, miss, extra = score.match(row["obligations"], _predicted(row), "rule")
        true, false, missed = true + len(pairs), false + len(extra), missed + len(miss)
    assert score.prf(true, false, missed)[2] >= LEAST_F1


def _predicted(row: dict[str, Any]) -> list[dict[str, Any]]:
    text = (FOLDER / row["file"]).read_text(encoding="utf-8")
    reading = notices.read(text, date.fromisoformat(row["doc_date"]) if row["doc_date"] else None)
    return [{"rule": one.rule, "due": [str(day) for day in one.due]} for one in reading.obligations]


def _score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notice_score", FOLDER / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
