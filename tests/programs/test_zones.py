"""The traffic light, row by row, on both sides of every threshold (clinical 2.4)."""

import pytest

from rehab.programs.program import Category
from rehab.programs.zones import Report, read_session

from .logs import ACUTE, CHRONIC, LOW_IMPACT, RELAXATION, STRENGTHENING, STRETCHING, settled

TRACKS = {"acute": ACUTE, "chronic": CHRONIC}


def zone_of(track: str, usual: float, report: Report, category: Category = STRENGTHENING) -> str:
    return read_session(report, usual, TRACKS[track], category).zone


# track, usual, before, during, after, morning, zone
RATINGS = [
    # severe: 8 and usual + 2 acute, 9 and usual + 3 chronic, any of the four ratings
    ("acute", 3, 3, 8, 3, 3, "severe"),
    ("acute", 3, 3, 3, 8, 3, "severe"),
    ("acute", 3, 3, 3, 3, 8, "severe"),
    ("acute", 3, 8, 3, 3, 3, "severe"),
    ("acute", 3, 7, 3, 3, 3, "green"),
    ("acute", 3, 3, 7, 3, 3, "red"),
    ("acute", 6, 6, 8, 6, 6, "severe"),
    ("acute", 6.5, 6, 8, 6, 6, "red"),
    ("acute", 7, 7, 8, 7, 7, "green"),
    ("acute", 7, 7, 9, 7, 7, "severe"),
    ("chronic", 3, 3, 9, 3, 3, "severe"),
    ("chronic", 3, 3, 8, 3, 3, "red"),
    ("chronic", 3, 9, 3, 3, 3, "severe"),
    ("chronic", 3, 8, 3, 3, 3, "green"),
    ("chronic", 6, 6, 9, 6, 6, "severe"),
    ("chronic", 6.5, 6, 9, 6, 6, "red"),
    ("chronic", 7, 7, 10, 7, 7, "severe"),
    # red: during or after over the red limit
    ("acute", 3, 3, 6, 3, 3, "red"),
    ("acute", 3, 3, 3, 6, 3, "red"),
    ("acute", 3, 3, 5, 5, 3, "amber"),
    ("acute", 5, 5, 7, 5, 5, "red"),
    ("acute", 5, 5, 6, 6, 5, "green"),
    ("chronic", 3, 3, 6, 3, 3, "red"),
    ("chronic", 4, 4, 6, 6, 4, "amber"),
    ("chronic", 4, 4, 7, 4, 4, "red"),
    ("chronic", 8, 8, 9, 8, 8, "red"),
    ("chronic", 8, 8, 8, 8, 8, "green"),
    ("acute", 10, 10, 9, 9, 8, "red"),
    # red morning: 3 over the lower of usual and before, and usual (+ 1 chronic); or 9
    ("acute", 3, 3, 3, 3, 6, "red"),
    ("acute", 3, 3, 3, 3, 5, "react"),
    ("acute", 4, 1, 3, 3, 4, "red"),
    ("acute", 4, 0, 1, 1, 3, "amber_plus"),
    ("chronic", 3, 3, 3, 3, 6, "red"),
    ("chronic", 4, 2, 3, 3, 5, "red"),
    ("chronic", 4, 1, 2, 2, 4, "amber_plus"),
    ("acute", 8, 8, 8, 8, 9, "red"),
    ("acute", 9, 9, 8, 8, 9, "red"),
    ("chronic", 8, 8, 8, 8, 9, "red"),
    ("acute", 8, 8, 8, 8, 8, "green"),
    # reaction: 2 over, and usual (+ 1 chronic)
    ("acute", 4, 4, 4, 4, 6, "react"),
    ("acute", 4, 4, 4, 4, 5, "green"),
    ("acute", 4, 2, 3, 3, 4, "react"),
    ("acute", 4, 1, 2, 2, 3, "amber_plus"),
    ("chronic", 4, 4, 4, 4, 6, "react"),
    ("chronic", 4, 3, 4, 4, 5, "react"),
    ("chronic", 4, 2, 3, 3, 4, "amber_plus"),
    ("chronic", 4.5, 3, 4, 4, 5, "amber_plus"),
    ("acute", 4.5, 3, 4, 4, 5, "react"),
    # amber: over the green limit, or a real rise of during or after
    ("acute", 2, 2, 4, 2, 2, "amber"),
    ("acute", 2, 2, 3, 3, 2, "green"),
    ("acute", 2.5, 3, 4, 3, 3, "amber"),
    ("acute", 4, 4, 5, 5, 4, "green"),
    ("acute", 0, 0, 2, 0, 0, "amber"),
    ("acute", 0, 0, 1, 1, 1, "green"),
    ("chronic", 5, 2, 4, 2, 2, "amber"),
    ("chronic", 5, 2, 2, 4, 2, "amber"),
    ("chronic", 5, 2, 3, 3, 3, "green"),
    # unknown: no morning, and nothing worse
    ("acute", 3, 3, 3, 3, None, "unknown"),
    ("acute", 3, 3, 5, 3, None, "amber"),
    ("acute", 3, 3, 6, 3, None, "red"),
    ("acute", 3, 3, 8, 3, None, "severe"),
]


@pytest.mark.parametrize(
    ("track", "usual", "before", "during", "after", "morning", "zone"), RATINGS
)
def test_ratings_put_a_session_in_its_zone(track, usual, before, during, after, morning, zone):
    report = settled(0, before=before, during=during, after=after, morning=morning)
    assert zone_of(track, usual, report) == zone


@pytest.mark.parametrize(
    ("track", "said", "zone"),
    [
        ("acute", {"effort": 6}, "green"),
        ("acute", {"effort": 7}, "amber"),
        ("chronic", {"effort": 7}, "green"),
        ("chronic", {"effort": 8}, "amber"),
        ("acute", {"effort": None}, "green"),
        ("acute", {"completion": 90}, "green"),
        ("acute", {"completion": 89}, "amber"),
        ("chronic", {"completion": 80}, "green"),
        ("chronic", {"completion": 79}, "amber"),
        ("acute", {"spread": True}, "amber"),
        ("acute", {"hard": True}, "green"),
        ("acute", {"sleep": 0}, "green"),
        ("acute", {"effort": 10, "morning": None}, "amber"),
        ("acute", {"completion": 10, "morning": 6}, "red"),
    ],
)
def test_effort_completion_and_spread_make_a_session_amber(track, said, zone):
    assert zone_of(track, 3, settled(0, **said)) == zone


@pytest.mark.parametrize(
    ("category", "usual", "morning", "zone"),
    [
        (STRENGTHENING, 2, 5, "react"),
        (STRENGTHENING, 3, 6, "red"),
        (STRENGTHENING, 3, 5, "react"),
        (STRENGTHENING, 3, 4, "green"),
        (STRETCHING, 2, 5, "red"),
        (LOW_IMPACT, 2, 5, "red"),
    ],
)
@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_muscle_soreness_excuses_a_red_morning_up_to_five(track, category, usual, morning, zone):
    report = settled(0, before=usual, during=2, after=2, morning=morning, doms=True)
    assert zone_of(track, usual, report, category) == zone


def test_muscle_soreness_does_not_excuse_pain_during_the_session():
    assert zone_of("acute", 3, settled(0, during=6, morning=5, doms=True)) == "red"


@pytest.mark.parametrize("name", ["before", "during", "after", "morning"])
@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_a_missing_rating_is_at_best_unknown(track, name):
    reading = read_session(settled(0, **{name: None}), 3, TRACKS[track], STRENGTHENING)
    assert reading.zone == "unknown"
    assert not reading.complete


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ({"before": None, "during": 8}, "severe"),
        ({"before": None, "during": None, "after": 6}, "red"),
        ({"before": None, "during": None, "after": None, "morning": 5}, "react"),
        ({"before": 8, "during": None, "after": None, "morning": None}, "severe"),
        ({"during": None, "after": 5}, "amber"),
        ({"before": None, "during": None, "after": None, "morning": None}, "unknown"),
    ],
)
def test_the_ratings_that_were_given_still_count(said, zone):
    assert zone_of("acute", 3, settled(0, **said)) == zone


def test_without_a_rating_before_usual_pain_is_the_reference():
    reading = read_session(settled(0, before=None, during=4), 3.5, ACUTE, STRENGTHENING)
    assert (reading.reference, reading.exertion, reading.worst, reading.rise) == (3.5, 4, 4, 0.5)


@pytest.mark.parametrize("category", [RELAXATION, Category.SELF_CARE])
@pytest.mark.parametrize(
    ("track", "completion", "zone"),
    [
        ("acute", 90, "green"),
        ("acute", 89, "amber"),
        ("chronic", 80, "green"),
        ("chronic", 79, "amber"),
    ],
)
def test_relaxation_is_judged_by_completion_alone(category, track, completion, zone):
    report = Report(0, None, 10, 9, None, 10, completion, spread=True, sleep=0, doms=True)
    assert zone_of(track, 2, report, category) == zone
