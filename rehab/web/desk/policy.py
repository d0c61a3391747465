"""The progression policy as it stands, in words, and where it can be tried."""

from flask import Blueprint, Response, request

from rehab.programs.program import Track
from rehab.web.desk import policy_words
from rehab.web.desk.page import page as _page
from rehab.wiring import library

blueprint = Blueprint("policy", __name__)

USUAL = 4
"""The usual pain for which the zones are told unless another is chosen: an example."""


@blueprint.get("/policy")
def page() -> Response:
    """Both policies beside each other: zones for one usual pain, the table, the numbers."""
    policies = {track.value: library().policies[track] for track in (Track.ACUTE, Track.CHRONIC)}
    usual = request.args.get("usual", USUAL, type=int)
    usual = usual if 0 <= usual <= 10 else USUAL
    return _page(
        "policy",
        policies=policies,
        usual=usual,
        zones=[
            (zone.value, [says(policy, usual) for policy in policies.values()])
            for zone, says in policy_words.ZONES.items()
        ],
        rules=policy_words.table(policies),
        numbers=[
            (name, [says(policy) for policy in policies.values()])
            for name, says in policy_words.NUMBERS.items()
        ],
        red_flags=library().red_flags,
        tiers=library().tiers,
    )
