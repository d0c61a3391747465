"""The library: programs and exercises, those that all clinics share and the clinic's own."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from rehab import clock
from rehab.api.bearer import clinician
from rehab.api.http import Blueprint
from rehab.api.pages import page_of
from rehab.api.schemas import In, Whole, choice
from rehab.errors import NotFound
from rehab.models.shelf import EXERCISE, PROGRAM
from rehab.programs.dosage import Category
from rehab.programs.dosage_words import dosage_text
from rehab.programs.library.search import Wanted, exercises_found, programs_found
from rehab.programs.program import Exercise, Program, Region, Track
from rehab.programs.translation import SOURCE
from rehab.services import shelves
from rehab.wiring import library, wiring

blueprint = Blueprint("library", "Programs and exercises")


class DosageOut(Schema):
    """One rung of a ladder; 0 where it does not apply, and the same in English words."""

    sets = fields.Integer()
    reps = fields.Integer()
    hold_seconds = fields.Integer()
    minutes = fields.Integer()
    days_per_week = fields.Integer()
    each_side = fields.Boolean()
    note = fields.String()
    text = fields.Function(lambda d: dosage_text(d, SOURCE, library()), metadata={"type": "string"})


class ExerciseOut(Schema):
    id = fields.String()
    name = fields.String()
    category = fields.String()
    region = fields.String()
    muscles = fields.List(fields.String())
    equipment = fields.List(fields.String())
    start = fields.String()
    movement = fields.String()
    levels = fields.List(fields.Nested(DosageOut))
    cautions = fields.List(fields.String())
    evidence = fields.List(fields.String())


class PhaseOut(Schema):
    name = fields.String()
    from_day = fields.Integer()
    to_day = fields.Integer()
    start_level = fields.Integer()
    exercises = fields.List(fields.Pluck(ExerciseOut, "id"))


class ProgramOut(Schema):
    id = fields.String()
    version = fields.String()
    name = fields.String()
    summary = fields.String()
    track = fields.String()
    weeks = fields.Integer()
    regions = fields.List(fields.String())
    categories = fields.List(fields.String())
    sessions_per_week = fields.Integer()
    between_sessions = fields.List(fields.String())
    phases = fields.List(fields.Nested(PhaseOut))
    evidence = fields.List(fields.String())


class LibraryQuery(In):
    """Filters; those that are given must all hold. `q` looks for each of its words in names,
    descriptions and muscles; the equipment `none` finds what needs nothing."""

    region = choice(*Region, load_default=None)
    category = choice(*Category, load_default=None)
    track = choice(*Track, load_default=None)
    equipment = fields.String(load_default=None, validate=validate.Length(max=80))
    q = fields.String(load_default=None, validate=validate.Length(max=80))


def _said(what: str, **rest: Any) -> fields.Raw:
    """A field of a library file; the library's own lint judges it."""
    return fields.Raw(metadata={"description": what, **rest})


class OwnIn(In):
    """What every entry of the clinic's own says, as a file of the library does; but for the id,
    which the server gives: `own-` and the name. `over` is the version that this one replaces."""

    name = _said("what the patient reads", type="string")
    evidence = _said("ids of sources", type="array", items={"type": "string"})
    over = Whole(validate=validate.Range(1, 1_000_000))


class OwnExerciseIn(OwnIn):
    """An exercise of the clinic's own. `figure` is the exercise whose picture it shows."""

    category = _said("one of the categories", type="string")
    region = _said("where it works", type="string")
    muscles = _said("their names", type="array", items={"type": "string"})
    equipment = _said("what it needs", type="array", items={"type": "string"})
    start = _said("the starting position", type="string")
    movement = _said("what is done", type="string")
    levels = _said("the ladder, the easiest first", type="array", items={"type": "object"})
    cautions = _said("codes of cautions", type="array", items={"type": "string"})
    figure = _said("the id of a shared exercise", type="string")


class OwnProgramIn(OwnIn):
    """A program of the clinic's own. Its phases name exercises by id."""

    summary = _said("one sentence for whoever chooses", type="string")
    track = _said("acute, chronic or both", type="string")
    weeks = _said("how long it lasts", type="integer")
    regions = _said("where it works", type="array", items={"type": "string"})
    sessions_per_week = _said("1 to 7", type="integer")
    between_sessions = _said("categories", type="array", items={"type": "string"})
    phases = _said("in their order", type="array", items={"type": "object"})


@blueprint.get("/programs")
@blueprint.arguments(LibraryQuery, location="query")
@blueprint.response(200, page_of(ProgramOut))
def programs(wanted: dict[str, Any]) -> dict[str, Any]:
    """Every program that fits the filters."""
    return {"items": programs_found(library(), Wanted(**wanted)), "next": None}


@blueprint.get("/programs/<string:id>")
@blueprint.response(200, ProgramOut)
def program(id: str) -> Program:
    """One program with its phases."""
    return _found(library().programs, id, "program")


@blueprint.get("/exercises")
@blueprint.arguments(LibraryQuery, location="query")
@blueprint.response(200, page_of(ExerciseOut))
def exercises(wanted: dict[str, Any]) -> dict[str, Any]:
    """Every exercise that fits the filters."""
    return {"items": exercises_found(library(), Wanted(**wanted)), "next": None}


@blueprint.get("/exercises/<string:id>")
@blueprint.response(200, ExerciseOut)
def exercise(id: str) -> Exercise:
    """One exercise with its ladder."""
    return _found(library().exercises, id, "exercise")


@blueprint.post("/exercises")
@blueprint.arguments(OwnExerciseIn)
@blueprint.response(201, ExerciseOut)
def add_exercise(said: dict[str, Any]) -> Exercise:
    """Add an exercise of the clinic's own."""
    saved = _saved(EXERCISE, said)
    return _found(library().exercises, saved, EXERCISE)


@blueprint.post("/programs")
@blueprint.arguments(OwnProgramIn)
@blueprint.response(201, ProgramOut)
def add_program(said: dict[str, Any]) -> Program:
    """Add a program of the clinic's own."""
    saved = _saved(PROGRAM, said)
    return _found(library().programs, saved, PROGRAM)


@blueprint.post("/exercises/<string:id>")
@blueprint.arguments(OwnExerciseIn)
@blueprint.response(200, ExerciseOut)
def change_exercise(said: dict[str, Any], id: str) -> Exercise:
    """Make a new version of an exercise of the clinic's own. Running plans keep theirs."""
    saved = _saved(EXERCISE, said, id)
    return _found(library().exercises, saved, EXERCISE)


@blueprint.post("/programs/<string:id>")
@blueprint.arguments(OwnProgramIn)
@blueprint.response(200, ProgramOut)
def change_program(said: dict[str, Any], id: str) -> Program:
    """Make a new version of a program of the clinic's own. Running plans keep theirs."""
    saved = _saved(PROGRAM, said, id)
    return _found(library().programs, saved, PROGRAM)


def _saved(kind: str, said: dict[str, Any], id_: str | None = None) -> str:
    """The id of what was made; the library has it from then on."""
    over = said.pop("over", None)
    shared, now = wiring().library, clock.now()
    return shelves.save(clinician(), kind, said, shared, now, id_, over).item_id


def _found(shelf: Mapping[str, Any], id: str, noun: str) -> Any:
    if id not in shelf:
        raise NotFound(f"there is no {noun} {id}")
    return shelf[id]
