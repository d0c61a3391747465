"""The clinician's desk: who needs somebody, why, and what to do about it.

Whoever works in the clinic may look at all of it; the read-only change nothing.
"""

from flask import Blueprint, Flask

from rehab.web.desk import (
    assign,
    audit,
    caseload,
    changes,
    decisions,
    exchange,
    inbox,
    library,
    measure,
    news,
    own_items,
    own_shelf,
    paper,
    patient,
    people,
    plan,
    plan_swap,
    policy,
    policy_trial,
    record,
    settings,
    thread,
)
from rehab.web.desk.faults import add_faults
from rehab.web.desk.here import begin

blueprint = Blueprint("desk", __name__, url_prefix="/clinic", template_folder="templates")
PAGES = (
    caseload,
    inbox,
    news,
    patient,
    plan,
    plan_swap,
    decisions,
    changes,
    record,
    measure,
    audit,
    assign,
    library,
    own_shelf,
    own_items,
    policy,
    policy_trial,
    paper,
    exchange,
    settings,
    people,
    thread,
)

blueprint.before_request(begin)
for pages in PAGES:
    blueprint.register_blueprint(pages.blueprint)
add_faults(blueprint)


def add_desk(app: Flask) -> None:
    """Serve the desk from `app`."""
    app.register_blueprint(blueprint)
