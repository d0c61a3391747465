"""The library: programs and exercises, as every clinic may read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from rehab.api.http import Blueprint
from rehab.api.pages import page_of
from rehab.api.schemas import In, choice
from rehab.errors import NotFound
from rehab.programs.dosage import Category
from rehab.programs.dosage_words import dosage_text
from rehab.programs.program import Exercise, Program, Region, Track
from rehab.programs.translation import SOURCE
from rehab.wiring import library

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
    """Filters; those that are given must all hold. `q` looks in names and descriptions."""

    region = choice(*Region, load_default=None)
    category = choice(*Category, load_default=None)
    track = choice(*Track, load_default=None)
    equipment = fields.String(load_default=None, validate=validate.Length(max=80))
    q = fields.String(load_default=None, validate=validate.Length(max=80))


@blueprint.get("/programs")
@blueprint.arguments(LibraryQuery, location="query")
@blueprint.response(200, page_of(ProgramOut))
def programs(wanted: dict[str, Any]) -> dict[str, Any]:
    """Every program that fits the filters."""
    found = [p for p in library().programs.values() if _program_fits(p, wanted)]
    return {"items": found, "next": None}


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
    track = wanted["track"]
    used = {
        e.id for p in library().programs.values() if track in (p.track, None) for e in p.exercises
    }
    found = [
        e
        for e in library().exercises.values()
        if _exercise_fits(e, wanted) and (track is None or e.id in used)
    ]
    return {"items": found, "next": None}


@blueprint.get("/exercises/<string:id>")
@blueprint.response(200, ExerciseOut)
def exercise(id: str) -> Exercise:
    """One exercise with its ladder."""
    return _found(library().exercises, id, "exercise")


def _found(shelf: Mapping[str, Any], id: str, noun: str) -> Any:
    if id not in shelf:
        raise NotFound(f"there is no {noun} {id}")
    return shelf[id]


def _program_fits(program: Program, wanted: Mapping[str, str | None]) -> bool:
    return (
        wanted["region"] in (*program.regions, None)
        and wanted["category"] in (*program.categories, None)
        and wanted["track"] in (program.track, None)
        and any(_has_equipment(e, wanted["equipment"]) for e in program.exercises)
        and _says(wanted["q"], (program.id, program.name, program.summary))
    )


def _exercise_fits(exercise: Exercise, wanted: Mapping[str, str | None]) -> bool:
    return (
        wanted["region"] in (exercise.region, None)
        and wanted["category"] in (exercise.category, None)
        and _has_equipment(exercise, wanted["equipment"])
        and _says(wanted["q"], (exercise.id, exercise.name, exercise.start, exercise.movement))
    )


def _has_equipment(exercise: Exercise, wanted: str | None) -> bool:
    return wanted is None or any(wanted.lower() in item for item in exercise.equipment)


def _says(wanted: str | None, words: Iterable[str]) -> bool:
    return wanted is None or wanted.lower() in " ".join(words).lower()
