"""The decision table row by row, and the order in which it is applied (clinical 2.5, 2.10)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from rehab.programs.program import Category
from rehab.programs.progression import Bounds, Decision, Report, State, decide
from rehab.programs.weekly import NO_WEEKLY, Weekly

from .logs import (
    ACUTE,
    CHRONIC,
    LOW_IMPACT,
    POLICIES,
    RELAXATION,
    STRENGTHENING,
    STRETCHING,
    TIERS,
    settled,
)

USUAL = 3
READY = State(2, streak=2, last_day=9)
"""One settled session short of a step up."""

RED = {"during": 6, "morning": 3}
REACTION = {"morning": 5}
SEVERE = {"during": 9}


def after(
    state: State,
    day: int = 10,
    *,
    track: str = "acute",
    category: Category = STRENGTHENING,
    bounds: Bounds | None = None,
    weekly: Weekly = NO_WEEKLY,
    **said: Any,
) -> tuple[State, Decision]:
    """What a session on `day` leads to: settled, but for what was said of it."""
    report = settled(day, **said)
    limits = bounds or Bounds()
    return decide(state, report, USUAL, POLICIES[track], category, limits, TIERS, weekly)


def decided(state: State, day: int = 10, **said: Any) -> Decision:
    return after(state, day, **said)[1]


def load(decision: Decision) -> tuple[str, int, float]:
    return str(decision.move), decision.step, decision.dose


def walked(reports: list[Report], state: State, track: str = "acute") -> list[Decision]:
    decisions = []
    for report in reports:
        policy = POLICIES[track]
        state, decision = decide(state, report, USUAL, policy, STRENGTHENING, Bounds(), TIERS)
        decisions.append(decision)
    return decisions


# a step up


def test_the_last_of_the_settled_sessions_steps_up():
    state, decision = after(READY)
    assert load(decision) == ("progress", 3, 1.0)
    assert decision.rules == ("UP",)
    assert decision.alert == 0
    assert state == State(3, last_up_day=10, sleep=(7,), last_day=10)


@pytest.mark.parametrize(
    ("category", "needed"),
    [
        (STRETCHING, 4),
        (STRENGTHENING, 3),
        (LOW_IMPACT, 3),
        (RELAXATION, 3),
        (Category.SELF_CARE, 3),
    ],
)
@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_each_category_has_its_number_of_settled_sessions(track, category, needed):
    early = State(2, streak=needed - 2, last_day=9)
    ready = State(2, streak=needed - 1, last_day=9)
    assert decided(early, track=track, category=category).rules == ("STREAK",)
    assert decided(ready, track=track, category=category).move == "progress"


@pytest.mark.parametrize(("last_up_day", "rules"), [(4, ("INTERVAL",)), (3, ("UP",)), (2, ("UP",))])
def test_steps_up_are_seven_days_apart(last_up_day, rules):
    assert decided(replace(READY, last_up_day=last_up_day)).rules == rules


@pytest.mark.parametrize(
    ("track", "last_bad_day", "rules"),
    [
        ("acute", 7, ("COOLDOWN",)),
        ("acute", 6, ("UP",)),
        ("chronic", 4, ("COOLDOWN",)),
        ("chronic", 3, ("UP",)),
    ],
)
def test_a_step_up_waits_for_the_cool_down(track, last_bad_day, rules):
    assert decided(replace(READY, last_bad_day=last_bad_day), track=track).rules == rules


@pytest.mark.parametrize(
    ("before", "asked", "rules"),
    [
        ((), None, ("UP",)),
        ((), 3, ("R11",)),
        ((), 4, ("UP",)),
        ((3,), 4, ("UP",)),
        ((3,), 3, ("R11",)),
        ((2,), 4, ("R11",)),
        ((3, 3, 8), 8, ("UP",)),
        ((8, 3, 8), 3, ("R11",)),
        ((3, 3, 8), None, ("R11",)),
        ((1, 8, 8), None, ("UP",)),
    ],
)
def test_poor_sleep_holds_by_the_median_of_up_to_three_answers(before, asked, rules):
    assert decided(replace(READY, sleep=before), sleep=asked).rules == rules


@pytest.mark.parametrize(
    ("bounds", "rules"),
    [
        (Bounds(), ("UP",)),
        (Bounds(ceiling=3), ("UP",)),
        (Bounds(ceiling=2), ("R12",)),
        (Bounds(locked=True), ("R12",)),
    ],
)
def test_a_lock_or_the_highest_step_holds(bounds, rules):
    assert decided(READY, bounds=bounds).rules == rules


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ({"morning": None}, ("R9",)),
        ({"before": None}, ("R9",)),
        ({"during": 5}, ("R10",)),
        ({"morning": 4, "before": 2}, ("R4", "R10")),
        ({"spread": True}, ("R2",)),
        ({"completion": 89}, ("R13",)),
        ({"completion": 89, "hard": True}, ("HARD",)),
        ({"hard": True}, ("HARD", "STREAK", "COOLDOWN")),
        ({"effort": 7}, ("EFFORT",)),
        ({"effort": 7, "completion": 50, "spread": True}, ("R2", "R13", "EFFORT")),
    ],
)
def test_what_holds_a_step_up_is_listed(said, rules):
    decision = decided(READY, **said)
    assert decision.rules == rules
    assert decision.step == 2


def test_over_the_green_limit_without_a_real_rise_holds():
    report = settled(10, before=3, during=4, after=3, morning=3)
    state, decision = decide(READY, report, 2.5, ACUTE, STRENGTHENING, Bounds(), TIERS)
    assert (decision.zone, decision.rules, decision.step) == ("amber", ("LIMIT",), 2)
    assert state.streak == 2


@pytest.mark.parametrize(
    ("said", "streak"),
    [
        ({}, 2),
        ({"effort": 9}, 1),
        ({"morning": None}, 1),
        ({"during": 5}, 1),
        ({"morning": 5}, 0),
        ({"during": 6}, 0),
        ({"hard": True}, 0),
    ],
)
def test_only_bad_and_hard_sessions_reset_the_streak(said, streak):
    state, _ = after(State(2, streak=1, last_day=9), **said)
    assert state.streak == streak


def test_a_settled_session_at_part_dose_does_not_count():
    state, decision = after(State(2, dose=0.5, streak=2, last_day=9))
    assert load(decision) == ("hold", 2, 1.0)
    assert decision.rules == ("STREAK", "RAMP")
    assert state.streak == 2


# bad sessions


@pytest.mark.parametrize(
    ("track", "said", "zone", "expected", "rules", "alert"),
    [
        ("acute", SEVERE, "severe", ("rest_regress", 1, 0.0), ("R1", "R10"), 2),
        ("chronic", SEVERE, "severe", ("rest_regress", 1, 0.0), ("R1", "R10"), 2),
        ("acute", RED, "red", ("rest", 2, 0.0), ("R3", "R10"), 0),
        ("chronic", RED, "red", ("deload", 2, 0.5), ("R3", "R10"), 0),
        ("acute", REACTION, "react", ("deload", 2, 0.8), ("R4", "R10"), 0),
        ("chronic", REACTION, "react", ("hold", 2, 1.0), ("R4", "R10"), 0),
        ("acute", {"spread": True}, "amber", ("hold", 2, 1.0), ("R2",), 2),
    ],
)
def test_one_bad_session(track, said, zone, expected, rules, alert):
    state, decision = after(State(2, streak=1, last_day=9), track=track, **said)
    assert (decision.zone, load(decision)) == (zone, expected)
    assert (decision.rules, decision.alert) == (rules, alert)
    assert state.last_bad_day == (None if zone == "amber" else 10)


@pytest.mark.parametrize(
    ("track", "marks", "said", "expected", "rules"),
    [
        ("acute", ("R",), RED, ("rest_regress", 1, 0.0), ("R3", "R3b", "R4b", "R10")),
        ("chronic", ("R",), RED, ("regress", 1, 0.5), ("R3", "R3b", "R4b", "R10")),
        ("chronic", ("R", ""), RED, ("regress", 1, 0.5), ("R3", "R3b", "R4b", "R10")),
        ("chronic", ("R", "", ""), RED, ("deload", 2, 0.5), ("R3", "R10")),
        ("chronic", ("A",), RED, ("regress", 1, 0.5), ("R3", "R4b", "R10")),
        ("chronic", ("R",), REACTION, ("regress", 1, 1.0), ("R4", "R4b", "R10")),
        ("chronic", ("A",), REACTION, ("regress", 1, 1.0), ("R4", "R4b", "R10")),
        ("acute", ("A", ""), REACTION, ("regress", 1, 0.8), ("R4", "R4b", "R10")),
        ("chronic", ("A", "", ""), REACTION, ("hold", 2, 1.0), ("R4", "R10")),
        ("chronic", ("R",), SEVERE, ("rest_regress", 1, 0.0), ("R1", "R3b", "R4b", "R10")),
    ],
)
def test_the_second_bad_session_in_three_goes_one_step_down(track, marks, said, expected, rules):
    state, decision = after(State(2, marks=marks, last_day=9), track=track, **said)
    assert (load(decision), decision.rules) == (expected, rules)
    assert decision.alert == (2 if "R3b" in rules else 0)
    if decision.step < 2:
        assert state.marks == ()


def test_two_bad_sessions_cost_one_step_and_not_two():
    bad = [settled(day, **REACTION) for day in (0, 2, 4, 6)]
    assert [decision.step for decision in walked(bad, State(4), "chronic")] == [4, 3, 3, 2]


@pytest.mark.parametrize("said", [{}, {"during": 5}, {"morning": None}, {"hard": True}])
def test_earlier_reactions_alone_do_not_move_a_session_that_was_not_bad(said):
    assert decided(State(2, marks=("A", "R"), last_day=9), **said).step == 2


def test_a_step_down_stopped_by_the_floor_clears_the_windows_too():
    bounds = Bounds(floor=2)
    state, decision = after(State(2, marks=("R",), streak=1, last_day=9), bounds=bounds, **RED)
    assert load(decision) == ("rest", 2, 0.0)
    assert (state.marks, state.hard_marks, state.streak) == ((), (), 0)


@pytest.mark.parametrize(
    ("hard_marks", "hard", "step", "rules"),
    [
        ((True,), True, 1, ("R7", "STREAK", "COOLDOWN")),
        ((True, False), True, 1, ("R7", "STREAK", "COOLDOWN")),
        ((True, False, False), True, 2, ("HARD", "STREAK", "COOLDOWN")),
        ((True, True), False, 2, ("STREAK",)),
        ((), True, 2, ("HARD", "STREAK", "COOLDOWN")),
    ],
)
def test_too_hard_in_two_of_three_sessions_goes_one_step_down(hard_marks, hard, step, rules):
    state, decision = after(State(2, hard_marks=hard_marks, last_day=9), hard=hard)
    assert (decision.step, decision.rules) == (step, rules)
    assert (state.hard_marks == ()) == (step == 1)


def test_completion_low_for_lack_of_time_never_goes_down():
    short = [settled(day, completion=10) for day in (0, 2, 4, 6, 8)]
    assert {load(decision) for decision in walked(short, State(3))} == {("hold", 3, 1.0)}


def test_caps_do_not_add_up():
    state = State(4, marks=("R",), hard_marks=(True,), last_day=9)
    decision = decided(state, weekly=Weekly(True, True, True), hard=True, **SEVERE)
    assert load(decision) == ("rest_regress", 3, 0.0)


# the way back to a full dose


@pytest.mark.parametrize(("track", "doses"), [("acute", [0.5, 1.0]), ("chronic", [0.75, 1.0])])
def test_the_dose_returns_in_the_tracks_own_pace(track, doses):
    reports = [settled(0, **RED), settled(2), settled(4)]
    decisions = walked(reports, State(2), track)
    assert [decision.dose for decision in decisions[1:]] == doses
    assert [decision.rules for decision in decisions[1:]] == [
        ("STREAK", "COOLDOWN", "RAMP"),
        ("STREAK", "COOLDOWN", "RAMP") if track == "chronic" else ("STREAK", "RAMP"),
    ]


@pytest.mark.parametrize(
    ("said", "dose"),
    [
        ({}, 0.75),
        ({"effort": 9}, 0.75),
        ({"completion": 10}, 0.75),
        ({"hard": True}, 0.75),
        ({"during": 4}, 0.75),
        ({"during": 5}, 0.5),
        ({"after": 5}, 0.5),
        ({"morning": None}, 0.5),
        ({"before": None}, 0.5),
        ({"effort": 9, "during": None}, 0.5),
        ({"morning": 4, "before": 2}, 0.5),
        ({"spread": True}, 0.5),
        ({"red_flags": ("RF12",)}, 0.5),
        ({"red_flags": ("RF04",)}, 0.5),
        ({"morning": 6}, 0.5),
    ],
)
def test_the_dose_rises_only_after_a_session_that_settled(said, dose):
    assert decided(State(2, dose=0.5, last_day=9), track="chronic", **said).dose == dose


def test_reactions_shrink_the_acute_dose_by_a_fifth_each():
    reports = [settled(0, **REACTION), settled(2), settled(4, **REACTION)]
    assert [d.dose for d in walked(reports, State(3))] == [0.8, 1.0, 0.8]
    state = State(3, dose=0.8, last_day=9)
    assert decided(state, **REACTION).dose == 0.64
    assert decided(replace(state, dose=0.512), **REACTION).dose == 0.4096


def test_doses_are_rounded_to_six_decimals():
    assert decided(State(2, dose=0.123457, last_day=9), **REACTION).dose == 0.098766


# red flags and pauses


@pytest.mark.parametrize(
    ("track", "flags", "paused", "review_open", "alert"),
    [
        ("acute", ("RF04",), True, False, 3),
        ("chronic", ("RF07",), True, False, 3),
        ("acute", ("RF12",), True, False, 2),
        ("chronic", ("RF12",), False, True, 2),
        ("chronic", ("RF12", "RF04"), True, True, 3),
    ],
)
def test_a_red_flag_stops_the_plan_by_its_tier(track, flags, paused, review_open, alert):
    state, decision = after(READY, track=track, red_flags=flags)
    assert (state.paused, state.review_open) == (paused, review_open)
    assert (decision.paused, decision.alert) == (paused, alert)
    assert decision.rules == ("R0",)
    assert load(decision) == ("pause" if paused else "hold", 2, 1.0)


@pytest.mark.parametrize("stop", ["paused", "review_open"])
def test_a_stop_lasts_and_alerts_once(stop):
    decision = decided(replace(READY, **{stop: True}), track="chronic")
    assert (decision.rules, decision.alert, decision.step) == (("R0",), 0, 2)


def test_a_new_flag_alerts_even_while_paused():
    assert decided(replace(READY, paused=True), red_flags=("RF04",)).alert == 3


def test_a_paused_plan_can_still_go_down():
    decision = decided(replace(READY, paused=True, marks=("R",)), **SEVERE)
    assert load(decision) == ("pause", 1, 0.0)


@pytest.mark.parametrize("category", [RELAXATION, Category.SELF_CARE])
def test_red_flags_stop_relaxation_as_well(category):
    decision = decided(READY, category=category, red_flags=("RF07",))
    assert (decision.move, decision.alert) == ("pause", 3)


def test_an_unknown_red_flag_is_an_error():
    with pytest.raises(KeyError):
        decided(READY, red_flags=("RF99",))


# breaks


@pytest.mark.parametrize(
    ("gap", "step", "dose", "alert"),
    [
        (6, 4, 1.0, 0),
        (7, 3, 0.75, 0),
        (13, 3, 0.75, 0),
        (14, 2, 0.5, 0),
        (27, 2, 0.5, 0),
        (28, 1, 0.5, 2),
        (400, 1, 0.5, 2),
    ],
)
def test_a_break_lowers_step_and_dose_before_the_first_session_back(gap, step, dose, alert):
    decision = decided(State(4, streak=1, last_day=0), gap, morning=None)
    assert (decision.step, decision.dose, decision.alert) == (step, dose, alert)
    assert ("R6" in decision.rules) == (gap >= 7)


def test_a_break_never_raises_a_lower_dose():
    assert decided(State(4, dose=0.25, last_day=0), 8, morning=None).dose == 0.25


def test_a_break_stops_at_the_floor_which_is_not_a_step_down():
    decision = decided(State(2, last_day=0), 30, bounds=Bounds(floor=2), morning=None)
    assert load(decision) == ("deload", 2, 0.5)


def test_the_first_session_of_all_follows_no_break():
    assert decided(State(4), 300).rules == ("STREAK",)


def test_a_break_clears_streak_and_windows_but_not_the_days_or_sleep():
    before = State(4, 1.0, 2, 1, 2, ("R",), (True,), (7,), last_day=3)
    state, decision = after(before, 10, hard=True, sleep=None)
    assert decision.rules == ("R6", "HARD", "STREAK", "COOLDOWN", "RAMP")
    assert decision.step == 3
    assert state == State(3, 1.0, 0, 1, 10, ("",), (True,), (7,), last_day=10)


def test_the_streak_begins_anew_after_a_break():
    state, _ = after(State(4, streak=2, last_day=0), 8)
    assert state.streak == 0


def test_the_first_session_back_cannot_step_up_even_at_full_dose():
    kind = replace(ACUTE, restarts=(replace(ACUTE.restarts[0], levels_down=1, dose=1.0),))
    one = replace(kind, good_sessions=dict.fromkeys(Category, 1))
    _, decision = decide(State(3, last_day=0), settled(8), 3, one, STRENGTHENING, Bounds(), TIERS)
    assert (decision.rules, decision.step) == (("R6",), 2)


def test_a_ramp_after_a_break_starts_from_the_lowered_dose():
    decision = decided(State(4, last_day=0), 8, track="chronic")
    assert load(decision) == ("regress", 3, 1.0)
    assert decision.rules == ("R6", "STREAK", "RAMP")
    assert load(decided(State(4, last_day=0), 14, track="chronic")) == ("regress", 2, 0.75)


def test_a_bad_first_session_back_goes_down_from_the_lowered_step():
    decision = decided(State(5, last_day=0), 8, **SEVERE)
    assert load(decision) == ("rest_regress", 3, 0.0)


# weeks


@pytest.mark.parametrize(
    ("last_day", "weekly", "step", "rules", "alert"),
    [
        (6, Weekly(True), 2, ("R5",), 2),
        (7, Weekly(True), 2, ("R5",), 0),
        (6, Weekly(True, True, True), 1, ("R5", "R5b", "R5c"), 2),
        (7, Weekly(True, True, True), 2, ("R5", "R5c"), 0),
        (6, Weekly(creeping=True), 2, ("R5c",), 0),
        (7, Weekly(creeping=True), 2, ("R5c",), 0),
        (7, NO_WEEKLY, 3, ("UP",), 0),
    ],
)
def test_bad_weeks_close_steps_up_and_two_cost_one_step_once(last_day, weekly, step, rules, alert):
    _, decision = after(replace(READY, last_day=last_day), weekly=weekly)
    assert (decision.step, decision.rules, decision.alert) == (step, rules, alert)


# relaxation and self-care


@pytest.mark.parametrize("category", [RELAXATION, Category.SELF_CARE])
def test_relaxation_moves_on_completion_whatever_hurts(category):
    said = {"before": None, "during": 10, "after": 9, "morning": None, "effort": 10, "sleep": 0}
    worse = Weekly(True, True, True)
    decision = decided(READY, category=category, weekly=worse, spread=True, **said)
    assert load(decision) == ("progress", 3, 1.0)
    assert decision.alert == 0


@pytest.mark.parametrize(
    ("state", "day", "said", "step", "rules"),
    [
        (READY, 100, {}, 3, ("UP",)),
        (READY, 10, {"completion": 89}, 2, ("R13",)),
        (READY, 10, {"completion": 89, "hard": True}, 2, ("HARD",)),
        (replace(READY, hard_marks=(True,)), 10, {"hard": True}, 1, ("R7", "STREAK", "COOLDOWN")),
        (replace(READY, last_up_day=4), 10, {}, 2, ("INTERVAL",)),
        (replace(READY, dose=0.5, streak=3), 10, {}, 2, ("RAMP",)),
        (replace(READY, paused=True), 10, {}, 2, ("R0",)),
    ],
)
def test_what_still_holds_relaxation(state, day, said, step, rules):
    decision = decided(state, day, category=RELAXATION, **said)
    assert (decision.step, decision.rules) == (step, rules)


# the state


@pytest.mark.parametrize(("step", "inside"), [(1, 2), (2, 2), (4, 4), (9, 4)])
def test_a_step_outside_the_bounds_is_first_brought_inside(step, inside):
    decision = decided(State(step, last_day=9), bounds=Bounds(2, 4), morning=None)
    assert load(decision) == ("hold", inside, 1.0)


def test_windows_keep_three_sessions():
    state = State(3, marks=("A", "", ""), hard_marks=(True, False, False), sleep=(1, 2, 3))
    state, _ = after(state, sleep=9, morning=None)
    assert state.marks == ("", "", "")
    assert state.hard_marks == (False, False, False)
    assert state.sleep == (2, 3, 9)


@pytest.mark.parametrize(("said", "mark"), [(SEVERE, "R"), (RED, "R"), (REACTION, "A"), ({}, "")])
def test_a_session_leaves_its_mark_unless_the_step_moves(said, mark):
    state, decision = after(State(1, last_day=9), **said)
    assert state.marks == (() if decision.zone == "severe" else (mark,))


def test_a_state_survives_being_written_down():
    state = State(3, 0.64, 2, 1, None, ("R", ""), (True, False), (3, 7), True, True, 9)
    assert State.from_dict(json.loads(json.dumps(state.as_dict()))) == state
    assert State.from_dict(State(2).as_dict()) == State(2)


def test_a_state_with_a_name_it_does_not_know_is_an_error():
    with pytest.raises(TypeError):
        State.from_dict({"step": 2, "mood": 3})


def test_severe_costs_at_least_as_much_as_red_and_red_as_a_reaction_in_any_policy():
    harsh = replace(CHRONIC, reaction_dose_factor=0.5, dose_after_red=0.5)
    state = State(2, dose=0.75, last_day=9)
    doses = []
    for said in (SEVERE, RED, REACTION):
        report = settled(10, **said)
        _, decision = decide(state, report, 3, harsh, STRENGTHENING, Bounds(), TIERS)
        doses.append(decision.dose)
    assert doses == sorted(doses) == [0.0, 0.375, 0.375]
