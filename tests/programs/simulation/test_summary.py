"""Outcomes are added up as they are, by kind and way of steering."""

from dataclasses import replace

import pytest

from rehab.programs.simulation.baselines import BASELINES
from rehab.programs.simulation.outcome import Outcome
from rehab.programs.simulation.patients import Kind
from rehab.programs.simulation.summary import Row, summarise

QUIET = Outcome(1, 0, 0, 0, 0, None, 0, 2, 0.5)


def test_a_summary_has_means_the_share_alerted_and_the_median_first_alert() -> None:
    one = Outcome(10, 2, 1, 1, 3, 16, 4, 3, 1.0)
    other = Outcome(20, 1, 0, 0, 0, None, 0, 2, 0.5)
    third = Outcome(30, 0, 2, 0, 1, 21, 8, 1, 0.0)
    outcomes = [(Kind.SILENT, [one]), (Kind.SILENT, [other]), (Kind.SILENT, [third])]
    assert summarise(outcomes, BASELINES[:1]) == [
        Row(
            kind=Kind.SILENT,
            policy="step a week",
            patients=3,
            reports=20,
            steps_up=1,
            steps_down=1,
            after_break=pytest.approx(1 / 3),
            alerts=pytest.approx(4 / 3),
            alerted=pytest.approx(2 / 3),
            first_alert_day=18.5,
            flare_days=4,
            step=2,
            dose=0.5,
        )
    ]


def test_kinds_stand_in_their_order_and_kinds_without_patients_are_left_out() -> None:
    pair = [QUIET, replace(QUIET, steps_up=1)]
    rows = summarise([(Kind.SILENT, pair), (Kind.RECOVERING, pair)], BASELINES[:2])
    assert [(row.kind, row.policy, row.steps_up) for row in rows] == [
        (Kind.RECOVERING, "step a week", 0),
        (Kind.RECOVERING, "one rise of 2", 1),
        (Kind.SILENT, "step a week", 0),
        (Kind.SILENT, "one rise of 2", 1),
    ]
    assert rows[0].first_alert_day is None
