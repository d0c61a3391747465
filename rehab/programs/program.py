"""The authored content: exercises with their ladders, and the programs built from them.

A plan keeps its own copy of the program (`as_dict`), exercises included, so that a later edition
of the library changes nothing for a patient who has started.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rehab.programs.dosage import Category, Dosage

__all__ = ["Category", "Exercise", "Phase", "Program", "Region", "Track", "fingerprint"]


class Track(StrEnum):
    """How pain steers the plan: it sets the dose (acute) or the quota does (chronic)."""

    ACUTE = "acute"
    CHRONIC = "chronic"
    BOTH = "both"


class Region(StrEnum):
    """Where an exercise works."""

    NECK = "neck"
    SHOULDERS = "shoulders"
    UPPER_BACK = "upper back"
    LOWER_BACK = "lower back"
    HIPS = "hips"
    THIGHS = "thighs"
    CALVES = "calves"
    WHOLE_BODY = "whole body"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One movement and its ladder; cautions and evidence are ids of the library's lists."""

    id: str
    name: str
    category: Category
    region: Region
    muscles: tuple[str, ...]
    equipment: tuple[str, ...]
    start: str
    movement: str
    levels: tuple[Dosage, ...]
    cautions: tuple[str, ...]
    evidence: tuple[str, ...]

    def level(self, step: int) -> Dosage:
        """The rung for a step counted from 1; a step beyond the ladder gives its nearest end."""
        return self.levels[min(max(step, 1), len(self.levels)) - 1]

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready copy."""
        return {field: _listed(value) for field, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Exercise":
        """The exercise of a copy made by `as_dict`."""
        return cls(
            id=data["id"],
            name=data["name"],
            category=Category(data["category"]),
            region=Region(data["region"]),
            muscles=tuple(data["muscles"]),
            equipment=tuple(data["equipment"]),
            start=data["start"],
            movement=data["movement"],
            levels=tuple(Dosage.from_dict(level) for level in data["levels"]),
            cautions=tuple(data["cautions"]),
            evidence=tuple(data["evidence"]),
        )


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a program: days counted from 1, both ends included.

    `start_level` is the step at which each category starts in this phase.
    """

    name: str
    from_day: int
    to_day: int
    exercises: tuple[Exercise, ...]
    start_level: int

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready copy that names its exercises by id."""
        return {
            "name": self.name,
            "from_day": self.from_day,
            "to_day": self.to_day,
            "exercises": [exercise.id for exercise in self.exercises],
            "start_level": self.start_level,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], exercises: Mapping[str, Exercise]) -> "Phase":
        """The phase of a copy made by `as_dict`; KeyError when an exercise is not given."""
        return cls(**{**data, "exercises": tuple(exercises[id_] for id_ in data["exercises"])})


@dataclass(frozen=True, slots=True)
class Program:
    """A course of some weeks. `between_sessions` names what is also offered on the other days."""

    id: str
    name: str
    summary: str
    track: Track
    weeks: int
    regions: tuple[Region, ...]
    sessions_per_week: int
    between_sessions: tuple[Category, ...]
    phases: tuple[Phase, ...]
    evidence: tuple[str, ...]

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every exercise of the program once, in order of appearance."""
        return tuple(dict.fromkeys(e for phase in self.phases for e in phase.exercises))

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories the program trains, in the order of `Category`."""
        present = {exercise.category for exercise in self.exercises}
        return tuple(category for category in Category if category in present)

    @property
    def version(self) -> str:
        """Twelve hex digits that change with any word or number of the program's content."""
        return fingerprint(self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready copy that needs nothing else: it carries its exercises."""
        return {
            "id": self.id,
            "name": self.name,
            "summary": self.summary,
            "track": self.track.value,
            "weeks": self.weeks,
            "regions": [region.value for region in self.regions],
            "sessions_per_week": self.sessions_per_week,
            "between_sessions": [category.value for category in self.between_sessions],
            "phases": [phase.as_dict() for phase in self.phases],
            "evidence": list(self.evidence),
            "exercises": [exercise.as_dict() for exercise in self.exercises],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Program":
        """The program of a copy made by `as_dict`; equal to the one that was copied."""
        exercises = {e["id"]: Exercise.from_dict(e) for e in data["exercises"]}
        return cls(
            id=data["id"],
            name=data["name"],
            summary=data["summary"],
            track=Track(data["track"]),
            weeks=data["weeks"],
            regions=tuple(Region(region) for region in data["regions"]),
            sessions_per_week=data["sessions_per_week"],
            between_sessions=tuple(Category(c) for c in data["between_sessions"]),
            phases=tuple(Phase.from_dict(phase, exercises) for phase in data["phases"]),
            evidence=tuple(data["evidence"]),
        )


def fingerprint(content: object) -> str:
    """The first 12 hex digits of the SHA-256 of JSON-ready content in canonical form."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _listed(value: Any) -> Any:
    """Tuples become lists and enum members their values, as JSON would make them."""
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_listed(item) for item in value]
    return value.value if isinstance(value, StrEnum) else value
