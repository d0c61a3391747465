"""One patient's record as a FHIR bundle: everything in it that is referred to is in it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from rehab.exchange.fhir.attention import alerts, notes
from rehab.exchange.fhir.care_plans import care_plans, goals
from rehab.exchange.fhir.clinicians import Clinician
from rehab.exchange.fhir.communications import communications
from rehab.exchange.fhir.definitions import (
    exercise_definition,
    exercise_version,
    program_definition,
)
from rehab.exchange.fhir.observations import observations
from rehab.exchange.fhir.orders import orders
from rehab.exchange.fhir.people import people
from rehab.exchange.fhir.procedures import procedures
from rehab.exchange.fhir.provenance import provenance
from rehab.exchange.fhir.questionnaires import questionnaires
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import Resource, bundle, made_id
from rehab.programs.library import Library
from rehab.programs.program import fingerprint
from rehab.services.privacy.export import Export

PARTS = (
    people,
    goals,
    care_plans,
    orders,
    procedures,
    observations,
    questionnaires,
    communications,
    alerts,
    notes,
    provenance,
)


def chart(export: Export, library: Library, clinicians: Mapping[str, Clinician]) -> Resource:
    """A patient's export, or their own copy, as a bundle of the type `collection`.

    `clinicians` are those whom its rows name, by id.
    """
    record = Record(export, library, clinicians)
    resources = [*_programs(record), *(each for part in PARTS for each in part(record))]
    exported_at = datetime.fromisoformat(export["exported_at"])
    id_ = made_id(export["patient"]["id"], "bundle")
    return bundle(id_, resources, exported_at.isoformat())


def _programs(record: Record) -> Iterator[Resource]:
    """The plans' own copies of their programs, each version once, with its exercises."""
    for plan in _distinct(record.plans.values()):
        program = plan["program"]
        id_ = made_id(plan["id"], "program")
        yield program_definition(program, record.library, id_)
    exercises = {
        (e["id"], exercise_version(e)): (e, made_id(plan["id"], "exercise", e["id"]))
        for plan in record.plans.values()
        for e in plan["program"]["exercises"]
    }
    for exercise, id_ in exercises.values():
        yield exercise_definition(exercise, record.library, id_)


def _distinct(plans: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Plans that differ in their program; one whose exercises were swapped has another version."""
    return list({fingerprint(plan["program"]): plan for plan in plans}.values())
