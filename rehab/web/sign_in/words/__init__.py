"""The words of the pages that patients meet, in each of their languages, under the same keys."""

from collections.abc import Mapping

from rehab.web.sign_in.words.english import ENGLISH
from rehab.web.sign_in.words.spanish import SPANISH

WORDS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "es": SPANISH}
LANGUAGES = tuple(WORDS)
