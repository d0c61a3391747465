"""The library: a program as a plan definition, an exercise as an activity definition.

Both read the JSON-ready copies (`as_dict`), so that a plan's own copy is told as the library is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rehab.exchange.fhir.codes import HL7, UCUM, canonical, category, own
from rehab.exchange.fhir.resource import Resource, coding, concept, resource, told
from rehab.programs.dosage import Dosage
from rehab.programs.dosage_words import dosage_text
from rehab.programs.library import Library
from rehab.programs.program import fingerprint
from rehab.programs.translation import SOURCE

CARE = concept(coding(f"{HL7}/plan-definition-type", "clinical-protocol", "Clinical Protocol"))

Row = Mapping[str, Any]


def program_definition(program: Row, library: Library, id_: str = "") -> Resource:
    """A program: its phases are actions that follow each other, their exercises actions in them.

    `id_` is another id than the program's own.
    """
    version = fingerprint(program)
    known = {exercise["id"]: exercise for exercise in program["exercises"]}
    return resource(
        "PlanDefinition",
        id_ or program["id"],
        url=canonical("PlanDefinition", program["id"]),
        version=version,
        name=_name(program["id"]),
        title=program["name"],
        type=CARE,
        status="active",
        experimental=True,
        description=program["summary"],
        topic=[own("region", region.replace(" ", "-"), region) for region in program["regions"]],
        relatedArtifact=_evidence(program["evidence"], library),
        action=[_phase(n, phase, known) for n, phase in enumerate(program["phases"], 1)],
    )


def exercise_definition(exercise: Row, library: Library, id_: str = "") -> Resource:
    """An exercise: one dosage a level, the easiest first."""
    return resource(
        "ActivityDefinition",
        id_ or exercise["id"],
        url=canonical("ActivityDefinition", exercise["id"]),
        version=exercise_version(exercise),
        name=_name(exercise["id"]),
        title=exercise["name"],
        status="active",
        experimental=True,
        description=f"{exercise['start']} {exercise['movement']}".strip(),
        usage=" ".join(_cautions(exercise["cautions"], library)),
        topic=[category(exercise["category"])],
        relatedArtifact=_evidence(exercise["evidence"], library),
        kind="ServiceRequest",
        intent="order",
        code=own("exercise", exercise["id"], exercise["name"]),
        bodySite=[own("region", exercise["region"].replace(" ", "-"), exercise["region"])],
        dosage=[_dosage(n, level, library) for n, level in enumerate(exercise["levels"], 1)],
    )


def exercise_version(exercise: Row) -> str:
    """Twelve hex digits that change with any word or number of the exercise."""
    return fingerprint(exercise)


def shelf(library: Library) -> Resource:
    """The whole library as a bundle; each definition is known by its address."""
    made = [
        *(program_definition(program.as_dict(), library) for program in library.programs.values()),
        *(exercise_definition(each.as_dict(), library) for each in library.exercises.values()),
    ]
    entry = [{"fullUrl": each["url"], "resource": each} for each in made]
    return resource("Bundle", f"library-{library.version}", type="collection", entry=entry)


def _name(id_: str) -> str:
    """A name that programs can use: letters, digits and underscores, an upper case letter first."""
    return "".join(part.capitalize() for part in id_.split("-"))


def _phase(n: int, phase: Row, known: Mapping[str, Row]) -> dict[str, Any]:
    return {
        "prefix": str(n),
        "title": phase["name"],
        "description": f"Days {phase['from_day']} to {phase['to_day']}, "
        f"from level {phase['start_level']}",
        "timingDuration": _days(phase["to_day"] - phase["from_day"] + 1),
        "action": [_exercise(known[id_]) for id_ in phase["exercises"]],
    }


def _exercise(exercise: Row) -> dict[str, Any]:
    version = exercise_version(exercise)
    return {
        "title": exercise["name"],
        "definitionCanonical": canonical("ActivityDefinition", exercise["id"], version),
    }


def _days(count: int) -> dict[str, Any]:
    return {"value": count, "unit": "days", "system": UCUM, "code": "d"}


def _dosage(n: int, level: Row, library: Library) -> dict[str, Any]:
    """The words say all of it; the timing repeats what FHIR has a place for."""
    dosage = Dosage.from_dict(level)
    repeat = told(
        duration=dosage.minutes or None,
        durationUnit="min" if dosage.minutes else None,
        frequency=dosage.days_per_week,
        period=1,
        periodUnit="wk",
    )
    return {
        "sequence": n,
        "text": dosage_text(dosage, SOURCE, library),
        "timing": {"repeat": repeat},
    }


def _evidence(ids: Iterable[str], library: Library) -> list[dict[str, Any]]:
    """The sources in words: their addresses are as they were noted, and not all are of the web."""
    known = (library.evidence[id_] for id_ in ids if id_ in library.evidence)
    words = (f"{it.citation} ({it.address})" if it.address else it.citation for it in known)
    return [{"type": "citation", "citation": each} for each in words]


def _cautions(ids: Iterable[str], library: Library) -> list[str]:
    return [library.cautions[id_].text for id_ in ids if id_ in library.cautions]
