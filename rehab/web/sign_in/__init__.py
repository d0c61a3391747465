"""The doors of sign-in: staff by password and app, patients by a texted code or a link.

Nobody is known yet when these pages begin, so they look across clinics for who it may be. Once it
is known, the pages behind the doors are held to that person's clinic.
"""

from flask import Blueprint, Flask

from rehab.tenancy import enter_all
from rehab.web.sign_in import (
    account,
    faults,
    patients,
    second_factor,
    staff,
    tokens,
)

blueprint = Blueprint("sign_in", __name__, template_folder="templates")
PAGES = (staff, second_factor, account, tokens, patients)


@blueprint.before_request
def before_anybody_is_known() -> None:
    """Who somebody is has to be looked up before it is known of which clinic they are."""
    enter_all("sign-in")


for pages in PAGES:
    blueprint.register_blueprint(pages.blueprint)
faults.add_faults(blueprint)


def add_sign_in(app: Flask) -> None:
    """Serve the doors from `app`."""
    app.register_blueprint(blueprint)
