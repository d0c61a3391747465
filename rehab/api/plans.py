"""Plans: assigned, looked at, paused and resumed; and what they hold for today."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import Schema, fields, post_load, validate
from werkzeug.exceptions import PreconditionFailed

from rehab import clock
from rehab.api.bearer import clinician
from rehab.api.http import Blueprint
from rehab.api.pages import PageIn, page, page_of
from rehab.api.schemas import ClockTime, In, Number, Tick, Whole, choice, local_date, text
from rehab.api.seen import patient_seen, plan_seen
from rehab.api.told import ETAG
from rehab.models.plan import Plan
from rehab.programs.adherence import Adherence
from rehab.programs.program import Category, Track
from rehab.services import enrolment, plan_changes, plans
from rehab.services.adherence import adherence
from rehab.services.course import ADVISE, BOUNDED, EASE
from rehab.services.editions import Stale, alarms_open, changing
from rehab.services.plans import Assignment
from rehab.wiring import library

blueprint = Blueprint("plans", "One patient's walk through a program")


class RemindersIn(In):
    """Local wall times, HH:MM."""

    exercise_at = ClockTime()
    morning_at = ClockTime()
    bedtime = ClockTime(allow_none=True)


class PlanIn(In):
    """What a clinician chooses; only the program and the usual pain must be said."""

    program_id = text(1, 64, required=True)
    usual_pain = Number(required=True, validate=validate.Range(0, 10))
    track = choice(Track.ACUTE, Track.CHRONIC)
    starts_on = local_date()
    weekdays = fields.List(Whole(validate=validate.Range(0, 6)), validate=validate.Length(1, 7))
    autonomy = choice(ADVISE, EASE, BOUNDED)
    reminders = fields.Nested(RemindersIn, load_default=dict)
    floor = Whole(validate=validate.Range(1, 20))
    ceiling = Whole(validate=validate.Range(1, 20))

    @post_load
    def as_assignment(self, said: dict[str, Any], **_: Any) -> Assignment:
        times = said.pop("reminders")
        if "track" in said:
            said["track"] = Track(said["track"])
        if "weekdays" in said:
            said["weekdays"] = tuple(said["weekdays"])
        return Assignment(**said, **times)


class LoadOut(Schema):
    """Where one category stands: its step, its dose (0-1) and the bounds that were signed."""

    category = fields.String()
    step = fields.Integer()
    dose = fields.Float()
    floor = fields.Integer()
    ceiling = fields.Integer()
    locked = fields.Boolean()


class RemindersOut(Schema):
    exercise_at = ClockTime()
    morning_at = ClockTime()
    bedtime = ClockTime(allow_none=True)


class PlanOut(Schema):
    id = fields.UUID()
    patient_id = fields.UUID()
    program_id = fields.String()
    program_version = fields.String()
    policy_version = fields.Function(lambda p: p.policy["version"], metadata={"type": "string"})
    track = fields.String()
    usual_pain = fields.Float()
    starts_on = fields.Date()
    ends_on = fields.Date()
    weekdays = fields.List(fields.Integer())
    autonomy = fields.String()
    reminders = fields.Nested(RemindersOut)
    status = fields.String()
    phase = fields.Integer()
    review_on = fields.Date()
    pins = fields.Dict(keys=fields.String(), values=fields.Integer())
    edition = fields.Integer()
    standing = fields.List(fields.Nested(LoadOut), data_key="loads")


class WindowQuery(In):
    since = local_date(load_default=None)
    until = local_date(load_default=None)


class AdherenceOut(Schema):
    """`share` is completed of prescribed, 0-1; null when nothing was prescribed."""

    since = fields.Date()
    until = fields.Date()
    prescribed = fields.Integer()
    completed = fields.Integer()
    extra = fields.Integer()
    share = fields.Float(allow_none=True)


class ReasonIn(In):
    reason = text(0, 500, load_default="")


class BoundsIn(In):
    floor = Whole(validate=validate.Range(1, 20))
    ceiling = Whole(validate=validate.Range(1, 20))
    locked = Tick()


class PlanChangeIn(In):
    """What may change; a name that is left out stays. Each is in force from now on.

    `bounds` by category; `pins` hold an exercise to a step, null lets it go; `swaps` put another
    exercise of the same category in the place of one.
    """

    usual_pain = Number(validate=validate.Range(0, 10))
    track = choice(Track.ACUTE, Track.CHRONIC)
    autonomy = choice(ADVISE, EASE, BOUNDED)
    weekdays = fields.List(Whole(validate=validate.Range(0, 6)), validate=validate.Length(1, 7))
    review_on = local_date()
    reminders = fields.Nested(RemindersIn)
    bounds = fields.Dict(keys=choice(*Category), values=fields.Nested(BoundsIn))
    pins = fields.Dict(
        keys=text(1, 64), values=Whole(validate=validate.Range(1, 20), allow_none=True)
    )
    swaps = fields.Dict(keys=text(1, 64), values=text(1, 64))
    reason = text(0, 500, load_default="")

    @post_load
    def flat(self, said: dict[str, Any], **_: Any) -> dict[str, Any]:
        times = said.pop("reminders", {})
        return {**said, **times}


Tagged = tuple[Plan, dict[str, str]]

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that the plan had when it was read; 412 when it has changed, or an"
    " alert of level 2 or 3 about the patient was opened or closed, since.",
    "schema": {"type": "string"},
}


def _tagged(plan: Plan) -> Tagged:
    return plan, {"ETag": f'"{_tag(plan)}"'}


def _tag(plan: Plan) -> str:
    """Another one whenever the plan is told differently, also after a patient's session, and
    whenever other alarms are open: who lets a plan go on must have seen them."""
    told = json.dumps([PlanOut().dump(plan), alarms_open(plan)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@contextmanager
def changing_if_matched(id: UUID) -> Iterator[Plan]:
    """The plan, kept from others while it is changed.

    Raises PreconditionFailed when If-Match names it as it was before.
    """
    known = plans.find_plan(clinician().clinic_id, id)
    try:
        with changing(known, lambda plan: not request.if_match or _tag(plan) in request.if_match):
            yield known
    except Stale as error:
        raise PreconditionFailed(str(error)) from error


@blueprint.post("/patients/<uuid:id>/plans")
@blueprint.arguments(PlanIn)
@blueprint.response(201, PlanOut, headers=ETAG)
def assign(wish: Assignment, id: UUID) -> Tagged:
    """Assign a program to a patient."""
    patient = enrolment.find_patient(clinician().clinic_id, id)
    return _tagged(plans.assign(patient, wish, library(), clock.now(), by=clinician()))


@blueprint.get("/patients/<uuid:id>/plans")
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, page_of(PlanOut))
def plans_of(wanted: dict[str, Any], id: UUID) -> dict[str, Any]:
    """A patient's plans, newest first."""
    patient = patient_seen(id)
    query = plans.plans_of(patient)
    return page((query, Plan.created_at, Plan.id), **wanted)


@blueprint.get("/plans/<uuid:id>")
@blueprint.response(200, PlanOut, headers=ETAG)
def plan(id: UUID) -> Tagged:
    """One plan; its ETag tells whether it has changed."""
    return _tagged(plan_seen(id))


@blueprint.patch("/plans/<uuid:id>")
@blueprint.arguments(PlanChangeIn)
@blueprint.response(200, PlanOut, headers=ETAG)
@blueprint.doc(parameters=[IF_MATCH])
def amend(said: dict[str, Any], id: UUID) -> Tagged:
    """Change a plan's terms, times, bounds, pins and swaps."""
    with changing_if_matched(id) as known:
        reason = said.pop("reason")
        changed = plan_changes.amend(known, said, clinician(), reason, library(), clock.now())
    return _tagged(changed)


@blueprint.post("/plans/<uuid:id>/advance-phase")
@blueprint.arguments(ReasonIn)
@blueprint.response(200, PlanOut, headers=ETAG)
@blueprint.doc(parameters=[IF_MATCH])
def advance_phase(said: dict[str, str], id: UUID) -> Tagged:
    """Go to the next phase, when 70% of this one is done and no alert is open."""
    with changing_if_matched(id) as known:
        changed = plan_changes.advance_phase(
            known, clinician(), said["reason"], library(), clock.now()
        )
    return _tagged(changed)


@blueprint.post("/plans/<uuid:id>/discharge")
@blueprint.arguments(ReasonIn)
@blueprint.response(200, PlanOut, headers=ETAG)
@blueprint.doc(parameters=[IF_MATCH])
def discharge(said: dict[str, str], id: UUID) -> Tagged:
    """End the plan."""
    with changing_if_matched(id) as known:
        changed = plan_changes.discharge(known, clinician(), said["reason"], clock.now())
    return _tagged(changed)


@blueprint.get("/plans/<uuid:id>/adherence")
@blueprint.arguments(WindowQuery, location="query")
@blueprint.response(200, AdherenceOut)
def adherence_of(wanted: dict[str, Any], id: UUID) -> Adherence:
    """Sessions completed of those prescribed, from `since` to `until`: the plan so far unless
    the query says otherwise."""
    known = plan_seen(id)
    yesterday = known.patient.today(clock.now()) - timedelta(days=1)
    return adherence(known, wanted["since"] or known.starts_on, wanted["until"] or yesterday)


@blueprint.post("/plans/<uuid:id>/pause")
@blueprint.arguments(ReasonIn)
@blueprint.response(200, PlanOut, headers=ETAG)
@blueprint.doc(parameters=[IF_MATCH])
def pause(said: dict[str, str], id: UUID) -> Tagged:
    """Offer nothing until the plan is resumed."""
    with changing_if_matched(id) as known:
        changed = plan_changes.pause(known, clinician(), said["reason"], library(), clock.now())
    return _tagged(changed)


@blueprint.post("/plans/<uuid:id>/resume")
@blueprint.arguments(ReasonIn)
@blueprint.response(200, PlanOut, headers=ETAG)
@blueprint.doc(parameters=[IF_MATCH])
def resume(said: dict[str, str], id: UUID) -> Tagged:
    """Go again, one step lower and at half the dose."""
    with changing_if_matched(id) as known:
        changed = plan_changes.resume(known, clinician(), said["reason"], library(), clock.now())
    return _tagged(changed)
