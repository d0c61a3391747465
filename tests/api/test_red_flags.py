"""Every red flag, ticked through the API: tier, words, alert, pause, and who lifts it."""

from typing import Any

import pytest

from tests.api.conftest import SESSION, problem
from tests.conftest import Caller

EMERGENCY = {"RF01", "RF02", "RF03", "RF04", "RF05"}
URGENT = {"RF06", "RF07", "RF08", "RF09", "RF10", "RF19"}
FLAGS = [f"RF{n:02}" for n in range(1, 20)]


def expected(flag: str) -> tuple[str, int]:
    if flag in EMERGENCY:
        return "E", 3
    return ("U", 3) if flag in URGENT else ("S", 2)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_red_flag_stops_the_acute_plan_until_a_clinician_resumes(
    as_ana: Caller, plan_id: str, flag: str
) -> None:
    tier, level = expected(flag)
    told = as_ana("POST", f"/plans/{plan_id}/sessions", {**SESSION, "red_flags": [flag]}).json
    assert told["safety"]["tier"] == tier
    assert told["safety"]["meaning"]
    assert told["decision"]["move"] == "pause"
    assert told["decision"]["why_patient"]
    alert: dict[str, Any] = as_ana("GET", "/alerts").json["items"][0]
    assert (alert["level"], alert["kind"], flag in alert["about"]) == (level, "red_flag", True)
    assert as_ana("GET", f"/plans/{plan_id}/today").json["status"] == "paused"

    assert as_ana("POST", f"/alerts/{alert['id']}/close", {"note": "called"}).status_code == 200
    assert as_ana("GET", f"/plans/{plan_id}").json["status"] == "paused"
    resumed = as_ana("POST", f"/plans/{plan_id}/resume", {"reason": "seen"}).json
    assert resumed["status"] == "active"
    problem(as_ana("POST", f"/plans/{plan_id}/resume", {"reason": "again"}), 409)
