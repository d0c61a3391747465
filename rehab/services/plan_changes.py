"""Changing a plan: paused, resumed, taken to its next phase, given other terms, or ended."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.plan import ACTIVE, DISCHARGED, PAUSED, Plan
from rehab.programs.acts import Act
from rehab.programs.library import Library
from rehab.programs.program import Category, Program, Track
from rehab.services import announcements, consent, reminders
from rehab.services.actors import acted
from rehab.services.clinician_acts import act_on
from rehab.services.deeds import next_moment
from rehab.services.nights import nights_of
from rehab.services.phase_ends import entries, phase_end
from rehab.services.plan_settings import as_record, settings_of
from rehab.services.plan_settings import changes as changes_between
from rehab.services.plans import rungs, terms_of
from rehab.services.transactions import hold, transaction

PLAIN = ("weekdays", "exercise_at", "morning_at", "bedtime", "review_on")
TERMS = ("usual_pain", "autonomy")


@transaction()
def pause(plan: Plan, by: Clinician, reason: str, library: Library, now: datetime) -> Plan:
    """Offer nothing until a clinician resumes. Raises Conflict when the plan is not active."""
    hold(plan)
    _must_be(plan, ACTIVE)
    act_on(plan, _to_all(plan, Act.PAUSE), by, reason, library, now)
    plan.status = PAUSED
    acted("plan.paused", plan, now)
    reminders.replan(plan, now)
    return plan


@transaction()
def resume(plan: Plan, by: Clinician, reason: str, library: Library, now: datetime) -> Plan:
    """Go again one step lower and at half the dose. Raises Conflict when it is not paused."""
    hold(plan)
    _must_be(plan, PAUSED)
    plan.status = ACTIVE
    act_on(plan, _to_all(plan, Act.RESUME), by, reason, library, now)
    acted("plan.resumed", plan, now)
    reminders.replan(plan, now)
    return plan


@transaction()
def discharge(plan: Plan, by: Clinician, reason: str, now: datetime) -> Plan:
    """End the plan; nothing is offered or texted any more. Raises Conflict when it has ended."""
    hold(plan)
    _must_be(plan, ACTIVE, PAUSED)
    plan.status, plan.edition = DISCHARGED, plan.edition + 1
    terms = _keep_terms(plan, now, by, f"discharged: {reason.strip()}".rstrip(": "))
    acted("plan.discharged", plan, now, terms=terms)
    announcements.take_back(plan, now)
    reminders.replan(plan, now)
    return plan


@transaction()
def advance_phase(plan: Plan, by: Clinician, reason: str, library: Library, now: datetime) -> Plan:
    """Go to the next phase, each category at its start level or where it stands, if higher.

    Raises Conflict in the last phase, with an open alert of level 2 or 3, or with under 70% of
    this phase's sessions done.
    """
    hold(plan)
    _must_be(plan, ACTIVE)
    why_not = phase_end(plan, now).why_not
    if why_not:
        raise Conflict(why_not)
    program = Program.from_dict(plan.program)
    left, entered = program.phases[plan.phase], program.phases[plan.phase + 1]
    deeds = {c: {"act": Act.PHASE, **entry} for c, entry in entries(left, entered).items()}
    act_on(plan, deeds, by, reason, library, now)
    plan.phase += 1
    plan.phase_since = plan.patient.today(now)
    terms = _keep_terms(plan, now, by, reason.strip())
    acted("plan.advanced", plan, now, phase=plan.phase, terms=terms)
    return plan


@transaction()
def amend(
    plan: Plan,
    changes: Mapping[str, Any],
    by: Clinician,
    reason: str,
    library: Library,
    now: datetime,
) -> Plan:
    """Change a plan's times, terms, bounds (by category), pins and swaps; the terms hold from now.

    Raises Invalid by field: a category, exercise or step that the plan does not have.
    """
    hold(plan)
    _must_be(plan, ACTIVE, PAUSED)
    if not changes:
        return plan
    before = settings_of(plan)
    if "bedtime" in changes:
        _choose_bedtime(plan, changes["bedtime"], by, now)
    for name in (*PLAIN, *TERMS):
        if name in changes:
            setattr(plan, name, changes[name])
    plan.weekdays = sorted(set(plan.weekdays))
    if "track" in changes:
        plan.track = Track(changes["track"])
        plan.policy = library.policies[plan.track].as_dict()
    _pin(plan, changes.get("pins", {}))
    _swap(plan, changes.get("swaps", {}), library)
    rebound = _bind(plan, changes.get("bounds", {}))
    terms = _keep_terms(plan, next_moment(plan, now), by, reason.strip())
    act_on(plan, {c: {"act": Act.BOUND} for c in rebound}, by, reason, library, now)
    made = as_record(changes_between(before, settings_of(plan), changes.get("swaps", {})))
    detail: dict[str, Any] = {"changed": made} if made else {}
    acted("plan.amended", plan, now, fields=sorted(changes), terms=terms, **detail)
    reminders.replan(plan, now)
    return plan


def _choose_bedtime(plan: Plan, bedtime: time | None, by: Clinician, now: datetime) -> None:
    """Another bedtime, one that is chosen again after a STOP, or none any more, is on record."""
    stands = plan.patient_id in nights_of([plan.patient_id], now)
    if bedtime != plan.bedtime or (bedtime is not None and not stands):
        consent.choose_bedtime(plan.patient, bedtime, by.email, now)


def _must_be(plan: Plan, *statuses: str) -> None:
    if plan.status not in statuses:
        raise Conflict(f"the plan is {plan.status}")


def _to_all(plan: Plan, act: Act) -> dict[str, dict[str, Any]]:
    return {category: {"act": act} for category in plan.loads}


def _keep_terms(plan: Plan, at: datetime, by: Clinician, reason: str) -> UUID:
    """What the plan says from `at` on, on record; the id of that."""
    terms = terms_of(plan, at, by, reason)
    db.session.add(terms)
    db.session.flush()
    return terms.id


def _bind(plan: Plan, wanted: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Set new bounds; the categories whose bounds are others now."""
    program = Program.from_dict(plan.program)
    bounds = {category: dict(bound) for category, bound in plan.bounds.items()}
    for category, change in wanted.items():
        if category not in bounds:
            raise Invalid({f"bounds.{category}": ["is not a category of this plan"]})
        bounds[category] |= change
        steps = rungs(program, Category(category))
        for name in ("floor", "ceiling"):
            if bounds[category][name] > steps:
                raise Invalid({f"bounds.{category}.{name}": [f"its ladder has {steps} steps"]})
        if bounds[category]["floor"] > bounds[category]["ceiling"]:
            raise Invalid({f"bounds.{category}.ceiling": ["must not be under the floor"]})
    rebound = [category for category, bound in bounds.items() if bound != plan.bounds[category]]
    plan.bounds = bounds
    return rebound


def _pin(plan: Plan, wanted: Mapping[str, int | None]) -> None:
    """Hold an exercise at a step of its own, or let it go again (None)."""
    ladders = {e.id: len(e.levels) for e in Program.from_dict(plan.program).exercises}
    for exercise_id, step in wanted.items():
        if exercise_id not in ladders:
            raise Invalid({f"pins.{exercise_id}": ["is not an exercise of this plan"]})
        if step is not None and step > ladders[exercise_id]:
            raise Invalid({f"pins.{exercise_id}": [f"has {ladders[exercise_id]} steps"]})
    pins = {**plan.pins, **wanted}
    plan.pins = {exercise_id: step for exercise_id, step in pins.items() if step is not None}


def _swap(plan: Plan, wanted: Mapping[str, str], library: Library) -> None:
    """Put another exercise of the same category in the place of one, in this plan's own copy.

    The copy keeps the one that went, for sessions that had it; a pin on it goes.
    """
    copy = dict(plan.program)
    shelf = {exercise["id"]: exercise for exercise in copy["exercises"]}
    for old, new in wanted.items():
        if old not in shelf:
            raise Invalid({f"swaps.{old}": ["is not an exercise of this plan"]})
        other = library.exercises.get(new)
        if other is None or other.category != shelf[old]["category"]:
            raise Invalid({f"swaps.{old}": [f"{new} is no exercise of the same category"]})
        shelf[new] = other.as_dict()
        copy["phases"] = [_exchanged(phase, old, new) for phase in copy["phases"]]
    copy["exercises"] = list(shelf.values())
    plan.program = copy
    plan.pins = {id_: step for id_, step in plan.pins.items() if id_ not in wanted}


def _exchanged(phase: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    ids = [new if id_ == old else id_ for id_ in phase["exercises"]]
    return {**phase, "exercises": list(dict.fromkeys(ids))}
