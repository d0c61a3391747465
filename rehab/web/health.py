"""What an operator's probes ask: is the process alive, and can it do its work?"""

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from rehab.extensions import schema_fault

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """The database answers, and its tables are those of this version."""
    try:
        fault = schema_fault()
    except SQLAlchemyError:
        fault = "the database does not answer"
    if fault is not None:
        return {"status": "not ready", "why": fault}, 503
    return {"status": "ready"}, 200
