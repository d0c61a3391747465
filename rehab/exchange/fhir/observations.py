"""What the patient rated: pain before, during and after a session and the morning after, effort,
sleep, stiffness; and what else they ticked.

A rating that was not given has the reason that it is absent. It is never 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehab.exchange.fhir.codes import EXERTION, PAIN, SURVEY, UCUM, UNKNOWN, own, system
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import (
    Concept,
    Resource,
    coding,
    concept,
    made_id,
    refer,
    resource,
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rating:
    """A number that a report may hold, and its codes: a public one first, where there is one."""

    column: str
    code: Concept
    unit: str = ""


def _pain(when: str, text: str) -> Concept:
    """Pain by LOINC's code; ours, beside it, says when."""
    return concept(PAIN, coding(system("rating"), f"pain-{when}", text), text=text)


OF_A_SESSION = (
    Rating("before", _pain("before", "Pain before the session")),
    Rating("during", _pain("during", "Worst pain during the session")),
    Rating("after", _pain("after", "Pain after the session")),
    Rating("effort", concept(EXERTION, text="Effort of the session")),
    Rating("completion", own("rating", "completion", "How much of the session was done"), "%"),
)
OF_A_MORNING = (
    Rating("pain", _pain("morning", "Pain on the morning after a session")),
    Rating("sleep", own("rating", "sleep", "Sleep quality, 0-10")),
    Rating("stiffness_minutes", own("rating", "stiffness", "Morning stiffness"), "min"),
)


def observations(record: Record) -> Iterator[Resource]:
    """Every rating of every report, in order."""
    for row in record.rows("sessions"):
        part_of = [refer("Procedure", row["id"])]
        for rating in OF_A_SESSION:
            yield _rated(record, row, rating, record.at(row["performed_at"]), part_of)
        yield from _ticked(record, row, part_of)
    for row in record.rows("mornings"):
        for rating in OF_A_MORNING:
            yield _rated(record, row, rating, row["on"], [])


def scored(record: Record, row: Row, text: str) -> Resource:
    """The score of a questionnaire, derived from its answers."""
    return _observation(
        record,
        made_id(row["id"], "score"),
        own("measure", row["measure_id"], text),
        row["on"],
        _value(row["score"], "{score}"),
        status="entered-in-error" if row["replaced_at"] else "final",
        basedOn=record.plan(row["plan_id"]),
        derivedFrom=[refer("QuestionnaireResponse", row["id"])],
        issued=record.at(row["recorded_at"]),
    )


def _rated(
    record: Record, row: Row, rating: Rating, at: str | None, part_of: list[dict[str, str]]
) -> Resource:
    return _observation(
        record,
        made_id(row["id"], rating.column),
        rating.code,
        at,
        _value(row[rating.column], rating.unit),
        basedOn=record.plan(row["plan_id"]),
        partOf=part_of,
        issued=record.at(row["reported_at"]),
    )


def _ticked(record: Record, row: Row, part_of: list[dict[str, str]]) -> Iterator[Resource]:
    """New areas of pain, danger signs and sore muscles: what was ticked, never what was not."""
    signs = {id_: flag.question for id_, flag in record.library.red_flags.items()}
    ticked = [
        *(("new-area", "New area of pain", own("body-area", area)) for area in row["new_areas"]),
        *(
            ("red-flag", "Danger sign", own("red-flag", flag, signs.get(flag, "")))
            for flag in row["red_flags"]
        ),
    ]
    for n, (name, text, value) in enumerate(ticked):
        yield _observation(
            record,
            made_id(row["id"], "ticked", n),
            own("tick", name, text),
            record.at(row["performed_at"]),
            {"valueCodeableConcept": value},
            partOf=part_of,
        )
    if row["doms"]:
        yield _observation(
            record,
            made_id(row["id"], "doms"),
            own("tick", "doms", "Sore muscles from the session"),
            record.at(row["performed_at"]),
            {"valueBoolean": True},
            partOf=part_of,
        )


def _value(value: float | None, unit: str) -> dict[str, Any]:
    """A value, or the reason that there is none: nothing was said, and nobody noted why."""
    if value is None:
        return {"dataAbsentReason": UNKNOWN}
    if not unit:
        return {"valueInteger": value}
    return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}


def _observation(
    record: Record,
    id_: str,
    code: Concept,
    at: str | None,
    value: dict[str, Any],
    status: str = "final",
    **fields: Any,
) -> Resource:
    return resource(
        "Observation",
        id_,
        status=status,
        category=[SURVEY],
        code=code,
        subject=record.patient,
        effectiveDateTime=at,
        performer=[record.patient],
        **value,
        **fields,
    )
