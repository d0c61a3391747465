"""What a person is handed: all of it, readable, always in the same order, safe in a spreadsheet."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from rehab.exchange import files
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.services import consent
from rehab.services.access import code_text
from rehab.services.privacy import tables
from rehab.services.privacy.belongings import NOUNS, belongings
from rehab.services.privacy.export import NOT_TOLD, export
from rehab.services.privacy.tables import FORMULA, as_json, as_zip
from rehab.tenancy import of_clinic
from tests.conftest import NOON
from tests.services.privacy.conftest import OPERATOR, SECRET_WORDS

Live = Callable[[Patient], Plan]


@pytest.fixture
def handed(maya: Patient, nils: Patient, live: Live) -> dict[str, Any]:
    live(maya)
    live(nils)
    consent.suppress(maya.phone, "sms", NOON)
    return export(maya, OPERATOR, NOON)


def test_there_is_something_of_every_noun(handed: dict[str, Any]) -> None:
    assert [noun for noun in NOUNS.values() if not handed[noun]] == []
    assert handed["suppressions"]
    assert handed["messages_of_nobody"]


def test_every_column_of_every_row_is_there_but_hashes(handed: dict[str, Any]) -> None:
    for kind in belongings():
        told = handed[kind.noun] if kind.noun != "patient" else [handed["patient"]]
        columns = {c.key for c in kind.mapper.column_attrs}
        hashes = {
            c.key for c in kind.mapper.column_attrs if isinstance(c.columns[0].type, NOT_TOLD)
        }
        assert {frozenset(row) for row in told} == {frozenset(columns - hashes)}
    assert "token_hash" not in handed["sign_ins"][0]


def test_nothing_of_anybody_else_is_there(handed: dict[str, Any], nils: Patient) -> None:
    text = as_json(handed).decode()
    assert "Nils" not in text
    assert nils.phone not in text
    assert str(nils.id) not in text


def test_it_reads_as_the_record_does(handed: dict[str, Any], maya: Patient) -> None:
    assert handed["format"] == "rehab-export-1"
    assert handed["exported_at"] == "2026-03-02T12:00:00+00:00"
    assert handed["patient"]["family_name"] == "Lindqvist"
    assert handed["patient"]["phone"] == "+442079460123"
    assert handed["sessions"][0]["note"] == SECRET_WORDS
    assert handed["sessions"][0]["performed_at"] == "2026-03-02T12:00:00+00:00"
    assert handed["sessions"][0]["on"] == "2026-03-02"
    assert all(d["why"] and d["why_patient"] and d["rules"] for d in handed["decisions"])
    assert [c["action"] for c in handed["consents"]] == ["granted"]
    assert handed["messages_received"][0]["body"] == SECRET_WORDS
    assert {m["state"] for m in handed["messages_sent"]} == {"suppressed"}


def test_the_same_record_gives_the_same_bytes(maya: Patient, live: Live) -> None:
    live(maya)
    first, second = export(maya, OPERATOR, NOON), export(maya, OPERATOR, NOON)
    first["audit"] = second["audit"] = []
    assert as_json(first) == as_json(second)
    assert as_zip(first) == as_zip(second)
    at = [datetime.fromisoformat(m["due_at"]) for m in first["messages_sent"]]
    assert at == sorted(at)


def test_who_asked_for_it_is_on_the_audit_and_in_the_next_one(
    maya: Patient, ana: Clinician
) -> None:
    export(maya, OPERATOR, NOON)
    (entry,) = db.session.scalars(select(AuditEntry).filter_by(action="patient.exported"))
    assert (entry.subject_id, entry.actor_kind) == (maya.id, "operator")
    told = export(maya, OPERATOR, NOON)["audit"][-1]
    assert (told["action"], told["subject_id"]) == ("patient.exported", str(maya.id))


def test_a_clinic_exports_within_its_own_walls(maya: Patient, live: Live) -> None:
    live(maya)
    everywhere = export(maya, OPERATOR, NOON)
    with of_clinic(maya.clinic_id):
        inside = export(maya, OPERATOR, NOON)
    everywhere["audit"] = inside["audit"] = []
    assert inside == everywhere


def test_texts_from_a_number_that_two_share_are_nobodys(
    maya: Patient, nils: Patient, live: Live
) -> None:
    live(maya)
    assert len(export(maya, OPERATOR, NOON)["messages_of_nobody"]) == 1
    nils.phone = maya.phone
    db.session.commit()
    assert export(maya, OPERATOR, NOON)["messages_of_nobody"] == []


@pytest.mark.parametrize("form", files.FORMATS)
def test_a_code_that_has_not_left_yet_is_in_no_file(
    maya: Patient, library: Library, form: str
) -> None:
    code_text.texter(library, "rehab.example", NOON)(maya, "271828")
    whole = files.written(export(maya, OPERATOR, NOON), form, library)
    if form == files.CSV:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            whole = b"".join(map(archive.read, archive.namelist()))
    assert b"sign_in" in whole
    assert b"271828" not in whole


def opened(handed: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(as_zip(handed))) as archive:
        assert archive.testzip() is None
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
        }


def test_the_tables_say_what_the_document_says(handed: dict[str, Any]) -> None:
    found = opened(handed)
    nouns = {noun for noun, rows in handed.items() if isinstance(rows, list) and rows}
    assert set(found) == nouns | {"export", "patient"}
    for noun in nouns:
        assert [row.get("id") for row in found[noun]] == [row.get("id") for row in handed[noun]]
    assert found["sessions"][0]["during"] == "4"
    assert found["mornings"][0]["sleep"] == ""
    assert json.loads(found["decisions"][0]["rules"]) == handed["decisions"][0]["rules"]
    assert found["patient"][0]["phone"] == "'+442079460123"


def test_every_cell_is_in_quotes_so_that_no_program_guesses_where_columns_part() -> None:
    rows = [{"id": "a1", "exercises": [], "categories": ["low-impact"], "note": None}]
    assert tables._table(rows).decode().splitlines() == [
        '"id","exercises","categories","note"',
        '"a1","[]","[""low-impact""]",""',
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_is_a_formula_and_none_loses_a_character(text: str) -> None:
    base = {"format": "f", "exported_at": NOON.isoformat(), "clinic": {"id": "1"}, "patient": {}}
    ((cell,),) = (row.values() for row in opened({**base, "notes": [{"note": text}]})["notes"])
    assert not cell.startswith(FORMULA)
    assert cell.removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(first: str) -> None:
    assert tables._cell(f"{first}1+1") == f"'{first}1+1"
    assert tables._cell(-1) == "-1"
