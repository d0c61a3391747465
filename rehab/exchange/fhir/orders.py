"""Decisions as requests: what the policy proposes is a proposal, what is in force is an order.

A proposal that was approved has an order based on it. Each order replaces the one before it of its
category.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from rehab.exchange.fhir.codes import category, extension, own, system
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import (
    Concept,
    Resource,
    coding,
    concept,
    note,
    refer,
    resource,
)
from rehab.programs.acts import Act

LAST_STATUS = {
    "active": "active",
    "paused": "on-hold",
    "discharged": "revoked",
    "finished": "completed",
}
"""Of the order that is in force, by how its plan stands."""

Row = Mapping[str, Any]
Course = list[Row]
"""The decisions of one category of one plan, in the order in which they were walked."""


def orders(record: Record) -> Iterator[Resource]:
    """A request for every decision that was ever made."""
    for course in courses(record).values():
        standing = [row for row in course if not row["replaced_at"]]
        before: Row | None = None
        for row in course:
            stands = row["replaced_at"] is None
            yield _request(record, row, standing, before if stands else None)
            if stands and not is_proposal(row):
                before = row


def courses(record: Record) -> dict[tuple[str, str], Course]:
    """Decisions by plan and category, as a course is walked: at one instant sessions come first."""
    found: dict[tuple[str, str], Course] = {}
    for row in sorted(record.rows("decisions"), key=_place):
        found.setdefault((row["plan_id"], row["category"]), []).append(row)
    return found


def is_proposal(row: Row) -> bool:
    """Whether a decision waits, or waited, for a clinician to agree."""
    return row["accepted"] is not None


def _place(row: Row) -> tuple[datetime, bool, str, str]:
    instant = datetime.fromisoformat(row["effective_at"])
    return instant, row["session_id"] is None, row["session_id"] or "", row["id"]


def _request(record: Record, row: Row, standing: Course, before: Row | None) -> Resource:
    return resource(
        "ServiceRequest",
        row["id"],
        extension=[
            {"url": extension("level"), "valuePositiveInt": row["step"]},
            {"url": extension("dose"), "valueDecimal": row["dose"]},
        ],
        basedOn=[*record.plan(row["plan_id"]), *_subject_of(record, row, Act.APPROVE)],
        replaces=_replaced(record, row, before),
        status=_status(record, row, standing),
        intent="proposal" if is_proposal(row) else "order",
        category=[category(row["category"])],
        code=_move(row),
        orderDetail=[{"text": f"Level {row['step']} at {row['dose']:.0%} of its dosage"}],
        subject=record.patient,
        occurrencePeriod={"start": record.at(row["effective_at"])},
        authoredOn=record.at(row["decided_at"]),
        requester=record.clinician(row["clinician_id"]) or record.device,
        reasonCode=_reasons(row),
        supportingInfo=_session_of(record, row),
        note=note(row.get("why"), row.get("reason")),
        patientInstruction=row["why_patient"],
    )


def _move(row: Row) -> Concept:
    words = row["move"].replace("_", " ")
    named = coding(system("move"), row["move"], words)
    return concept(named, text=f"{row['category']}: {words}")


def _reasons(row: Row) -> list[dict[str, Any]]:
    """The zone that pain was in, the act of a person, and the rules."""
    zone = [own("zone", row["zone"])] if row["zone"] else []
    act = [own("act", row["inputs"]["act"])] if "act" in row["inputs"] else []
    return [*zone, *act, *(own("rule", rule) for rule in row["rules"])]


def _status(record: Record, row: Row, standing: Course) -> str:
    """Active while it waits or is in force; what gave way to something else is completed, and what
    was overruled, taken back or recomputed is revoked."""
    if row["replaced_at"] or row["state"] == "overridden":
        return "revoked"
    if is_proposal(row):
        if row["state"] != "proposed":
            return "completed"
        return "active" if row is standing[-1] else "revoked"
    in_force = [each for each in standing if not is_proposal(each)]
    if row is not in_force[-1]:
        return "completed"
    return LAST_STATUS[record.plans[row["plan_id"]]["status"]]


def _replaced(record: Record, row: Row, before: Row | None) -> list[dict[str, str]]:
    """What an order takes the place of: the one in force before, and what it overrules."""
    if is_proposal(row):
        return []
    overruled = _subject_of(record, row, Act.OVERRIDE)
    earlier = [refer("ServiceRequest", before["id"])] if before else []
    return [*earlier, *(each for each in overruled if each not in earlier)]


def _subject_of(record: Record, row: Row, act: Act) -> list[dict[str, str]]:
    """The decision that a clinician's act is about."""
    subject = row["inputs"].get("decision_id")
    if row["inputs"].get("act") != act or subject not in record.ids:
        return []
    return [refer("ServiceRequest", subject)]


def _session_of(record: Record, row: Row) -> list[dict[str, str]]:
    return [refer("Procedure", row["session_id"])] if row["session_id"] in record.ids else []
