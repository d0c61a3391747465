"""Texts in both directions, in the words that the export has of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehab.exchange.fhir.codes import HL7, own
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import Resource, coding, concept, resource

STATUS = {
    "pending": "preparation",
    "sending": "in-progress",
    "accepted": "completed",
    "unknown": "unknown",
    "failed": "not-done",
    "expired": "not-done",
    "cancelled": "not-done",
    "suppressed": "not-done",
}
BY_TEXT = concept(coding(f"{HL7}/v3-ParticipationMode", "SMSWRIT", "SMS message"))

Row = Mapping[str, Any]


def communications(record: Record) -> Iterator[Resource]:
    """Every text to the patient and from their number."""
    for row in record.rows("messages_sent"):
        yield _sent(record, row)
    for row in (*record.rows("messages_received"), *record.rows("messages_of_nobody")):
        yield _received(record, row)


def _sent(record: Record, row: Row) -> Resource:
    status = STATUS[row["state"]]
    return resource(
        "Communication",
        row["id"],
        basedOn=record.plan(row["plan_id"]),
        status=status,
        statusReason=own("message-state", row["state"]) if status == "not-done" else None,
        category=[own("message", row["kind"])],
        medium=[BY_TEXT],
        subject=record.patient,
        sent=record.at(row["accepted_at"]),
        recipient=[record.patient],
        sender=record.clinic,
        payload=_payload(row["body"]),
    )


def _received(record: Record, row: Row) -> Resource:
    return resource(
        "Communication",
        row["id"],
        status="completed",
        category=[own("reply", row["intent"])] if row["intent"] else [],
        medium=[BY_TEXT],
        subject=record.patient,
        received=record.at(row["received_at"]),
        recipient=[record.clinic],
        sender=record.patient,
        payload=_payload(row["body"]),
    )


def _payload(words: str | None) -> list[dict[str, str]]:
    """The words, as long as they are kept; those of a code to sign in are not told."""
    return [{"contentString": words}] if words and words.strip() else []
