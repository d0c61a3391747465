"""The words of the pages: one file a language and an area of pages, under the same keys.

A further language is a further folder of such files; `tests/web/test_words.py` compares them.
"""

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
COMMON = "common"
"""The area whose words every other area has too."""

LANGUAGES = ("en", "es")
"""The first is that of whoever asks for none of ours."""


class Words(dict[str, str]):
    """The words of one area by key; a key that is not there is a fault of the page that asks."""

    def __missing__(self, key: str) -> str:
        raise RuntimeError(f"the words have no key {key}")


@cache
def words(area: str, language: str) -> Words:
    """What the pages of `area` say in `language`, one of LANGUAGES."""
    return Words(_read(COMMON, language) | _read(area, language))


def areas(language: str) -> list[str]:
    """The areas that a language has words for."""
    return sorted(path.stem for path in (FOLDER / language).glob("*.toml"))


def _read(area: str, language: str) -> dict[str, str]:
    text = (FOLDER / language / f"{area}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
