"""Language tags that mean the same to an operator are the same."""

from __future__ import annotations

import pytest

from noc_console.media.languages import language, same_language


@pytest.mark.parametrize(
    ("one", "other"), [("en", "eng"), ("en-GB", "EN"), ("ger", "deu"), ("vi_VN", "vie"), ("chi", "zh-Hans")]
)
def test_the_same_language_in_other_words(one: str, other: str) -> None:
    assert same_language(one, other)


def test_other_languages_stay_apart_and_unknown_ones_stay_themselves() -> None:
    assert not same_language("en", "es")
    assert language("qaa") == "qaa"
    assert language("") == ""
