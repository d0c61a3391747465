"""A dosage in words, in the patient's language: how often, how long, how many days a week."""

from dataclasses import dataclass

from rehab.programs.dosage import Dosage
from rehab.programs.library import Library
from rehab.programs.translation import translated

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class DosageWords:
    """The pieces that a language puts a dosage together from; {n} is the number of each."""

    minutes: str
    sets: str
    once: str
    times: str
    hold: str
    each_side: str
    every_day: str
    one_day: str
    days: str


LANGUAGES = {
    "en": DosageWords(
        minutes="{n} min",
        sets="{sets} sets of {n}",
        once="once",
        times="{n} times",
        hold="hold {n} s",
        each_side="each side",
        every_day="every day",
        one_day="1 day a week",
        days="{n} days a week",
    ),
    "es": DosageWords(
        minutes="{n} min",
        sets="{sets} series de {n}",
        once="una vez",
        times="{n} veces",
        hold="mantén {n} s",
        each_side="cada lado",
        every_day="todos los días",
        one_day="1 día a la semana",
        days="{n} días a la semana",
    ),
}


def dosage_text(dosage: Dosage, language: str, library: Library) -> str:
    """The dosage in words, such as `2 sets of 8, hold 5 s, each side (light band)`.

    The note stays in English where the library has no translation of it.
    """
    words = LANGUAGES[language]
    parts = [_amount(dosage, words)]
    if dosage.hold_seconds:
        parts.append(words.hold.format(n=dosage.hold_seconds))
    if dosage.each_side:
        parts.append(words.each_side)
    text = ", ".join(parts)
    return f"{text} ({translated(dosage.note, language, library)})" if dosage.note else text


def days_text(dosage: Dosage, language: str) -> str:
    """On how many days of a week, such as `3 days a week`."""
    words, days = LANGUAGES[language], dosage.days_per_week
    if days == DAYS_A_WEEK:
        return words.every_day
    return words.one_day if days == 1 else words.days.format(n=days)


def _amount(dosage: Dosage, words: DosageWords) -> str:
    if dosage.minutes:
        return words.minutes.format(n=dosage.minutes)
    if dosage.sets > 1:
        return words.sets.format(sets=dosage.sets, n=dosage.reps)
    return words.once if dosage.reps == 1 else words.times.format(n=dosage.reps)
