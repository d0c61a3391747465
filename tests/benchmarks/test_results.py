import json
from pathlib import Path

import pytest

from benchmarks.results import Figure, Results, figures_table, middle_ratio, table


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("s", "n", 5.0, "ms"), None),
        (Figure("s", "n", 5.0, "/s", goal=5.0), True),
        (Figure("s", "n", 4.9, "/s", goal=5.0), False),
        (Figure("s", "n", 5.0, "ms", goal=5.0, at_most=True), True),
        (Figure("s", "n", 5.1, "ms", goal=5.0, at_most=True), False),
        (Figure("s", "n", 500.0, "/s", 1000.0, 0.5, goal=0.6), False),
        (Figure("s", "n", 0.1, "/s", 0.1, 1.0, goal=0.6), True),
        (Figure("s", "n", 5.0, "ms", 1.0, None, goal=2.0), True),
    ],
)
def test_the_ratio_is_judged_where_there_is_one_and_else_the_value(
    figure: Figure, met: bool | None
) -> None:
    assert figure.met is met


def test_a_figure_is_one_line_of_json_with_its_time_and_load(tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    Results(out).figure(Figure("tick", "empty", 0.04, "ms", goal=0.05, at_most=True))
    (line,) = out.read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert told.pop("at")
    assert told.pop("load") >= 0
    assert told == {
        "bench": "figure",
        "section": "tick",
        "name": "empty",
        "value": 0.04,
        "unit": "ms",
        "limit": None,
        "ratio": None,
        "goal": 0.05,
        "at_most": True,
        "met": True,
    }


def test_the_table_tells_goals_by_their_direction_and_leaves_empty_what_is_not_there() -> None:
    told = figures_table(
        [
            Figure("report", "answers", 120.0, "/s", 200.0, 0.6, 0.8),
            Figure("memory", "a worker", 88.5, "MB", goal=90.0, at_most=True),
            Figure("scale", "2 processes", 0.0, "/s"),
        ]
    )
    assert [list(row.values()) for row in told] == [
        ["report", "answers", "120 /s", "200", "0.60", ">= 0.8", "not met"],
        ["memory", "a worker", "88.5 MB", "", "", "<= 90", "met"],
        ["scale", "2 processes", "0 /s", "", "", "", ""],
    ]


def test_the_columns_of_a_table_are_as_wide_as_their_widest_cell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table([{"what": "a worker", "MB": 90}, {"what": "web", "MB": 150, "met": "met"}])
    assert capsys.readouterr().out.splitlines() == [
        "",
        "what      MB   met",
        "a worker  90",
        "web       150  met",
    ]


def test_a_ratio_is_taken_within_each_round() -> None:
    ours = [{"rate": 50}, {"rate": 10}, {"rate": 70}]
    limits = [{"rate": 100}, {"rate": 20}, {"rate": 100}]
    assert middle_ratio(ours, limits, "rate") == 0.5
