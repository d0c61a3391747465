"""A patient's record as it is told: the export's rows, the library, who its clinicians are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from rehab.exchange.fhir.clinicians import Clinician, entered_by
from rehab.exchange.fhir.resource import made_id, refer
from rehab.programs.library import Library
from rehab.services.privacy.export import Export, Row


@dataclass(frozen=True)
class Record:
    """One export, and what it takes to tell it to another program."""

    export: Export
    library: Library
    clinicians: Mapping[str, Clinician]

    def rows(self, noun: str) -> list[Row]:
        """The rows of a noun; in a patient's own copy some of their columns are missing."""
        found: list[Row] = self.export.get(noun, [])
        return found

    def at(self, instant: str | None) -> str | None:
        """An instant by the patient's own clock, with its offset."""
        if instant is None:
            return None
        return datetime.fromisoformat(instant).astimezone(self.zone).isoformat()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.export["patient"]["zone"])

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all rows: what may be referred to."""
        lists = (rows for rows in self.export.values() if isinstance(rows, list))
        return frozenset(row["id"] for rows in lists for row in rows if "id" in row)

    @cached_property
    def plans(self) -> dict[str, Row]:
        return {plan["id"]: plan for plan in self.rows("plans")}

    @cached_property
    def _shelves(self) -> dict[str, dict[str, Row]]:
        """The exercises of each plan's own copy of its program."""
        copies = {id_: plan["program"]["exercises"] for id_, plan in self.plans.items()}
        return {id_: {e["id"]: e for e in exercises} for id_, exercises in copies.items()}

    def exercise(self, plan_id: str, id_: str) -> Row:
        """An exercise as the plan has it, else the library's: a recovery session is in no plan."""
        copy = self._shelves.get(plan_id, {}).get(id_)
        known = self.library.exercises.get(id_)
        return copy or (known.as_dict() if known else {})

    @property
    def patient(self) -> dict[str, str]:
        """A reference to the patient."""
        return refer("Patient", self.export["patient"]["id"])

    @property
    def clinic(self) -> dict[str, str]:
        """A reference to the clinic."""
        return refer("Organization", self.export["clinic"]["id"])

    @property
    def device_id(self) -> str:
        return made_id(self.export["clinic"]["id"], "device")

    @property
    def device(self) -> dict[str, str]:
        """A reference to the server, which decides by its rules."""
        return refer("Device", self.device_id)

    def clinician(self, id_: str | None) -> dict[str, str] | None:
        """A reference to a clinician."""
        return refer("Practitioner", id_) if id_ and id_ in self.clinicians else None

    def by_email(self, actor: str) -> dict[str, str] | None:
        """Whoever a record names by an address: a clinician, or `patient`."""
        if actor == "patient":
            return self.patient
        found = (c.id for c in self.clinicians.values() if c.email == actor)
        return self.clinician(next(found, None))

    def author(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """Who put answers in: the patient; or, for them, a clinician, or somebody of the clinic."""
        entered = self._entered_by
        if answers["id"] not in entered:
            return self.patient
        return self.clinician(entered[answers["id"]]) or self.clinic

    @cached_property
    def _entered_by(self) -> Mapping[str, str | None]:
        return entered_by(self.export)

    def plan(self, id_: str | None) -> list[dict[str, str]]:
        """A reference to a plan, where there is one."""
        return [refer("CarePlan", id_)] if id_ and id_ in self.plans else []
