"""What a patient is shown: never more than the state allows, and less when a reason says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.dosage import Category, Dosage
from rehab.programs.library import Library
from rehab.programs.prescription import RECOVERY, Moment, Prescribed, Shelf, prescribe
from rehab.programs.program import Exercise, Phase
from rehab.programs.state import State

STRENGTH, WALK, STRETCH = Category.STRENGTHENING, Category.LOW_IMPACT, Category.STRETCHING


@pytest.fixture(scope="module")
def shelf(library: Library) -> Shelf:
    return Shelf(tuple(library.exercises[id_] for id_ in RECOVERY), library.cautions)


@pytest.fixture(scope="module")
def base(library: Library) -> Phase:
    return library.programs["lb-subacute-6w"].phases[0]


def everywhere(state: State) -> dict[str, State]:
    return dict.fromkeys(Category, state)


def shown(items: tuple[Prescribed, ...]) -> dict[str, Dosage]:
    return {item.exercise.id: item.dosage for item in items}


def test_a_full_dose_is_the_rung_itself(base: Phase, shelf: Shelf) -> None:
    due = prescribe(base.exercises, everywhere(State(2)), Moment(0), shelf)
    assert shown(due) == {e.id: e.level(2) for e in base.exercises}
    assert [c.code for c in due[-1].cautions] == ["C-HEART", "C-BALANCE"]


def test_a_category_at_rest_gives_way_to_the_recovery_session(base: Phase, shelf: Shelf) -> None:
    states = everywhere(State(1)) | {STRENGTH: State(1, dose=0.0)}
    due = shown(prescribe(base.exercises, states, Moment(0), shelf))
    assert set(due) == {"hip-figure4", "li-walk", "rx-breathing", "sc-warm-pack"}


def test_the_recovery_session_is_given_once(base: Phase, shelf: Shelf) -> None:
    due = prescribe(base.exercises, everywhere(State(3, dose=0.0)), Moment(0), shelf)
    assert [item.exercise.id for item in due] == list(RECOVERY)
    assert shown(due)["li-walk"].minutes == 5


@pytest.mark.parametrize(
    ("last_day", "day", "offered"), [(None, 0, True), (4, 5, False), (4, 6, True), (4, 4, True)]
)
def test_strength_rests_for_two_days(
    base: Phase, shelf: Shelf, last_day: int | None, day: int, offered: bool
) -> None:
    due = prescribe(base.exercises, everywhere(State(1, last_day=last_day)), Moment(day), shelf)
    assert ("lb-bridge" in shown(due)) is offered
    assert "li-walk" in shown(due)


def test_the_first_session_after_a_step_up_is_tapered_and_the_second_is_not(
    library: Library, shelf: Shelf
) -> None:
    walk = library.exercises["li-walk"]
    first = prescribe([walk], everywhere(State(3, last_up_day=6, last_day=6)), Moment(7), shelf)
    later = prescribe([walk], everywhere(State(3, last_up_day=6, last_day=8)), Moment(9), shelf)
    assert (first[0].dosage.minutes, later[0].dosage.minutes) == (9, 12)


def test_a_week_grows_by_at_most_thirty_per_cent(library: Library, shelf: Shelf) -> None:
    """Bridge 1 to 2 is 1.6 times the work: 1.3 in the first week, all of it in the second."""
    bridge = library.exercises["lb-bridge"]
    ratio = bridge.level(2).load_index(STRENGTH) / bridge.level(1).load_index(STRENGTH)

    def dose(day: int) -> float:
        state = State(2, last_up_day=16, last_day=day - 3)
        return prescribe([bridge], everywhere(state), Moment(day), shelf)[0].dose

    assert dose(20) == pytest.approx(1.3 / ratio)
    assert dose(23) == 1.0


def test_no_ladder_grows_faster_than_the_ceilings_in_its_first_session(
    library: Library, shelf: Shelf
) -> None:
    for exercise in library.exercises.values():
        for step in range(2, len(exercise.levels) + 1):
            state = State(step, last_up_day=20, last_day=20)
            item = prescribe([exercise], everywhere(state), Moment(22), shelf)[0]
            before = exercise.level(step - 1)
            if exercise.category is STRENGTH:
                grown = item.dosage.load_index(STRENGTH) / before.load_index(STRENGTH)
                assert grown <= 1.36, exercise.id
            elif exercise.category is WALK:
                assert item.dosage.minutes <= before.minutes + 5, exercise.id
            elif exercise.category is STRETCH:
                assert item.dosage.reps * item.dosage.hold_seconds <= 90, exercise.id


@pytest.mark.parametrize(("factor", "minutes"), [(1.0, 12), (0.5, 6)])
def test_pain_before_the_session_counts_for_today_only(
    library: Library, shelf: Shelf, factor: float, minutes: int
) -> None:
    walk = library.exercises["li-walk"]
    due = prescribe([walk], everywhere(State(3)), Moment(0, factor), shelf)
    assert due[0].dosage.minutes == minutes


def test_relaxation_goes_on_whatever_pain_says(library: Library, shelf: Shelf) -> None:
    breathing = library.exercises["rx-breathing"]
    due = prescribe([breathing], everywhere(State(2)), Moment(0, 0.0), shelf)
    assert {id_: dosage.minutes for id_, dosage in shown(due).items()} == {"rx-breathing": 5}


def test_a_pinned_exercise_keeps_its_step(base: Phase, shelf: Shelf) -> None:
    moment = Moment(0, pins={"lb-bridge": 1})
    due = {
        i.exercise.id: i.step
        for i in prescribe(base.exercises, everywhere(State(3)), moment, shelf)
    }
    assert (due["lb-bridge"], due["lb-pelvic-tilt"]) == (1, 3)


@given(
    step=st.integers(1, 6),
    dose=st.sampled_from([0.0, 0.25, 0.5, 0.64, 0.75, 0.8, 1.0]),
    factor=st.sampled_from([0.0, 0.5, 1.0]),
    last_up=st.none() | st.integers(0, 30),
    since=st.integers(0, 20),
    number=st.integers(0, 83),
)
def test_never_more_is_shown_than_the_state_allows(
    library: Library,
    shelf: Shelf,
    step: int,
    dose: float,
    factor: float,
    last_up: int | None,
    since: int,
    number: int,
) -> None:
    exercise: Exercise = list(library.exercises.values())[number]
    day = (last_up or 0) + since
    state = State(step, dose=dose, last_up_day=last_up, last_day=last_up)
    for item in prescribe([exercise], everywhere(state), Moment(day, factor), shelf):
        if item.exercise is exercise and dose > 0:
            full = exercise.level(step)
            assert item.dose <= dose
            assert item.dosage.seconds(exercise.category) <= full.seconds(exercise.category)
