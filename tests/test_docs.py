"""The papers say what is so: each setting, command and path is there, and what is there exists."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import JSON, LargeBinary, String

from rehab import create_app
from rehab.cli import commands
from rehab.extensions import db
from rehab.programs.library import Library
from rehab.settings import FILE_SUFFIX, Settings, env_name
from rehab.vault.columns import EncryptedJson, EncryptedText, PhoneKey
from tests.conftest import NOON, Caller

ROOT = Path(__file__).parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
API = (ROOT / "docs/api.md").read_text(encoding="utf-8")
DATA = (ROOT / "docs/data.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

NOT_OF_THE_PAPERS = ("/static/", "/figures/", "/api/docs/", "/bootstrap/")
"""Addresses that only serve files to a page."""


def rows(paper: str, heading: str) -> Iterator[list[str]]:
    """The cells of a paper's tables under `heading`, without the backticks around a whole cell."""
    _, _, below = paper.partition(f"{heading}\n")
    for line in below.partition("\n## ")[0].splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]


def test_every_setting_stands_in_the_readme_and_no_other() -> None:
    documented = [row[0] for row in rows(README, "## Settings")][1:]
    assert documented == [env_name(spec.name) for spec in fields(Settings)]


def test_every_secret_that_may_come_from_a_file_is_named_with_its_file() -> None:
    named = re.findall(r"`(REHAB_\w+_FILE)`", README)
    secrets = [env_name(spec.name) for spec in fields(Settings) if spec.metadata["secret"]]
    assert named == [name + FILE_SUFFIX for name in secrets]


def test_the_defaults_in_the_readme_are_the_defaults() -> None:
    told = {name: default for name, default, _ in list(rows(README, "## Settings"))[1:]}
    plain = [spec for spec in fields(Settings) if isinstance(spec.default, str) and spec.default]
    assert {env_name(spec.name): spec.default for spec in plain}.items() <= told.items()


def every_command() -> list[str]:
    """Ours and the one of Flask-Migrate's that an operator needs."""
    return sorted(["rehab db upgrade", *(f"rehab {name}" for name in names_of(ours()))])


def ours() -> list[click.Command]:
    """Each that is not Flask-Migrate's."""
    return [command for name, command in commands().items() if name != "db"]


def names_of(some: list[click.Command]) -> Iterator[str]:
    for command in some:
        if isinstance(command, click.Group):
            yield from (
                f"{command.name} {name}" for name in names_of(list(command.commands.values()))
            )
        else:
            yield str(command.name)


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    told = [row[0] for row in rows(README, "## Commands")][1:]
    assert sorted(re.split(r" [A-Z\[]", line)[0] for line in told) == every_command()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data")))


def test_every_path_stands_in_the_map_of_the_api_and_no_other(server: Flask) -> None:
    served = {
        (method, re.sub(r"<[^>]+>", "{id}", rule.rule))
        for rule in server.url_map.iter_rules()
        if not rule.rule.startswith(NOT_OF_THE_PAPERS)
        if not rule.endpoint.startswith(
            ("sign_in.", "web.", "desk.", "me.", "reminder.", "offline.")
        )
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(method, path) for method, path, *_ in list(rows(API, "# The API at a glance"))[1:]}
    assert told == served


def test_the_readme_counts_the_library_right(library: Library) -> None:
    counted = f"{len(library.exercises)} exercises and {len(library.programs)} programs"
    assert counted in README.replace("\n", " ")


def test_every_decision_record_is_linked_from_the_architecture() -> None:
    linked = sorted(re.findall(r"\(decisions/(\d{4}-[\w-]+\.md)\)", ARCHITECTURE))
    records = sorted(path.name for path in (ROOT / "docs/decisions").glob("*.md"))
    assert sorted(set(linked)) == records


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_a_decision_record_says_why_what_and_what_follows(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {path.name[:4]} ")
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequences",
    ]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)\)", paper.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (paper.parent / target).exists()] == []


def test_every_module_that_the_papers_name_exists() -> None:
    named = {
        (paper.name, name)
        for paper in PAPERS
        for name in re.findall(r"`([\w/]+\.(?:py|toml|lock))`", paper.read_text("utf-8"))
    }
    places = (ROOT, ROOT / "rehab", ROOT / "rehab/api", ROOT / "tests")
    lost = {(paper, name) for paper, name in named if not any((p / name).exists() for p in places)}
    assert lost == set()


def test_every_make_target_that_the_papers_name_has_a_line_of_help() -> None:
    named = {
        target
        for paper in PAPERS
        for target in re.findall(r"(?:`|^)make ([a-z]+)", paper.read_text("utf-8"), re.MULTILINE)
    }
    assert {"run", "test"} <= named
    assert named <= set(re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.MULTILINE))


def calls_of_the_readme() -> Iterator[tuple[str, str | None]]:
    """The path of each `api` call under "Your first patient", and the body that it sends."""
    _, _, walk = README.partition("## Your first patient\n")
    call = r"^api \$API(/\S+)(?: -d @- <<EOF\n(.*?)\nEOF)?$"
    for found in re.finditer(call, walk.partition("\n## ")[0], re.MULTILINE | re.DOTALL):
        yield found[1], found[2]


def test_the_readmes_first_patient_gets_a_decision_with_its_reason(as_ana: Caller) -> None:
    today = NOON.date()
    shell = {"$TODAY": str(today), "${YESTERDAY}": str(today - timedelta(days=1))}
    shell["$YESTERDAY"] = shell["${YESTERDAY}"]

    def typed(text: str) -> str:
        for name, value in shell.items():
            text = text.replace(name, value)
        return text

    answers: dict[str, Any] = {}
    for path, body in calls_of_the_readme():
        sent = json.loads(typed(body)) if body else None
        answer = as_ana("POST" if body else "GET", typed(path), sent)
        assert answer.status_code in (200, 201), (path, answer.json)
        answers[path.rpartition("/")[2]] = answer.json
        shell.setdefault("$PATIENT" if path == "/patients" else "$PLAN", answer.json.get("id", ""))

    assert list(answers) == ["patients", "plans", "sessions", "mornings", "decisions", "today"]
    settled = answers["decisions"]["items"]
    assert settled
    assert all(decision["rules"] and decision["why"] for decision in settled)
    assert {decision["zone"] for decision in settled} == {"red"}
    assert answers["today"]["exercises"]


def kept_columns() -> list[str]:
    """Every column that can hold words, lists, hashes or something sealed."""
    holding = (String, JSON, LargeBinary, EncryptedText, EncryptedJson, PhoneKey)
    tables = db.metadata.sorted_tables
    return sorted(str(c) for t in tables for c in t.columns if isinstance(c.type, holding))


def told_columns(paper: str) -> list[list[str]]:
    """The rows of all tables of a paper that name columns in their first cell."""
    lines = (line for line in paper.splitlines() if line.startswith("| `"))
    return [line.strip("|").split(" | ") for line in lines]


def test_every_column_that_can_hold_a_word_about_somebody_is_told_of_once() -> None:
    told = [c for row in told_columns(DATA) for c in re.findall(r"`(\w+\.\w+)`", row[0])]
    assert sorted({*kept_columns()} - {*told}) == []
    assert len(told) == len({*told})
    known = {str(column) for table in db.metadata.sorted_tables for column in table.columns}
    assert sorted({*told} - known) == []


def test_what_is_told_of_each_column_is_how_it_is_kept() -> None:
    how = {
        column: row[2].strip()
        for row in told_columns(DATA)
        if len(row) == 5
        for column in re.findall(r"`(\w+\.\w+)`", row[0])
    }
    kinds = {"sealed": (EncryptedText, EncryptedJson), "found by key": PhoneKey}
    for said, kind in kinds.items():
        kept = {
            str(column)
            for table in db.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, kind)
        }
        assert {column for column, told in how.items() if told == said} == kept
