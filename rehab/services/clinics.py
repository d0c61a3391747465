"""A clinic and its people: opened, let in, given a role, let go. Somebody always owns it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.clinic import CLINICIAN, OWNER, ROLES, Clinic, Clinician
from rehab.programs.timezones import is_zone
from rehab.services.access import sign_ins
from rehab.services.actors import acted
from rehab.services.phones import as_e164
from rehab.services.transactions import hold, transaction
from rehab.tenancy import across_clinics

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
"""What has the looks of an address; only a letter to it would tell."""

LONGEST_HOURS = 120
"""Characters in which a clinic says when somebody answers there."""


@transaction()
def open_clinic(name: str, zone: str, now: datetime, phone: str = "") -> Clinic:
    """A new clinic. Raises Invalid for an empty name, a zone that IANA does not know, a phone
    that is not E.164."""
    clinic = Clinic(created_at=now, **_checked({"name": name, "zone": zone, "phone": phone}))
    db.session.add(clinic)
    db.session.flush()
    acted("clinic.opened", clinic, now)
    return clinic


@transaction()
def amend_clinic(clinic: Clinic, changes: Mapping[str, str], now: datetime) -> Clinic:
    """Change a clinic's name, zone, phone or hours. Raises Invalid as `open_clinic` does, and for
    hours that are too long."""
    for field, value in _checked(changes).items():
        setattr(clinic, field, value)
    acted("clinic.amended", clinic, now, fields=sorted(changes))
    return clinic


def _checked(said: Mapping[str, str]) -> dict[str, str]:
    errors = _name_errors(said["name"]) if "name" in said else {}
    if "zone" in said and not is_zone(said["zone"]):
        errors["zone"] = [f"{said['zone']} is not an IANA time zone"]
    hours = " ".join(said.get("hours", "").split())
    if len(hours) > LONGEST_HOURS or not hours.isprintable():
        errors["hours"] = [f"must have {LONGEST_HOURS} printable characters at most"]
    if errors:
        raise Invalid(errors)
    checked = {**said}
    if "name" in said:
        checked["name"] = said["name"].strip()
    if "hours" in said:
        checked["hours"] = hours
    if said.get("phone"):
        checked["phone"] = as_e164(said["phone"])
    return checked


@transaction()
def add_clinician(
    clinic_id: UUID, email: str, name: str, now: datetime, role: str | None = None
) -> Clinician:
    """A clinician of the clinic; the first one owns it, whatever role is said.

    Raises NotFound, Invalid (email, name, role), Conflict (email in use, in whichever clinic: one
    address signs in to one).
    """
    clinic = db.session.get(Clinic, clinic_id)
    if clinic is None:
        raise NotFound(f"there is no clinic {clinic_id}")
    address = email.strip().lower()
    errors = {**_name_errors(name), **_role_errors(role or CLINICIAN)}
    if len(address) > 254 or not EMAIL.fullmatch(address):
        errors["email"] = [f"{email!r} is not an email address"]
    if errors:
        raise Invalid(errors)
    with across_clinics("an address signs in to one clinic only"):
        if db.session.scalar(select(Clinician.id).filter_by(email=address)):
            raise Conflict(f"{address} is a clinician already")
    hold(clinic)
    given = (role or CLINICIAN) if _owners(clinic_id) else OWNER
    clinician = Clinician(
        clinic_id=clinic_id, email=address, name=name.strip(), role=given, created_at=now
    )
    db.session.add(clinician)
    db.session.flush()
    acted("clinician.added", clinician, now, role=given)
    return clinician


def clinicians_of(clinic_id: UUID) -> Select[Clinician]:
    """The people of a clinic, those who have left too."""
    return select(Clinician).where(Clinician.clinic_id == clinic_id)


def find_clinician(clinic_id: UUID, clinician_id: UUID) -> Clinician:
    """One of the clinic's people. Raises NotFound, also for another clinic's."""
    found = db.session.scalar(clinicians_of(clinic_id).where(Clinician.id == clinician_id))
    if found is None:
        raise NotFound("there is no such clinician")
    return found


def clinician_of(email: str) -> Clinician:
    """Whoever has this address. Raises NotFound."""
    found = db.session.scalar(select(Clinician).filter_by(email=email.strip().lower()))
    if found is None:
        raise NotFound(f"there is no clinician {email}")
    return found


@transaction()
def amend_clinician(clinician: Clinician, changes: Mapping[str, Any], now: datetime) -> Clinician:
    """Change `name` or `role`, or whether somebody still is `active`: whose tokens and sign-ins
    end at once when they are not.

    Raises Invalid (name, role), and Conflict for the clinic's last owner.
    """
    errors = {
        **_name_errors(changes.get("name", clinician.name)),
        **_role_errors(changes.get("role", clinician.role)),
    }
    if errors:
        raise Invalid(errors)
    hold(clinician.clinic)
    hold(clinician)
    clinician.name = changes.get("name", clinician.name).strip()
    clinician.role = changes.get("role", clinician.role)
    if "active" in changes:
        _let(clinician, changes["active"], now)
    db.session.flush()
    if not _owners(clinician.clinic_id):
        raise Conflict("a clinic needs an owner: make somebody else one first")
    said = {name: value for name, value in changes.items() if name != "name"}
    acted("clinician.amended", clinician, now, fields=sorted(changes), **said)
    return clinician


def _let(clinician: Clinician, active: bool, now: datetime) -> None:
    """Let somebody in again, or go: what they signed in with is worth nothing from now on."""
    if active == clinician.is_active:
        return
    clinician.deactivated_at = None if active else now
    if not active:
        sign_ins.end_all(clinician)


def _owners(clinic_id: UUID) -> int:
    owning = select(func.count(Clinician.id)).where(
        Clinician.clinic_id == clinic_id,
        Clinician.role == OWNER,
        Clinician.deactivated_at.is_(None),
    )
    return db.session.scalars(owning).one()


def _name_errors(name: str) -> dict[str, list[str]]:
    if not name.strip() or len(name) > 80 or not name.isprintable():
        return {"name": ["must have 1 to 80 printable characters"]}
    return {}


def _role_errors(role: str) -> dict[str, list[str]]:
    return {} if role in ROLES else {"role": [f"must be one of {', '.join(ROLES)}"]}
