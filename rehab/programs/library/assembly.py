"""Putting together what was read: entries by their ids, programs with their exercises in them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from marshmallow import ValidationError

from rehab.figures.pose import Figure
from rehab.programs.library.faults import Fault, faults_of
from rehab.programs.library.files import Document
from rehab.programs.library.schemas import frozen
from rehab.programs.program import Exercise, Phase, Program

T = TypeVar("T")


def loaded(
    documents: Iterable[Document], load: Callable[[dict[str, Any]], T], faults: list[Fault]
) -> Iterator[tuple[Document, T]]:
    """Each document with its value; what is wrong with the others is added to `faults`."""
    for document in documents:
        try:
            yield document, load(document.content)
        except ValidationError as error:
            faults += faults_of(document.file, error.messages)


def named(
    documents: Iterable[Document], load: Callable[[dict[str, Any]], T], faults: list[Fault]
) -> dict[str, T]:
    """What files hold one of each, by the id that is also the file's name."""
    named: dict[str, T] = {}
    for document, value in loaded(documents, load, faults):
        if document.content["id"] != document.name:
            faults.append(Fault(document.file, "id", f"must be {document.name}, as the file is"))
        elif document.name in named:
            faults.append(Fault(document.file, "id", "is taken by a file of another folder"))
        else:
            named[document.name] = value
    return named


def assembled(
    drafts: Mapping[str, dict[str, Any]],
    exercises: Mapping[str, Exercise],
    faults: list[Fault],
) -> dict[str, Program]:
    """The programs whose exercises were all read; the others are faults, here or in those."""
    broken = {fault.file for fault in faults}
    programs: dict[str, Program] = {}
    for id_, draft in drafts.items():
        unread = _unread_exercises(draft, exercises)
        if not unread:
            programs[id_] = _program(draft, exercises)
        for field, exercise in unread:
            if f"exercises/{exercise}.yaml" not in broken:
                what = f"there is no exercise {exercise}"
                faults.append(Fault(f"programs/{id_}.yaml", field, what))
    return programs


def _unread_exercises(
    draft: Mapping[str, Any], exercises: Mapping[str, Exercise]
) -> list[tuple[str, str]]:
    return [
        (f"phases[{phase_number}].exercises[{number}]", id_)
        for phase_number, phase in enumerate(draft["phases"], start=1)
        for number, id_ in enumerate(phase["exercises"], start=1)
        if id_ not in exercises
    ]


def _program(draft: dict[str, Any], exercises: Mapping[str, Exercise]) -> Program:
    phases = tuple(Phase.from_dict(phase, exercises) for phase in draft["phases"])
    return Program(**{**frozen(draft), "phases": phases})


def borrowed(
    documents: Iterable[Document], figures: Mapping[str, Figure], faults: list[Fault]
) -> dict[str, str]:
    """Whose picture an exercise shows that says so and has none of its own."""
    broken = {fault.file for fault in faults}
    lenders: dict[str, str] = {}
    for document in documents:
        lender = document.content.get("figure")
        if not isinstance(lender, str) or f"figures/{lender}.yaml" in broken:
            continue
        if lender not in figures:
            faults.append(Fault(document.file, "figure", f"there is no figure of {lender}"))
        elif document.name in figures:
            faults.append(Fault(document.file, "figure", "it has a figure of its own"))
        else:
            lenders[document.name] = lender
    return lenders
