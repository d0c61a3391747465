"""What a clinician may choose about a plan, each choice under a name of its own.

The names are those of faults: `usual_pain`, `bounds.strengthening.ceiling`, `pins.lb-bridge`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehab.models.plan import Plan
from rehab.services.audit import DIGITS, SLUG

IN_TERMS = ("usual_pain", "track", "autonomy", "bounds")
"""What the plan's terms keep: the audit need not say it again."""

WRITTEN = "v-"
"""Before a value in the audit, which takes words that begin with a letter and no others."""


@dataclass(frozen=True, slots=True)
class Change:
    """One choice, and what it was and is now; what was not chosen is None."""

    name: str
    was: Any
    now: Any


def settings_of(plan: Plan) -> dict[str, Any]:
    """The plan's choices as JSON values: times as HH:MM, dates as in ISO 8601.

    A swap's value is the exercise that is in the place which bears its name.
    """
    said: dict[str, Any] = {
        "usual_pain": float(plan.usual_pain),
        "track": str(plan.track),
        "autonomy": str(plan.autonomy),
        "weekdays": sorted(plan.weekdays),
        "exercise_at": f"{plan.exercise_at:%H:%M}",
        "morning_at": f"{plan.morning_at:%H:%M}",
        "bedtime": f"{plan.bedtime:%H:%M}" if plan.bedtime else None,
        "review_on": plan.review_on.isoformat(),
    }
    for category, bound in plan.bounds.items():
        said |= {f"bounds.{category}.{name}": value for name, value in bound.items()}
    for id_ in exercises_in(plan):
        said |= {f"pins.{id_}": plan.pins.get(id_), f"swaps.{id_}": id_}
    return said


def exercises_in(plan: Plan) -> tuple[str, ...]:
    """The ids of the exercises in the plan's phases, in order of appearance."""
    phases = plan.program["phases"]
    return tuple(dict.fromkeys(id_ for phase in phases for id_ in phase["exercises"]))


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], swaps: Mapping[str, str]
) -> tuple[Change, ...]:
    """What is chosen otherwise after than before; `swaps` are the exercises that went, by what
    came."""
    kept = (name for name in before if name in after and before[name] != after[name])
    made = [Change(name, before[name], after[name]) for name in kept]
    return (*made, *(Change(f"swaps.{old}", old, new) for old, new in swaps.items()))


def as_record(made: Iterable[Change]) -> list[list[Any]]:
    """The changes that the terms do not keep, as the audit takes them."""
    return list(_recorded(made))


def from_record(kept: Iterable[list[Any]]) -> tuple[Change, ...]:
    """The changes that `as_record` wrote down."""
    return tuple(Change(name, _read(was), _read(now)) for name, was, now in kept)


def _recorded(made: Iterable[Change]) -> Iterator[list[Any]]:
    """A name too long for the audit is left out; that something was changed is on record."""
    for change in made:
        told = [change.name, _written(change.was), _written(change.now)]
        words = [part for part in told if isinstance(part, str)]
        if change.name.split(".")[0] not in IN_TERMS and all(map(_is_taken, words)):
            yield told


def _written(value: Any) -> Any:
    return f"{WRITTEN}{value}" if isinstance(value, str) else value


def _read(value: Any) -> Any:
    return value.removeprefix(WRITTEN) if isinstance(value, str) else value


def _is_taken(text: str) -> bool:
    return bool(SLUG.fullmatch(text)) and not DIGITS.search(text)
