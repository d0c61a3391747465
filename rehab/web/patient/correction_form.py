"""The form that puts a session right: only what was changed in it is a correction.

It carries what it showed. So what was said meanwhile by another way, and stands in a field that
nobody touched here, is not undone by it.
"""

from collections.abc import Mapping
from typing import Any

from rehab.errors import Invalid
from rehab.models.session import Session
from rehab.web.patient.notes import as_written, note_of
from rehab.web.patient.ratings import rating

RATINGS = ("before", "during", "after", "effort")
FIELDS = (*RATINGS, "note")
MAY_BE_TAKEN_BACK = ("effort", "note")

Shown = dict[str, str]
"""The fields of the form as they are written into it; nothing where nothing was said."""


def as_shown(session: Session) -> Shown:
    """What the form shows of a session."""
    said = {name: getattr(session, name) for name in FIELDS}
    return {name: "" if value is None else str(value) for name, value in said.items()}


def was_shown(form: Mapping[str, str]) -> Shown:
    """What the form that was sent had shown, as far as it says so."""
    return {name: form[f"was-{name}"] for name in FIELDS if f"was-{name}" in form}


def typed_into(form: Mapping[str, str]) -> Shown:
    """What the form now holds."""
    return {name: form.get(name, "") for name in FIELDS}


def changes(form: Mapping[str, str], was: Shown) -> tuple[dict[str, Any], set[str]]:
    """What the form says otherwise than it was, and the fields that cannot be taken: no rating from
    0 to 10, one that was given taken back to nothing, a note of more than 2000 characters."""
    said: dict[str, Any] = {}
    wrong: set[str] = set()
    for name, value in typed_into(form).items():
        if as_written(value) == as_written(was[name]):
            continue
        try:
            said[name] = _read(name, value)
        except (ValueError, Invalid):
            wrong.add(name)
    return said, wrong


def _read(name: str, value: str) -> int | str | None:
    if name not in MAY_BE_TAKEN_BACK and value == "":
        raise ValueError("was given before")
    return note_of(value) if name == "note" else rating(value)
