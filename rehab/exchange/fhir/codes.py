"""The codes that resources carry: of LOINC and FHIR where there is one, else of our own.

This material contains content from LOINC (http://loinc.org). LOINC is copyright (c) Regenstrief
Institute, Inc. and the LOINC Committee, and is available at no cost under the licence at
http://loinc.org/license. LOINC is a registered trademark of Regenstrief Institute, Inc.
"""

from collections.abc import Mapping

from rehab.exchange.fhir.resource import Concept, coding, concept

OURS = "https://rehab.invalid/fhir"
"""Where our own names live. Nothing answers there: they only have to be told from others'."""

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"

PAIN = coding(LOINC, "72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported")
EXERTION = coding(LOINC, "82289-0", "Rating of perceived exertion [Score]")

SURVEY = concept(coding(f"{HL7}/observation-category", "survey", "Survey"))
AUTHOR = concept(coding(f"{HL7}/provenance-participant-type", "author", "Author"))
UNKNOWN = concept(coding(f"{HL7}/data-absent-reason", "unknown", "Unknown"))

CATEGORIES: Mapping[str, str] = {
    "stretching": "Stretching",
    "strengthening": "Strengthening",
    "low-impact": "Low-impact exercise",
    "relaxation": "Relaxation",
    "self-care": "Self-care",
}


def system(name: str) -> str:
    """One of our own code systems."""
    return f"{OURS}/CodeSystem/{name}"


def extension(name: str) -> str:
    """The address of one of our own extensions: `zone`, `level`, `dose`."""
    return f"{OURS}/StructureDefinition/{name}"


def canonical(kind: str, id_: str, version: str = "") -> str:
    """The name of a definition, with its version."""
    return f"{OURS}/{kind}/{id_}" + (f"|{version}" if version else "")


def own(name: str, code: str, text: str = "") -> Concept:
    """A concept with a code of ours."""
    return concept(coding(system(name), code, text), text=text or code)


def category(code: str) -> Concept:
    """What kind of work an exercise is."""
    return own("category", code, CATEGORIES.get(code, code))
