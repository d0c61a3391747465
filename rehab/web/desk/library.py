"""The library to look through: exercises with their ladders, programs, where they are in use."""

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import NotFound
from rehab.models.shelf import EXERCISE, PROGRAM, ShelfItem
from rehab.programs.library import Evidence, Library
from rehab.programs.library.own import OWN
from rehab.programs.library.search import (
    NONE,
    Wanted,
    equipment_named,
    exercises_found,
    programs_found,
)
from rehab.programs.program import Category, Exercise, Program, Region, Track
from rehab.services import shelves, usage
from rehab.web.desk import here
from rehab.web.desk.library_words import UNIT, ladder, phase_sizes, session_range, wording
from rehab.web.desk.page import page as _page
from rehab.wiring import library, wiring

blueprint = Blueprint("library", __name__)

Entry = TypeVar("Entry", Exercise, Program)

LONGEST = 80

TRACKS = {
    Track.ACUTE: "acute: pain sets the dose",
    Track.CHRONIC: "chronic: a quota sets the dose",
    Track.BOTH: "acute or chronic, chosen when it is assigned",
}


@blueprint.get("/library")
def page() -> Response:
    """Programs and exercises that fit the filters of the address."""
    wanted, seen = _wanted(), library()
    return _page(
        "library",
        wanted=wanted,
        is_filtered=wanted != Wanted(),
        programs=_ours_first(programs_found(seen, wanted)),
        exercises=_ours_first(exercises_found(seen, wanted)),
        seen=seen,
        filters=_filters(seen),
        minutes=session_range,
        own=OWN,
    )


@blueprint.get("/library/exercises/<id>")
def exercise(id: str) -> Response | Answer:
    """One exercise: its movement, its ladder, what to mind, where that is known from, its use.

    One that is retired is shown as it was last. Raises NotFound.
    """
    seen, item = _seen(EXERCISE, id)
    found = seen.exercises.get(id)
    if found is None:
        return _elsewhere("exercises", id, item)
    return _page(
        "library_exercise",
        it=found,
        item=item,
        rungs=ladder(found, seen),
        unit=UNIT[found.category],
        cautions=[seen.cautions[code] for code in found.cautions],
        evidence=_evidence(seen, found.evidence),
        lender=seen.exercises.get(seen.borrowed.get(id, "")),
        others=_in_its_place(found, seen),
        used=[p for p in seen.programs.values() if found in p.exercises],
        running=usage.plans_with(here.clinic().id, id),
    )


@blueprint.get("/library/programs/<id>")
def program(id: str) -> Response | Answer:
    """One program, phase by phase. Raises NotFound."""
    seen, item = _seen(PROGRAM, id)
    found = seen.programs.get(id)
    if found is None:
        return _elsewhere("programs", id, item)
    codes = dict.fromkeys(code for e in found.exercises for code in e.cautions)
    return _page(
        "library_program",
        it=found,
        item=item,
        sizes=phase_sizes(found),
        minutes=session_range(found),
        track=TRACKS[found.track],
        words=wording(seen),
        cautions=[(seen.cautions[c], _with_caution(found.exercises, c)) for c in codes],
        evidence=_evidence(seen, found.evidence),
        running=usage.plans_by_program(here.clinic().id).get(id, 0),
    )


def _elsewhere(folder: str, id_: str, item: ShelfItem | None) -> Answer:
    """What the clinic has made and cannot be put together now is told by its versions. Raises
    NotFound for what nobody has made."""
    if item is None:
        raise NotFound(f"there is nothing of the name {id_}")
    return redirect(url_for("desk.own_shelf.history", folder=folder, id=id_), 303)


def _seen(kind: str, id_: str) -> tuple[Library, ShelfItem | None]:
    """The library, and what the clinic keeps of the entry if it is its own: a retired one too."""
    if not id_.startswith(OWN):
        return library(), None
    item = shelves.history(here.clinic().id, kind, id_)[0]
    if not item.retired_at:
        return library(), item
    return shelves.with_retired(here.clinic().id, item, wiring().library), item


def _ours_first(found: Iterable[Entry]) -> list[Entry]:
    return sorted(found, key=lambda it: not it.id.startswith(OWN))


def _wanted() -> Wanted:
    """The filters of the address; what none of them knows finds nothing, as in any search."""
    given = {name: request.args.get(name, "")[:LONGEST].strip() for name in Wanted.__slots__}
    return Wanted(**{name: value or None for name, value in given.items()})


def _filters(seen: Library) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The choices: a name in the address, its label, and what may be chosen."""
    return [
        ("region", "Region", _words(Region)),
        ("category", "Kind", _words(Category)),
        ("track", "Track", _words(Track)),
        (
            "equipment",
            "Equipment",
            [(NONE, "None needed"), *((e, e.capitalize()) for e in equipment_named(seen))],
        ),
    ]


def _words(kinds: Any) -> list[tuple[str, str]]:
    return [(kind.value, kind.value.capitalize()) for kind in kinds]


def _evidence(seen: Library, ids: tuple[str, ...]) -> list[Evidence]:
    return [seen.evidence[id_] for id_ in ids]


def _in_its_place(found: Exercise, seen: Library) -> list[Exercise]:
    """Others of the same kind and region, those that share a muscle first: what a plan could have
    instead."""
    alike = [
        other
        for other in seen.exercises.values()
        if other.id != found.id and (other.category, other.region) == (found.category, found.region)
    ]
    return sorted(alike, key=lambda e: (not set(e.muscles) & set(found.muscles), e.name))


def _with_caution(exercises: tuple[Exercise, ...], code: str) -> list[str]:
    return [exercise.name for exercise in exercises if code in exercise.cautions]
