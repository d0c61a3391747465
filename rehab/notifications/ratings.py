"""Pain ratings as people text them: "7", "7/10", "seven", "siete de diez", "3 2", "during 3 now 2".

What could be read in two ways is not read at all: a range, a decimal, a number over 10.
"""

import re
from collections import ChainMap
from dataclasses import dataclass

from rehab.notifications.phrases import (
    AROUND_A_NUMBER,
    COURTESY,
    NUMBER_WORDS,
    PAIN,
    PAIN_FREE,
    WHEN,
)

MOST = 10
SCALE = re.compile(r"(?<=\d)\s*(?:/|out of|of|de|sobre)\s*10(?![\d.,/-])")
PUNCTUATION = ".,;:!?\"'()¡¿*…"
ROUGHLY = re.compile(r"mas o menos|more or less|~")
RANGE = re.compile(r"\d\s+a\s+\d")
TWO_IN_ONE = re.compile(r"(?<=\d)[,/](?=\d)")


@dataclass(frozen=True, slots=True)
class Pains:
    """Ratings 0-10 found in a text: during the session, and now. None was not said."""

    during: int | None = None
    now: int | None = None


def pains_in(text: str, language: str, two_asked: bool = False) -> Pains | None:
    """The ratings in a normalised text, or None when anything in it is not understood.

    A single number is the pain now. Two are during and now, in this order unless labelled.
    """
    text = text.replace("'", "")
    if text.strip(PUNCTUATION + " -") in PAIN_FREE:
        return Pains(now=0)
    digits = _with_digits(text, language)
    if RANGE.search(digits) or (two_asked and _one_of_ten_or_two(digits)):
        return None
    digits = SCALE.sub("", digits)
    items = _items(TWO_IN_ONE.sub(" ", digits) if two_asked else digits)
    return None if items is None else _assigned(items)


def _with_digits(text: str, language: str) -> str:
    words = ChainMap(NUMBER_WORDS.get(language, {}), *NUMBER_WORDS.values())
    plain = ROUGHLY.sub(" ", text).replace("=", " ").replace(":", " ")
    return re.sub(r"[^\W\d_]+", lambda match: str(words.get(match[0], match[0])), plain)


def _one_of_ten_or_two(text: str) -> bool:
    """ "7/10" to a question for two numbers: seven of ten, or seven and ten?"""
    return re.fullmatch(r"\s*\d+\s*/\s*10\s*", text) is not None


def _items(text: str) -> list[int | str] | None:
    """Numbers and labels in order; None at the first token that is neither, nor a filler."""
    items: list[int | str] = []
    for token in (word.strip(PUNCTUATION) for word in text.split()):
        if re.fullmatch(r"[0-9]{1,2}", token):
            items.append(int(token))
        elif token in WHEN or token in PAIN:
            items.append(WHEN.get(token, "pain"))
        elif token not in AROUND_A_NUMBER and token not in COURTESY and token not in ("", "-"):
            return None
    return items


def _assigned(items: list[int | str]) -> Pains | None:
    items = _after_the_word_pain(items)
    numbers = [item for item in items if isinstance(item, int)]
    labels = [item for item in items if isinstance(item, str)]
    if any(number > MOST for number in numbers):
        return None
    if len(numbers) <= 1:
        number = numbers[0] if numbers else None
        return Pains(during=number) if labels == ["during"] else Pains(now=number)
    if len(numbers) > 2:
        return None
    return Pains(*(reversed(numbers) if labels == ["now", "during"] else numbers))


def _after_the_word_pain(items: list[int | str]) -> list[int | str]:
    """Of "done 3 pain 7" the 3 is something else: sets, or exercises."""
    if "pain" in items:
        label = items.index("pain")
        if any(isinstance(item, int) for item in items[label:]):
            items = items[label:]
    return [item for item in items if item != "pain"]
