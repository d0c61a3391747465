"""What an operator's probes ask: is the process alive, and can it do its work?"""

from flask import Blueprint
from sqlalchemy import text

from rehab.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> dict[str, str]:
    """The database answers, too."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ready"}
