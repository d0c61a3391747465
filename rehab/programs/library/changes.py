"""What one version of an entry says that another does not, field by field and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehab.programs.library.writing import in_order

NAMES = {
    "start": "Starting position",
    "equipment": "Equipment",
    "cautions": "Cautions",
    "evidence": "Sources",
    "figure": "Picture of",
    "summary": "In one sentence",
    "between_sessions": "Between sessions",
    "sessions_per_week": "Sessions a week",
}
"""What fields are called; the others by their own name."""

ITEMS = {"levels": "Level", "phases": "Phase"}

UNITS = {
    "sets": "sets {}",
    "reps": "repetitions {}",
    "hold_seconds": "hold {} s",
    "minutes": "{} min",
    "days_per_week": "{} days a week",
    "load_factor": "load factor {}",
    "note": "({})",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after; empty where it was not there."""

    field: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What has changed, in the order of the file; nothing for two that say the same."""
    was, now = dict(_told(in_order(before))), dict(_told(in_order(after)))
    fields = [*now, *(field for field in was if field not in now)]
    told = (Change(field, was.get(field, ""), now.get(field, "")) for field in fields)
    return [change for change in told if change.before != change.after]


def _told(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, value in content.items():
        if field in ITEMS:
            told = _level if field == "levels" else _phase
            for number, item in enumerate(value, start=1):
                yield f"{ITEMS[field]} {number}", told(item)
        elif field != "id":
            yield NAMES.get(field, field.capitalize()), _words(value)


def _level(level: Mapping[str, Any]) -> str:
    said = [unit.format(level[key]) for key, unit in UNITS.items() if key in level]
    return ", ".join([*said, *(["each side"] if level.get("each_side") else [])])


def _phase(phase: Mapping[str, Any]) -> str:
    days = f"days {phase['from_day']}-{phase['to_day']}"
    return (
        f"{phase['name']}, {days}, from level {phase['start_level']}: {_words(phase['exercises'])}"
    )


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
