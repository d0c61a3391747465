"""The clinic's patients, whoever needs somebody first: found by name, sifted, a page at a time."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rehab.errors import Invalid
from rehab.extensions import db
from rehab.models.audit import AuditEntry
from rehab.models.clinic import Clinic, Clinician
from rehab.models.patient import Patient
from rehab.models.plan import ACTIVE, PAUSED, Plan
from rehab.services.caseload.needs import BY_NAME, Case, Need, cases
from rehab.services.caseload.rows import Glance, glances
from rehab.services.phones import as_e164, from_dialled, region_of

A_PAGE = 100
"""Rows of a page: a clinic of the usual size fits on one."""

CURRENT, UNPLANNED, ENDED, EVERYBODY = "current", "unplanned", "ended", "everybody"
STANDS = (CURRENT, ACTIVE, PAUSED, UNPLANNED, ENDED, EVERYBODY)
"""How somebody's plan stands; current are all but those who have been let go."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to show. What is left empty sifts nothing out; who looks for a name or a number finds
    those who have been let go as well."""

    named: str = ""
    need: Need | None = None
    program_id: str = ""
    track: str = ""
    assigned_by: UUID | None = None
    stands: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Those of one need who are on the page; `count` is of all pages."""

    need: Need
    count: int
    rows: tuple[Glance, ...]


@dataclass(frozen=True, slots=True)
class Caseload:
    """A page of it. `counts` are by need, whichever of them is chosen; `total` is of all who were
    found, `everybody` of the whole clinic, `first` the place of the first row, from 1. `step_ups`
    are the plain ones that wait, `programs` the ids and names of those that patients walk."""

    groups: tuple[Group, ...]
    counts: dict[Need, int]
    total: int
    everybody: int
    first: int
    page: int
    pages: int
    step_ups: int
    programs: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def caseload(clinic: Clinic, wish: Wish, now: datetime) -> Caseload:
    """A page of the clinic's patients as wished; a page too far gives the last one."""
    everybody = cases(clinic.id, now)
    names = _Names(clinic.id)
    found = _by_need(_sifted(clinic, everybody, wish, names))
    counts = {need: len(of_need) for need, of_need in found.items()}
    wanted = {need: found[need] for need in ([wish.need] if wish.need else Need)}
    total = sum(map(len, wanted.values()))
    pages = max(-(-total // A_PAGE), 1)
    page = min(max(wish.page, 1), pages)
    first = (page - 1) * A_PAGE
    rows = glances(_slice(wanted, first, names), now)
    return Caseload(
        groups=tuple(_groups(rows, counts)),
        counts=counts,
        total=total,
        everybody=len(everybody),
        first=first + 1 if rows else 0,
        page=page,
        pages=pages,
        step_ups=sum(len(case.may_step_up_in_bulk) for case in everybody),
        programs=tuple(_programs(everybody)),
    )


def _programs(everybody: Sequence[Case]) -> list[tuple[str, str]]:
    """By name, each as it is called in one of the plans."""
    one_each = {plan.program_id: plan.id for case in everybody for plan in case.plans}
    columns = (Plan.program_id, Plan.program["name"].as_string())
    found = db.session.execute(select(*columns).where(Plan.id.in_(one_each.values())))
    return sorted(((row[0], row[1]) for row in found), key=lambda program: program[1].casefold())


def colleagues(clinic_id: UUID) -> list[Clinician]:
    """Who works in the clinic or did, by name."""
    return list(
        db.session.scalars(
            select(Clinician).filter_by(clinic_id=clinic_id).order_by(Clinician.name, Clinician.id)
        )
    )


def _groups(rows: Sequence[Glance], counts: Mapping[Need, int]) -> Iterator[Group]:
    for need, of_need in groupby(rows, key=lambda row: row.case.need):
        yield Group(need, counts[need], tuple(of_need))


def _by_need(found: Sequence[Case]) -> dict[Need, list[Case]]:
    by_need: dict[Need, list[Case]] = {need: [] for need in Need}
    for case in found:
        by_need[case.need].append(case)
    return by_need


def _slice(wanted: Mapping[Need, list[Case]], first: int, names: "_Names") -> list[Case]:
    """The cases of a page, in order; names are opened only if those sorted by them are on it."""
    found: list[Case] = []
    place = 0
    for need, of_need in wanted.items():
        start, end = max(first - place, 0), max(first + A_PAGE - place, 0)
        if of_need[start:end]:
            key = names.key if need in BY_NAME else _waits_longest
            found += sorted(of_need, key=key)[start:end]
        place += len(of_need)
    return found


def _waits_longest(case: Case) -> tuple[Any, ...]:
    return (*case.waits_since, case.patient_id.hex)


# Whom to show


class _Names:
    """The names of a clinic's patients, opened once and only if somebody asks for them."""

    def __init__(self, clinic_id: UUID) -> None:
        self._clinic_id = clinic_id
        self._folded: dict[UUID, str] | None = None

    def folded(self, case: Case) -> str:
        """Given name and family name in small letters without accents."""
        if self._folded is None:
            columns = (Patient.id, Patient.given_name, Patient.family_name)
            query = select(*columns).where(Patient.clinic_id == self._clinic_id)
            rows = db.session.execute(query)
            self._folded = {row[0]: fold(f"{row[1]} {row[2]}") for row in rows}
        return self._folded[case.patient_id]

    def key(self, case: Case) -> tuple[Any, ...]:
        return self.folded(case), case.patient_id.hex


def fold(name: str) -> str:
    """A name as it is compared: `Zoë` is found by `zoe`."""
    if name.isascii():
        return name.lower()
    apart = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def _sifted(clinic: Clinic, everybody: Sequence[Case], wish: Wish, names: _Names) -> Sequence[Case]:
    stands = wish.stands or (EVERYBODY if wish.named else CURRENT)
    found = [case for case in everybody if _stands(case, stands)]
    if wish.program_id:
        found = [c for c in found if any(p.program_id == wish.program_id for p in c.open_plans)]
    if wish.track:
        found = [c for c in found if any(p.track == wish.track for p in c.open_plans)]
    if wish.assigned_by:
        theirs = _assigned_by(clinic.id, wish.assigned_by)
        found = [c for c in found if any(plan.id in theirs for plan in c.open_plans)]
    return _named(clinic, found, wish.named, names) if wish.named else found


def _stands(case: Case, stands: str) -> bool:
    match stands:
        case "everybody":
            return True
        case "unplanned":
            return not case.plans
        case "ended":
            return case.plan is not None and not case.plan.is_open
        case "active" | "paused":
            return any(plan.status == stands for plan in case.plans)
    return case.need is not Need.ENDED


def _named(clinic: Clinic, found: Sequence[Case], named: str, names: _Names) -> Sequence[Case]:
    """Those whose name has every word that was typed, or whose phone number it is."""
    phone = _dialled(clinic, named)
    if phone is not None:
        theirs = select(Patient.id).where(
            Patient.clinic_id == clinic.id, Patient.phone_key == phone
        )
        ids = set(db.session.scalars(theirs))
        return [case for case in found if case.patient_id in ids]
    words = fold(named).split()
    return [case for case in found if all(word in names.folded(case) for word in words)]


FEWEST_DIGITS = 6


def _dialled(clinic: Clinic, typed: str) -> str | None:
    """What was typed as an E.164 number, where it looks like a number."""
    if sum(letter.isdigit() for letter in typed) < FEWEST_DIGITS:
        return None
    try:
        return from_dialled(typed, region_of(clinic.phone)) if clinic.phone else as_e164(typed)
    except Invalid:
        return None


def _assigned_by(clinic_id: UUID, clinician_id: UUID) -> set[UUID]:
    """The plans that somebody assigned, by the audit."""
    query = (
        select(Plan.id)
        .join(Patient, Patient.id == Plan.patient_id)
        .join(AuditEntry, AuditEntry.subject_id == Plan.id)
        .where(
            Patient.clinic_id == clinic_id,
            AuditEntry.clinic_id == clinic_id,
            AuditEntry.action == "plan.assigned",
            AuditEntry.actor_id == clinician_id,
        )
    )
    return set(db.session.scalars(query))
