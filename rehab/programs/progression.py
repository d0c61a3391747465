"""How one category of a plan moves after a session: up, the same, lower, a rest, or a pause.

The rules are the rows of `rehab.programs.rules`; here they are applied in order (clinical 2.10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rehab.programs.explanations import clinician_sentence, patient_sentence
from rehab.programs.policy import Policy, Restart
from rehab.programs.program import Category
from rehab.programs.rules import NO_MARK, REACTION_MARK, RED_MARK, Facts, Rule, binding
from rehab.programs.state import FULL_DOSE, Bounds, State
from rehab.programs.weekly import NO_WEEKLY, Weekly, week_of
from rehab.programs.zones import REAL_RISE, SELF_PACED, Reading, Report, Zone, read_session

__all__ = [
    "Bounds",
    "Decision",
    "Move",
    "Report",
    "State",
    "Zone",
    "decide",
    "move_between",
    "on_return",
]

WINDOW = 3
RAMPING = frozenset({Zone.GREEN, Zone.AMBER})
MARKS = {Zone.SEVERE: RED_MARK, Zone.RED: RED_MARK, Zone.REACT: REACTION_MARK}


class Move(StrEnum):
    """What a decision does to the load, compared with before the session and before any break."""

    PROGRESS = "progress"
    HOLD = "hold"
    DELOAD = "deload"
    REST = "rest"
    REGRESS = "regress"
    REST_REGRESS = "rest_regress"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one session, with the rules that bind and the reason in plain words.

    `step` and `dose` are for the next session; `alert` is 0 (none) to 3 (urgent, now).
    """

    day: int
    zone: Zone
    move: Move
    step: int
    dose: float
    rules: tuple[str, ...]
    alert: int
    paused: bool
    why: str
    why_patient: str


def decide(
    state: State,
    report: Report,
    usual_pain: float,
    policy: Policy,
    category: Category,
    bounds: Bounds,
    tiers: Mapping[str, str],
    weekly: Weekly = NO_WEEKLY,
) -> tuple[State, Decision]:
    """Judge one completed session and say what the next one is to be (clinical 2.10).

    `usual_pain` is 0-10, halves possible; `tiers` maps red-flag ids to E, U or S; `weekly` is the
    trend of the weeks before. A step outside the bounds is first brought inside. Raises KeyError
    for a red flag that `tiers` does not know.
    """
    before = _inside(state, bounds)
    self_paced = category in SELF_PACED
    restarts = () if self_paced else _restarts(before, report.day, policy)
    start = _restarted(before, restarts, bounds) if restarts else before
    reading = read_session(report, usual_pain, policy, category)
    named = {tiers[flag] for flag in report.red_flags}
    facts = Facts(
        state=_logged(start, report, reading, named, policy),
        report=report,
        usual=usual_pain,
        reading=reading,
        policy=policy,
        category=category,
        bounds=bounds,
        weekly=NO_WEEKLY if self_paced else weekly,
        first_of_week=before.last_day is None or week_of(before.last_day) < week_of(report.day),
        restarts=restarts,
        flag_alert=_flag_alert(named),
    )
    bound = binding(facts)
    after = _moved(facts, bound)
    return after, _decision(before, after, facts, bound)


def on_return(state: State, day: int, policy: Policy, category: Category, bounds: Bounds) -> State:
    """The load to offer on local day `day`: lower than it stood if that follows a break (R6)."""
    if category in SELF_PACED:
        return state
    restarts = _restarts(state, day, policy)
    return _restarted(state, restarts, bounds) if restarts else state


def _inside(state: State, bounds: Bounds) -> State:
    step = bounds.hold(state.step)
    return state if step == state.step else replace(state, step=step)


def _restarts(state: State, day: int, policy: Policy) -> tuple[Restart, ...]:
    """The cuts that a break before this session brings (R6)."""
    if state.last_day is None:
        return ()
    gap = day - state.last_day
    return tuple([restart for restart in policy.restarts if gap >= restart.from_days])


def _restarted(state: State, restarts: Iterable[Restart], bounds: Bounds) -> State:
    """The load on return: the lowest that any cut asks for, with the windows begun anew."""
    step, dose = state.step, state.dose
    for restart in restarts:
        down = state.step if restart.levels_down is None else restart.levels_down
        step = min(step, bounds.hold(state.step - down))
        dose = min(dose, restart.dose)
    return replace(state, step=step, dose=dose, streak=0, marks=(), hard_marks=())


def _flag_alert(named: set[str]) -> int:
    if "E" in named or "U" in named:
        return 3
    return 2 if named else 0


def _logged(
    state: State, report: Report, reading: Reading, named: set[str], policy: Policy
) -> State:
    """The state with this session counted in: windows, streak, days and open flags."""
    setback = reading.bad or report.hard
    settled = reading.zone is Zone.GREEN and state.dose == FULL_DOSE
    sleep = state.sleep if report.sleep is None else (*state.sleep, report.sleep)
    serious = _flag_alert(named) == 3
    review = "S" in named
    return State(
        step=state.step,
        dose=state.dose,
        streak=0 if setback else state.streak + settled,
        last_up_day=state.last_up_day,
        last_bad_day=report.day if setback else state.last_bad_day,
        marks=(*state.marks, MARKS.get(reading.zone, NO_MARK))[-WINDOW:],
        hard_marks=(*state.hard_marks, report.hard)[-WINDOW:],
        sleep=sleep[-WINDOW:],
        paused=state.paused or serious or (review and policy.tier_s_pauses),
        review_open=state.review_open or (review and not policy.tier_s_pauses),
        last_day=report.day,
    )


def _moved(facts: Facts, bound: Sequence[Rule]) -> State:
    """The state on the lowest caps; one step up if the session is green and no rule binds."""
    state, dose = facts.state, _dose(facts, bound)
    up = not bound and facts.reading.zone is Zone.GREEN and state.dose == FULL_DOSE
    down = any(rule.down for rule in bound)
    moved = up or down
    if not moved and dose == state.dose:
        return state
    return State(
        step=facts.bounds.hold(state.step + up - down),
        dose=dose,
        streak=0 if moved else state.streak,
        last_up_day=facts.report.day if up else state.last_up_day,
        last_bad_day=state.last_bad_day,
        marks=() if moved else state.marks,
        hard_marks=() if moved else state.hard_marks,
        sleep=state.sleep,
        paused=state.paused,
        review_open=state.review_open,
        last_day=state.last_day,
    )


def _dose(facts: Facts, bound: Iterable[Rule]) -> float:
    """The next dose: one ramp up after a settled session, then the lowest cap."""
    reading, dose = facts.reading, facts.state.dose
    if reading.zone in RAMPING and reading.complete and reading.rise < REAL_RISE:
        dose = min(FULL_DOSE, dose + facts.policy.ramp)
    caps = [rule.dose(facts) for rule in bound if rule.dose is not None]
    return round(min([dose, *caps]), 6)


def _decision(before: State, after: State, facts: Facts, bound: Sequence[Rule]) -> Decision:
    move = move_between(before, after)
    ramped = after.dose > facts.state.dose
    rules = tuple([rule.id for rule in bound])
    if ramped:
        rules += ("RAMP",)
    if move is Move.PROGRESS:
        rules += ("UP",)
    alerts = [rule.alert(facts) for rule in bound if rule.alert is not None]
    return Decision(
        day=facts.report.day,
        zone=facts.reading.zone,
        move=move,
        step=after.step,
        dose=after.dose,
        rules=rules,
        alert=max(alerts, default=0),
        paused=after.paused,
        why=clinician_sentence(move, rules, after.step, after.dose, facts),
        why_patient=patient_sentence(move, rules),
    )


def move_between(before: State, after: State) -> Move:
    """What a decision, or a clinician's act, does to the load."""
    if after.step > before.step:
        return Move.PROGRESS
    if after.paused:
        return Move.PAUSE
    if after.step < before.step:
        return Move.REST_REGRESS if after.dose == 0 else Move.REGRESS
    if after.dose == 0:
        return Move.REST
    return Move.DELOAD if after.dose < before.dose else Move.HOLD
