import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.secret import NO_SECRET, Secret


@given(st.text(min_size=7))
def test_a_secret_prints_as_stars_wherever_it_ends_up(text: str) -> None:
    secret = Secret(text)
    for shown in (str(secret), repr(secret), f"{secret}", f"{secret!r:>40}", repr([secret]), str({"key": secret})):
        assert text not in shown or text.strip("* []{}:'key") == ""
    assert secret.reveal() == text


def test_a_secret_is_neither_pickled_nor_written_as_json() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("k"))
    with pytest.raises(TypeError):
        json.dumps(Secret("k"))


def test_secrets_compare_by_what_they_hide() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not NO_SECRET
    assert Secret("x")
