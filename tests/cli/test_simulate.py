"""`rehab simulate`, as a person at a terminal and as a machine that reads JSON meet it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rehab.cli.simulate import simulate
from rehab.programs.library import Library, shipped_folder

CHRONIC = (shipped_folder() / "policies" / "chronic.yaml").read_text(encoding="utf-8")
KINDS = ["recovering", "persistent", "worsening", "flaring", "over-keen", "silent"]
SIMPLE = ["step a week", "one rise of 2", "any rating over 5"]


def run(*arguments: str | Path) -> Result:
    few = ("--patients", "12", "--weeks", "2")
    return CliRunner().invoke(simulate, [*few, *map(str, arguments)])


def told(*arguments: str | Path) -> dict[str, Any]:
    result = run("--json", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    values: dict[str, Any] = json.loads(result.stdout)
    return values


def test_a_table_has_a_row_for_each_kind_under_each_policy() -> None:
    result = run()
    rows = [line.split() for line in result.stdout.splitlines() if line.split()[:1]]
    assert (result.exit_code, result.stderr) == (0, "")
    assert rows[0][:6] == ["kind", "policy", "n", "up", "down", "breaks"]
    assert [row[0] for row in rows[1:31]] == [kind for kind in KINDS for _ in range(5)]
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others() -> None:
    assert run("--seed", "5").stdout == run("--seed", "5").stdout
    assert told("--seed", "5")["rows"] != told("--seed", "6")["rows"]


def test_the_json_names_the_seed_the_policies_and_their_versions(library: Library) -> None:
    values = told("--seed", "5")
    assert (values["seed"], values["patients"], values["weeks"]) == (5, 12, 2)
    assert (values["start"], values["floor"], values["ceiling"]) == (2, 1, 5)
    assert [(p["name"], p["version"]) for p in values["policies"]] == [
        ("acute", library.policies["acute"].version),
        ("chronic", library.policies["chronic"].version),
        *((name, None) for name in SIMPLE),
    ]
    assert [(row["kind"], row["patients"]) for row in values["rows"][::5]] == [
        (kind, 2) for kind in KINDS
    ]


def test_the_table_shows_the_numbers_of_the_json() -> None:
    row = told("--seed", "5")["rows"][0]
    line = run("--seed", "5").stdout.splitlines()[2].split()
    assert line[:5] == [
        "recovering",
        "acute",
        str(row["patients"]),
        f"{row['steps_up']:.2f}",
        f"{row['steps_down']:.2f}",
    ]
    assert line[-2:] == [f"{row['step']:.2f}", f"{row['dose']:.2f}"]


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_a_track_leaves_the_other_policy_out_and_changes_no_number(track: str) -> None:
    values = told("--track", track)
    assert [policy["name"] for policy in values["policies"]] == [track, *SIMPLE]
    both = [row for row in told()["rows"] if row["policy"] in (track, *SIMPLE)]
    assert values["rows"] == both


def test_a_policy_file_stands_beside_the_librarys_under_its_own_name(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(CHRONIC.replace("cooldown_days: 7", "cooldown_days: 2"), encoding="utf-8")
    values = told("--policy", mine, "--track", "chronic")
    names = [policy["name"] for policy in values["policies"]]
    versions = [policy["version"] for policy in values["policies"]]
    assert names == ["mine.yaml", "chronic", *SIMPLE]
    assert versions[0] != versions[1]


def test_a_copy_of_a_policy_does_what_the_policy_does(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text(CHRONIC, encoding="utf-8")
    values = told("--policy", copy, "--track", "chronic")
    mine, shipped = (
        [{**row, "policy": ""} for row in values["rows"] if row["policy"] == name]
        for name in ("copy.yaml", "chronic")
    )
    assert mine == shipped
    assert values["policies"][0]["version"] == values["policies"][1]["version"]


def test_an_open_ladder_has_no_top_to_stop_at() -> None:
    arguments = ("--open-ladder", "--weeks", "6")
    rows = [row for row in told(*arguments)["rows"] if row["policy"] == "step a week"]
    assert [row["steps_up"] for row in rows] == [5] * 6


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            CHRONIC.replace("effort: 7", "effort: 11").replace("ramp:", "rampe:"),
            [
                "effort: must be a whole number from 4 to 8, not 11",
                "ramp: is missing",
                "rampe: is not a field here",
            ],
        ),
        ("id: [", ["yaml: did not find expected node content (line 2)"]),
        ("- 1\n", ["yaml: must be a mapping of fields to values"]),
    ],
)
def test_a_faulty_policy_is_a_line_for_each_fault(
    text: str, faults: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    result = run("--policy", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [f"{file}: {fault}" for fault in faults]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--patients", "0"), "0 is not in the range 1<=x<=100000"),
        (("--weeks", "53"), "53 is not in the range 1<=x<=52"),
        (("--weeks", "two"), "'two' is not a valid integer"),
        (("--track", "subacute"), "'subacute' is not one of"),
        (("--policy", "/nowhere/mine.yaml"), "does not exist"),
    ],
)
def test_what_makes_no_sense_is_said_by_the_command_line(
    arguments: tuple[str, str], complaint: str
) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert complaint in result.stderr.splitlines()[-1]


def test_one_patient_for_one_week_is_enough() -> None:
    values = told("--patients", "1", "--weeks", "1")
    assert {row["kind"] for row in values["rows"]} == {"recovering"}


def test_it_is_one_of_rehabs_commands() -> None:
    from rehab.cli import commands

    assert commands()["simulate"] == simulate
