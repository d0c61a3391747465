"""How another program reads what we hand it: FHIR by fhir.resources, with every reference."""

import json
from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.bundle import Bundle

Resource = dict[str, Any]


def read(bundle: Resource) -> dict[str, list[Resource]]:
    """The resources of a bundle by type, after it has gone over the wire and been read whole.

    Each has an address of its own, and every reference in it leads to one of that type.
    """
    sent = json.loads(json.dumps(bundle))
    Bundle.model_validate(sent)
    found = {entry["fullUrl"]: entry["resource"] for entry in sent["entry"]}
    assert len(found) == len(sent["entry"])
    assert {f"urn:uuid:{each['id']}" for each in found.values()} == set(found)
    for target, kind in references(sent):
        assert found[target]["resourceType"] == kind, target
    by_type: dict[str, list[Resource]] = {}
    for each in found.values():
        by_type.setdefault(each["resourceType"], []).append(each)
    return by_type


def references(part: Any) -> Iterator[tuple[str, str]]:
    """Every reference in a document, with the type that it names."""
    if isinstance(part, list):
        for each in part:
            yield from references(each)
    elif isinstance(part, dict):
        if "reference" in part:
            yield part["reference"], part["type"]
        for each in part.values():
            yield from references(each)


def codes(concept: Resource) -> list[str]:
    """The codes of a concept."""
    return [coding["code"] for coding in concept["coding"]]
