"""The session form: what was chosen, ticked and typed, read as a report of one session."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from rehab.errors import Invalid
from rehab.models.plan import Plan
from rehab.programs.body import Area
from rehab.programs.prescription import RECOVERY
from rehab.programs.schedule import occurrence
from rehab.services.sessions import SessionReport
from rehab.web.patient.notes import note_of
from rehab.web.patient.ratings import ratings

Form = MultiDict[str, str]

REQUIRED = ("before", "during", "after")
REASONS = ("time", "forgot", "sore")
PER_CENT = {str(n): n for n in range(101)}

WORDS = {
    "before": "pain_fault",
    "during": "pain_fault",
    "after": "pain_fault",
    "effort": "pain_fault",
    "exercises": "fault_exercises",
    "done": "fault_done",
    "performed_at": "fault_time",
    "started_at": "fault_time",
    "note": "fault_note",
}
"""The word for a field that cannot be taken; any other field has `fault_other`."""


def report_of(form: Form, plan: Plan, now: datetime) -> SessionReport:
    """What the form says. Raises Invalid by the form's own fields.

    `now` is when the report is heard, or was at first. One that names no time is of then, as is one
    by a clock that runs ahead; or it is of the date `on` and the hour `at` of a day gone by.
    """
    faults: dict[str, list[str]] = {}
    values: dict[str, Any] = {
        "id": _id(form, faults) or uuid4(),
        "performed_at": _performed_at(form, plan, now, faults),
        **_ratings(form, faults),
        **_how_much(form, plan, faults),
        "new_areas": tuple(_of(form, "new_areas", Area, faults)),
        "red_flags": tuple(form.getlist("red_flags")),
        "doms": form.get("doms") == "1",
        "note": _note(form, faults),
    }
    if faults:
        raise Invalid(faults)
    return SessionReport(**values)


def id_of(form: Form) -> UUID | None:
    """What the form calls its report, if it does so."""
    return _id(form, {})


def word_of(field: str) -> str:
    """The key of the words that tell what is wrong with a field."""
    return WORDS.get(field.split(".")[0], "fault_other")


def _ratings(form: Form, faults: dict[str, list[str]]) -> dict[str, int | None]:
    values, wrong = ratings(form, (*REQUIRED, "effort"))
    wrong |= {name for name in REQUIRED if values.get(name) is None}
    faults |= {name: ["choose a number from 0 to 10"] for name in wrong}
    return values


def _how_much(form: Form, plan: Plan, faults: dict[str, list[str]]) -> dict[str, Any]:
    """What was done of each exercise, and of the whole; a list with no tick at all says nothing."""
    ticks = _ticks(form, plan, faults)
    completion = PER_CENT.get(form.get("completion", ""))
    if form.get("completion") and completion is None:
        faults["completion"] = ["give a whole number from 0 to 100"]
    reason = next(iter(_of(form, "not_completed_because", REASONS, faults)), None)
    if ticks and completion is None and reason is None and not any(map(_says_something, ticks)):
        faults["done"] = ["tick what was done, or say what came in the way"]
    return {"exercises": ticks, "completion": completion, "not_completed_because": reason}


def _ticks(form: Form, plan: Plan, faults: dict[str, list[str]]) -> tuple[dict[str, Any], ...]:
    """Each listed exercise once; more than the plan has are none of its own."""
    listed = tuple(dict.fromkeys(form.getlist("exercise")))
    if len(listed) > len(plan.program["exercises"]) + len(RECOVERY):
        faults["exercises"] = ["there are not so many in the plan"]
        return ()
    done, sore = set(form.getlist("done")), set(form.getlist("sore"))
    return tuple(
        {
            "exercise_id": id_,
            "done": id_ in done,
            "too_sore": id_ in sore,
            "stopped_because": form.get(f"stopped-{id_}") or None,
        }
        for id_ in listed
    )


def _says_something(tick: dict[str, Any]) -> bool:
    return bool(tick["done"] or tick["too_sore"] or tick["stopped_because"])


def _of(form: Form, name: str, choices: Iterable[str], faults: dict[str, list[str]]) -> list[str]:
    given = [value for value in form.getlist(name) if value]
    if set(given) - set(choices):
        faults[name] = [f"must be one of {', '.join(choices)}"]
    return given


def _note(form: Form, faults: dict[str, list[str]]) -> str:
    try:
        return note_of(form.get("note", ""))
    except Invalid as error:
        faults |= error.errors
        return ""


def _id(form: Form, faults: dict[str, list[str]]) -> UUID | None:
    try:
        return UUID(form["id"]) if form.get("id") else None
    except ValueError:
        faults["id"] = ["must be a UUID"]
        return None


def _performed_at(form: Form, plan: Plan, now: datetime, faults: dict[str, list[str]]) -> datetime:
    try:
        if form.get("started_at"):
            return min(_plausible(datetime.fromisoformat(form["started_at"])), now)
        if form.get("on"):
            day = date.fromisoformat(form["on"])
            at = time.fromisoformat(form.get("at", ""))
            return _plausible(occurrence(day, at, plan.patient.zone))
    except (ValueError, OverflowError):
        faults["started_at"] = ["must be a day and an hour"]
    return now


def _plausible(instant: datetime) -> datetime:
    """Aware, and within a century that has calendars for every zone."""
    if instant.tzinfo is None or not 2000 <= instant.year < 2100:
        raise ValueError("no time of a session")
    return instant
