"""Every section of the bench table can be asked for; none is run here but the quickest."""

import json
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import decisions, scale
from benchmarks.results import Figure, Results, Row
from benchmarks.sections import SECTIONS, told, where

ROOT = Path(__file__).parents[2]


def results(folder: Path) -> Results:
    return Results(folder / "run.jsonl")


def rows(found: Results) -> list[Row]:
    assert found.out is not None
    return [json.loads(line) for line in found.out.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_is_named_by_its_module(name: str) -> None:
    assert find_spec(f"benchmarks.{name}") is not None


def test_every_section_is_explained() -> None:
    told = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in SECTIONS if f"\n### {name}\n" not in told] == []


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_can_be_asked_for(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--only", name, "--rounds", "1"])
    given = bench.parsed()
    assert (given.only, given.rounds) == ([name], 1)


def test_without_a_choice_all_sections_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench"])
    assert bench.parsed().only == list(SECTIONS)


def test_a_section_that_fails_is_told_of_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_rounds: int, _results: Results) -> list[Figure]:
        raise RuntimeError("nobody answers")

    def whole(rounds: int, _results: Results) -> list[Figure]:
        return [Figure("whole", "rounds", rounds, "")]

    kept = results(tmp_path)
    done = bench.run(["broken", "whole"], 2, kept, {"broken": broken, "whole": whole})
    assert done.failed == ["broken"]
    assert [(each.name, each.value) for each in done.figures] == [("rounds", 2)]
    assert [row["fault"] for row in rows(kept) if row["bench"] == "fault"] == [
        "RuntimeError: nobody answers"
    ]
    assert "nobody answers" in capsys.readouterr().err


def test_noise_is_how_much_longer_the_usual_loop_took_than_the_fastest() -> None:
    assert bench.noise([0.02, 0.02]) == 0
    assert bench.noise([0.03, 0.02, 0.9]) == 0.5


def test_what_a_benchmark_writes_down_itself_is_read_once(tmp_path: Path) -> None:
    kept = results(tmp_path)
    kept.keep("ticks", {"waiting": 1, "run": "before"})

    def run(given: Namespace) -> None:
        Results(given.out).keep("ticks", {"waiting": given.waiting, "run": "this"})
        Results(given.out).keep("other", {})

    (row,) = told("ticks", run, Namespace(waiting=7), kept)
    assert (row["waiting"], row["run"]) == (7, "this")


def test_rows_are_found_by_their_values() -> None:
    some = [{"database": "sqlite", "n": 1}, {"database": "sqlite", "n": 2}]
    assert where(some, database="sqlite", n=2) == some[1:]


@pytest.mark.parametrize(
    ("processes", "cores", "goal"), [(2, 2, None), (2, 4, 1.8), (4, 4, None), (4, 8, 3.6)]
)
def test_scale_is_judged_only_where_each_process_has_a_core_and_another_is_left(
    processes: int, cores: int, goal: float | None
) -> None:
    assert scale.goal(processes, cores) == goal


def test_decisions_are_counted_in_one_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "TIMES", 1)
    monkeypatch.setattr(decisions, "WEEKS", 4)
    (figure,) = SECTIONS["decisions"](1, results(tmp_path))
    assert (figure.section, figure.unit) == ("decisions", "/s")
    assert figure.value > 0
