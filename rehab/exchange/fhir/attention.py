"""What a clinician had to look at, and what they wrote about the patient."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from rehab.exchange.fhir.codes import own
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import Resource, concept, resource, told

SEVERITY = {3: "high", 2: "moderate", 1: "low"}
CLOSED = "Closed by a clinician"

Row = Mapping[str, Any]


def alerts(record: Record) -> Iterator[Resource]:
    """Every alert about the patient; one that is open is preliminary."""
    for row in record.rows("alerts"):
        yield resource(
            "DetectedIssue",
            row["id"],
            status="final" if row["closed_at"] else "preliminary",
            code=own("alert", row["kind"], row["kind"].replace("_", " ")),
            severity=SEVERITY[row["level"]],
            patient=record.patient,
            identifiedDateTime=record.at(row["opened_at"]),
            author=record.device,
            implicated=record.plan(row["plan_id"]),
            detail=row.get("about"),
            mitigation=[_closing(record, row)] if row["closed_at"] else [],
        )


def notes(record: Record) -> Iterator[Resource]:
    """What clinicians wrote for each other; a patient's own copy has none of it."""
    for row in record.rows("notes"):
        if row.get("body"):
            words = base64.b64encode(row["body"].encode()).decode()
            yield resource(
                "DocumentReference",
                row["id"],
                status="current",
                type=own("document", "note", "Clinical note"),
                subject=record.patient,
                date=record.at(row["written_at"]),
                author=[who for who in [record.clinician(row["clinician_id"])] if who],
                content=[{"attachment": {"contentType": "text/plain", "data": words}}],
            )


def _closing(record: Record, row: Row) -> dict[str, Any]:
    return told(
        action=concept(text=row.get("note") or CLOSED),
        date=record.at(row["closed_at"]),
        author=record.clinician(row["closed_by_id"]),
    )
