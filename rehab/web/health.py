"""What an operator's probes ask: is the process alive, and can it do its work?"""

from datetime import timedelta

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from rehab import clock
from rehab.extensions import running_fault
from rehab.services import pulse
from rehab.tenancy import across_clinics
from rehab.wiring import wiring

blueprint = Blueprint("health", __name__)

_BEGAN = clock.monotonic()
"""When this process began: for as long as nobody has ever ticked, the silence is as old as it."""

Health = tuple[dict[str, str], int]


@blueprint.get("/healthz")
@across_clinics("the pulse of the workers")
def healthz() -> Health:
    """The process answers and, where it is to send reminders too, some process of it ticks."""
    if wiring().settings.scheduler != "embedded":
        return {"status": "ok"}, 200
    try:
        silence = pulse.silence(clock.now())
    except SQLAlchemyError:
        return {"status": "not ok", "why": "the database does not answer"}, 503
    if silence is None:
        silence = timedelta(seconds=clock.monotonic() - _BEGAN)
    if silence > pulse.SILENCE:
        why = f"no reminders are sent: nobody has ticked for {silence.total_seconds():.0f} s"
        return {"status": "not ok", "why": why}, 503
    return {"status": "ok"}, 200


@blueprint.get("/readyz")
def readyz() -> Health:
    """The database answers, and its tables are those of this version or of a later one."""
    try:
        fault = running_fault()
    except SQLAlchemyError:
        fault = "the database does not answer"
    if fault is not None:
        return {"status": "not ready", "why": fault}, 503
    return {"status": "ready"}, 200
