"""tools/find-chromium: the one that is there, else one that is installed, else how to get one."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.browser.chromium import FINDER

RUNS = "#!/bin/sh\necho Chromium 1\n"
FAILS = "#!/bin/sh\nexit 1\n"
APT = """#!/bin/sh
[ $1 = install ] && printf '#!/bin/sh\\n' >{bin}/$4 && chmod +x {bin}/$4
true
"""
WHO = "#!/bin/sh\necho {uid}\n"
ADVICE = "sudo apt-get install chromium"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A machine with a shell, what it needs to make a file, and nothing else."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "chmod"):
        (tmp_path / "bin" / name).symlink_to(f"/bin/{name}")
    return tmp_path


def put(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="ascii")
    path.chmod(0o755)
    return path


def find(place: Path, *options: str, **more: str) -> tuple[int, str, str]:
    environment = {"PATH": str(place / "bin"), "HOME": str(place), **more}
    told = subprocess.run(
        ["/bin/sh", FINDER, *options], env=environment, capture_output=True, text=True, check=False
    )
    return told.returncode, told.stdout.strip(), told.stderr.strip()


@pytest.mark.parametrize(
    "name", ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
)
def test_one_on_the_path_is_found(place: Path, name: str) -> None:
    path = put(place / "bin" / name, RUNS)
    assert find(place) == (0, str(path), "")


@pytest.mark.parametrize(
    "shell", ["chrome-linux/headless_shell", "chrome-headless-shell-linux64/chrome-headless-shell"]
)
def test_one_without_windows_comes_first(place: Path, shell: str) -> None:
    kept = place / ".cache/ms-playwright"
    put(kept / "chromium-1255/chrome-linux64/chrome", RUNS)
    lighter = put(kept / "chromium_headless_shell-1255" / shell, RUNS)
    assert find(place) == (0, str(lighter), "")


def test_one_that_does_not_run_is_passed_over_for_one_that_does(place: Path) -> None:
    put(place / "bin/chromium", FAILS)
    kept = put(place / ".cache/ms-playwright/chromium-1255/chrome-linux64/chrome", RUNS)
    assert find(place) == (0, str(kept), "")


def test_the_one_that_is_named_counts_or_nothing_does(place: Path) -> None:
    put(place / "bin/chromium", RUNS)
    mine = put(place / "mine", RUNS)
    assert find(place, CHROMIUM=str(mine)) == (0, str(mine), "")
    status, found, told = find(place, CHROMIUM="/nowhere/chrome")
    assert (status, found) == (1, "")
    assert told.startswith("CHROMIUM is /nowhere/chrome, which does not run")


def test_a_machine_without_any_gets_one_when_we_may(place: Path) -> None:
    put(place / "bin/apt-get", APT.format(bin=place / "bin"))
    put(place / "bin/id", WHO.format(uid=0))
    assert find(place)[0] == 1
    assert find(place, "--install") == (0, str(place / "bin/chromium-headless-shell"), "")


@pytest.mark.parametrize(
    ("uid", "apt"), [(1000, APT), (0, FAILS), (0, None)], ids=["not root", "apt fails", "no apt"]
)
def test_a_machine_that_cannot_have_one_is_told_in_one_line(
    place: Path, uid: int, apt: str | None
) -> None:
    put(place / "bin/id", WHO.format(uid=uid))
    if apt:
        put(place / "bin/apt-get", apt.replace("{bin}", str(place / "bin")))
    status, found, told = find(place, "--install")
    assert (status, found, told.count("\n")) == (1, "", 0)
    assert ADVICE in told


def test_this_machine_has_one() -> None:
    assert os.access(find(Path("/"), PATH=os.environ["PATH"])[1], os.X_OK)
