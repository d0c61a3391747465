"""One walk along a plan's log: what each session, and each act beside them, makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from rehab.models.decision import APPLIED, PROPOSED, Decision
from rehab.models.plan import Plan, PlanTerms
from rehab.models.session import Morning, Session
from rehab.programs import acts, progression
from rehab.programs.acts import Act
from rehab.programs.dosage import Category
from rehab.programs.explanations import flag_sentence, red_flag_sentence
from rehab.programs.policy import Policy
from rehab.programs.progression import Bounds, Report, State
from rehab.programs.weekly import Weekly, weekly_trend
from rehab.services.course_log import Waking

ADVISE, EASE, BOUNDED = "advise", "ease", "bounded"


@dataclass(frozen=True)
class Hearing:
    """One session with all that it is judged by, whatever the category."""

    session: Session
    report: Report
    terms: PlanTerms
    policy: Policy
    weekly: Weekly


@dataclass
class Course:
    """A plan while it is walked; `states` and `proposals` are where each category stands now.

    `terms` are all that clinicians ever settled about it, in order.
    """

    plan: Plan
    terms: Sequence[PlanTerms]
    tiers: dict[str, str]
    mornings: Mapping[date, Waking]
    states: dict[str, State]
    now: datetime
    proposals: dict[str, State] = field(default_factory=dict)

    def walk(self, event: Session | Decision) -> list[Decision]:
        """The decisions that follow from one event, not stored yet; moves `states` on."""
        if isinstance(event, Session):
            return self._after_session(event)
        return self._after_act(event)

    def _after_session(self, session: Session) -> list[Decision]:
        hearing = self._hear(session)
        drafts = [self._decide(hearing, Category(name)) for name in session.categories]
        return drafts + list(self._spread_flag(session, drafts))

    def _hear(self, session: Session) -> Hearing:
        terms = self.terms_at(session.performed_at)
        policy = Policy.from_dict(terms.policy)
        morning = self.mornings.get(session.on + timedelta(days=1))
        report = report_of(self.plan, session, morning)
        weekly = weekly_trend(self._pairs(), terms.usual_pain, report.day, policy)
        return Hearing(session, report, terms, policy, weekly)

    def _decide(self, hearing: Hearing, category: Category) -> Decision:
        before, session, report = self.states[category], hearing.session, hearing.report
        terms, weekly = hearing.terms, hearing.weekly
        bounds = Bounds(**terms.bounds[category])

        def judged(within: Bounds) -> tuple[State, progression.Decision]:
            given = (report, terms.usual_pain, hearing.policy, category)
            return progression.decide(before, *given, within, self.tiers, weekly)

        after, verdict = judged(bounds)
        standing = after
        if _waits(terms.autonomy, before, after):
            standing, _ = judged(replace(bounds, locked=True))
            if terms.autonomy == ADVISE:
                standing = replace(standing, step=before.step, dose=before.dose)
        self._move(category, standing, after if standing != after else None)
        return self._draft(
            category,
            session=session,
            policy_version=hearing.policy.version,
            zone=verdict.zone,
            move=verdict.move,
            step=verdict.step,
            dose=verdict.dose,
            rules=list(verdict.rules),
            alert=verdict.alert,
            why=verdict.why,
            why_patient=self._to_patient(session, verdict.move, verdict.rules),
            inputs={
                "before": before.as_dict(),
                "report": _listed(asdict(report)),
                "tiers": {flag: self.tiers[flag] for flag in report.red_flags},
                "usual_pain": terms.usual_pain,
                "bounds": asdict(bounds),
                "weekly": _listed(asdict(weekly)),
            },
        )

    def _spread_flag(self, session: Session, drafts: list[Decision]) -> Iterator[Decision]:
        """A red flag stops the whole plan, not only what this session contained."""
        reason = next((d for d in drafts if "R0" in d.rules), None)
        if reason is None:
            return
        flagged = [self.states[draft.category] for draft in drafts]
        pausing = any(state.paused for state in flagged)
        closing = any(state.review_open for state in flagged)
        for category, before in list(self.states.items()):
            after = replace(
                before,
                paused=before.paused or pausing,
                review_open=before.review_open or closing,
            )
            if after == before or category in session.categories:
                continue
            self._move(category, after, None)
            move = "pause" if after.paused else "hold"
            yield self._draft(
                category,
                session=session,
                policy_version=reason.policy_version,
                zone=None,
                move=move,
                step=after.step,
                dose=after.dose,
                rules=["R0"],
                alert=reason.alert,
                why=flag_sentence(move, after.step, after.dose, session.red_flags),
                why_patient=self._to_patient(session, move, ("R0",)),
                inputs={
                    "before": before.as_dict(),
                    "red_flags": list(session.red_flags),
                    "pausing": after.paused,
                },
            )

    def _to_patient(self, session: Session, move: str, rules: Sequence[str]) -> str:
        """The patient's sentence in their language; a red flag that cannot wait goes first."""
        tiers = [self.tiers[flag] for flag in session.red_flags]
        return red_flag_sentence(tiers, move, rules, self.plan.patient.language)

    def _after_act(self, act: Decision) -> list[Decision]:
        """An approval whose proposal does not stand any more is void, and leaves nothing."""
        if act.inputs["act"] == Act.APPROVE and not self._still_proposed(act):
            return []
        before = self.states[act.category]
        after = self._acted(act, before)
        self._move(act.category, after, None)
        draft = self._draft(
            act.category,
            act=act,
            policy_version=act.policy_version,
            zone=None,
            move=progression.move_between(before, after),
            step=after.step,
            dose=after.dose,
            rules=list(act.rules),
            alert=act.alert,
            why=act.why,
            why_patient=act.why_patient,
            inputs={**act.inputs, "before": before.as_dict()},
        )
        return [draft]

    def _still_proposed(self, act: Decision) -> bool:
        """Whether what stands proposed is no more than the clinician saw when they approved."""
        proposal, seen = self.proposals.get(act.category), State.from_dict(act.inputs["proposal"])
        return proposal is not None and proposal.step <= seen.step and proposal.dose <= seen.dose

    def _acted(self, act: Decision, before: State) -> State:
        match Act(act.inputs["act"]):
            case Act.APPROVE:
                proposal = self.proposals[act.category]
                return acts.approved(before, proposal, day_of(self.plan, act.on))
            case Act.OVERRIDE:
                step, dose = act.inputs["step"], act.inputs["dose"]
                return acts.overridden(before, step, dose, day_of(self.plan, act.on))
            case Act.PAUSE:
                return acts.paused(before)
            case Act.RESUME:
                floor = self.terms_at(act.effective_at).bounds[act.category]["floor"]
                return acts.resumed(before, floor)
            case Act.FLAG:
                return acts.flagged(before, act.inputs["pausing"])
            case Act.CLEAR:
                return acts.cleared(before)
            case Act.BOUND:
                bounds = self.terms_at(act.effective_at).bounds[act.category]
                return acts.bounded(before, Bounds(**bounds))
            case Act.PHASE:
                day = day_of(self.plan, act.on)
                bounds = self.terms_at(act.effective_at).bounds[act.category]
                step = act.inputs["step"]
                if act.inputs["goes_on"]:
                    step = max(step, before.step)
                return acts.entered(before, Bounds(**bounds).hold(step), day)

    def _move(self, category: str, state: State, proposal: State | None) -> None:
        self.states[category] = state
        self.proposals.pop(category, None)
        if proposal is not None:
            self.proposals[category] = proposal

    def _draft(
        self,
        category: str,
        session: Session | None = None,
        act: Decision | None = None,
        **verdict: Any,
    ) -> Decision:
        proposal = self.proposals.get(category)
        return Decision(
            plan_id=self.plan.id,
            category=str(category),
            session_id=session.id if session else None,
            on=session.on if session else act.on if act else None,
            effective_at=session.performed_at if session else act.effective_at if act else None,
            clinician_id=act.clinician_id if act else None,
            reason=act.reason if act else "",
            state=PROPOSED if proposal is not None else APPLIED,
            after=self.states[category].as_dict(),
            accepted=proposal.as_dict() if proposal is not None else None,
            decided_at=self.now,
            **verdict,
        )

    def terms_at(self, instant: datetime) -> PlanTerms:
        """What was settled at that moment."""
        earlier = [terms for terms in self.terms if terms.effective_at <= instant]
        return earlier[-1] if earlier else self.terms[0]

    def _pairs(self) -> list[tuple[int, int | None]]:
        """Each morning's pain with the day whose session it follows."""
        return [(day_of(self.plan, on) - 1, morning.pain) for on, morning in self.mornings.items()]


def _waits(autonomy: str, before: State, after: State) -> bool:
    """Whether a verdict waits for the clinician: a step up under `ease`; under `advise` all but a
    pause."""
    if autonomy == ADVISE:
        return not after.paused
    return autonomy == EASE and after.step > before.step


def day_of(plan: Plan, on: date) -> int:
    """The local day, counted from 0 on the day the plan starts."""
    return (on - plan.starts_on).days


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


def report_of(plan: Plan, session: Session, morning: Morning | Waking | None) -> Report:
    """A session with the next morning, as the rules are told of it."""
    return Report(
        day=day_of(plan, session.on),
        before=session.before,
        during=session.during,
        after=session.after,
        morning=morning.pain if morning else None,
        effort=session.effort,
        completion=session.completion,
        hard=session.too_hard,
        spread=bool(session.new_areas),
        red_flags=tuple(session.red_flags),
        sleep=morning.sleep if morning else None,
        doms=session.doms,
    )
