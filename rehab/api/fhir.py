"""The library as FHIR R4: programs and exercises as definitions that other systems can read."""

from typing import Any

from flask import Response

from rehab.api.http import Blueprint
from rehab.errors import NotFound
from rehab.exchange import files
from rehab.exchange.fhir.definitions import exercise_definition, program_definition
from rehab.services.privacy.tables import as_json
from rehab.wiring import library

blueprint = Blueprint("fhir", "The library as FHIR R4")

FHIR_JSON = files.MEDIA_TYPES[files.FHIR]


@blueprint.get("/fhir/PlanDefinition/<string:id>")
@blueprint.response(200, {"type": "object"}, content_type=FHIR_JSON)
def plan_definition(id: str) -> Response:
    """A program: its phases, and in them their exercises by name and version."""
    if id not in library().programs:
        raise NotFound(f"there is no program {id}")
    return _answer(program_definition(library().programs[id].as_dict(), library()))


@blueprint.get("/fhir/ActivityDefinition/<string:id>")
@blueprint.response(200, {"type": "object"}, content_type=FHIR_JSON)
def activity_definition(id: str) -> Response:
    """An exercise: a dosage for each of its levels, its cautions and its evidence."""
    if id not in library().exercises:
        raise NotFound(f"there is no exercise {id}")
    return _answer(exercise_definition(library().exercises[id].as_dict(), library()))


def _answer(resource: dict[str, Any]) -> Response:
    return Response(as_json(resource), content_type=FHIR_JSON)
