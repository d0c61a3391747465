"""Workers that are killed again and again, before a provider that fails: everybody is texted once.

The same harness finds the doubles and the losses of those who do without `unknown`.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.databases import database_beside

ROOT = Path(__file__).resolve().parents[2]


def matrix(messages: int, kills: int, *more: str) -> tuple[int, dict[str, Any]]:
    """The exit status of a run, and what it counted."""
    sized = ("--messages", str(messages), "--kills", str(kills), *more)
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.matrix", *sized],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whoever_dies_everybody_is_texted_once(
    database: str, request: pytest.FixtureRequest
) -> None:
    more: tuple[str, ...] = ()
    if database == "postgresql":
        more = ("--database-url", database_beside(request.getfixturevalue("postgres_url")))
    status, figures = matrix(150, 25, "--database", database, *more)
    assert (figures["once"], figures["twice"], figures["never"]) == (150, 0, 0), figures
    assert figures["all_final"]
    assert figures["died"] >= 25
    assert status == 0


@pytest.mark.parametrize(
    ("policy", "harm", "spared"), [("resend", "twice", "never"), ("once", "never", "twice")]
)
def test_without_asking_the_provider_some_are_texted_twice_or_never(
    policy: str, harm: str, spared: str
) -> None:
    status, figures = matrix(40, 6, "--policy", policy)
    assert figures[harm] > 0
    assert figures[spared] == 0
    assert status == 1
