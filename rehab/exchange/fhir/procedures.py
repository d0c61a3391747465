"""Sessions as procedures: done, stopped early or not done, and why; each exercise apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehab.exchange.fhir.codes import canonical, own
from rehab.exchange.fhir.definitions import exercise_version
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import Concept, Resource, made_id, note, refer, resource

SESSION = own("procedure", "session", "Home exercise session")
BECAUSE = {"time": "No time", "forgot": "Forgot", "sore": "Too sore"}
WHOLE = 100

Row = Mapping[str, Any]


def procedures(record: Record) -> Iterator[Resource]:
    """Every session that was reported, and the exercises that were ticked in it."""
    for row in record.rows("sessions"):
        yield _session(record, row)
        for n, tick in enumerate(row["exercises"]):
            yield _exercise(record, row, n, tick)


def _session(record: Record, row: Row) -> Resource:
    because = row["not_completed_because"]
    return resource(
        "Procedure",
        row["id"],
        basedOn=record.plan(row["plan_id"]),
        status=_status(row["completion"]),
        statusReason=own("not-completed", because, BECAUSE.get(because, "")) if because else None,
        code=SESSION,
        subject=record.patient,
        performedDateTime=record.at(row["performed_at"]),
        note=note(row["note"]),
    )


def _status(completion: int) -> str:
    if completion == 0:
        return "not-done"
    return "completed" if completion == WHOLE else "stopped"


def _exercise(record: Record, row: Row, n: int, tick: Row) -> Resource:
    """One exercise; which rung was shown that day is in the requests."""
    known = record.exercise(row["plan_id"], tick["exercise_id"])
    return resource(
        "Procedure",
        made_id(row["id"], "exercise", n),
        instantiatesCanonical=_definition(known),
        partOf=[refer("Procedure", row["id"])],
        status="completed" if tick["done"] else "not-done",
        statusReason=_why_not(record, tick),
        code=own("exercise", tick["exercise_id"], known.get("name", "")),
        subject=record.patient,
        performedDateTime=record.at(row["performed_at"]),
    )


def _definition(exercise: Row) -> list[str]:
    if not exercise:
        return []
    return [canonical("ActivityDefinition", exercise["id"], exercise_version(exercise))]


def _why_not(record: Record, tick: Row) -> Concept | None:
    """A stop rule says more than that it was too sore."""
    stopped = tick.get("stopped_because")
    if stopped:
        rule = record.library.stop_rules.get(stopped)
        return own("stop-rule", stopped, rule.says if rule else "")
    return own("not-completed", "sore", BECAUSE["sore"]) if tick["too_sore"] else None
