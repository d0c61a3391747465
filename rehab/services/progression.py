"""From what was reported to what is done next: the plan's course is walked again from a moment on.

A report, a morning, a late entry and a correction are all the same thing here: `settle` takes the
states that held before that moment, walks every session and every act of a clinician after it in
order, and keeps both the decisions that changed and those that replaced them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from rehab.extensions import db
from rehab.models.decision import Decision
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.programs.progression import State
from rehab.services import warnings
from rehab.services.alerts import REVIEW, URGENT, open_alert, retell
from rehab.services.course import Course
from rehab.services.course_log import Log, just_told, log_since, mornings_of, terms_of
from rehab.services.standing import latest
from rehab.services.warnings import STOP_NOW, warn

COMPARED = (
    "on",
    "effective_at",
    "zone",
    "move",
    "step",
    "dose",
    "rules",
    "alert",
    "inputs",
    "after",
    "accepted",
)

RED_FLAG = "red_flag"

NEWS_FOR = timedelta(hours=24)
"""A red flag that is older than this is for the clinic; a text about it would come too late."""

ALERT_KINDS = {
    "R0": RED_FLAG,
    "R1": "severe_pain",
    "R2": "spread",
    "R3b": "repeated_high_pain",
    "R5": "worsening",
    "R5b": "worsening",
    "R6": "long_gap",
}
"""The alert that each rule opens; the first that binds names it."""


def settle(
    plan: Plan, since: datetime, library: Library, now: datetime, told: Session | None = None
) -> None:
    """Decide again from `since` on, and leave the plan standing where its whole log says.

    `told` is a session that was not in the log before: if it is the last thing in it, nothing that
    was decided is looked at again.
    """
    log = just_told(plan, told) if told is not None else None
    log = log or log_since(plan, since)
    course = _course(plan, since, log, library, now)
    fresh: list[Fresh] = []
    for event in log.events:
        found = [_found(draft, log.standing, now) for draft in course.walk(event)]
        fresh += [each for each in found if isinstance(each, Fresh)]
        _tell(event, [e.decision if isinstance(e, Fresh) else e for e in found])
    for outdated in log.standing:
        outdated.replaced_at = now
    db.session.flush()
    db.session.add_all(new.decision for new in fresh)
    _stand(plan, course.states)
    for new in fresh:
        _raise_alert(plan, new, now)


@dataclass(frozen=True)
class Fresh:
    """A decision that says something new, and the one that it replaces, if there was one."""

    decision: Decision
    replaces: Decision | None = None

    @property
    def kind(self) -> str | None:
        """The kind of alert that it calls for."""
        return _alert_kind(self.decision)

    @property
    def is_known(self) -> bool:
        """Whether the decision that it replaces called for the same alert, at the same time."""
        old = self.replaces
        return (
            old is not None
            and old.alert >= self.decision.alert
            and old.effective_at == self.decision.effective_at
            and _alert_kind(old) == self.kind
        )


def _course(plan: Plan, since: datetime, log: Log, library: Library, now: datetime) -> Course:
    """The plan as it stood just before `since`."""
    before, proposed = _stood_before(plan, since, log)
    return Course(
        plan=plan,
        terms=terms_of(plan),
        tiers={id_: flag.tier for id_, flag in library.red_flags.items()},
        mornings=mornings_of(plan),
        states={category: State.from_dict(state) for category, state in before.items()},
        now=now,
        proposals={c: State.from_dict(state) for c, state in proposed.items() if state},
    )


def _stood_before(
    plan: Plan, since: datetime, log: Log
) -> tuple[dict[str, Any], dict[str, Any | None]]:
    """Each category's state, and what was proposed. Where nothing was decided since, the plan has
    the states itself, and what is proposed matters only to an act."""
    if not log.standing:
        return plan.loads, {}
    last = latest(plan, before=since)
    states = plan.starting | {decision.category: decision.after for decision in last}
    return states, {decision.category: decision.accepted for decision in last}


def _alert_kind(decision: Decision) -> str | None:
    """R0 binds on any pause: only a red flag of its own makes it a red-flag alert."""
    flagged = decision.inputs.get("report", decision.inputs).get("red_flags")
    binding = (rule for rule in ALERT_KINDS if rule in decision.rules)
    return next((ALERT_KINDS[rule] for rule in binding if rule != "R0" or flagged), None)


def _found(draft: Decision, standing: list[Decision], now: datetime) -> "Fresh | Decision":
    """The draft if it says something new; a decision that it repeats stays as it is."""
    known = next((d for d in standing if _same_subject(d, draft)), None)
    if known is None:
        return Fresh(draft)
    standing.remove(known)
    if not known.after:
        return Fresh(_filled_in(known, draft))
    if all(getattr(known, name) == getattr(draft, name) for name in COMPARED):
        return known
    known.replaced_at = now
    return Fresh(draft, known)


def _tell(event: Session | Decision, found: list[Decision]) -> None:
    """A session knows what was decided from it, without asking for it again."""
    if isinstance(event, Session):
        in_order = sorted(found, key=lambda decision: decision.category)
        set_committed_value(event, "decisions", in_order)


def _filled_in(deed: Decision, draft: Decision) -> Decision:
    """A deed that was written down just now, with what the walk makes of it."""
    for name in (*COMPARED, "state"):
        setattr(deed, name, getattr(draft, name))
    return deed


def _same_subject(one: Decision, other: Decision) -> bool:
    if one.category != other.category:
        return False
    if one.session_id is not None:
        return one.session_id == other.session_id
    return other.session_id is None and one.effective_at == other.effective_at


def _stand(plan: Plan, states: dict[str, State]) -> None:
    """A pause, once there, stays until a person resumes, even if its reason is corrected away."""
    if plan.status == ACTIVE and any(state.paused for state in states.values()):
        plan.status = PAUSED
    plan.loads = {category: state.as_dict() for category, state in states.items()}


def _raise_alert(plan: Plan, new: Fresh, now: datetime) -> None:
    """An alert that a person has closed is not opened again by the same thing told anew."""
    decision, kind = new.decision, new.kind
    if decision.alert < REVIEW or kind is None:
        return
    if new.is_known and new.replaces is not None:
        retell(plan, kind, decision.why, new.replaces.why)
        return
    open_alert(plan.patient, kind, decision.alert, decision.why, now, plan)
    if kind == RED_FLAG and decision.effective_at > now - NEWS_FOR:
        if decision.alert == URGENT:
            warn(plan, STOP_NOW, now)
        elif plan.status == PAUSED:
            warn(plan, warnings.PAUSED, now)
