"""What must hold of a stored plan after every step: clinical 2.8, numbers 1-4, 8-11 and 15."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.decision import Decision
from rehab.models.message import DeliveryState, Kind, OutboundMessage
from rehab.models.plan import ACTIVE, PAUSED, Plan, PlanTerms
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.programs.prescription import RECOVERY
from rehab.programs.program import Category
from rehab.programs.progression import Bounds
from rehab.programs.zones import BAD, REAL_RISE, SELF_PACED
from rehab.services import mornings, progression, sessions
from rehab.services.mornings import MorningReport
from rehab.services.sessions import SessionReport
from rehab.services.today import today

EVER = datetime(2020, 1, 1, tzinfo=UTC)
BY_HAND = ("approve", "override")
TOLD = ("zone", "move", "step", "dose", "rules", "alert", "after", "accepted", "inputs")

KINDS = {
    "R1": "severe_pain",
    "R2": "spread",
    "R3b": "repeated_high_pain",
    "R5": "worsening",
    "R5b": "worsening",
    "R6": "long_gap",
}


def standing(plan: Plan) -> list[Decision]:
    """The decisions that stand, in the order in which they take effect."""
    query = select(Decision).filter_by(plan_id=plan.id, replaced_at=None)
    of_a_session = Decision.session_id.is_(None)
    order = (Decision.effective_at, of_a_session, Decision.session_id, Decision.category)
    return list(db.session.scalars(query.order_by(*order)))


def by_category(plan: Plan) -> Iterator[tuple[str, list[Decision]]]:
    category = attrgetter("category")
    for name, decisions in groupby(sorted(standing(plan), key=category), category):
        yield name, list(decisions)


def alerts(plan: Plan, closed: bool = True) -> list[Alert]:
    query = select(Alert).filter_by(plan_id=plan.id).order_by(Alert.opened_at, Alert.kind)
    return [a for a in db.session.scalars(query) if closed or a.closed_at is None]


def rows(plan: Plan) -> dict[str, Any]:
    """All that a step may change, for comparing before and after."""
    decisions = db.session.scalars(select(Decision).filter_by(plan_id=plan.id))
    return {
        "status": plan.status,
        "loads": plan.loads,
        "sessions": len(_sessions(plan)),
        "decisions": sorted((str(d.id), str(d.replaced_at), d.state) for d in decisions),
        "alerts": [(a.id, a.level, a.closed_at) for a in alerts(plan)],
    }


def verdicts(plan: Plan) -> list[tuple[Any, ...]]:
    """Every decision that stands without its ids, for comparing two plans."""
    return sorted(
        (str(d.category), d.effective_at, d.on, *(repr(getattr(d, name)) for name in TOLD))
        for d in standing(plan)
    )


def tell(plan: Plan, entry: SessionReport | MorningReport, library: Library, now: datetime) -> None:
    if isinstance(entry, MorningReport):
        mornings.report_morning(plan, entry, library, now)
    else:
        sessions.report_session(plan, replace(entry, id=uuid4()), library, now)


def _sessions(plan: Plan) -> list[Session]:
    return list(db.session.scalars(select(Session).filter_by(plan_id=plan.id)))


def _is_of_the_policy(decision: Decision) -> bool:
    return "report" in decision.inputs


def _is_pain_guided(decision: Decision) -> bool:
    return _is_of_the_policy(decision) and Category(decision.category) not in SELF_PACED


def no_more(decision: Decision) -> None:
    """Neither what was decided nor what then held is above what stood before."""
    before = decision.inputs["before"]
    for step, dose in ((decision.step, decision.dose), _load(decision.after)):
        assert step <= before["step"], decision.why
        assert dose <= before["dose"], decision.why


def _load(state: dict[str, Any]) -> tuple[int, float]:
    return state["step"], state["dose"]


def a_rise_never_brings_more(plan: Plan) -> None:
    """1, 8 and 9: a rise of two points, no morning, or a bad session."""
    for decision in filter(_is_pain_guided, standing(plan)):
        said, usual = decision.inputs["report"], decision.inputs["usual_pain"]
        told = [said[name] for name in ("during", "after", "morning") if said[name] is not None]
        reference = usual if said["before"] is None else min(usual, said["before"])
        rose = bool(told) and max(told) - reference >= REAL_RISE
        if rose or said["morning"] is None or decision.zone in BAD:
            no_more(decision)


def nothing_rises_while_stopped(plan: Plan) -> None:
    """2: not by the policy, nor by a proposal that is approved."""
    for decision in standing(plan):
        before = decision.inputs["before"]
        if not (before["paused"] or before["review_open"] or decision.after["paused"]):
            continue
        if _is_of_the_policy(decision) or decision.inputs.get("act") == "approve":
            no_more(decision)


def steps_up_are_single_and_a_week_apart(plan: Plan) -> None:
    """3: those of the policy, at once or approved; days are the patient's own."""
    for _, decisions in by_category(plan):
        ups = []
        for decision in decisions:
            by = decision.after["step"] - decision.inputs["before"]["step"]
            if by > 0 and (_is_of_the_policy(decision) or decision.inputs["act"] == "approve"):
                assert by == 1, decision.why
                last = plan.starts_on + timedelta(days=decision.after["last_day"])
                ups.append(max(decision.on, last))
        assert all(later - earlier >= timedelta(7) for earlier, later in pairwise(ups)), ups


def a_clinician_has_the_say_that_was_agreed(plan: Plan) -> None:
    """2.9: under `ease` no step up is in force by itself, under `advise` nothing but a pause."""
    for decision, terms in _with_terms(plan):
        before = decision.inputs["before"]
        if not _is_of_the_policy(decision):
            continue
        if terms.autonomy == "advise" and not decision.after["paused"]:
            assert _load(decision.after) == _load(before)
        if terms.autonomy == "ease":
            assert decision.after["step"] <= before["step"]


def an_approval_brings_no_more_than_was_seen(plan: Plan) -> None:
    for decision in standing(plan):
        if decision.inputs.get("act") == "approve":
            for now, before, seen in zip(
                _load(decision.after),
                _load(decision.inputs["before"]),
                _load(decision.inputs["proposal"]),
                strict=True,
            ):
                assert now <= max(before, seen), decision.inputs


def every_step_lies_in_its_bounds(plan: Plan) -> None:
    """4: a decision in those of its own time, the loads in today's."""
    for decision, terms in _with_terms(plan):
        bounds = Bounds(**terms.bounds[decision.category])
        for step in (decision.step, decision.after["step"]):
            assert bounds.floor <= step <= bounds.ceiling, (decision.inputs, decision.why)
        if bounds.locked and (_is_of_the_policy(decision) or "proposal" in decision.inputs):
            assert decision.after["step"] <= decision.inputs["before"]["step"], decision.why
    for category, load in plan.loads.items():
        bounds = Bounds(**plan.bounds[category])
        assert bounds.floor <= load["step"] <= bounds.ceiling, category


def _with_terms(plan: Plan) -> Iterator[tuple[Decision, PlanTerms]]:
    """Each decision with what was settled about the plan at its time."""
    query = select(PlanTerms).filter_by(plan_id=plan.id).order_by(PlanTerms.effective_at)
    terms = db.session.scalars(query).all()
    for decision in standing(plan):
        then = [t for t in terms if t.effective_at <= decision.effective_at]
        yield decision, then[-1] if then else terms[0]


def each_decision_starts_where_the_last_ended(plan: Plan) -> None:
    """10: what is stored as the ground of a decision is what stood."""
    stands = dict(plan.starting)
    for category, decisions in by_category(plan):
        for decision in decisions:
            assert decision.inputs["before"] == stands[category], decision.why
            assert decision.undone_by_id is None
            stands[category] = decision.after
    assert plan.loads == stands


def each_session_is_decided_once(plan: Plan) -> None:
    """Each of its categories has one decision that stands; others only if a red flag stops them."""
    decided: dict[UUID, list[Decision]] = {}
    for decision in standing(plan):
        if decision.session_id is not None:
            decided.setdefault(decision.session_id, []).append(decision)
    for session in _sessions(plan):
        mine = decided.get(session.id, [])
        assert len({d.category for d in mine}) == len(mine)
        assert {d.category for d in mine} >= set(session.categories)
        for decision in mine:
            assert decision.category in session.categories or decision.rules == ["R0"]
            assert (decision.effective_at, decision.on) == (session.performed_at, session.on)


def a_red_flag_stops_the_plan(plan: Plan) -> None:
    """2: all of it, and where steps up wait for a person, a person was asked."""
    assert (plan.status == PAUSED) == all(load["paused"] for load in plan.loads.values())
    assert (plan.status == PAUSED) == any(load["paused"] for load in plan.loads.values())
    held = {load["review_open"] for load in plan.loads.values()}
    assert len(held) == 1
    if held == {True}:
        assert "red_flag" in {alert.kind for alert in alerts(plan, closed=False)}


def what_needs_a_person_has_an_alert(plan: Plan) -> None:
    """15: one open alert of a kind, and none missing that was not closed since."""
    known = alerts(plan)
    still_open = [a.kind for a in known if a.closed_at is None]
    assert len(still_open) == len(set(still_open))
    for decision in standing(plan):
        if decision.alert >= 2:
            kind, since = _kind(decision), _first_told_at(decision)
            of_kind = [a for a in known if a.kind == kind]
            assert any(a.closed_at is None or a.closed_at >= since for a in of_kind), decision.why


def _kind(decision: Decision) -> str:
    flags = decision.inputs.get("report", decision.inputs).get("red_flags", True)
    if "R0" in decision.rules and flags:
        return "red_flag"
    return next(KINDS[rule] for rule in KINDS if rule in decision.rules)


def _first_told_at(decision: Decision) -> datetime:
    """When the first version of a decision asked for as much attention to the same."""
    subject = {"plan_id": decision.plan_id, "session_id": decision.session_id}
    if decision.session_id is None:
        subject["effective_at"] = decision.effective_at
    query = select(Decision).filter_by(category=decision.category, **subject)
    asked = [d for d in db.session.scalars(query) if d.alert >= decision.alert]
    return min(d.decided_at for d in asked if _kind(d) == _kind(decision))


OF_WHAT_STANDS: tuple[Callable[[Plan], None], ...] = (
    a_rise_never_brings_more,
    nothing_rises_while_stopped,
    steps_up_are_single_and_a_week_apart,
    a_clinician_has_the_say_that_was_agreed,
    an_approval_brings_no_more_than_was_seen,
    every_step_lies_in_its_bounds,
    each_decision_starts_where_the_last_ended,
    each_session_is_decided_once,
    a_red_flag_stops_the_plan,
    what_needs_a_person_has_an_alert,
)


@dataclass
class Trail:
    """What was written once: no decision goes missing or is rewritten, and no stop lifts itself."""

    written: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    lifted: bool = False

    def lift(self) -> None:
        """A clinician is about to lift a stop."""
        self.lifted = True

    def check(self, plan: Plan) -> None:
        decisions = db.session.scalars(select(Decision).filter_by(plan_id=plan.id))
        written = {d.id: tuple(repr(getattr(d, name)) for name in TOLD) for d in decisions}
        assert self.written.items() <= written.items()
        stops = ("paused", "review_open")
        stopped = frozenset(s for s in stops if any(load[s] for load in plan.loads.values()))
        if plan.status == PAUSED:
            stopped |= {"plan"}
        assert self.lifted or stopped >= self.stopped
        self.written, self.stopped, self.lifted = written, stopped, False


def today_is_within_the_state(plan: Plan, now: datetime, library: Library) -> None:
    for pain in (None, 5, 10):
        shown = today(plan, plan.patient.today(now), library, pain)
        if plan.status != ACTIVE:
            assert shown.exercises == ()
        of_the_phase = {exercise.id for exercise in shown.phase.exercises}
        resting = any(load["dose"] * shown.factor == 0 for load in plan.loads.values())
        for item in shown.exercises:
            load = plan.loads[item.exercise.category] if item.exercise.id in of_the_phase else None
            if load is not None and load["dose"] * shown.factor > 0:
                assert item.step <= load["step"]
                assert item.dose <= load["dose"]
            else:
                assert resting
                assert item.exercise.id in RECOVERY or item.exercise.category in SELF_PACED


def nothing_is_texted_for_a_stopped_plan(plan: Plan, now: datetime) -> None:
    waiting = select(OutboundMessage).where(
        OutboundMessage.plan_id == plan.id,
        OutboundMessage.state == DeliveryState.PENDING,
        OutboundMessage.kind.in_((Kind.EXERCISE, Kind.MORNING)),
        OutboundMessage.due_at > now,
    )
    assert plan.status == ACTIVE or not db.session.scalars(waiting).all()


def is_a_fixed_point(plan: Plan, library: Library, now: datetime) -> None:
    """10: walked again from the beginning, or from its middle, the log says the same."""
    decisions = standing(plan)
    since = [EVER, *(d.effective_at for d in decisions[len(decisions) // 2 :][:1])]
    before = rows(plan)
    for moment in since:
        progression.settle(plan, moment, library, now)
        db.session.flush()
        assert rows(plan) == before, f"walked again from {moment}"
    db.session.rollback()
