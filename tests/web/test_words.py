"""The words of the pages: every language says the same things, under the same keys."""

import re
import string
from pathlib import Path

import pytest

from rehab.web.words import COMMON, LANGUAGES, areas, words

WEB = Path(__file__).parent.parent.parent / "rehab" / "web"
SAME_IN_SPANISH = {"product", "no", "app_short_name"}
"""What is one word in both languages, and every text of nothing but blanks."""


def blanks(text: str) -> list[str]:
    return sorted(field for _, field, _, _ in string.Formatter().parse(text) if field is not None)


def test_every_language_has_the_same_areas() -> None:
    assert {language: areas(language) for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, areas("en")
    )


@pytest.mark.parametrize("area", areas("en"))
@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_an_area_has_the_same_keys_and_blanks_in_every_language(area: str, language: str) -> None:
    english, other = words(area, "en"), words(area, language)
    assert english.keys() == other.keys()
    assert {key: blanks(text) for key, text in english.items()} == {
        key: blanks(text) for key, text in other.items()
    }


def test_a_word_that_is_not_there_is_a_fault_and_not_an_empty_place() -> None:
    with pytest.raises(RuntimeError, match="no_such_key"):
        words(COMMON, "en")["no_such_key"]


@pytest.mark.parametrize("area", areas("en"))
def test_no_text_was_left_untranslated(area: str) -> None:
    spanish = words(area, "es")
    same = {
        key
        for key, text in words(area, "en").items()
        if text == spanish[key] and re.search(r"[a-z]{4}", re.sub(r"{\w+}", "", text))
    }
    assert same - SAME_IN_SPANISH == set()
