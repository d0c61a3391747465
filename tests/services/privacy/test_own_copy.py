"""A patient's own copy: all of the export but what clinicians wrote for each other."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rehab.exchange import files
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services.privacy import tables
from rehab.services.privacy.belongings import NOUNS
from rehab.services.privacy.export import export
from rehab.services.privacy.holds import hold_patient, release_patient
from rehab.services.privacy.own_copy import FOR_THE_CLINIC, own_copy
from tests.conftest import NOON
from tests.exchange.reader import read
from tests.services.privacy.conftest import OPERATOR

DATA = (Path(__file__).parents[3] / "docs/data.md").read_text(encoding="utf-8")
Live = Callable[[Patient], Plan]


def test_it_is_the_export_without_the_clinics_own_notes(maya: Patient, live: Live) -> None:
    live(maya)
    whole, own = export(maya, OPERATOR, NOON), own_copy(maya, NOON)
    assert set(own) == {*whole, "left_out"}
    for noun in NOUNS.values():
        all_rows = whole[noun] if noun != "patient" else [whole["patient"]]
        own_rows = own[noun] if noun != "patient" else [own["patient"]]
        less = set(FOR_THE_CLINIC.get(noun, ()))
        kept = [{name: row[name] for name in row if name not in less} for row in all_rows]
        assert own_rows == kept, noun
        assert not less or all(less <= set(row) for row in all_rows)


def test_what_is_left_out_is_what_the_papers_call_the_clinics_alone() -> None:
    tables_of = {noun: table for table, noun in NOUNS.items()}
    left_out = {
        f"{tables_of[noun]}.{column}"
        for noun, columns in FOR_THE_CLINIC.items()
        for column in columns
    }
    _, _, below = DATA.partition("## Names, numbers and words\n")
    rows = [line.strip("|").split(" | ") for line in below.partition("\n## ")[0].splitlines()]
    sealed = [row for row in rows if len(row) == 5 and row[2].strip() == "sealed"]
    clinics = {
        column
        for row in sealed
        if row[4].strip(" |") in ("clinic", "clinic; the second also the patient")
        for column in re.findall(r"`(\w+\.\w+)`", row[0])
    }
    assert left_out - {"patient.held_since"} == clinics - {"decision.why_patient"}


def test_it_names_what_is_not_in_it(maya: Patient) -> None:
    told = {(row["noun"], row["column"]) for row in own_copy(maya, NOON)["left_out"]}
    assert ("alerts", "note") in told
    assert ("decisions", "why_patient") not in told


def test_a_legal_hold_is_not_told_of(maya: Patient) -> None:
    free = own_copy(maya, NOON)
    hold_patient(maya, "a law suit over a fall", OPERATOR, NOON)
    release_patient(maya, OPERATOR, NOON)
    hold_patient(maya, "another law suit", OPERATOR, NOON)
    held = own_copy(maya, NOON)
    assert held["patient"] == free["patient"]
    assert {entry["action"] for entry in held["audit"]} == {
        "patient.enrolled",
        "consent.granted",
        "patient.exported",
    }
    assert b"suit" not in tables.as_json(held)


@pytest.mark.parametrize("form", files.FORMATS)
def test_it_is_written_like_any_export(
    maya: Patient, live: Live, library: Library, form: str
) -> None:
    live(maya)
    file = files.written(own_copy(maya, NOON), form, library)
    if form == files.JSON:
        assert b'"left_out": [' in file
    elif form == files.FHIR:
        assert read(json.loads(file))["Procedure"]
    else:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            assert {"left_out.csv", "sessions.csv", "patient.csv"} <= set(archive.namelist())
