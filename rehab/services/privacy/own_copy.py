"""A patient's own copy of their data: the export, without what clinicians wrote for each other.

Nobody looks it over before it is handed out, on a phone that others may hold. So notes that are
meant for the clinic alone are left out, and the copy says so: the clinic hands them over itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rehab.models.patient import Patient
from rehab.services.access.limits import Limit
from rehab.services.actors import acting
from rehab.services.privacy.export import Export, Row, export
from rehab.services.transactions import transaction

OWN_COPIES = Limit("own copy", burst=6, per=timedelta(hours=1))

FOR_THE_CLINIC = {
    "patient": ("held_since", "held_because"),
    "decisions": ("why", "reason", "undone_because"),
    "plan_terms": ("reason",),
    "alerts": ("about", "note"),
    "notes": ("body",),
    "messages_received": ("closing_note",),
}
"""By noun, what a person of the clinic wrote for others of the clinic (docs/data.md)."""

LIKE = {"messages_of_nobody": "messages_received"}
"""Nouns whose rows are of the same table as those of another."""

OF_A_HOLD = ("patient.held", "patient.released")
LEFT_OUT = "left_out"


@transaction()
def own_copy(patient: Patient, now: datetime) -> Export:
    """All that a patient may take with them unasked; `left_out` names what is not in it."""
    whole = export(patient, acting(), now)
    copy: Export = {noun: _without(noun, rows) for noun, rows in whole.items()}
    copy["audit"] = [entry for entry in copy["audit"] if entry["action"] not in OF_A_HOLD]
    copy[LEFT_OUT] = [
        {"noun": noun, "column": column}
        for noun, columns in FOR_THE_CLINIC.items()
        for column in columns
    ]
    return copy


def _without(noun: str, told: Row | list[Row] | str) -> Row | list[Row] | str:
    columns = FOR_THE_CLINIC.get(LIKE.get(noun, noun), ())
    if isinstance(told, list):
        return [_less(row, columns) for row in told]
    return _less(told, columns) if isinstance(told, dict) else told


def _less(row: Row, columns: Iterable[str]) -> Row:
    return {name: value for name, value in row.items() if name not in columns}
