"""What the policy makes of each kind of patient, in bands wide enough for another seed.

The figures that the bands stand round were computed for the project beforehand on patients of
three kinds (clinical 2.7): recovering on the acute set, persistent on the chronic one, worsening.
"""

import pytest

from rehab.programs.library import Library
from rehab.programs.simulation.baselines import BASELINES
from rehab.programs.simulation.outcome import outcomes
from rehab.programs.simulation.patients import Kind, patients
from rehab.programs.simulation.run import OPEN_LADDER, PLAN_LADDER, Ladder
from rehab.programs.simulation.steering import by_policy
from rehab.programs.simulation.summary import Row, summarise

SIMPLE = [steering.name for steering in BASELINES]
Rows = dict[tuple[Kind, str], Row]


def simulated(library: Library, ladder: Ladder) -> Rows:
    steerings = [*(by_policy(policy) for policy in library.policies.values()), *BASELINES]
    rows = summarise(outcomes(patients(600, 8, seed=2), steerings, ladder), steerings)
    return {(row.kind, row.policy): row for row in rows}


@pytest.fixture(scope="module")
def rows(library: Library) -> Rows:
    return simulated(library, PLAN_LADDER)


@pytest.fixture(scope="module")
def open_rows(library: Library) -> Rows:
    return simulated(library, OPEN_LADDER)


def test_the_recovering_climb_and_seldom_step_down_for_pain(rows: Rows) -> None:
    """Computed beforehand: 1.6-2.2 up, 0.4-0.6 down, 22-43% alerted."""
    row = rows[Kind.RECOVERING, "acute"]
    assert 1.5 < row.steps_up < 2.8
    assert 0.2 < row.steps_down - row.after_break < 0.8
    assert 0.15 < row.alerted < 0.5


def test_the_persistent_climb_on_the_chronic_set_and_few_are_alerted(rows: Rows) -> None:
    """Computed beforehand: 1.7-2.4 up, 0.2-0.4 down, 7-24% alerted."""
    row = rows[Kind.PERSISTENT, "chronic"]
    assert 1.6 < row.steps_up < 3.0
    assert 0.05 < row.steps_down - row.after_break < 0.6
    assert 0.03 < row.alerted < 0.28


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_nearly_all_the_worsening_are_alerted_within_weeks_and_almost_none_climb(
    track: str, rows: Rows
) -> None:
    """Computed beforehand: 0.1-0.3 up, 96-100% alerted, first on day 16-30."""
    row = rows[Kind.WORSENING, track]
    assert row.steps_up < 0.7
    assert row.alerted > 0.88
    assert row.first_alert_day is not None
    assert 10 < row.first_alert_day < 35
    assert row.step < 1.3


@pytest.mark.parametrize("kind", [Kind.RECOVERING, Kind.PERSISTENT, Kind.FLARING])
def test_the_acute_set_manages_more_than_the_chronic_one(kind: Kind, open_rows: Rows) -> None:
    acute, chronic = open_rows[kind, "acute"], open_rows[kind, "chronic"]
    assert acute.steps_down > 1.2 * chronic.steps_down
    assert acute.alerts > 1.2 * chronic.alerts
    assert acute.steps_up < chronic.steps_up


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_the_flaring_are_noticed_far_more_often_than_the_persistent(track: str, rows: Rows) -> None:
    flaring, persistent = rows[Kind.FLARING, track], rows[Kind.PERSISTENT, track]
    assert flaring.flare_days > 5 > persistent.flare_days
    assert flaring.alerted > persistent.alerted + 0.3
    assert flaring.steps_up < persistent.steps_up


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_the_over_keen_are_held_back_and_spared_the_days_that_a_fixed_plan_brings(
    track: str, rows: Rows
) -> None:
    held, fixed = rows[Kind.OVER_KEEN, track], rows[Kind.OVER_KEEN, "step a week"]
    assert held.steps_up < 0.5
    assert held.flare_days < fixed.flare_days / 2


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_the_silent_stay_where_they_were_last_heard_of(track: str, rows: Rows) -> None:
    silent, persistent = rows[Kind.SILENT, track], rows[Kind.PERSISTENT, track]
    assert silent.reports < 0.65 * persistent.reports
    assert silent.steps_up < persistent.steps_up / 2
    assert silent.step < 3
    assert rows[Kind.SILENT, "step a week"].step == 5


@pytest.mark.parametrize("kind", Kind)
def test_a_fixed_plan_climbs_to_the_top_with_everyone_and_alerts_nobody(
    kind: Kind, rows: Rows, open_rows: Rows
) -> None:
    assert rows[kind, "step a week"].step == 5
    assert open_rows[kind, "step a week"].steps_up == 7
    assert {rows[kind, name].alerts for name in SIMPLE} == {0}


@pytest.mark.parametrize("kind", Kind)
def test_single_ratings_step_down_more_often_than_the_policy_does_for_pain(
    kind: Kind, open_rows: Rows
) -> None:
    policy = open_rows[kind, "chronic"]
    assert open_rows[kind, "one rise of 2"].steps_down > policy.steps_down - policy.after_break
    assert open_rows[kind, "any rating over 5"].steps_down > 1.3 * policy.steps_down


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OVER_KEEN])
def test_days_in_flare_do_not_depend_on_the_policy(kind: Kind, rows: Rows) -> None:
    assert len({row.flare_days for (of, _), row in rows.items() if of is kind}) == 1
