"""What a patient's text means, read in one fixed order; the first reader that understands wins.

1. a tapback quotes our own text, STOP and all: never look inside it
2. STOP and what a reasonable person means by it, as a whole message
3. HELP, START
4. words of danger, anywhere in the text, before any number is read out of it
5. the answer to the open question, or a number that corrects the last answer
6. DONE, a labelled pain rating, LATER, SKIP, thanks
7. something about stopping: ask whether it was meant
8. otherwise it was not understood
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rehab.notifications import phrases
from rehab.notifications.intents import (
    ASKS_A_NUMBER,
    ASKS_PAIN,
    UNASKED,
    Expects,
    Intent,
    Means,
)
from rehab.notifications.ratings import PUNCTUATION, Pains, pains_in
from rehab.notifications.spelling import run_together, spoken, written
from rehab.notifications.tapbacks import is_tapback

__all__ = ["Expects", "Intent", "Means", "parse", "words_of_danger"]

LONGEST = 1600
"""Characters that one text can hold, in as many segments as Twilio joins."""

SNOOZE = 30
SHORTEST_SNOOZE, LONGEST_SNOOZE = 5, 12 * 60
"""LATER, in minutes: by itself, at the least and at the most."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text in the forms that the readers need, and the question it may answer."""

    written: str
    spoken: str
    whole: str
    expecting: Expects
    language: str


def parse(text: str, expecting: Expects, language: str) -> Intent:
    """The meaning of a patient's text, given the open question. Never raises, whatever is sent."""
    said = _heard(text, expecting, language)
    for reader in READERS:
        intent = reader(said)
        if intent is not None:
            return intent
    return Intent(Means.UNREADABLE)


def words_of_danger(text: str) -> str:
    """The words in a text or a note that a person must see at once; empty when there are none."""
    intent = _safety(_heard(text, Expects.NOTHING, "en"))
    return intent.why if intent else ""


def _heard(text: str, expecting: Expects, language: str) -> Said:
    plain = written(text[:LONGEST])
    words = spoken(plain)
    return Said(plain, words, _without_courtesy(words), expecting, language)


def _without_courtesy(words: str) -> str:
    """Without the please and thank you at either end, unless there is nothing else."""
    left = words.split()
    while left and left[0] in phrases.COURTESY:
        left.pop(0)
    while left and left[-1] in phrases.COURTESY:
        left.pop()
    return " ".join(left) or words


# -- readers, in their order --------------------------------------------------------------------


def _tapback(said: Said) -> Intent | None:
    return Intent(Means.ACKNOWLEDGEMENT, why="tapback") if is_tapback(said.written) else None


def _opt_out(said: Said) -> Intent | None:
    forms = {said.whole, said.spoken, *run_together(said.written)}
    forms |= {_without_courtesy(form) for form in forms}
    if not forms & phrases.OPT_OUT:
        return None
    return Intent(Means.OPT_OUT, why="wrong number" if forms & phrases.WRONG_NUMBER else "")


def _help(said: Said) -> Intent | None:
    return Intent(Means.HELP) if said.whole in phrases.HELP or said.written == "?" else None


def _opt_in(said: Said) -> Intent | None:
    yes = said.expecting is Expects.START and said.whole in phrases.YES
    return Intent(Means.OPT_IN) if yes or said.whole in phrases.OPT_IN else None


def _safety(said: Said) -> Intent | None:
    text = f" {said.spoken} "
    for phrase in phrases.NOT_A_FALL:
        text = text.replace(f" {phrase} ", " ")
    found = [phrase for phrase in phrases.SAFETY if f" {phrase} " in text]
    return Intent(Means.SAFETY, why=", ".join(found)) if found else None


def _reason(said: Said) -> Intent | None:
    if said.expecting is not Expects.REASON:
        return None
    reason = next((name for name, words in phrases.REASONS.items() if said.whole in words), None)
    return Intent(Means.REASON, why=reason) if reason else None


def _answer(said: Said) -> Intent | None:
    if said.expecting not in ASKS_PAIN:
        return None
    if said.whole in phrases.NONE_AT_ALL:
        return Intent(Means.PAIN, pain=0)
    two_asked = said.expecting is Expects.DURING_AND_AFTER
    pains = pains_in(said.written, said.language, two_asked)
    if pains is None or pains == Pains() or (pains.during is not None and not two_asked):
        return None
    return Intent(Means.PAIN, pain=pains.now, during=pains.during)


def _sleep(said: Said) -> Intent | None:
    """A rating of sleep; "slept 7" is not one, for these may be hours."""
    if said.expecting is not Expects.SLEEP or _speaks_of_pain(said):
        return None
    rest = " ".join(word for word in said.written.split() if spoken(word) not in phrases.SLEEP)
    ratings = pains_in(rest, said.language)
    if ratings is None or ratings.now is None or ratings.during is not None:
        return None
    return Intent(Means.SLEEP, sleep=ratings.now)


def _correction(said: Said) -> Intent | None:
    """A number soon after another: "6", "sorry 6", "I meant 6". In "no 4 6" one is taken back."""
    if said.expecting is not Expects.CORRECTION:
        return None
    rest = said.written
    while (shorter := _rest_after(phrases.CORRECTING, rest)) is not None:
        rest = shorter
    ratings = pains_in(rest, said.language)
    if ratings is None or ratings == Pains():
        return None
    if None not in (ratings.during, ratings.now) and "no" in said.spoken.split():
        return None
    means = Means.PAIN if _speaks_of_pain(said) else Means.CORRECTION
    worded = "*" in said.written or _holds(said, phrases.CORRECTING)
    why = "worded" if worded else ""
    return Intent(means, pain=ratings.now, during=ratings.during, why=why)


def _holds(said: Said, phrases_: tuple[str, ...]) -> bool:
    return any(f" {phrase} " in f" {said.spoken} " for phrase in phrases_)


def _speaks_of_pain(said: Said) -> bool:
    return bool(phrases.HURTING & set(said.spoken.split()))


def _done(said: Said) -> Intent | None:
    if said.expecting is Expects.DURING_AND_AFTER and said.whole in phrases.YES:
        return Intent(Means.DONE)
    rest = _rest_after(phrases.DONE, said.written)
    pains = None if rest is None else pains_in(rest, said.language)
    return None if pains is None else Intent(Means.DONE, pain=pains.now, during=pains.during)


def _labelled_pain(said: Said) -> Intent | None:
    if not phrases.PAIN & set(said.spoken.split()):
        return None
    pains = pains_in(said.written, said.language)
    if pains is None or pains == Pains() or said.expecting in ASKS_PAIN:
        return None
    return Intent(Means.PAIN, pain=pains.now, during=pains.during)


def _later(said: Said) -> Intent | None:
    rest = _rest_after(phrases.LATER, said.written)
    minutes = None if rest is None else _minutes(_without_courtesy(spoken(rest)))
    return None if minutes is None else Intent(Means.LATER, minutes=minutes)


def _minutes(text: str) -> int | None:
    found = re.fullmatch(r"(?:in |en )?([0-9]{1,3}) ?([a-z]*)", text)
    if found is None:
        return SNOOZE if text in ("", "today", "hoy", *phrases.COURTESY) else None
    unit = {"": 1, **phrases.MINUTES, **phrases.HOURS}.get(found[2])
    minutes = int(found[1]) * unit if unit else 0
    return minutes if SHORTEST_SNOOZE <= minutes <= LONGEST_SNOOZE else None


def _skip(said: Said) -> Intent | None:
    no = said.expecting in UNASKED and said.whole in phrases.NO
    return Intent(Means.SKIP) if no or said.whole in phrases.SKIP else None


def _thanks(said: Said) -> Intent | None:
    fine = said.expecting not in ASKS_A_NUMBER and said.whole in phrases.FINE
    polite = {said.whole, said.spoken} & phrases.THANKS
    return Intent(Means.ACKNOWLEDGEMENT) if fine or polite else None


def _maybe_opt_out(said: Said) -> Intent | None:
    about = phrases.ABOUT_STOPPING & set(said.spoken.split())
    return Intent(Means.MAYBE_OPT_OUT, why=" ".join(sorted(about))) if about else None


READERS: tuple[Callable[[Said], Intent | None], ...] = (
    _tapback,
    _opt_out,
    _help,
    _opt_in,
    _safety,
    _reason,
    _answer,
    _sleep,
    _correction,
    _done,
    _labelled_pain,
    _later,
    _skip,
    _thanks,
    _maybe_opt_out,
)


def _rest_after(openings: tuple[str, ...], written: str) -> str | None:
    """What follows the longest of these openings at the start of a text; None without one."""
    words = written.replace("'", "").lstrip(PUNCTUATION + " -").split()
    while words and words[0].strip(PUNCTUATION) in phrases.COURTESY:
        words.pop(0)
    text = " ".join(words)
    for opening in openings:
        if text.startswith(opening) and not text[len(opening) : len(opening) + 1].isalnum():
            return text[len(opening) :]
    return None
