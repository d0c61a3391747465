"""The parts that resources are put together from: a resource, a reference, a concept.

What is not known is left out of a resource: FHIR has no null. Zero and false are known.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

Resource = dict[str, Any]
Concept = dict[str, Any]

NOTHING: tuple[object, ...] = (None, "", [], {})


def resource(kind: str, id_: str, /, **fields: Any) -> Resource:
    """A resource of the type `kind`; fields that hold nothing are left out."""
    return {"resourceType": kind, "id": id_, **told(**fields)}


def told(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if not is_nothing(value)}


def is_nothing(value: object) -> bool:
    """Nothing, which 0 and False are not."""
    return any(value is nothing or value == nothing for nothing in NOTHING)


def made_id(row_id: str, *parts: object) -> str:
    """The id of a resource that is one of several made from one row, the same every time."""
    return str(uuid5(UUID(row_id), "/".join(map(str, parts))))


def refer(kind: str, id_: str) -> dict[str, str]:
    """A reference to a resource of the same bundle."""
    return {"reference": f"urn:uuid:{id_}", "type": kind}


def coding(system: str, code: str, display: str = "") -> dict[str, str]:
    return told(system=system, code=code, display=display)


def concept(*codings: dict[str, str], text: str = "") -> Concept:
    """A concept: its codings, and what it is called in words."""
    return told(coding=list(codings), text=text)


def note(*texts: str | None) -> list[dict[str, str]]:
    """Annotations, one for each text that says something."""
    return [{"text": text} for text in texts if text and text.strip()]


def bundle(id_: str, entries: Iterable[Resource], timestamp: str | None = None) -> Resource:
    """A collection in which every resource has the address that the others know it by."""
    entry = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in entries]
    return resource("Bundle", id_, type="collection", timestamp=timestamp, entry=entry)
