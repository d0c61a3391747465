"""What is shipped to run and to watch a server names only what is there: settings, commands,
metrics, and a paragraph on what to do for each alert."""

import configparser
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.services import alerts, backups, pulse
from rehab.services.transactions import transaction
from rehab.settings import FILE_SUFFIX, Settings, env_name
from tests.conftest import NOON, Caller
from tests.test_docs import every_command

DEPLOY = Path(__file__).parent.parent / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted(DEPLOY.glob("systemd/rehab-*"))
ALERTS = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text("utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((DEPLOY / "grafana/rehab.json").read_text("utf-8"))
COMPOSE = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text("utf-8"))
OPERATIONS = (DEPLOY.parent / "docs/operations.md").read_text("utf-8")

OURS = set(every_command())


def known_settings() -> set[str]:
    names = {env_name(spec.name) for spec in fields(Settings)}
    secrets = {env_name(f.name) + FILE_SUFFIX for f in fields(Settings) if f.metadata["secret"]}
    return names | secrets


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    named = set(re.findall(r"REHAB_[A-Z_]+", path.read_text("utf-8")))
    assert named - known_settings() == set()


@pytest.mark.parametrize("name", ["systemd/rehab.env", "compose/rehab.env"])
def test_the_environment_that_is_shipped_is_read_without_a_fault(name: str) -> None:
    lines = (DEPLOY / name).read_text("utf-8").splitlines()
    plain = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert Settings.from_env(plain).sms == "console"
    told = [
        line.lstrip("#").split("=", 1) for line in lines if line.startswith(("REHAB", "#REHAB"))
    ]
    assert Settings.from_env({**dict(told), "REHAB_TWILIO_AUTH_TOKEN": "t"}).sms == "twilio"


def unit(path: Path) -> configparser.RawConfigParser:
    class Last(dict[str, Any]):
        """A key that comes again is kept with its lines together."""

        def __setitem__(self, key: str, value: Any) -> None:
            before = self.get(key)
            is_more = isinstance(value, list) and isinstance(before, list)
            super().__setitem__(key, [*before, *value] if is_more else value)

    parser = configparser.RawConfigParser(strict=False, dict_type=Last, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_command_of_a_unit_is_ours(path: Path) -> None:
    called = re.findall(r"/opt/rehab/bin/(rehab(?: [a-z]+)+)", path.read_text("utf-8"))
    assert bool(called) == (path.suffix == ".service")
    assert set(called) <= OURS


@pytest.mark.parametrize(
    "path", [p for p in UNITS if p.suffix == ".service"], ids=lambda path: path.name
)
def test_a_unit_may_do_no_more_than_it_must(path: Path) -> None:
    service = unit(path)["Service"]
    wanted = {
        "User": "rehab",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "CapabilityBoundingSet": "",
        "UMask": "0077",
    }
    assert {key: service[key].splitlines()[-1] if service[key] else "" for key in wanted} == wanted
    files = re.findall(r"%d/(\w+)", service["Environment"])
    handed = re.findall(r"^(\w+):", service["LoadCredential"], re.MULTILINE)
    assert files == handed == ["secret_key", "twilio_auth_token"]


def test_every_command_of_the_compose_file_is_ours() -> None:
    ours = {n: s for n, s in COMPOSE["services"].items() if s.get("image") == "rehab"}
    called = {" ".join(["rehab", *takewhile_words(s["command"])]) for s in ours.values()}
    assert set(ours) == {"migrate", "web", "worker"}
    assert called <= OURS


def takewhile_words(command: list[str]) -> Iterator[str]:
    for word in command:
        if word.startswith("-"):
            return
        yield word


def test_every_secret_of_the_compose_file_is_one_that_it_declares() -> None:
    used = {name for service in COMPOSE["services"].values() for name in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    mounted = set(re.findall(r"/run/secrets/(\w+)", str(COMPOSE)))
    assert mounted == used


@pytest.fixture
def metrics(as_ana: Caller, app: Flask, riverside: Clinic) -> set[str]:
    """The names of what /metrics tells of a server that has seen all that there is to see."""
    pulse.beat("here:1:abc", NOON - timedelta(seconds=4))
    with transaction():
        alerts.open_clinic_alert(riverside.id, "sending_stopped", 3, "No answer.", NOON)
    backups.note(app.extensions["rehab"].settings.data_dir, NOON - timedelta(hours=3))
    assert as_ana("GET", "/patients").status_code == 200
    db.session.remove()
    page = app.test_client().get("/metrics").text
    families = list(text_string_to_metric_families(page))
    plain = {sample.name for family in families for sample in family.samples}
    counted = {f"{f.name}_total" for f in families if f.type == "counter"}
    on_postgresql = {"rehab_database_connections", "rehab_database_connections_max"}
    return plain | counted | on_postgresql


def queries() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def test_rules_and_dashboard_name_only_what_metrics_tell(metrics: set[str]) -> None:
    asked = {name for expr in queries() for name in re.findall(r"\brehab_\w+", expr)}
    assert len(asked) > 12
    assert asked - metrics == set()


def test_connections_are_told_where_there_are_any(app: Flask) -> None:
    page = app.test_client().get("/metrics").text
    assert ("rehab_database_connections_max" in page) == (db.engine.dialect.name == "postgresql")


def test_every_metric_is_in_the_dashboard_or_in_a_rule(metrics: set[str]) -> None:
    asked = " ".join(queries())
    kinds = re.compile(r"_(bucket|sum|count)$")
    told = {kinds.sub("", name) for name in metrics}
    assert {name for name in told if name not in asked} == set()


def test_each_alert_says_what_to_do_at_three_in_the_morning() -> None:
    told = re.findall(r"^### (Rehab\w+)$", OPERATIONS, re.MULTILINE)
    assert told == [rule["alert"] for rule in RULES]
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}


def test_each_alert_has_a_case_in_which_it_is_raised() -> None:
    cases = yaml.safe_load((DEPLOY / "prometheus/alerts_test.yaml").read_text("utf-8"))
    raised = {
        case["alertname"]
        for test in cases["tests"]
        for case in test["alert_rule_test"]
        if case["exp_alerts"]
    }
    assert raised == {rule["alert"] for rule in RULES}


@pytest.mark.skipif(not shutil.which("promtool"), reason="Prometheus' promtool is not installed")
@pytest.mark.parametrize(
    "words", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")]
)
def test_prometheus_finds_the_rules_right(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [str(shutil.which("promtool")), *words],
        cwd=DEPLOY / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_the_units_tight() -> None:
    """Its own measure of exposure, from 0 to 10: a service without any care has 9.6."""
    for path in (p for p in UNITS if p.suffix == ".service"):
        done = subprocess.run(
            [str(shutil.which("systemd-analyze")), "security", "--offline=true", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
        assert found, done.stdout + done.stderr
        assert float(found[1]) < 2.0
