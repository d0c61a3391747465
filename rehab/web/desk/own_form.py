"""The fields of the clinic's own entries: what was typed, as a library file would say it.

A number that is none stays the text that was typed: the lint says so, and the form shows it again.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

Form = MultiDict[str, str]
Faults = dict[str, list[str]]

WHOLE, DECIMAL = re.compile(r"\d{1,9}"), re.compile(r"\d{1,6}[.,]\d{1,6}")
PREDICATES = ("is ", "must ", "holds ", "begins ")
LONGEST = 2000
LISTS = (
    *("muscles", "equipment", "cautions", "evidence", "regions", "between_sessions"),
    *("levels", "phases"),
)


def words(form: Form, name: str) -> str:
    """A text on one line, as the files have it."""
    return " ".join(form.get(name, "")[:LONGEST].replace("\0", "").split())


def number(form: Form, name: str) -> int | float | str:
    """A number; what is none stays as it was typed."""
    typed = words(form, name)
    if WHOLE.fullmatch(typed):
        return int(typed)
    return float(typed.replace(",", ".")) if DECIMAL.fullmatch(typed) else typed


def listed(form: Form, name: str) -> list[str]:
    """A list that was typed with commas."""
    return [item for item in map(str.strip, words(form, name).split(",")) if item]


def ticked(form: Form, name: str) -> list[str]:
    """What was ticked of many."""
    return [value[:LONGEST].replace("\0", "") for value in form.getlist(name)]


def without_blanks(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was left empty is not said at all; an empty list is."""
    return {key: value for key, value in said.items() if value != ""}


def beside(errors: Mapping[str, Sequence[str]], fields: Sequence[str]) -> tuple[Faults, list[str]]:
    """Each fault by the name of the form's field that it stands beside, and those without one.

    `levels[2].reps` is the field levels-2-reps; a list that has one field takes its items' faults.
    """
    faults: Faults = {}
    others: list[str] = []
    for field, whats in errors.items():
        name = re.sub(r"\[(\d+)\]", r"-\1", field).replace(".", "-")
        known = [known for known in (name, name.split("-")[0]) if known in fields]
        said = [sentence(what) for what in whats]
        if known:
            faults.setdefault(known[0], []).extend(said)
        else:
            others += [f"{field}: {what}" if field else what for what in said]
    return faults, others


def sentence(what: str) -> str:
    """A fault of the lint as a sentence."""
    whole = f"This {what}" if what.startswith(PREDICATES) else f"{what[:1].upper()}{what[1:]}"
    return whole if whole.endswith(".") else f"{whole}."


def scalar(value: Any) -> Any:
    """What a field can show of what a file says."""
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def scalars(value: Any) -> list[str]:
    return [str(scalar(item)) for item in value] if isinstance(value, list) else []


def mappings(value: Any, most: int) -> list[dict[str, Any]]:
    """The items of a list of mappings."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)][:most]
