"""One mail a file, in the forms of the programs that people use, with what is to be read from it; a misread mail is one more, for ever."""

import json
from pathlib import Path

import pytest

from bot.domain import mail

LETTERS = Path(__file__).parent / "letters"
EXPECTED = json.loads((LETTERS / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", EXPECTED)
def test_each_mail_is_read_as_a_person_would_read_it(name: str) -> None:
    letter = mail.read((LETTERS / f"{name}.eml").read_bytes())
    found = {
        "kind": letter.kind.value,
        "text": letter.text,
        "from": letter.sender,
        "token": letter.token,
        "attachments": [file.name for file in letter.attachments],
    }
    assert found == EXPECTED[name]


def test_every_mail_has_its_row_and_every_row_its_mail() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in LETTERS.glob("*.eml"))
