"""The rules that a decision lists suffice to recompute it (invariant 16).

What follows is a second reading of the decision table, written from its words: it is given the
stored rule ids, what was stored beside them and the policy's numbers, and never asks `decide`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan, PlanTerms
from rehab.programs.case import Case
from rehab.programs.library import Library
from rehab.programs.policy import Policy
from rehab.programs.progression import State, decide
from rehab.programs.weekly import weekly_trend
from rehab.services import clinician_acts, mornings, plan_changes, plans, safety, sessions
from rehab.services.mornings import MorningReport
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport

from .logs import POLICIES, TIERS, cases

STEP_DOWN = {"R1", "R3b", "R4b", "R5b", "R7"}
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def recomputed(
    rules: Sequence[str], inputs: Mapping[str, Any], policy: Policy
) -> tuple[str, int, float]:
    """Move, step and dose of a session's decision, from what it stores and the policy."""
    before, bounds = State.from_dict(inputs["before"]), inputs["bounds"]

    def hold(step: int) -> int:
        return min(max(step, bounds["floor"]), bounds["ceiling"])

    old_step, old_dose = hold(before.step), before.dose
    step, dose = _after_break(rules, inputs, policy, hold, old_step)
    caps = [dose]
    if "R1" in rules:
        caps.append(0.0)
    if "R3" in rules:
        caps += [policy.dose_after_red, dose * policy.reaction_dose_factor]
    if "R3b" in rules:
        caps.append(policy.dose_after_two_reds)
    if "R4" in rules:
        caps.append(dose * policy.reaction_dose_factor)
    if "RAMP" in rules:
        caps[0] = min(1.0, dose + policy.ramp)
    new_step = hold(step + ("UP" in rules) - bool(STEP_DOWN & set(rules)))
    new_dose = round(min(caps), 6)
    paused = "R0" in rules and (before.paused or _pausing(inputs, policy))
    return _named(new_step - old_step, new_dose, old_dose, paused), new_step, new_dose


def _after_break(rules, inputs, policy, hold, step: int) -> tuple[int, float]:
    """R6: the lowest of all cuts that the length of the break has earned."""
    dose = inputs["before"]["dose"]
    if "R6" not in rules:
        return step, dose
    gap = inputs["report"]["day"] - inputs["before"]["last_day"]
    cuts = [cut for cut in policy.restarts if gap >= cut.from_days]
    steps = [1 if cut.levels_down is None else step - cut.levels_down for cut in cuts]
    return hold(min(steps)), min([dose, *(cut.dose for cut in cuts)])


def _pausing(inputs: Mapping[str, Any], policy: Policy) -> bool:
    tiers = {inputs["tiers"][flag] for flag in inputs["report"]["red_flags"]}
    return bool(tiers & {"E", "U"}) or (policy.tier_s_pauses and "S" in tiers)


def _named(climb: int, dose: float, old_dose: float, paused: bool) -> str:
    if climb > 0:
        return "progress"
    if paused:
        return "pause"
    if climb < 0:
        return "rest_regress" if dose == 0 else "regress"
    if dose == 0:
        return "rest"
    return "deload" if dose < old_dose else "hold"


@given(cases())
def test_the_rules_listed_suffice_to_recompute_every_decision_of_every_log(case: Case) -> None:
    policy, state = POLICIES[case.track], case.state
    mornings: list[tuple[int, int | None]] = []
    for report in case.sessions:
        trend = weekly_trend(mornings, case.usual_pain, report.day, policy)
        mornings.append((report.day, report.morning))
        stored = {
            "before": state.as_dict(),
            "report": {"day": report.day, "red_flags": report.red_flags},
            "tiers": {flag: TIERS[flag] for flag in report.red_flags},
            "bounds": asdict(case.bounds),
        }
        state, decision = decide(
            state, report, case.usual_pain, policy, case.category, case.bounds, TIERS, trend
        )
        told = (decision.move, decision.step, decision.dose)
        assert recomputed(decision.rules, stored, policy) == told


@pytest.mark.parametrize(
    ("rules", "move"),
    [
        (("R9",), ("hold", 3, 1.0)),
        (("UP",), ("progress", 4, 1.0)),
        (("R1", "R10"), ("rest_regress", 2, 0.0)),
        (("R3", "R10"), ("rest", 3, 0.0)),
        (("R4", "R10"), ("deload", 3, 0.8)),
        (("R4", "R4b", "R10"), ("regress", 2, 0.8)),
        (("R6", "R9"), ("regress", 2, 0.75)),
        (("R0",), ("hold", 3, 1.0)),
    ],
)
def test_the_second_reading_says_by_hand_what_the_table_says_in_words(rules, move) -> None:
    stored = {
        "before": State(3, last_day=0).as_dict(),
        "report": {"day": 8, "red_flags": []},
        "tiers": {},
        "bounds": {"floor": 1, "ceiling": 5, "locked": False},
    }
    assert recomputed(rules, stored, POLICIES["acute"]) == move


@pytest.fixture
def plan(maya: Patient, library: Library) -> Plan:
    wish = Assignment("lb-subacute-6w", usual_pain=3, autonomy="bounded", ceiling=3)
    return plans.assign(maya, wish, library, START)


def report(plan: Plan, library: Library, day: int, ratings: Sequence[int], **said: Any) -> None:
    """A session and, unless its rating is left out, the morning after it."""
    at = START + timedelta(days=day)
    before, during, after, *morning = ratings
    values = {"before": before, "during": during, "after": after, "effort": 4, **said}
    sessions.report_session(plan, SessionReport(performed_at=at, **values), library, at)
    for pain in morning:
        woke = at + timedelta(hours=20)
        mornings.report_morning(plan, MorningReport(on=woke.date(), pain=pain), library, woke)


def lived_through(plan: Plan, library: Library, ana: Clinician) -> None:
    """Five weeks that bring a step up, a reaction, a rest, a break, red flags and a person."""
    for day in (0, 2, 4):
        report(plan, library, day, (3, 3, 3, 3))
    report(plan, library, 7, (3, 4, 4, 5))
    report(plan, library, 9, (3, 3, 3, 3))
    report(plan, library, 19, (3, 3, 3))
    report(plan, library, 21, (3, 9, 6, 4))
    stretched = ({"exercise_id": "hip-figure4", "done": True, "too_sore": False},)
    report(plan, library, 23, (3, 3, 3, 3), red_flags=("RF07",), exercises=stretched)
    at = START + timedelta(days=25)
    plan_changes.resume(plan, ana, "seen", library, at)
    report(plan, library, 26, (3, 3, 3, 3))
    verdict = list(standing(plan, "strengthening"))[-1]
    clinician_acts.override(verdict, 2, 0.75, "by phone", ana, library, START + timedelta(days=27))
    report(plan, library, 28, (3, 3, 3, 3), completion=60)
    safety.answer(
        plan,
        ScreeningReport((START + timedelta(days=30)).date(), ("RF12",)),
        library,
        START + timedelta(days=30),
    )


def standing(plan: Plan, *categories: str) -> list[Decision]:
    query = select(Decision).filter_by(plan_id=plan.id).order_by(Decision.effective_at)
    rows = db.session.scalars(query.where(Decision.replaced_at.is_(None)))
    return [row for row in rows if not categories or row.category in categories]


def test_the_stored_rules_suffice_to_recompute_every_decision_that_the_server_made(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    lived_through(plan, library, ana)
    db.session.expire_all()
    terms = db.session.scalars(select(PlanTerms).filter_by(plan_id=plan.id)).first()
    policy = Policy.from_dict(terms.policy)
    made = [d for d in db.session.scalars(select(Decision).filter_by(plan_id=plan.id)) if d.zone]
    assert {d.policy_version for d in made} == {policy.version}
    for decision in made:
        told = (decision.move, decision.step, decision.dose)
        assert recomputed(decision.rules, decision.inputs, policy) == told, decision.why
    assert {d.move for d in made} >= {"progress", "hold", "deload", "rest", "regress", "pause"}
    assert {rule for d in made for rule in d.rules} >= {"R0", "R1", "R4", "R6", "R9", "RAMP", "UP"}


def test_a_decision_without_a_session_stores_the_act_that_it_was(
    plan: Plan, library: Library, ana: Clinician
) -> None:
    lived_through(plan, library, ana)
    acts = [d for d in standing(plan) if d.zone is None]
    assert {d.inputs.get("act") for d in acts} == {None, "resume", "override", "flag"}
    for decision in acts:
        before = State.from_dict(decision.inputs["before"])
        expected = {
            None: (before.step, before.dose),
            "resume": (max(1, before.step - 1), min(before.dose, 0.5)),
            "override": (decision.inputs.get("step"), decision.inputs.get("dose")),
            "flag": (before.step, before.dose),
        }[decision.inputs.get("act")]
        assert (decision.step, decision.dose) == expected
    flagged = [d for d in acts if d.rules == ["R0"]]
    assert all(d.inputs["pausing"] == (d.move == "pause") for d in flagged)
    assert {tuple(d.inputs["red_flags"]) for d in flagged} == {("RF07",), ("RF12",)}
