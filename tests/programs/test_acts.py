"""What an act outside a session makes of where a category stands."""

import pytest

from rehab.programs import acts
from rehab.programs.state import Bounds, State

STANDING = State(
    step=3, dose=1.0, streak=2, last_up_day=4, marks=("A",), hard_marks=(False,), last_day=9
)
COUNTED = (0, (), ())


def counted(state: State) -> tuple[int, tuple[str, ...], tuple[bool, ...]]:
    return state.streak, state.marks, state.hard_marks


@pytest.mark.parametrize(("step", "last_up_day"), [(2, 4), (3, 4), (4, 11)])
def test_an_override_begins_the_count_anew_and_upwards_it_is_a_step_up(
    step: int, last_up_day: int
) -> None:
    state = acts.overridden(STANDING, step, 0.5, day=11)
    assert (state.step, state.dose, state.last_up_day) == (step, 0.5, last_up_day)
    assert counted(state) == COUNTED


@pytest.mark.parametrize(("floor", "step"), [(1, 2), (3, 3)])
def test_a_plan_resumes_one_step_lower_at_half_the_dose(floor: int, step: int) -> None:
    paused = acts.paused(STANDING)
    state = acts.resumed(paused, floor)
    assert (state.step, state.dose, state.paused, state.review_open) == (step, 0.5, False, False)
    assert counted(state) == COUNTED


def test_resuming_never_raises_a_dose() -> None:
    assert acts.resumed(State(2, dose=0.0, paused=True), 1).dose == 0.0


@pytest.mark.parametrize(
    ("bounds", "step"), [(Bounds(1, 5), 3), (Bounds(1, 2), 2), (Bounds(4, 5), 4)]
)
def test_new_bounds_move_a_step_only_as_far_as_they_must(bounds: Bounds, step: int) -> None:
    state = acts.bounded(STANDING, bounds)
    assert state.step == step
    assert (state is STANDING) == (step == 3)


@pytest.mark.parametrize(("pausing", "sign"), [(True, "paused"), (False, "review_open")])
def test_a_red_flag_pauses_or_holds_and_is_cleared_by_a_person(pausing: bool, sign: str) -> None:
    flagged = acts.flagged(STANDING, pausing)
    assert getattr(flagged, sign)
    assert acts.cleared(acts.flagged(STANDING, False)) == STANDING
