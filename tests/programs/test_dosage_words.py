"""A dosage in words: the same in every language that a patient may choose."""

import pytest

from rehab.programs.dosage import Dosage
from rehab.programs.dosage_words import LANGUAGES, days_text, dosage_text
from rehab.programs.explanations import LANGUAGES as EXPLAINED
from rehab.programs.library import Library

WRITTEN = [
    (
        Dosage(3, sets=2, reps=8, hold_seconds=5, each_side=True, note="light band"),
        "2 sets of 8, hold 5 s, each side (light band)",
        "2 series de 8, mantén 5 s, cada lado (banda suave)",
    ),
    (Dosage(3, sets=1, reps=8), "8 times", "8 veces"),
    (Dosage(3, sets=2, reps=1), "2 sets of 1", "2 series de 1"),
    (
        Dosage(7, reps=1, hold_seconds=10, each_side=True),
        "once, hold 10 s, each side",
        "una vez, mantén 10 s, cada lado",
    ),
    (Dosage(5, minutes=12), "12 min", "12 min"),
    (Dosage(5, minutes=24, note="brisk"), "24 min (brisk)", "24 min (a paso ligero)"),
    (Dosage(5, minutes=9, note="with a dog"), "9 min (with a dog)", "9 min (with a dog)"),
]


@pytest.mark.parametrize(("dosage", "english", "spanish"), WRITTEN, ids=lambda case: str(case)[:24])
def test_a_dosage_reads_as_words_in_the_patients_language(
    dosage: Dosage, english: str, spanish: str, library: Library
) -> None:
    assert dosage_text(dosage, "en", library) == english
    assert dosage_text(dosage, "es", library) == spanish


@pytest.mark.parametrize(
    ("days", "english", "spanish"),
    [
        (1, "1 day a week", "1 día a la semana"),
        (3, "3 days a week", "3 días a la semana"),
        (7, "every day", "todos los días"),
    ],
)
def test_the_days_of_a_week_read_as_words(days: int, english: str, spanish: str) -> None:
    dosage = Dosage(days, reps=8)
    assert (days_text(dosage, "en"), days_text(dosage, "es")) == (english, spanish)


def test_a_dosage_can_be_said_in_every_language_of_the_reasons() -> None:
    assert LANGUAGES.keys() == EXPLAINED.keys()


def test_every_level_of_the_library_says_its_numbers_in_every_language(library: Library) -> None:
    for exercise in library.exercises.values():
        for level in exercise.levels:
            for language in LANGUAGES:
                text = dosage_text(level, language, library)
                said = [level.minutes] if level.minutes else [level.reps, level.hold_seconds]
                assert all(str(n) in text for n in said if n > 1), (exercise.id, language, text)
                assert "{" not in text
