"""What the library says, in another language: looked up by the English text itself."""

from rehab.programs.library import Library

SOURCE = "en"
"""The language in which the library is written."""


def translated(text: str, language: str, library: Library) -> str:
    """`text` of the library in `language`; as it stands where no translation of it is known.

    A plan's own copy may say what the library no longer does: that stays as it was written.
    """
    return library.translations.get(language, {}).get(text, text)


def is_translated(text: str, language: str, library: Library) -> bool:
    """Whether `translated` gives `text` in `language`, so that a page need not mark it English."""
    return language == SOURCE or text in library.translations.get(language, {})
