"""Rungs and doses: what a week of work amounts to, and what a smaller dose leaves of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.dosage import Category, Dosage

STRETCH, STRENGTH, LOW = Category.STRETCHING, Category.STRENGTHENING, Category.LOW_IMPACT
TIMED = [Category.LOW_IMPACT, Category.RELAXATION, Category.SELF_CARE]

days = st.integers(1, 7)
stretches = st.builds(
    Dosage, days_per_week=days, reps=st.integers(1, 60), hold_seconds=st.integers(1, 120)
)
strengths = st.builds(
    Dosage,
    days_per_week=days,
    sets=st.integers(1, 6),
    reps=st.integers(1, 60),
    hold_seconds=st.integers(0, 120),
    load_factor=st.floats(0.1, 10),
)
timed = st.builds(Dosage, days_per_week=days, minutes=st.integers(1, 120))
doses = st.floats(0.000001, 1) | st.integers(1, 1_000_000).map(lambda n: n / 1_000_000)
cases = (
    st.tuples(stretches, st.just(STRETCH))
    | st.tuples(strengths, st.just(STRENGTH))
    | st.tuples(timed, st.sampled_from(TIMED))
)


def volume(dosage: Dosage, category: Category) -> int:
    """Seconds held, repetitions or minutes of one session."""
    if category is STRETCH:
        return dosage.reps * dosage.hold_seconds
    return dosage.sets * dosage.reps if category is STRENGTH else dosage.minutes


@pytest.mark.parametrize(
    ("dosage", "category", "expected"),
    [
        (Dosage(7, reps=5, hold_seconds=2), STRETCH, 70),
        (Dosage(3, sets=2, reps=8), STRENGTH, 48),
        (Dosage(3, sets=2, reps=8, hold_seconds=3), STRENGTH, 48),
        (Dosage(5, sets=1, reps=8, hold_seconds=5), STRENGTH, 66.67),
        (Dosage(3, sets=2, reps=12, load_factor=1.3), STRENGTH, 93.6),
        (Dosage(5, minutes=8), LOW, 40),
        (Dosage(3, minutes=9, load_factor=1.2), LOW, 32.4),
        (Dosage(7, minutes=10), Category.RELAXATION, 70),
        (Dosage(4, minutes=1), Category.SELF_CARE, 4),
    ],
)
def test_the_load_index_is_a_week_of_work(
    dosage: Dosage, category: Category, expected: float
) -> None:
    assert dosage.load_index(category) == expected


def test_a_second_side_is_not_more_load() -> None:
    one = Dosage(3, sets=2, reps=8)
    both = Dosage(3, sets=2, reps=8, each_side=True)
    assert one.load_index(STRENGTH) == both.load_index(STRENGTH)


@pytest.mark.parametrize(
    ("full", "dose", "sets", "reps"),
    [
        ((2, 8), 1.0, 2, 8),
        ((2, 8), 0.75, 2, 6),
        ((2, 8), 0.5, 1, 8),
        ((2, 8), 0.25, 1, 4),
        ((3, 10), 0.75, 3, 7),
        ((3, 10), 0.5, 2, 7),
        ((3, 10), 1 / 3, 1, 10),
        ((1, 6), 0.75, 1, 4),
        ((1, 10), 0.7, 1, 7),
        ((2, 8), 0.05, 1, 1),
        ((3, 3), 0.9, 2, 3),
    ],
)
def test_strengthening_gives_up_sets_before_repetitions(
    full: tuple[int, int], dose: float, sets: int, reps: int
) -> None:
    level = Dosage(3, sets=full[0], reps=full[1], hold_seconds=4, note="light band", load_factor=2)
    assert level.scaled(dose, STRENGTH) == Dosage(
        3, sets=sets, reps=reps, hold_seconds=4, note="light band", load_factor=2
    )


@pytest.mark.parametrize(
    ("full", "dose", "reps", "hold"),
    [
        ((2, 30), 1.0, 2, 30),
        ((2, 30), 0.5, 2, 15),
        ((2, 30), 0.25, 2, 7),
        ((2, 30), 0.1, 1, 5),
        ((3, 15), 0.3, 2, 5),
        ((10, 2), 0.5, 5, 2),
        ((10, 5), 0.25, 2, 5),
        ((12, 3), 0.75, 9, 3),
        ((1, 10), 0.05, 1, 5),
    ],
)
def test_a_stretch_gives_up_hold_down_to_five_seconds_and_then_repetitions(
    full: tuple[int, int], dose: float, reps: int, hold: int
) -> None:
    level = Dosage(7, reps=full[0], hold_seconds=full[1], each_side=True)
    assert level.scaled(dose, STRETCH) == Dosage(7, reps=reps, hold_seconds=hold, each_side=True)


@pytest.mark.parametrize("category", TIMED)
@pytest.mark.parametrize(("dose", "minutes"), [(1.0, 12), (0.75, 9), (0.5, 6), (0.7, 8), (0.01, 1)])
def test_minutes_are_rounded_down_but_one_is_left(
    category: Category, dose: float, minutes: int
) -> None:
    scaled = Dosage(5, minutes=12).scaled(dose, category)
    assert scaled is not None
    assert scaled.minutes == minutes


def test_no_minute_is_lost_to_binary_fractions() -> None:
    assert 0.29 * 100 < 29
    assert Dosage(5, minutes=100).scaled(0.29, LOW) == Dosage(5, minutes=29)


@given(cases)
def test_a_dose_of_nothing_leaves_nothing(case: tuple[Dosage, Category]) -> None:
    dosage, category = case
    assert dosage.scaled(0, category) is None


@given(cases)
def test_a_full_dose_changes_nothing(case: tuple[Dosage, Category]) -> None:
    dosage, category = case
    assert dosage.scaled(1, category) == dosage


@pytest.mark.parametrize("dose", [-0.1, 1.000001, float("nan"), float("inf")])
def test_a_dose_outside_nought_to_one_is_refused(dose: float) -> None:
    with pytest.raises(ValueError, match="a dose lies between 0 and 1"):
        Dosage(5, minutes=12).scaled(dose, LOW)


@given(cases, doses)
def test_a_dose_never_gives_more_than_its_share_but_for_the_least_there_is(
    case: tuple[Dosage, Category], dose: float
) -> None:
    dosage, category = case
    scaled = dosage.scaled(dose, category)
    assert scaled is not None
    least = min(dosage.hold_seconds, 5) if category is STRETCH else 1
    share = dose * volume(dosage, category) + 1e-6
    assert least <= volume(scaled, category) <= max(share, least)
    assert scaled.sets <= dosage.sets
    assert scaled.reps <= dosage.reps
    assert scaled.hold_seconds <= dosage.hold_seconds


@given(cases, doses, doses)
def test_a_larger_dose_is_never_less_work(
    case: tuple[Dosage, Category], one: float, other: float
) -> None:
    dosage, category = case
    smaller, larger = sorted((one, other))
    less, more = dosage.scaled(smaller, category), dosage.scaled(larger, category)
    assert less is not None
    assert more is not None
    assert volume(less, category) <= volume(more, category)
    assert less.seconds(category) >= 1


@given(strengths, doses)
def test_strengthening_uses_the_dose_as_far_as_whole_sets_of_equal_length_can(
    dosage: Dosage, dose: float
) -> None:
    scaled = dosage.scaled(dose, STRENGTH)
    assert scaled is not None
    budget = dose * dosage.sets * dosage.reps + 1e-6
    possible = [
        sets * reps
        for sets in range(1, dosage.sets + 1)
        for reps in range(1, dosage.reps + 1)
        if sets * reps <= budget and sets - 1 < dosage.sets * dose
    ]
    assert scaled.sets * scaled.reps == max(possible, default=1)


@pytest.mark.parametrize(
    ("dosage", "category", "seconds"),
    [
        (Dosage(3, sets=2, reps=8), STRENGTH, 2 * 8 * 3 + 30),
        (Dosage(3, sets=3, reps=6, hold_seconds=5), STRENGTH, 3 * 6 * 5 + 60),
        (Dosage(3, sets=1, reps=8, each_side=True), STRENGTH, 48),
        (Dosage(7, reps=2, hold_seconds=30, each_side=True), STRETCH, 120),
        (Dosage(5, minutes=12), LOW, 720),
    ],
)
def test_the_time_a_dosage_takes_is_estimated(
    dosage: Dosage, category: Category, seconds: int
) -> None:
    assert dosage.seconds(category) == seconds


@given(cases)
def test_a_dosage_survives_its_copy(case: tuple[Dosage, Category]) -> None:
    assert Dosage.from_dict(case[0].as_dict()) == case[0]
