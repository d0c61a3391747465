"""`rehab library check`, as a person with a text editor meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rehab.cli.library import library
from rehab.programs.library import shipped_folder

FIGURES = len(list((shipped_folder() / "figures").glob("*.yaml")))
GOOD = (shipped_folder() / "exercises" / "li-march.yaml").read_text()


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(library, ["check", *map(str, arguments)])


@pytest.mark.parametrize("arguments", [(), (shipped_folder(),)], ids=["no path", "a whole library"])
def test_a_sound_library_is_one_line(arguments: tuple[Path, ...]) -> None:
    result = check(*arguments)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == (
        "84 exercises, 13 programs, 2 policies, 6 measures, 19 red flags, 24 cautions, 28 sources, "
        f"{FIGURES} figures, 58 texts in 2 languages: no faults\n"
    )


def test_a_folder_of_additions_is_checked_on_top_of_the_shipped_library(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "my-march.yaml").write_text(GOOD.replace("id: li-", "id: my-"))
    result = check(tmp_path)
    assert result.exit_code == 0
    assert result.stdout.startswith("85 exercises, 13 programs")


def test_every_fault_is_a_line_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "my-march.yaml").write_text(GOOD.replace("minutes: 3", "minutes: 2"))
    (tmp_path / "exercises" / "li-swim.yaml").write_text("name: [")
    result = check(tmp_path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "exercises/li-swim.yaml: yaml: did not find expected node content (line 2)",
        "exercises/my-march.yaml: id: must be my-march, as the file is",
    ]


def test_a_path_that_is_not_there_is_one_plain_line(tmp_path: Path) -> None:
    result = check(tmp_path / "nowhere")
    assert result.exit_code == 2
    assert result.stderr == f"{tmp_path / 'nowhere'}: there is no such folder\n"


def test_the_library_is_written_as_fhir_with_additions(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "my-march.yaml").write_text(GOOD.replace("id: li-", "id: my-"))
    result = CliRunner().invoke(library, ["export", str(tmp_path)])
    assert result.exit_code == 0
    bundle = json.loads(result.stdout)
    assert len(bundle["entry"]) == 84 + 1 + 13
    assert any(entry["resource"]["id"] == "my-march" for entry in bundle["entry"])
