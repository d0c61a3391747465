"""What a translation must keep to: nothing left out, nothing unknown, one rendering of a text, and
the numbers of the source. A clinical number that changes in translation is a wrong instruction."""

import re
from collections.abc import Collection, Iterable, Iterator

from rehab.programs.library.contents import Library
from rehab.programs.library.faults import Fault
from rehab.programs.library.files import TRANSLATIONS
from rehab.programs.library.measures import WordsSchema
from rehab.programs.library.sources import Entry, Lists, sources

Given = dict[str, dict[str, dict[str, Entry]]]
"""A language's translations by file, list and key."""

LANGUAGES = tuple(sorted(WordsSchema().fields.keys() - {"en"}))
"""What may be translated into: the languages in which the measures speak too."""

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

SOURCE_FILES = {
    "exercises": ("exercises/",),
    "programs": ("programs/", "exercises/"),
    "safety": ("safety.yaml",),
}
"""Where the texts of each file of a translation come from."""


def translation_faults(
    language: str, given: Given, library: Library, whole: Collection[str], found: Iterable[Fault]
) -> list[Fault]:
    """Every fault of one language; `whole` names the files of the first folder.

    A file is held against its source once neither has a fault `found` before.
    """
    folder = f"{TRANSLATIONS}/{language}"
    if language not in LANGUAGES:
        what = f"is no language to translate into; there is {', '.join(LANGUAGES)}"
        return [Fault(folder, "folder", what)]
    broken = {fault.file for fault in found}
    known, needed = _known(library), _needed(given, library, whole)
    faults: list[Fault] = []
    for kind in known:
        file = f"{folder}/{kind}.yaml"
        if file in broken or any(name.startswith(SOURCE_FILES[kind]) for name in broken):
            continue
        if kind not in given:
            faults.append(Fault(file, "file", "is missing"))
            continue
        faults += _absent(file, needed[kind], given[kind], "is missing")
        faults += _absent(file, given[kind], known[kind], "is not in the library")
    return [*faults, *_unequal(folder, given, library)]


def pairs(given: Given, library: Library) -> Iterator[tuple[str, str, str, str]]:
    """File, field, English text and translation of all that the library and `given` both hold."""
    known = _known(library)
    for kind, lists in given.items():
        for name, entries in lists.items():
            there = known[kind][name]
            for key in filter(there.__contains__, entries):
                meant = _fields(there[key])
                for part, text in _fields(entries[key]).items():
                    yield f"{kind}.yaml", f"{name}.{key}{part}", meant[part], text


def _known(library: Library) -> dict[str, Lists]:
    return sources(library, library.exercises.values(), library.programs.values())


def _fields(entry: Entry) -> dict[str, str]:
    if isinstance(entry, str):
        return {"": entry}
    return {f".{part}": text for part, text in entry.items()}


def _needed(given: Given, library: Library, whole: Collection[str]) -> dict[str, Lists]:
    """What may not be left out: the first folder's entries, and all of an entry once begun."""

    def begun(kind: str, id_: str) -> bool:
        return f"{kind}/{id_}.yaml" in whole or id_ in given.get(kind, {}).get(kind, {})

    return sources(
        library,
        (e for e in library.exercises.values() if begun("exercises", e.id)),
        (p for p in library.programs.values() if begun("programs", p.id)),
    )


def _absent(file: str, wanted: Lists, there: Lists, what: str) -> Iterator[Fault]:
    for name, texts in wanted.items():
        for key in texts.keys() - there.get(name, {}).keys():
            yield Fault(file, f"{name}.{key}", what)


def _unequal(folder: str, given: Given, library: Library) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for file, field, source, translation in pairs(given, library):
        if first.setdefault(source, translation) != translation:
            yield Fault(f"{folder}/{file}", field, f"is {first[source]!r} in another place")
        meant, said = _numbers(source), _numbers(translation)
        if said != meant:
            what = f"holds {_listed(said)} where the English holds {_listed(meant)}"
            yield Fault(f"{folder}/{file}", field, what)


def _numbers(text: str) -> list[str]:
    """The numbers of a text in order of their digits, with a decimal point."""
    return sorted(number.replace(",", ".") for number in NUMBER.findall(text))


def _listed(numbers: list[str]) -> str:
    return " and ".join(numbers) or "no number"
