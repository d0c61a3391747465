from pathlib import Path

from benchmarks.compare import noise, read, side_by_side
from benchmarks.results import Figure, Results, Row

MACHINE: Row = {"bench": "machine", "cores": 2}


def figure(value: float, name: str = "CPU", ratio: float | None = None) -> Row:
    row = Figure("today, sqlite", name, value, "ms", limit=1.0, ratio=ratio).row()
    return {"bench": "figure", **row}


def test_the_figures_of_two_runs_stand_side_by_side() -> None:
    assert side_by_side([MACHINE, figure(2.0, ratio=2.0)], [figure(3.0, ratio=2.5)]) == [
        {
            "section": "today, sqlite",
            "what": "CPU",
            "A": "2 ms",
            "B": "3 ms",
            "B / A": "1.50",
            "ratio A": "2.00",
            "ratio B": "2.50",
        }
    ]


def test_a_figure_that_one_run_lacks_is_left_empty_there() -> None:
    gone, new = side_by_side([figure(2.0, "gone")], [figure(3.0, "new")])
    assert (gone["what"], gone["A"], gone["B"], gone["B / A"]) == ("gone", "2 ms", "", "")
    assert (new["what"], new["A"], new["B"], new["B / A"]) == ("new", "", "3 ms", "")


def test_nothing_is_divided_by_a_figure_of_zero() -> None:
    (row,) = side_by_side([figure(0.0)], [figure(3.0)])
    assert row["B / A"] == ""


def test_the_noise_of_a_run_is_what_its_last_line_tells() -> None:
    assert noise([MACHINE, {**MACHINE, "noise": 0.2}]) == 0.2
    assert noise([MACHINE, figure(2.0)]) is None


def test_what_is_kept_is_what_is_read(tmp_path: Path) -> None:
    results = Results(tmp_path / "bench" / "run.jsonl")
    results.keep("machine", {"noise": 0.1})
    results.figure(Figure("memory", "a worker", 88.5, "MB", goal=90.0, at_most=True))
    rows = read(tmp_path / "bench" / "run.jsonl")
    assert noise(rows) == 0.1
    (row,) = side_by_side(rows, rows)
    assert (row["A"], row["B"], row["B / A"]) == ("88.5 MB", "88.5 MB", "1.00")
