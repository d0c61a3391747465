"""The words patients use, by what they mean, in English and Spanish.

Each is written the way `spelling.spoken` leaves a text: lower case, no accents, no punctuation.
The lists are explicit on purpose: by edit distance "dont" is as near to "done" as "sotp" to "stop".
"""

from rehab.notifications.phrases import english, spanish


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


def _phrases(*texts: str) -> frozenset[str]:
    found = (" ".join(phrase.split()) for text in texts for phrase in text.split(","))
    return frozenset(phrase for phrase in found if phrase)


def _longest_first(phrases: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))


def _numbered(words: str) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split())}


COURTESY = _words(english.COURTESY, spanish.COURTESY)

WRONG_NUMBER = _phrases(english.WRONG_NUMBER, spanish.WRONG_NUMBER)

ELSEWHERE = "arret, arreter, stoppen, abmelden, parem, sair"
"""STOP as carriers know it in French, German and Portuguese."""

OPT_OUT = WRONG_NUMBER | _phrases(english.OPT_OUT, spanish.OPT_OUT, ELSEWHERE)

ABOUT_STOPPING = _words(english.ABOUT_STOPPING, spanish.ABOUT_STOPPING)
"""A word of these in a longer text, or a near miss of STOP on its own: worth asking back."""

HELP = _phrases(english.HELP, spanish.HELP, "aide")

OPT_IN = _phrases(english.OPT_IN, spanish.OPT_IN)

SAFETY = tuple(sorted(_phrases(english.SAFETY, spanish.SAFETY)))
"""Red flags as people text them: RF01-RF09 and RF19 of the safety questions, and calls for help."""

NOT_A_FALL = _longest_first(_phrases(english.NOT_A_FALL))

TICKS = "✅, ✔"

DONE = _longest_first(_phrases(english.DONE, spanish.DONE, TICKS))

YES = _words(english.YES, spanish.YES, "👍")
"""A yes means a session done only when that was asked, and START only after a STOP."""

NO = _words(english.NO, spanish.NO)

THANKS = _phrases(english.THANKS, spanish.THANKS, "👍, ❤, 🙏, 😀, 😊, 🙂")

FINE = _phrases(english.FINE, spanish.FINE)
"""Polite noise, unless a number was asked for."""

LATER = _longest_first(_phrases(english.LATER, spanish.LATER))

MINUTES = dict.fromkeys(_words(english.MINUTES, spanish.MINUTES), 1)

HOURS = dict.fromkeys(_words(english.HOURS, spanish.HOURS), 60)

SKIP = _phrases(english.SKIP, spanish.SKIP)

PAIN = _words(english.PAIN, spanish.PAIN)
"""The word in front of a number that makes it a pain rating, whatever was asked."""

HURTING = _words(english.HURTING, spanish.HURTING)
"""Words that show that a number is not about sleep."""

SLEEP = _words(english.SLEEP, spanish.SLEEP)

WHEN = english.WHEN | spanish.WHEN

AROUND_A_NUMBER = _words(english.AROUND_A_NUMBER, spanish.AROUND_A_NUMBER, "✅ ✔ 👍 ❤ 🙏 😀 😊 🙂")
"""Words that change nothing about the number beside them."""

PAIN_FREE = _phrases(english.PAIN_FREE, spanish.PAIN_FREE)

NONE_AT_ALL = _words(english.NONE_AT_ALL, spanish.NONE_AT_ALL)
"""No pain, when a number was asked for; "done nothing" must not read as a pain of 0."""

NUMBER_WORDS = {"en": _numbered(english.NUMBERS), "es": _numbered(spanish.NUMBERS)}

CORRECTING = _longest_first(_phrases(english.CORRECTING, spanish.CORRECTING))
"""How a second number is announced that takes the place of the first."""

REASONS = {
    "sore": _phrases(english.SORE, spanish.SORE),
    "busy": _phrases(english.BUSY, spanish.BUSY),
    "forgot": _phrases(english.FORGOT, spanish.FORGOT),
}
"""Why sessions were missed, when that was asked: by its number or in words."""
