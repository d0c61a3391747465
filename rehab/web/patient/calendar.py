"""My calendar: a link by which the patient's own calendar shows their session days."""

from flask import Blueprint, Response, make_response, redirect, request

from rehab.services import calendar_feeds
from rehab.web.calendar_feed import AREA, address_of, to_subscribe
from rehab.web.patient.page import page as _page
from rehab.web.patient.page import private
from rehab.web.patient.visit import visit

blueprint = Blueprint("calendar", __name__)

REVOKED = "revoked"


@blueprint.get("/settings/calendar")
def page() -> Response:
    """Whether there is a link, since when, and whether it is read."""
    here, saved = visit(), request.args.get("saved", "")
    feed = calendar_feeds.live(here.patient)
    return _page("calendar", AREA, feed=feed, saved=saved if saved == REVOKED else "")


@blueprint.post("/settings/calendar")
def make() -> Response:
    """A new link, shown this once."""
    here = visit()
    address = address_of(calendar_feeds.make(here.patient, here.now))
    return _page("calendar", AREA, address=address, webcal=to_subscribe(address))


@blueprint.post("/settings/calendar/revoke")
def revoke() -> Response:
    """End the link at once."""
    here = visit()
    calendar_feeds.revoke(here.patient, here.now)
    return private(make_response(redirect(here.at("calendar.page", saved=REVOKED), 303)))
