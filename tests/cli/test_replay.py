"""`rehab replay`: the policy over a file of logs, with nothing set up."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rehab.cli.replay import replay

SESSIONS = [
    {"day": day, "before": 3, "during": 3, "after": 3, "morning": 3} for day in range(0, 10, 2)
]


def case(name: str, **said: Any) -> str:
    return json.dumps(
        {
            "id": name,
            "track": "acute",
            "category": "strengthening",
            "usual_pain": 3,
            "step": 2,
            "sessions": SESSIONS,
            **said,
        }
    )


def run(*lines: str) -> Result:
    return CliRunner().invoke(replay, ["-"], input="".join(f"{line}\n" for line in lines))


def test_each_case_gives_one_line_in_order():
    result = run(case("a"), case("b", category="stretching"))
    assert result.exit_code == 0
    assert result.stderr == ""
    listed = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in listed] == ["a", "b"]
    assert [[d["step"] for d in each["decisions"]] for each in listed] == [
        [2, 2, 3, 3, 3],
        [2, 2, 2, 3, 3],
    ]


def test_a_malformed_case_goes_to_standard_error_and_the_others_go_on():
    result = run(case("a"), case("b", step=9), "", "{", case("c"))
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "c"]
    assert result.stderr.splitlines() == [
        "line 2: step: must lie between the floor, 1, and the ceiling, 5",
        "line 4: json: Expecting property name enclosed in double quotes",
    ]


def test_the_shipped_red_flags_are_known_with_their_tiers():
    flagged = [{**SESSIONS[0], "red_flags": [flag]} for flag in ("RF01", "RF06", "RF11")]
    result = run(*(case(f"{n}", sessions=[session]) for n, session in enumerate(flagged)))
    alerts = [json.loads(line)["decisions"][0]["alert"] for line in result.stdout.splitlines()]
    assert alerts == [3, 3, 2]
    assert (
        "unknown red flag RF77"
        in run(case("a", sessions=[{**SESSIONS[0], "red_flags": ["RF77"]}])).stderr
    )


def test_logs_may_come_from_a_file(tmp_path: Path):
    path = tmp_path / "logs.jsonl"
    path.write_text(case("a") + "\n", encoding="utf-8")
    result = CliRunner().invoke(replay, [str(path)])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["id"] == "a"


def test_a_name_in_any_script_comes_back_as_it_was():
    assert json.loads(run(case("Żółć 🙂")).stdout)["id"] == "Żółć 🙂"


@pytest.mark.parametrize("line", [b"\xff\xfe\xfd\n", b'{"id": "\xe9"}\n'])
def test_bytes_that_are_no_text_are_a_fault_like_any_other(line):
    result = CliRunner().invoke(replay, ["-"], input=line)
    assert result.exit_code == 2
    assert result.stderr == "line 1: json: cannot be read\n"


def test_a_file_that_is_not_there_is_one_plain_line():
    result = CliRunner().invoke(replay, ["no-such-file.jsonl"])
    assert result.exit_code == 2
    assert "no-such-file.jsonl" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_cases_give_no_lines():
    result = run()
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
