"""What stops exercise: red flags by tier, the cautions of exercises, when to see a doctor.

A red flag asks a person to look; it does not diagnose.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How soon a red flag must be seen, the gravest first."""

    EMERGENCY = "E"
    URGENT = "U"
    SEE = "S"


@dataclass(frozen=True, slots=True)
class TierMeaning:
    """A tier in words, and what it asks of the patient and the clinic."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A sign that is ticked or not; `screens_for` is for the clinician's eyes."""

    id: str
    tier: Tier
    question: str
    screens_for: str
    source: str


@dataclass(frozen=True, slots=True)
class Caution:
    """What to mind in an exercise."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SeeDoctor:
    """A reason to see a doctor, and the rule by which the log shows it."""

    id: str
    says: str
    rule: str


@dataclass(frozen=True, slots=True)
class StopRule:
    """When to stop one exercise in the middle of a session."""

    id: str
    says: str


def worst_tier(ids: Iterable[str], flags: Mapping[str, RedFlag]) -> Tier | None:
    """The gravest tier among the red flags ticked; None when there is none.

    Raises KeyError for an id that is no red flag: it is never taken as harmless.
    """
    ticked = {flags[id_].tier for id_ in ids}
    return next((tier for tier in Tier if tier in ticked), None)
