"""Virtual patients are the same for the same seed, as noisy as real diaries, and of six kinds."""

from statistics import correlation, mean, pstdev

import pytest

from rehab.programs.simulation.patients import (
    HIGHEST_START,
    LOWEST_START,
    Kind,
    Patient,
    patients,
    rating,
)

EVERYONE = list(patients(900, 8, seed=1))
CAST = {kind: [patient for patient in EVERYONE if patient.kind is kind] for kind in Kind}
OTHERS = {kind: [other for other in Kind if other is not kind] for kind in Kind}


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(patients(30, 4, seed=7)) == list(patients(30, 4, seed=7))
    assert list(patients(30, 4, seed=7)) != list(patients(30, 4, seed=8))


def test_the_first_few_are_the_same_among_many() -> None:
    assert list(patients(9, 4, seed=7)) == list(patients(40, 4, seed=7))[:9]


def test_patients_are_dealt_to_the_kinds_in_turn() -> None:
    assert [patient.kind for patient in patients(8, 1, seed=1)] == [*Kind, *list(Kind)[:2]]


@pytest.mark.parametrize(
    ("pain", "said"), [(-2.0, 0), (0.4, 0), (3.2, 3), (6.8, 7), (10.4, 10), (14.0, 10)]
)
def test_a_rating_is_a_whole_number_from_0_to_10(pain: float, said: int) -> None:
    assert rating(pain) == said


@pytest.mark.parametrize("weeks", [1, 3, 8])
def test_a_plan_has_three_sessions_a_week_each_followed_by_a_morning(weeks: int) -> None:
    patient = next(patients(1, weeks, seed=1))
    assert [occasion.day for occasion in patient.occasions] == [
        7 * week + weekday for week in range(weeks) for weekday in (0, 2, 4)
    ]
    assert (len(patient.mornings), len(patient.evenings)) == (7 * weeks + 1, 7 * weeks)


def test_one_persons_pain_varies_from_moment_to_moment_as_in_diaries() -> None:
    """SD 1.0-1.3 and a lag-1 autocorrelation of 0.25 (clinical 2.7), on a level course."""
    moments = [[m for day in patient.days() for m in day] for patient in CAST[Kind.OVER_KEEN]]
    spreads = [pstdev(pains) for pains in moments]
    assert mean(spreads) == pytest.approx(1.15, abs=0.03)
    assert mean(correlation(p[:-1], p[1:]) for p in moments) == pytest.approx(0.25, abs=0.04)


def test_people_differ_and_usual_pain_is_what_the_week_before_the_plan_said() -> None:
    levels = [mean(patient.evenings) for patient in CAST[Kind.OVER_KEEN]]
    off = [
        patient.usual_pain - level
        for patient, level in zip(CAST[Kind.OVER_KEEN], levels, strict=True)
    ]
    assert 1.1 < pstdev(levels) < 1.7
    assert LOWEST_START - 0.5 < min(levels) < max(levels) < HIGHEST_START + 0.5
    assert mean(off) == pytest.approx(0, abs=0.1)
    assert pstdev(off) < 0.7


def _share(kind: Kind, what: str) -> float:
    return mean(getattr(occasion, what) for patient in CAST[kind] for occasion in patient.occasions)


@pytest.mark.parametrize("kind", Kind)
def test_a_fifth_of_sessions_is_missed(kind: Kind) -> None:
    assert _share(kind, "done") == pytest.approx(0.80, abs=0.02)


@pytest.mark.parametrize("kind", OTHERS[Kind.SILENT])
def test_only_the_silent_keep_sessions_to_themselves_or_leave_more_mornings_out(kind: Kind) -> None:
    assert _share(kind, "answers_morning") == pytest.approx(0.85, abs=0.02)
    assert _share(kind, "reported") == _share(kind, "done")


def _last(patient: Patient, what: str) -> int:
    return max((o.day for o in patient.occasions if getattr(o, what)), default=-1)


def test_the_silent_stop_answering_mornings_and_then_stop_reporting_but_not_training() -> None:
    for patient in CAST[Kind.SILENT]:
        assert _last(patient, "answers_morning") <= 24
        assert _last(patient, "reported") <= 38
    last_answers, last_reports, last_sessions = (
        mean(_last(patient, what) for patient in CAST[Kind.SILENT])
        for what in ("answers_morning", "reported", "done")
    )
    assert last_answers + 7 < last_reports < last_sessions - 14


def _weekly(kind: Kind, week: int) -> float:
    """Mean evening pain over usual in one week of all patients of a kind."""
    days = range(7 * week, 7 * week + 7)
    return mean(p.evenings[day] - p.usual_pain for p in CAST[kind] for day in days)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (Kind.RECOVERING, -3.4, -2.6),
        (Kind.PERSISTENT, -2.1, -1.5),
        (Kind.WORSENING, 2.5, 3.1),
        (Kind.FLARING, 0.1, 0.9),
        (Kind.OVER_KEEN, -0.2, 0.2),
        (Kind.SILENT, -2.1, -1.5),
    ],
)
def test_pain_in_the_eighth_week_is_where_the_kind_says(
    kind: Kind, low: float, high: float
) -> None:
    assert low < _weekly(kind, 7) < high


def test_the_flaring_have_far_more_days_of_high_pain_than_the_steady() -> None:
    def high_days(kind: Kind) -> float:
        return mean(e >= p.usual_pain + 2.5 for p in CAST[kind] for e in p.evenings)

    assert high_days(Kind.FLARING) > 4 * high_days(Kind.OVER_KEEN)


def test_the_over_keen_do_more_and_work_harder_than_anyone() -> None:
    assert {p.work for p in CAST[Kind.OVER_KEEN]} == {1.5}
    assert {p.work for kind in OTHERS[Kind.OVER_KEEN] for p in CAST[kind]} == {1.0}
    assert _share(Kind.OVER_KEEN, "effort") > 7.5
    assert max(_share(kind, "effort") for kind in OTHERS[Kind.OVER_KEEN]) < 5.2
