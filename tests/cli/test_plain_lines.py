"""Whatever is wrong, the command line says it in one plain line, and never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REHAB = [sys.executable, "-c", "from rehab.cli import main; main()"]
CLINIC = "00000000-0000-4000-8000-000000000000"

MIGRATIONS = Path(__file__).parents[2] / "migrations/versions"
NEWEST = max(path.name[:4] for path in MIGRATIONS.glob("0*.py"))
"""The revision that the tables of this version have."""


def rehab(data: Path, *arguments: str | bytes, **settings: str) -> tuple[int, list[str], str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REHAB_")}
    env = {**kept, "REHAB_DATA_DIR": str(data), **settings}
    done = subprocess.run(
        [*REHAB, *arguments], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.splitlines(), done.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "line"),
    [
        (
            ["clinic", "create", "X", "--zone", "UTC"],
            {"REHAB_FOO": "1"},
            "REHAB_FOO: no such setting",
        ),
        (
            ["clinic", "create", "X", "--zone", "UTC"],
            {"REHAB_DATABASE_URL": "postgresql+psycopg://u:p@h:abc/db"},
            "REHAB_DATABASE_URL: must name its port as a number",
        ),
        (
            ["worker"],
            {},
            f"the database has no tables, not of {NEWEST}: run `rehab db upgrade`",
        ),
        (["clinic", "create", "X", "--zone", "UTC"], {}, "database: no such table: clinic"),
        (["clinic", "create", "X", "--zone", "Mars"], {}, "zone: Mars is not an IANA time zone"),
        (
            ["clinic", "create", b"a\xffb", "--zone", "UTC"],
            {},
            "name: must have 1 to 80 printable characters",
        ),
    ],
)
def test_a_fault_is_one_line(
    tmp_path: Path, arguments: list[str | bytes], settings: dict[str, str], line: str
) -> None:
    code, errors, _ = rehab(tmp_path, *arguments, **settings)
    assert (code, errors) == (1, [f"Error: {line}"])


def test_a_data_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    code, errors, _ = rehab(file, "clinic", "create", "X", "--zone", "UTC")
    assert (code, errors) == (1, [f"Error: {file}: File exists"])


def test_a_clinic_is_opened_from_the_command_line(tmp_path: Path) -> None:
    assert rehab(tmp_path, "db", "upgrade")[0] == 0
    code, _, clinic = rehab(tmp_path, "clinic", "create", "Riverside", "--zone", "Europe/London")
    assert code == 0
    named = ("--clinic", clinic.strip(), "--name", "Ana Ruiz")
    assert rehab(tmp_path, "clinician", "create", "ana@x.example", *named)[0] == 0
    code, errors, _ = rehab(tmp_path, "clinician", "create", "ana@x.example", *named)
    assert (code, errors) == (1, ["Error: ana@x.example is a clinician already"])
    code, _, token = rehab(tmp_path, "token", "create", "ana@x.example", "--scope", "read")
    assert (code, token[:6]) == (0, "rehab_")
    code, errors, _ = rehab(tmp_path, "token", "create", "ana@x.example", "--scope", "all")
    assert (code, errors) == (1, ["Error: scope: all is not one of read, write, admin"])


def test_help_needs_neither_settings_nor_a_database(tmp_path: Path) -> None:
    code, errors, said = rehab(tmp_path, "--help", REHAB_FOO="1")
    assert (code, errors) == (0, [])
    assert {"demo", "serve", "worker", "db", "replay", "simulate"} <= set(said.split())
    assert not list(tmp_path.iterdir())
