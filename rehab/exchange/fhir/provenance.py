"""Who decided: a rule of the server or a clinician; and who put a report right afterwards."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehab.exchange.fhir.care_plans import terms_of, version_id
from rehab.exchange.fhir.codes import AUTHOR, HL7, OURS, own
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import Resource, coding, concept, made_id, refer, resource

Row = Mapping[str, Any]


def provenance(record: Record) -> Iterator[Resource]:
    """The origin of every decision, of new terms, and of each correction of a session."""
    for row in record.rows("decisions"):
        yield _decided(record, row)
        if row["undone_by_id"]:
            yield _taken_back(record, row)
    for plan_id in record.plans:
        versions = terms_of(record, plan_id)
        for terms in versions:
            yield _settled(record, terms, terms is versions[-1])
    for row in record.rows("session_versions"):
        yield _corrected(record, row)


def _decided(record: Record, row: Row) -> Resource:
    session = row["session_id"]
    source = {"role": "source", "what": refer("Procedure", session)}
    return resource(
        "Provenance",
        made_id(row["id"], "provenance"),
        target=[refer("ServiceRequest", row["id"])],
        occurredDateTime=record.at(row["effective_at"]),
        recorded=record.at(row["decided_at"]),
        policy=[f"{OURS}/policy/{row['policy_version']}"],
        reason=[own("rule", rule) for rule in row["rules"]],
        activity=_operation("CREATE"),
        agent=[_agent(record.clinician(row["clinician_id"]) or record.device)],
        entity=[source] if session in record.ids else [],
    )


def _taken_back(record: Record, row: Row) -> Resource:
    return resource(
        "Provenance",
        made_id(row["id"], "undone"),
        target=[refer("ServiceRequest", row["id"])],
        recorded=record.at(row["replaced_at"] or row["decided_at"]),
        reason=_in_words(row.get("undone_because")),
        activity=_operation("ABORT"),
        agent=[_agent(record.clinician(row["undone_by_id"]) or _somebody())],
    )


def _settled(record: Record, terms: Row, is_latest: bool) -> Resource:
    """The first terms of a plan are those that it was assigned with, by the clinic."""
    return resource(
        "Provenance",
        made_id(terms["id"], "provenance"),
        target=[refer("CarePlan", version_id(terms, is_latest))],
        occurredDateTime=record.at(terms["effective_at"]),
        recorded=record.at(terms["recorded_at"]),
        reason=_in_words(terms.get("reason")),
        activity=_operation("CREATE"),
        agent=[_agent(record.clinician(terms["clinician_id"]) or record.clinic)],
    )


def _corrected(record: Record, row: Row) -> Resource:
    return resource(
        "Provenance",
        made_id(row["id"], "provenance"),
        target=[refer("Procedure", row["session_id"])],
        recorded=record.at(row["corrected_at"]),
        activity=_operation("UPDATE"),
        agent=[_agent(record.by_email(row["corrected_by"]) or _somebody())],
    )


def _agent(who: dict[str, str]) -> dict[str, Any]:
    return {"type": AUTHOR, "who": who}


def _somebody() -> dict[str, str]:
    """Whoever it was is not among the clinic's people any more."""
    return {"display": "Somebody of the clinic"}


def _operation(code: str) -> dict[str, Any]:
    return concept(coding(f"{HL7}/v3-DataOperation", code))


def _in_words(text: str | None) -> list[dict[str, Any]]:
    return [concept(text=text)] if text else []
