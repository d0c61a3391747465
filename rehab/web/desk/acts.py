"""The acts of the audit, in words: what somebody did, as it goes on after their name."""

import re
from collections.abc import Mapping
from uuid import UUID

from rehab.models.audit import AuditEntry
from rehab.services.audit import ActorKind

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ACTORS = {
    ActorKind.PATIENT: "The patient",
    ActorKind.SYSTEM: "The server",
    ActorKind.OPERATOR: "The server's operator",
}
"""Who is not called by name."""

DID = {
    "alert.closed": "closed an alert",
    "audit.head_not_ours": "found that the audit had been changed from outside",
    "backup.restored": "restored a backup",
    "database.transferred": "moved the data into this database",
    "calendar.linked": "made a calendar link",
    "calendar.revoked": "took back a calendar link",
    "clinic.amended": "changed the clinic's details",
    "clinic.opened": "opened the clinic",
    "clinician.added": "added a colleague",
    "clinician.amended": "changed a colleague's details",
    "clinician.invited": "invited a colleague",
    "consent.bedtime": "chose texts about sleep",
    "consent.daytime": "gave up texts about sleep",
    "consent.granted": "put consent to texts on record",
    "consent.revoked": "took back consent to texts",
    "data.disputed": "said that something on file is wrong",
    "decision.approved": "approved a step",
    "decision.overridden": "overruled a decision",
    "decision.undone": "took back an approval or an override",
    "erasure.asked": "asked to be erased",
    "keys.rotated": "changed the keys",
    "measure.answered": "answered a measure",
    "message.written": "wrote a text by hand",
    "morning.reported": "reported a morning",
    "note.written": "added a note to the record",
    "password.changed": "changed a password",
    "patient.amended": "changed the patient's details",
    "patient.enrolled": "enrolled the patient",
    "patient.erased": "erased the patient",
    "patient.exported": "took a copy of everything on file",
    "patient.let_in": "made a link or a code by which the patient comes in",
    "patient.held": "put a legal hold on the patient",
    "patient.released": "lifted the legal hold",
    "patient.seen": "looked at the patient",
    "plan.advanced": "moved the plan to its next phase",
    "plan.amended": "changed the plan",
    "plan.assigned": "assigned a plan",
    "plan.discharged": "discharged the patient from the plan",
    "plan.paused": "paused the plan",
    "plan.resumed": "resumed the plan",
    "recovery_codes.renewed": "made new recovery codes",
    "reply.closed": "read a text and closed it",
    "screening.answered": "answered the red-flag questions",
    "second_factor.failed": "gave a wrong code of the authenticator",
    "second_factor.passed": "passed the second factor",
    "second_factor.reset": "had the second factor reset",
    "second_factor.set": "set up the second factor",
    "session.completed": "added to a session's report",
    "session.corrected": "corrected a session's report",
    "session.reported": "reported a session",
    "sign_in.begun": "signed in",
    "sign_in.failed": "failed to sign in",
    "token.issued": "made an API token",
    "token.revoked": "took back an API token",
}

GROUPS = {
    "looks": "Looking and copying",
    "patients": "Patients and consent",
    "plans": "Plans and decisions",
    "reports": "Sessions, mornings, measures",
    "inbox": "Alerts, texts, notes",
    "sign-in": "Signing in",
    "clinic": "Clinic and server",
}
"""What the groups of `services/trail.py` are called."""


def who(entry: AuditEntry, staff: Mapping[UUID, str]) -> str:
    """Who did it; `staff` are the names of those who work in the clinic, by id."""
    if entry.actor_kind == ActorKind.CLINICIAN:
        return staff.get(entry.actor_id, "Somebody") if entry.actor_id else "Somebody"
    return ACTORS.get(ActorKind(entry.actor_kind), "Somebody")


def did(entry: AuditEntry) -> str:
    """What was done; an act that has no words yet is named by its slug."""
    return DID.get(entry.action, entry.action.replace("_", " ").replace(".", ": "))


def detail(entry: AuditEntry) -> str:
    """The particulars in codes: which fields, how many, by which way; ids say nothing here."""
    told = {name: _plain(value) for name, value in entry.detail.items()}
    return ", ".join(f"{_spaced(name)} {words}".strip() for name, words in told.items() if words)


def _plain(value: object) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "" if value is None or ID.fullmatch(words) else _spaced(words)


def _spaced(slug: str) -> str:
    return slug.replace("_", " ")
