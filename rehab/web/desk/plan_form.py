"""The forms of a plan: what each had shown, what was typed into it, and what that changes.

A form names what it showed in `was`. Only what was typed otherwise is a change: what a colleague
has settled meanwhile in the other fields of the same form is never put back.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from flask import abort
from werkzeug.datastructures import MultiDict

from rehab.errors import Invalid
from rehab.models.plan import Plan
from rehab.programs.program import Track
from rehab.services.course import ADVISE, BOUNDED, EASE
from rehab.services.plan_settings import settings_of
from rehab.web.patient.times import read

Said = MultiDict[str, str]
Typed = list[tuple[str, str]]
"""Fields as they were sent, to be sent again."""

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody looked at when they decided: the plan's edition, and when that was."""

    edition: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a plan. `changed` are new values by name, `was` what they saw there;
    `typed` are the fields that say so."""

    seen: Seen
    was: Mapping[str, Any]
    changed: Mapping[str, Any]
    typed: Typed
    reason: str

    def fits(self, plan: Plan) -> bool:
        """Whether nobody, nor the patient, has chosen otherwise since."""
        stands = settings_of(plan)
        same = all(stands.get(name) == self.was[name] for name in self.changed)
        return same and plan.edition == self.seen.edition

    @property
    def as_changes(self) -> dict[str, Any]:
        """The changes as `plan_changes.amend` takes them."""
        changes: dict[str, Any] = {}
        for name, value in self.changed.items():
            kind, _, rest = name.partition(".")
            if kind == "bounds":
                category, _, bound = rest.rpartition(".")
                changes.setdefault(kind, {}).setdefault(category, {})[bound] = value
            elif rest:
                changes.setdefault(kind, {})[rest] = value
            else:
                changes[name] = MEANT.get(name, _as_it_is)(value)
        return changes


def shown(plan: Plan, *names: str) -> str:
    """What a form of these names shows, to be sent along with it."""
    stands = settings_of(plan)
    return json.dumps({name: stands.get(name) for name in names}, separators=(",", ":"))


def seen(said: Said) -> Seen:
    """What the sender looked at. Aborts with 400 for a form that does not say."""
    try:
        edition = int(said.get("edition", ""))
    except ValueError:
        abort(400, "This form does not say what it showed. Open the page again.")
    return Seen(edition, seen_at(said))


def seen_at(said: Said) -> datetime:
    """When the sender was shown the form. Aborts with 400 for one that does not say."""
    try:
        found = datetime.fromisoformat(said.get("seen", ""))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    abort(400, "This form does not say when it was shown. Open the page again.")


def reason_in(said: Said, name: str = "reason") -> str:
    """Why, as it was typed."""
    return said.get(name, "")[:LONGEST_REASON].replace("\0", "").strip()


def understood(said: Said, today: date) -> Wish:
    """What was typed. Raises Invalid by field; aborts with 400 for a form that is not ours."""
    was = _was(said)
    faults: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for name in was:
        try:
            values[name] = _value(name, said)
        except ValueError as error:
            faults[name] = [str(error)]
    changed = {name: value for name, value in values.items() if value != was[name]}
    if "review_on" in changed and changed["review_on"] < today.isoformat():
        faults["review_on"] = ["choose a day to come"]
    if faults:
        raise Invalid(faults)
    typed = [(name, value) for name in changed for value in said.getlist(name)]
    return Wish(seen(said), was, changed, typed, reason_in(said))


def _was(said: Said) -> dict[str, Any]:
    try:
        found = json.loads(said.get("was", ""))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(_reader(name) for name in found):
        abort(400, "This form does not say what it showed. Open the page again.")
    return found


def _value(name: str, said: Said) -> Any:
    reader = _reader(name)
    return reader(said, name) if reader else None


def _reader(name: str) -> Callable[[Said, str], Any] | None:
    kind, _, rest = name.partition(".")
    return READERS.get(f"{kind}.{rest.rpartition('.')[2]}" if kind == "bounds" else kind)


def _pain(said: Said, name: str) -> float:
    try:
        found = float(said.get(name, "").strip().replace(",", "."))
    except ValueError:
        found = -1.0
    if not 0 <= found <= 10:
        raise ValueError("a number from 0 to 10")
    return found


def _one_of(*options: str) -> Callable[[Said, str], str]:
    def chosen(said: Said, name: str) -> str:
        found = said.get(name, "")
        if found not in options:
            raise ValueError("choose one of these")
        return found

    return chosen


def _weekdays(said: Said, name: str) -> list[int]:
    found = sorted({int(day) for day in said.getlist(name) if day in set("0123456")})
    if not found:
        raise ValueError("choose at least one day")
    return found


def _clock_time(said: Said, name: str) -> str:
    found = read(said.get(name, ""))
    if found is None:
        raise ValueError("write a time, such as 18:30")
    return f"{found:%H:%M}"


def _bedtime(said: Said, name: str) -> str | None:
    return _clock_time(said, name) if said.get(name, "").strip() else None


def _day(said: Said, name: str) -> str:
    try:
        found = date.fromisoformat(said.get(name, ""))
    except ValueError:
        raise ValueError("write a date") from None
    if not 2000 <= found.year < 2100:
        raise ValueError("write a date of these years")
    return found.isoformat()


def _step(said: Said, name: str) -> int:
    found = said.get(name, "").strip()
    if not (found.isascii() and found.isdecimal() and 1 <= int(found[:3]) <= 20):
        raise ValueError("a step from 1 to 20")
    return int(found)


def _pin(said: Said, name: str) -> int | None:
    return _step(said, name) if said.get(name, "").strip() else None


def _tick(said: Said, name: str) -> bool:
    return bool(said.get(name))


def _exercise(said: Said, name: str) -> str:
    found = said.get(name, "")
    if not found:
        raise ValueError("choose an exercise")
    return found[:64]


READERS: dict[str, Callable[[Said, str], Any]] = {
    "usual_pain": _pain,
    "track": _one_of(Track.ACUTE, Track.CHRONIC),
    "autonomy": _one_of(ADVISE, EASE, BOUNDED),
    "weekdays": _weekdays,
    "exercise_at": _clock_time,
    "morning_at": _clock_time,
    "bedtime": _bedtime,
    "review_on": _day,
    "bounds.floor": _step,
    "bounds.ceiling": _step,
    "bounds.locked": _tick,
    "pins": _pin,
    "swaps": _exercise,
}


def _as_it_is(value: Any) -> Any:
    return value


def _time(value: str | None) -> time | None:
    return time.fromisoformat(value) if value else None


MEANT: dict[str, Callable[[Any], Any]] = {
    "exercise_at": _time,
    "morning_at": _time,
    "bedtime": _time,
    "review_on": date.fromisoformat,
}
"""What is not kept as JSON writes it."""
