"""When somebody answers at the clinic, as its owner's programs read and write it."""

import pytest

from rehab.services import tokens
from tests.conftest import NOON, Caller


@pytest.fixture
def as_owner(as_ana: Caller) -> Caller:

    reach = ("read", "write", "admin")
    return Caller(as_ana.client, tokens.issue_token("ana@riverside.example", reach, NOON))


def test_hours_are_kept_in_one_line_and_told(as_owner: Caller) -> None:
    answer = as_owner("PATCH", "/clinic", {"hours": " Mon-Fri\t8-18 "})
    assert answer.status_code == 200
    assert as_owner("GET", "/clinic").json["hours"] == "Mon-Fri 8-18"


def test_hours_that_are_too_long_are_refused(as_owner: Caller) -> None:
    answer = as_owner("PATCH", "/clinic", {"hours": "x" * 121})
    assert answer.status_code == 422
    assert as_owner("GET", "/clinic").json["hours"] == ""
