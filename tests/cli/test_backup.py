"""`rehab backup` from a shell: a day's round, and one plain line for what goes wrong."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask_migrate import upgrade

from rehab import create_app
from rehab.services import backups, clinics, enrolment
from rehab.services.keys import keep_keyring
from rehab.services.privacy.retention import PERIODS
from rehab.settings import Settings
from tests.cli.test_plain_lines import rehab
from tests.conftest import NOON

ROOT = Path(__file__).resolve().parents[2]


def test_a_backup_is_made_read_through_and_put_back(tmp_path: Path) -> None:
    data, target = tmp_path / "data", tmp_path / "monday.backup"
    assert rehab(data, "db", "upgrade")[0] == 0
    assert rehab(data, "clinic", "create", "Riverside", "--zone", "UTC")[0] == 0
    code, errors, told = rehab(data, "backup", "create", str(target))
    assert (code, errors) == (0, [])
    whole = "a whole backup of SQLite, tables of "
    assert told.startswith(f"{target}: {target.stat().st_size} bytes, {whole}")
    code, errors, told = rehab(data, "backup", "restore", str(target))
    assert code == 0, errors
    assert told.splitlines()[:3] == [
        f"{target}: restored",
        "0 persons who had been erased since are erased again",
        "0 texts are looked up with the provider before they are sent",
    ]
    (kept,) = data.glob("rehab.sqlite3.replaced-*")
    assert told.splitlines()[3] == f"{kept}: what was there before; remove it when all is well"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["verify", "FILE"], "FILE: is no backup"),
        (["restore", "FILE"], "FILE: is no backup"),
        (["verify", "NONE"], "NONE: there is no such file"),
        (["restore", "NONE"], "NONE: there is no such file"),
        (["create", "NONE/x"], "NONE/.x.part: No such file or directory"),
    ],
)
def test_a_fault_is_one_line(tmp_path: Path, arguments: list[str], line: str) -> None:
    names = {"FILE": str(tmp_path / "file"), "NONE": str(tmp_path / "none")}
    Path(names["FILE"]).write_text("no backup", encoding="ascii")

    def named(text: str) -> str:
        return text.replace("FILE", names["FILE"]).replace("NONE", names["NONE"])

    data = tmp_path / "data"
    rehab(data, "db", "upgrade")
    code, errors, _ = rehab(data, "backup", *map(named, arguments))
    assert (code, errors) == (1, [f"Error: {named(line)}"])


def test_a_database_without_tables_is_not_backed_up(tmp_path: Path) -> None:
    target = tmp_path / "x"
    code, errors, _ = rehab(tmp_path / "data", "backup", "create", str(target))
    assert (code, errors) == (1, ["Error: database: no such table: audit_entry"])
    assert not target.exists()


def drills() -> list[str]:
    paper = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return re.findall(r"```bash\n(.*?)```", paper, re.DOTALL)


def test_the_drills_of_the_paper_run_in_their_order(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "var"))
    with app.app_context():
        upgrade()
        clinic = clinics.open_clinic("Riverside", "UTC", NOON)
        said = {"given_name": "Maya", "phone": "+442079460123", "zone": "UTC"}
        maya = enrolment.enrol(clinic.id, said, "ana@riverside.example", NOON).id
        keep_keyring(NOON)
        backups.let_go()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REHAB_")}
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", "\n".join(drills())],
        env={**kept, "PATH": path, "PATIENT": str(maya)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(drills()) == 7
    assert "Maya" in (tmp_path / "patient.json").read_text(encoding="utf-8")
    assert f"patient {maya} is erased" in done.stdout.splitlines()[-1]


def test_the_paper_tells_every_period_as_it_is_kept() -> None:
    paper = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| [^|]+ \| (\d+) days? \|", paper, re.MULTILINE)
    assert [int(days) for days in told] == [
        round(period.keep / timedelta(days=1))
        for period in sorted(PERIODS, key=lambda period: -period.keep)
    ]
