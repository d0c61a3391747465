"""What no log may ever bring about: the safety invariants 1-9, 12, 13 and 16."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from rehab.programs.case import Case
from rehab.programs.policy import Policy, before_session_factor
from rehab.programs.program import Category
from rehab.programs.progression import Bounds, Decision, Report, State, decide
from rehab.programs.replay import replay_case
from rehab.programs.weekly import Weekly
from rehab.programs.zones import BAD, SELF_PACED

from .logs import (
    POLICIES,
    TIERS,
    bounds_around,
    cases,
    categories,
    flags,
    pain_guided,
    pairs_of_cases,
    policies,
    ratings,
    reports,
    shifted,
    states,
    usual_pains,
    worse_than,
)

TODAY = 100


class Moment:
    """A state with all that a decision on day 100 needs but the session itself."""

    def __init__(
        self,
        state: State,
        usual_pain: float,
        policy: Policy,
        category: Category,
        bounds: Bounds,
        weekly: Weekly,
    ) -> None:
        self.state = state
        self.usual_pain = usual_pain
        self.policy = policy
        self.category = category
        self.bounds = bounds
        self.weekly = weekly

    def __repr__(self) -> str:
        return f"Moment({vars(self)})"

    def after(self, report: Report, state: State | None = None) -> tuple[State, Decision]:
        return decide(
            self.state if state is None else state,
            report,
            self.usual_pain,
            self.policy,
            self.category,
            self.bounds,
            TIERS,
            self.weekly,
        )


@st.composite
def moments(draw: st.DrawFn, of: st.SearchStrategy[Category] = categories) -> Moment:
    bounds = draw(bounds_around())
    trend = st.sampled_from(
        [Weekly(), Weekly(), Weekly(True), Weekly(True, True, True), Weekly(creeping=True)]
    )
    return Moment(
        draw(states(bounds)),
        draw(usual_pains),
        draw(policies),
        draw(of),
        bounds,
        draw(trend),
    )


@st.composite
def moments_with_report(
    draw: st.DrawFn, of: st.SearchStrategy[Category] = categories
) -> tuple[Moment, Report]:
    moment = draw(moments(of))
    return moment, draw(reports(TODAY, moment.usual_pain))


def run(case: Case, policy: Policy | None = None) -> tuple[Decision, ...]:
    used = POLICIES if policy is None else {case.track: policy}
    return replay_case(case, used, TIERS).decisions


@given(moments_with_report(pain_guided))
def test_a_rise_of_two_points_never_brings_more_load(drawn):
    moment, report = drawn
    reference = min(moment.usual_pain, report.before)
    worst = max(r for r in (report.during, report.after, report.morning) if r is not None)
    assume(worst - reference >= 2)
    _, decision = moment.after(report)
    assert decision.step <= moment.state.step
    assert decision.dose <= moment.state.dose


@given(moments_with_report(), st.sampled_from(["paused", "review_open", "flag"]), flags)
def test_nothing_goes_up_while_a_flag_is_open_or_the_plan_is_paused(drawn, stop, named):
    moment, report = drawn
    if stop == "flag":
        _, decision = moment.after(replace(report, red_flags=named or ("RF12",)))
    else:
        _, decision = moment.after(report, replace(moment.state, **{stop: True}))
    assert decision.step <= moment.state.step
    assert decision.dose <= moment.state.dose


@given(moments_with_report())
def test_only_a_person_ends_a_pause_or_a_review(drawn):
    moment, report = drawn
    after, decision = moment.after(report)
    assert after.paused >= moment.state.paused
    assert after.review_open >= moment.state.review_open
    assert decision.paused == after.paused


@given(cases(longest=14))
def test_steps_up_are_single_and_at_least_a_week_apart(case):
    ups, step = [], case.state.step
    for decision in run(case):
        assert decision.step <= step + 1
        if decision.step > step:
            assert decision.move == "progress"
            ups.append(decision.day)
        step = decision.step
    assert all(later - earlier >= 7 for earlier, later in pairwise(ups))


@given(cases())
def test_the_step_stays_within_the_clinicians_bounds(case):
    for decision in run(case):
        assert case.bounds.floor <= decision.step <= case.bounds.ceiling


@given(cases())
def test_a_lock_never_moves_the_step_up(case):
    step = case.state.step
    for decision in run(replace(case, bounds=replace(case.bounds, locked=True))):
        assert decision.step <= step
        step = decision.step


@given(moments_with_report(), st.data())
def test_a_worse_session_never_brings_more_load_or_a_lower_alert(drawn, data):
    moment, report = drawn
    worse = data.draw(worse_than(report))
    _, decision = moment.after(report)
    _, decision_of_worse = moment.after(worse)
    assert decision_of_worse.step <= decision.step
    assert decision_of_worse.dose <= decision.dose
    assert decision_of_worse.alert >= decision.alert


@given(moments_with_report(), st.integers(0, 10))
def test_the_same_session_with_all_ratings_higher_never_brings_more_load(drawn, by):
    moment, report = drawn
    _, decision = moment.after(report)
    _, decision_of_shifted = moment.after(shifted(report, by))
    assert decision_of_shifted.step <= decision.step
    assert decision_of_shifted.dose <= decision.dose


def assert_never_above(worse: tuple[Decision, ...], better: tuple[Decision, ...]) -> None:
    for low, high in zip(worse, better, strict=True):
        assert low.step <= high.step
        if low.step == high.step:
            assert low.dose <= high.dose


@given(pairs_of_cases())
def test_a_log_that_is_worse_session_by_session_never_stands_higher(pair):
    better, worse = pair
    assert_never_above(run(worse), run(better))


@given(moments_with_report(pain_guided))
def test_a_session_without_a_morning_never_brings_more_load(drawn):
    moment, report = drawn
    _, decision = moment.after(replace(report, morning=None))
    assert decision.step <= moment.state.step
    assert decision.dose <= moment.state.dose


@given(moments_with_report(pain_guided), st.sampled_from(["before", "during", "after"]))
def test_a_rating_that_was_not_given_never_brings_more_load(drawn, name):
    moment, report = drawn
    _, decision = moment.after(replace(report, **{name: None}))
    assert decision.step <= moment.state.step
    assert decision.dose <= moment.state.dose


@given(moments_with_report())
def test_a_bad_session_never_raises_the_dose(drawn):
    moment, report = drawn
    _, decision = moment.after(report)
    assume(decision.zone in BAD)
    assert decision.dose <= moment.state.dose


@given(cases())
def test_the_same_log_gives_the_same_decisions(case):
    assert run(case) == run(case)


@given(moments_with_report(), st.integers(7, 60), st.integers(0, 60))
def test_a_longer_break_never_brings_a_higher_restart(drawn, gap, longer):
    moment, report = drawn
    assume(moment.category not in SELF_PACED)
    last_day = moment.state.last_day
    early, late = replace(report, day=last_day + gap), replace(report, day=last_day + gap + longer)
    _, sooner = moment.after(early)
    _, later = moment.after(late)
    assert later.step <= sooner.step
    assert later.dose <= sooner.dose


@given(policies, usual_pains, ratings, st.integers(0, 10))
def test_more_pain_before_a_session_never_leaves_more_of_todays_dose(policy, usual, before, more):
    higher = min(10, before + more)
    assert before_session_factor(higher, usual, policy) <= before_session_factor(
        before, usual, policy
    )


def more_cautious(policy: Policy) -> list[Policy]:
    """The policy with one parameter at a time moved in the cautious direction."""
    red, severe = policy.red_limit, policy.severe
    morning, reaction, week = policy.red_morning, policy.reaction, policy.weekly
    more_sessions = {category: n + 1 for category, n in policy.good_sessions.items()}
    return [
        replace(policy, red_limit=replace(red, at_least=red.at_least - 1)),
        replace(policy, red_limit=replace(red, above_usual=red.above_usual - 1)),
        replace(policy, red_limit=replace(red, at_most=red.at_most - 1)),
        replace(policy, green_limit=replace(policy.green_limit, at_least=2)),
        replace(policy, green_limit=replace(policy.green_limit, above_usual=0)),
        replace(policy, severe=replace(severe, at_least=severe.at_least - 1)),
        replace(policy, severe=replace(severe, above_usual=severe.above_usual - 1)),
        replace(policy, reaction=replace(reaction, rise=1)),
        replace(policy, reaction=replace(reaction, above_usual=0)),
        replace(policy, red_morning=replace(morning, always_at=8)),
        replace(policy, red_morning=replace(morning, doms_at_most=3)),
        replace(policy, red_morning=replace(morning, reaction=replace(morning.reaction, rise=2))),
        replace(policy, good_sessions=more_sessions),
        replace(policy, days_between_steps_up=10),
        replace(policy, cooldown_days=policy.cooldown_days + 3),
        replace(policy, completion=100),
        replace(policy, effort=policy.effort - 1),
        replace(policy, sleep_gate=5),
        replace(policy, dose_after_red=0.0),
        replace(policy, dose_after_two_reds=0.25),
        replace(policy, reaction_dose_factor=0.5),
        replace(policy, ramp=policy.ramp / 2),
        replace(policy, tier_s_pauses=True),
        replace(policy, weekly=replace(week, worse=1)),
    ]


@given(cases(), st.data())
def test_a_more_cautious_policy_never_stands_higher_on_the_same_log(case, data):
    policy = POLICIES[case.track]
    cautious = data.draw(st.sampled_from(more_cautious(policy)))
    assert_never_above(run(case, cautious), run(case, policy))


DOWN = {"R1", "R3b", "R4b", "R5b", "R7"}


def recomputed(moment: Moment, decision: Decision) -> tuple[int, float]:
    """Step and dose from the state before and the listed rules alone."""
    state, policy, rules = moment.state, moment.policy, set(decision.rules)
    step, dose = state.step, state.dose
    if "R6" in rules:
        rows = [row for row in policy.restarts if decision.day - state.last_day >= row.from_days]
        step -= max(step if row.levels_down is None else row.levels_down for row in rows)
        dose = min(dose, *(row.dose for row in rows))
        step = max(step, moment.bounds.floor)
    after = {
        "R1": 0,
        "R3": min(policy.dose_after_red, dose * policy.reaction_dose_factor),
        "R3b": policy.dose_after_two_reds,
        "R4": dose * policy.reaction_dose_factor,
        "RAMP": min(1, dose + policy.ramp),
    }
    target = after["RAMP"] if "RAMP" in rules else dose
    caps = [after[rule] for rule in rules & after.keys() - {"RAMP"}]
    if rules & DOWN:
        step = max(step - 1, moment.bounds.floor)
    return step + ("UP" in rules), round(min([target, *caps]), 6)


@given(moments_with_report())
def test_the_listed_rules_are_enough_to_recompute_the_decision(drawn):
    moment, report = drawn
    _, decision = moment.after(report)
    assert decision.rules
    assert recomputed(moment, decision) == (decision.step, decision.dose)
