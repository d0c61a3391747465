"""The samples of the log in docs/operations.md are what the server writes."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from rehab.log import formatter
from rehab.models.patient import Patient
from rehab.notifications import senders
from rehab.notifications.senders import Outcome, Reason
from rehab.redaction import Redactor
from rehab.services import gates, pulse
from rehab.services.transactions import transaction
from tests.conftest import NOON

OPERATIONS = Path(__file__).parent.parent / "docs/operations.md"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def samples(kind: str) -> list[str]:
    """The lines of the block of that kind under "The log"."""
    _, _, below = OPERATIONS.read_text("utf-8").partition("\n## The log\n")
    found = re.search(rf"```{kind}\n(.*?)\n```", below.partition("\n## ")[0], re.DOTALL)
    assert found
    return [timeless(line) for line in found[1].splitlines()]


def timeless(line: str) -> str:
    return INSTANT.sub("AT", line)


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[tuple[str, io.StringIO]]:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(formatter(request.param == "json", Redactor()))
    ours = logging.getLogger("rehab")
    level = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield request.param, said
    ours.removeHandler(handler)
    ours.setLevel(level)


def test_the_samples_are_what_is_written(
    log: tuple[str, io.StringIO], app: Flask, maya: Patient
) -> None:
    kind, said = log
    with transaction():
        gates.at_the_gate(10.0, NOON)
        gates.heed([Outcome(senders.Kind.RETRY, code=20003, reason=Reason.OURS_IS_BROKEN)], NOON)
        gates.heed([Outcome(senders.Kind.ACCEPTED)], NOON + timedelta(minutes=6))
        gates.hold_template("rp.help", NOON)
    pulse.beat("here:1:abc", NOON - timedelta(hours=2))
    pulse.beat("here:1:abc", NOON)
    written = [timeless(line) for line in said.getvalue().splitlines()]
    assert written
    assert samples(kind) == written
