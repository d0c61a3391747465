"""What a text message must keep to before a patient gets it: one plain part, known blanks."""

import re
from collections.abc import Collection, Iterator, Mapping

from rehab.notifications.gsm7 import ONE_MESSAGE, outside, septets
from rehab.notifications.messages import LONGEST, blanks, longest
from rehab.programs.library.faults import Fault

FIRST = "en"
"""The language whose keys and blanks the others must match."""

READ_BY_CARRIERS = re.compile(r"\b(YES|END|CANCEL|QUIT)\b")
"""Words that start or stop all texts before we see them: never ask a patient to send one."""


def text_faults(
    messages: Mapping[str, Mapping[str, str]], broken: Collection[str] = ()
) -> Iterator[Fault]:
    """Every fault in the texts of all languages; `broken` names files that could not be read."""
    first = messages.get(FIRST, {})
    for language, texts in messages.items():
        file = f"messages/{language}.yaml"
        for key, text in texts.items():
            for what in _of_text(text):
                yield Fault(file, f"texts.{key}", what)
        if language != FIRST and not {file, f"messages/{FIRST}.yaml"} & set(broken):
            for key, what in _against_first(first, texts):
                yield Fault(file, f"texts.{key}", what)


def _of_text(text: str) -> Iterator[str]:
    try:
        used = blanks(text)
    except ValueError as error:
        yield f"the braces do not match ({error})"
        return
    unknown = [blank for blank in used if blank not in LONGEST]
    for blank in unknown:
        yield f"{{{blank}}} is no blank; the blanks are {', '.join(LONGEST)}"
    for word in READ_BY_CARRIERS.findall(text):
        yield f"asks for {word}, which carriers read before we do"
    if not unknown:
        yield from _too_long(longest(text))


def _too_long(text: str) -> Iterator[str]:
    length = septets(text)
    if length is None:
        yield f"holds {' '.join(outside(text))}, which a plain message cannot carry"
    elif length > ONE_MESSAGE:
        yield f"takes {length} septets with the clinic's name; {ONE_MESSAGE} at most"


def _against_first(first: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key in first.keys() - texts.keys():
        yield key, f"is missing; {FIRST} has it"
    for key in texts.keys() - first.keys():
        yield key, f"is not a text of {FIRST}"
    for key in first.keys() & texts.keys():
        wanted, used = _blanks(first[key]), _blanks(texts[key])
        if wanted is not None and used is not None and wanted != used:
            yield key, f"must hold the blanks of {FIRST}: {', '.join(sorted(wanted)) or 'none'}"


def _blanks(text: str) -> set[str] | None:
    """The blanks of a text whose braces match."""
    try:
        return set(blanks(text))
    except ValueError:
        return None
