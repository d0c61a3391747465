"""Changing a plan: paused, resumed, taken to its next phase, given other terms, or ended."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from rehab.errors import Conflict, Invalid
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.clinic import Clinician
from rehab.models.plan import ACTIVE, DISCHARGED, PAUSED, Plan
from rehab.programs.acts import Act
from rehab.programs.library import Library
from rehab.programs.program import Category, Phase, Program, Track
from rehab.services import announcements, consent, reminders
from rehab.services.actors import acted
from rehab.services.adherence import adherence
from rehab.services.clinician_acts import act_on
from rehab.services.deeds import next_moment
from rehab.services.nights import nights_of
from rehab.services.plans import rungs, terms_of
from rehab.services.transactions import hold, transaction

ENOUGH_OF_A_PHASE = 0.7
"""A phase is left when 70% of its sessions were done (clinical.md 6.2)."""

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
    db.session.add(terms_of(plan, now, by, f"discharged: {reason.strip()}".rstrip(": ")))
    acted("plan.discharged", plan, now)
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
    program = Program.from_dict(plan.program)
    if plan.phase + 1 >= len(program.phases):
        raise Conflict("this is the last phase")
    _check_ready(plan, now)
    left, entered = program.phases[plan.phase], program.phases[plan.phase + 1]
    entries = _entries(left, entered)
    deeds = {c: {"act": Act.PHASE, **entry} for c, entry in entries.items()}
    act_on(plan, deeds, by, reason, library, now)
    plan.phase += 1
    plan.phase_since = plan.patient.today(now)
    db.session.add(terms_of(plan, now, by, reason.strip()))
    acted("plan.advanced", plan, now, phase=plan.phase)
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
    db.session.add(terms_of(plan, next_moment(plan, now), by, reason.strip()))
    db.session.flush()
    act_on(plan, {c: {"act": Act.BOUND} for c in rebound}, by, reason, library, now)
    acted("plan.amended", plan, now, fields=sorted(changes))
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


def _check_ready(plan: Plan, now: datetime) -> None:
    alarming = select(Alert.id).where(
        Alert.plan_id == plan.id, Alert.closed_at.is_(None), Alert.level >= 2
    )
    if db.session.scalar(alarming.limit(1)) is not None:
        raise Conflict("an alert is open: close it first")
    yesterday = plan.patient.today(now) - timedelta(days=1)
    share = adherence(plan, plan.phase_since, yesterday).share
    if share is None or share < ENOUGH_OF_A_PHASE:
        done = (
            "no session was due yet" if share is None else f"{share:.0%} of its sessions are done"
        )
        raise Conflict(f"a phase is left when 70% of its sessions are done: {done}")


def _entries(left: Phase, entered: Phase) -> dict[str, dict[str, Any]]:
    """How each category of the new phase begins.

    A category that meets a new exercise begins at the phase's start level; one that only goes on
    keeps the higher of that and where it stands.
    """
    known = set(left.exercises)
    entries: dict[str, dict[str, Any]] = {}
    for category in dict.fromkeys(exercise.category for exercise in entered.exercises):
        mine = [e for e in entered.exercises if e.category is category]
        goes_on = all(exercise in known for exercise in mine)
        entries[category] = {"step": entered.start_level, "goes_on": goes_on}
    return entries


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
