"""Reading a library: all files, strictly, into one frozen value, or every fault at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from rehab.places import folder
from rehab.programs.library.assembly import assembled, borrowed, loaded, named
from rehab.programs.library.contents import Library
from rehab.programs.library.faults import Fault, LibraryFault
from rehab.programs.library.figures import load_figure
from rehab.programs.library.files import Document, documents
from rehab.programs.library.lint import lint
from rehab.programs.library.measures import MeasureSchema
from rehab.programs.library.policies import PolicySchema
from rehab.programs.library.schemas import (
    MessagesSchema,
    ProgramSchema,
    SafetySchema,
    load_evidence,
    load_exercise,
)
from rehab.programs.library.translations import translations
from rehab.programs.program import fingerprint

T = TypeVar("T")


def shipped_folder() -> Path:
    """The library that comes with the package: beside its code, or at the root of a checkout."""
    return folder("program_library")


def read_library(*folders: Path) -> Library:
    """The library of `folders`, the shipped one when none is given.

    The first holds a whole library. Further ones add to it: entries under new ids, never a second
    version of one that is there. Raises LibraryFault with all faults of all files.
    """
    shelves = [documents(place) for place in folders or (shipped_folder(),)]
    found = [document for readable, _ in shelves for document in readable]
    faults = [fault for _, unreadable in shelves for fault in unreadable]
    library = _library(found, faults)
    faults += lint(library, {fault.file for fault in faults})
    whole = {document.file for document in shelves[0][0]}
    texts = translations(found, library, whole, faults)
    if faults:
        raise LibraryFault(faults)
    version = fingerprint([(d.file, d.content) for d in found])
    return replace(library, translations=texts, version=version)


def _library(found: Iterable[Document], faults: list[Fault]) -> Library:
    of_kind: dict[str, list[Document]] = defaultdict(list)
    for document in found:
        of_kind[document.kind].append(document)
    exercises = named(of_kind["exercises"], load_exercise, faults)
    drafts = named(of_kind["programs"], ProgramSchema().load, faults)
    safety = _safety(of_kind["safety"], faults)
    figures = named(of_kind["figures"], load_figure, faults)
    lenders = borrowed(of_kind["exercises"], figures, faults)
    return Library(
        exercises=exercises,
        programs=assembled(drafts, exercises, faults),
        policies=named(of_kind["policies"], PolicySchema().load, faults),
        measures=named(of_kind["measures"], MeasureSchema().load, faults),
        red_flags={flag.id: flag for flag in safety.get("red_flags", ())},
        cautions=safety.get("cautions", {}),
        tiers=safety.get("tiers", {}),
        see_doctor={trigger.id: trigger for trigger in safety.get("see_doctor", ())},
        stop_rules={rule.id: rule for rule in safety.get("stop_rules", ())},
        evidence=_merged(of_kind["evidence"], load_evidence, faults),
        messages=_messages(of_kind["messages"], faults),
        translations={},
        figures={**figures, **{id_: figures[lender] for id_, lender in lenders.items()}},
        borrowed=lenders,
        version="",
    )


def _merged(
    documents: Iterable[Document],
    load: Callable[[dict[str, Any]], Mapping[str, T]],
    faults: list[Fault],
    field: str = "",
) -> dict[str, T]:
    """What files hold many of, from all folders together."""
    merged: dict[str, T] = {}
    for document, values in loaded(documents, load, faults):
        for id_ in values.keys() & merged.keys():
            what = "is taken by a file of another folder"
            faults.append(Fault(document.file, field + id_, what))
        merged = {**values, **merged}
    return merged


def _messages(documents: Iterable[Document], faults: list[Fault]) -> dict[str, dict[str, str]]:
    languages: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        languages[document.name].append(document)

    def texts(content: dict[str, Any]) -> dict[str, str]:
        loaded: dict[str, dict[str, str]] = MessagesSchema().load(content)
        return loaded["texts"]

    return {
        language: _merged(files, texts, faults, "texts.") for language, files in languages.items()
    }


def _safety(documents: Iterable[Document], faults: list[Fault]) -> dict[str, Any]:
    """The one safety list; a further folder may not have another."""
    safety: dict[str, Any] = {}
    for document, lists in loaded(documents, SafetySchema().load, faults):
        if safety:
            faults.append(Fault(document.file, "file", "only the first folder has one"))
        else:
            safety = lists
            faults += _ids_given_twice(document, lists)
    return safety


def _ids_given_twice(document: Document, lists: Mapping[str, Any]) -> Iterator[Fault]:
    for field in ("red_flags", "see_doctor", "stop_rules"):
        ids = [entry.id for entry in lists[field]]
        for number, id_ in enumerate(ids, start=1):
            if id_ in ids[: number - 1]:
                yield Fault(document.file, f"{field}[{number}].id", f"{id_} is given twice")
