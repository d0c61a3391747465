"""The shape of each library file, and the value it becomes."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from rehab.programs.dosage import Category, Dosage
from rehab.programs.library.contents import Evidence
from rehab.programs.library.fields import (
    Choice,
    Factor,
    Id,
    Several,
    StrictSchema,
    Text,
    TrueOrFalse,
    Whole,
    entries,
    nested,
)
from rehab.programs.program import Exercise, Region, Track
from rehab.programs.safety import Caution, RedFlag, SeeDoctor, StopRule, Tier, TierMeaning


def frozen(data: dict[str, Any]) -> dict[str, Any]:
    """The same fields with lists made tuples, as the frozen values want them."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}


class LevelSchema(StrictSchema):
    """What every rung says, whatever its category."""

    makes = Dosage

    days_per_week = Whole(1, 7, required=True)
    note = Text(80)


class StretchingLevel(LevelSchema):
    """Repetitions of a hold."""

    reps = Whole(1, 60, required=True)
    hold_seconds = Whole(1, 120, required=True)
    each_side = TrueOrFalse()


class StrengtheningLevel(LevelSchema):
    """Sets of repetitions, held or not, against a load."""

    sets = Whole(1, 6, required=True)
    reps = Whole(1, 60, required=True)
    hold_seconds = Whole(1, 120)
    each_side = TrueOrFalse()
    load_factor = Factor(0.1, 10)


class LowImpactLevel(LevelSchema):
    """Minutes at an effort."""

    minutes = Whole(1, 120, required=True)
    load_factor = Factor(0.1, 10)


class MinutesLevel(LevelSchema):
    """Minutes of relaxation or self-care."""

    minutes = Whole(1, 120, required=True)


LEVELS: dict[str, type[LevelSchema]] = {
    Category.STRETCHING: StretchingLevel,
    Category.STRENGTHENING: StrengtheningLevel,
    Category.LOW_IMPACT: LowImpactLevel,
    Category.RELAXATION: MinutesLevel,
    Category.SELF_CARE: MinutesLevel,
}


class ExerciseSchema(StrictSchema):
    """exercises/ID.yaml; the category decides what its levels say."""

    id = Id(required=True)
    name = Text(80, required=True)
    category = Choice(Category, required=True)
    region = Choice(Region, required=True)
    muscles = Several(Text(60), required=True)
    equipment = Several(Text(60), required=True)
    start = Text(required=True)
    movement = Text(required=True)
    cautions = Several(Text(20), at_least=1, required=True)
    evidence = Several(Id(), at_least=1, required=True)
    figure = Id()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Exercise:
        """`figure` names whose picture is shown; the reader minds it."""
        return Exercise(**frozen({key: value for key, value in data.items() if key != "figure"}))


def _exercise_schema(level: type[LevelSchema] | None) -> Schema:
    ladder = Several(nested(level) if level else fields.Raw(), 1, 12, required=True, unique=False)
    return ExerciseSchema.from_dict({"levels": ladder})()


EXERCISES = {name: _exercise_schema(level) for name, level in LEVELS.items()}
NO_SUCH_CATEGORY = _exercise_schema(None)


def load_exercise(content: dict[str, Any]) -> Exercise:
    """The exercise of a file; raises ValidationError with everything that is wrong in it."""
    schema = EXERCISES.get(str(content.get("category")), NO_SUCH_CATEGORY)
    exercise: Exercise = schema.load(content)
    return exercise


class PhaseSchema(StrictSchema):
    """One phase; its exercises are still ids."""

    name = Text(60, required=True)
    from_day = Whole(1, 365, required=True)
    to_day = Whole(1, 365, required=True)
    start_level = Whole(1, 12, required=True)
    exercises = Several(Id(), at_least=1, at_most=5, required=True)


class ProgramSchema(StrictSchema):
    """programs/ID.yaml; the reader puts the exercises in."""

    id = Id(required=True)
    name = Text(100, required=True)
    track = Choice(Track, required=True)
    weeks = Whole(1, 52, required=True)
    regions = Several(Choice(Region), at_least=1, required=True)
    summary = Text(300, required=True)
    sessions_per_week = Whole(1, 7, required=True)
    between_sessions = Several(Choice(Category), required=True)
    phases = Several(nested(PhaseSchema), 1, 12, required=True, unique=False)
    evidence = Several(Id(), at_least=1, required=True)


class EvidenceSchema(StrictSchema):
    """One source."""

    citation = Text(200, required=True)
    says = Text(300, required=True)
    address = Text(200)
    read = TrueOrFalse(required=True)


EVIDENCE = entries(Id(), nested(EvidenceSchema))


def load_evidence(content: dict[str, Any]) -> dict[str, Evidence]:
    """The sources of evidence.yaml by id."""
    loaded: dict[str, dict[str, Any]] = EVIDENCE.deserialize(content)
    return {id_: Evidence(id=id_, **{"address": None, **rest}) for id_, rest in loaded.items()}


class TierSchema(StrictSchema):
    """What a tier asks for."""

    makes = TierMeaning

    name = Text(30, required=True)
    meaning = Text(300, required=True)


class RedFlagSchema(StrictSchema):
    """One question of the safety list."""

    makes = RedFlag

    id = Text(20, required=True)
    tier = Choice(Tier, required=True)
    question = Text(300, required=True)
    screens_for = Text(120, required=True)
    source = Text(300, required=True)


class SeeDoctorSchema(StrictSchema):
    """One trigger for advising a doctor."""

    makes = SeeDoctor

    id = Text(20, required=True)
    says = Text(200, required=True)
    rule = Text(300, required=True)


class StopRuleSchema(StrictSchema):
    """One reason to stop an exercise."""

    makes = StopRule

    id = Text(20, required=True)
    says = Text(200, required=True)


class SafetySchema(StrictSchema):
    """safety.yaml."""

    tiers = entries(Choice(Tier), nested(TierSchema), required=True)
    red_flags = Several(nested(RedFlagSchema), at_least=1, required=True)
    see_doctor = Several(nested(SeeDoctorSchema), required=True)
    stop_rules = Several(nested(StopRuleSchema), required=True)
    cautions = entries(Text(20), Text(300), required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        cautions = {code: Caution(code, text) for code, text in data["cautions"].items()}
        return {**data, "cautions": cautions}


MESSAGE_KEY = re.compile(r"[a-z]{2}\.[a-z0-9_]+")


def _is_message_key(key: str) -> None:
    if not MESSAGE_KEY.fullmatch(key):
        raise ValidationError("must look like ex.today: two letters, a dot, a word")


class MessagesSchema(StrictSchema):
    """messages/LANGUAGE.yaml."""

    texts = entries(Text(20, validate=_is_message_key), Text(), required=True)
