"""The broom: it takes what has run out and leaves what still counts."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.rate import RateBucket
from rehab.models.sign_in import Challenge, Link, SignIn
from rehab.services.access import codes, leftovers, links, sign_ins
from rehab.services.access.links import Purpose
from tests.conftest import NOON
from tests.services.access.conftest import AGENT, HOME


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (timedelta(), (2, 1, 2, 4)),
        (timedelta(minutes=14), (2, 0, 2, 2)),
        (timedelta(minutes=15), (1, 0, 1, 2)),
        (timedelta(days=2), (1, 0, 1, 0)),
        (timedelta(days=90), (0, 0, 0, 0)),
    ],
)
def test_what_has_run_out_is_swept(
    ana: Clinician, maya: Patient, later: timedelta, left: tuple[int, ...]
) -> None:
    sign_ins.start(ana, AGENT, NOON)
    sign_ins.start(maya, AGENT, NOON)
    links.issue(Purpose.ENTRY, maya, NOON)
    links.issue(Purpose.INVITATION, ana, NOON)
    codes.ask(maya.phone, HOME, lambda _patient, _code: None, NOON)
    swept = leftovers.sweep(NOON + later)
    counts = tuple(
        db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in (SignIn, Challenge, Link, RateBucket)
    )
    assert counts == left
    assert swept == 9 - sum(left)
