"""Who a record is about, who treats them and where, and the server that decides by its rules."""

from collections.abc import Iterator
from typing import Any

from rehab.exchange.fhir.codes import extension
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import Resource, resource, told

PRODUCT = "Rehab"


def people(record: Record) -> Iterator[Resource]:
    """The patient, the clinic, its clinicians as far as the record names them, and the server."""
    yield _patient(record)
    clinic = record.export["clinic"]
    yield resource("Organization", clinic["id"], name=clinic["name"])
    for clinician in record.clinicians.values():
        yield resource("Practitioner", clinician.id, name=[{"text": clinician.name}])
    yield resource(
        "Device",
        record.device_id,
        status="active",
        deviceName=[{"name": PRODUCT, "type": "user-friendly-name"}],
        owner=record.clinic,
        note=[{"text": "A rule of the plan's policy decided, within what a clinician had signed."}],
    )


def _patient(record: Record) -> Resource:
    patient: dict[str, Any] = record.export["patient"]
    name = told(family=patient["family_name"], given=[patient["given_name"]])
    language = {"coding": [{"system": "urn:ietf:bcp:47", "code": patient["language"]}]}
    return resource(
        "Patient",
        patient["id"],
        extension=[{"url": extension("zone"), "valueCode": patient["zone"]}],
        active=True,
        name=[name],
        telecom=[{"system": "phone", "value": patient["phone"], "use": "mobile"}],
        communication=[{"language": language, "preferred": True}],
        managingOrganization=record.clinic,
    )
