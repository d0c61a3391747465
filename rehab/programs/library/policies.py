"""Reading a policy file: every number is named, typed and within its hard limits, or refused."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from rehab.programs.library.fields import (
    Factor,
    Id,
    Several,
    StrictSchema,
    Text,
    TrueOrFalse,
    Whole,
    nested,
)
from rehab.programs.policy import (
    BeforeSession,
    PainLimit,
    Policy,
    Reaction,
    RedMorning,
    Restart,
    Severe,
    TodayCut,
    WeeklyLimits,
)
from rehab.programs.program import Category, fingerprint


class RedLimitSchema(StrictSchema):
    """`red_limit`."""

    makes = PainLimit

    at_least = Whole(3, 8, required=True)
    above_usual = Whole(0, 3, required=True)
    at_most = Whole(3, 8, required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["at_least"] > data["at_most"]:
            raise ValidationError("must not be above at_most", "at_least")


class GreenLimitSchema(StrictSchema):
    """`green_limit`: it has no cap but the end of the scale."""

    makes = PainLimit

    at_least = Whole(2, 7, required=True)
    above_usual = Whole(0, 3, required=True)


class SevereSchema(StrictSchema):
    """`severe`."""

    makes = Severe

    at_least = Whole(7, 10, required=True)
    above_usual = Whole(0, 3, required=True)


class ReactionSchema(StrictSchema):
    """`reaction`."""

    makes = Reaction

    rise = Whole(1, 3, required=True)
    above_usual = Whole(0, 3, required=True)


class RedMorningSchema(StrictSchema):
    """`red_morning`."""

    rise = Whole(2, 4, required=True)
    above_usual = Whole(0, 3, required=True)
    always_at = Whole(7, 10, required=True)
    doms_at_most = Whole(0, 5, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> RedMorning:
        return RedMorning(
            reaction=Reaction(data["rise"], data["above_usual"]),
            always_at=data["always_at"],
            doms_at_most=data["doms_at_most"],
        )


class RestartSchema(StrictSchema):
    """One row of `restarts`."""

    makes = Restart

    from_days = Whole(1, 28, required=True)
    levels_down = Whole(1, 20, required=True, allow_none=True)
    dose = Factor(0, 1, required=True)
    alert = Whole(0, 3, required=True)


class TodayCutSchema(StrictSchema):
    """One row of `before_session.cuts`."""

    makes = TodayCut

    above_usual = Whole(1, 4, required=True)
    dose = Factor(0, 1, required=True)


class BeforeSessionSchema(StrictSchema):
    """`before_session`."""

    rest_at = Whole(7, 10, required=True)
    cuts = Several(nested(TodayCutSchema), at_least=1, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> BeforeSession:
        return BeforeSession(data["rest_at"], tuple(data["cuts"]))


class WeeklySchema(StrictSchema):
    """`weekly`."""

    makes = WeeklyLimits

    mornings = Whole(3, 7, required=True)
    worse = Whole(1, 3, required=True)
    creeping = Whole(1, 3, required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["creeping"] > data["worse"]:
            raise ValidationError("must not be above worse", "creeping")


GoodSessionsSchema = StrictSchema.from_dict(
    {category.value: Whole(2, 6, required=True) for category in Category},
    name="GoodSessionsSchema",
)
"""`good_sessions`: a number for every category."""


class PolicySchema(StrictSchema):
    """A whole policy file; the ranges are the hard limits of clinical 2.3."""

    id = Id(required=True)
    name = Text(required=True)
    red_limit = nested(RedLimitSchema, required=True)
    green_limit = nested(GreenLimitSchema, required=True)
    severe = nested(SevereSchema, required=True)
    reaction = nested(ReactionSchema, required=True)
    red_morning = nested(RedMorningSchema, required=True)
    good_sessions = nested(GoodSessionsSchema, required=True)
    days_between_steps_up = Whole(7, 28, required=True)
    cooldown_days = Whole(2, 14, required=True)
    completion = Whole(70, 100, required=True)
    effort = Whole(4, 8, required=True)
    sleep_gate = Whole(0, 9, required=True)
    dose_after_red = Factor(0, 0.5, required=True)
    dose_after_two_reds = Factor(0, 0.5, required=True)
    reaction_dose_factor = Factor(0.5, 1, required=True)
    ramp = Factor(0.05, 0.5, required=True)
    tier_s_pauses = TrueOrFalse(required=True)
    restarts = Several(nested(RestartSchema), at_least=1, required=True)
    before_session = nested(BeforeSessionSchema, required=True)
    weekly = nested(WeeklySchema, required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["green_limit"].at_least > data["red_limit"].at_least:
            raise ValidationError("must not be above red_limit", "green_limit")
        if data["reaction"].rise > data["red_morning"].reaction.rise:
            raise ValidationError("must not ask for a larger rise than red_morning", "reaction")
        # Else a better log could be left with less of the dose than a worse one (invariant 7).
        if data["dose_after_two_reds"] < data["dose_after_red"]:
            raise ValidationError("must not be below dose_after_red", "dose_after_two_reds")

    @post_load(pass_original=True)
    def _made(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> Policy:
        good = {Category(name): number for name, number in data.pop("good_sessions").items()}
        restarts = tuple(data.pop("restarts"))
        version = fingerprint(original)
        return Policy(**data, good_sessions=good, restarts=restarts, version=version)
