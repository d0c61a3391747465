"""What this app was built with: its settings, its program library and the sender of its texts."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask, current_app, g

from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.notifications.senders import Sender
from rehab.programs.library import Library
from rehab.services.marked import MarkedAnswers
from rehab.services.shelves import Kept, library_of
from rehab.settings import Settings
from rehab.tenancy import scope

KEY = "rehab"
HELD = "rehab.clinic_of_library"


@dataclass(frozen=True)
class Wiring:
    """`library` is what all clinics share; `kept` holds what each makes of it, and `days` what was
    told of plans' days by both."""

    settings: Settings
    library: Library
    sender: Sender
    kept: Kept = field(default_factory=dict, init=False, compare=False)
    days: MarkedAnswers = field(default_factory=MarkedAnswers, init=False, compare=False)


def wire(app: Flask, wiring: Wiring) -> None:
    app.extensions[KEY] = wiring


def wiring() -> Wiring:
    """The wiring of the app that is running now."""
    built: Wiring = current_app.extensions[KEY]
    return built


def library() -> Library:
    """The library as the clinic that is open sees it, its own shelf included; what all clinics
    share where none is open, or all are."""
    built, opened = wiring(), scope()
    if opened is None or opened.clinic_id is None:
        return built.library
    clinic = _held(opened.clinic_id)
    return library_of(clinic, built.library, built.kept) if clinic else built.library


def _held(clinic_id: UUID) -> Clinic | None:
    """The clinic's row, which the request that has it open holds on to: it is mostly there, and
    one that nobody holds would be asked for again each time."""
    known_id, held = g.get(HELD, (None, None))
    if held is None or known_id != clinic_id or held not in db.session():
        held = db.session.get(Clinic, clinic_id)
        setattr(g, HELD, (clinic_id, held))
    return held
