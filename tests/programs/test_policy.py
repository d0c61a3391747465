"""The shipped policies hold the published numbers, and a file beyond a hard limit is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from marshmallow import ValidationError

from rehab.programs.library.policies import PolicySchema
from rehab.programs.policy import Policy, Restart, before_session_factor
from rehab.programs.program import Category, fingerprint

from .logs import ACUTE, CHRONIC, policies, policy_content, ratings, usual_pains


@pytest.mark.parametrize(
    ("usual", "acute", "chronic"),
    [
        (0, 5, 5),
        (3, 5, 5),
        (3.5, 5, 5.5),
        (4, 5, 6),
        (5, 6, 7),
        (6, 7, 8),
        (7, 8, 8),
        (10, 8, 8),
    ],
)
def test_the_red_limit_is_five_or_over_usual_but_never_above_eight(usual, acute, chronic):
    assert ACUTE.red_limit.for_usual(usual) == acute
    assert CHRONIC.red_limit.for_usual(usual) == chronic


@pytest.mark.parametrize(("usual", "limit"), [(0, 3), (2, 3), (2.5, 3.5), (5, 6), (8, 9)])
@pytest.mark.parametrize("policy", [ACUTE, CHRONIC], ids=["acute", "chronic"])
def test_the_green_limit_is_three_or_one_over_usual(policy, usual, limit):
    assert policy.green_limit.for_usual(usual) == limit


def test_the_tracks_differ_where_pain_sets_the_dose_and_where_quotas_do():
    names = (
        "cooldown_days",
        "completion",
        "effort",
        "dose_after_red",
        "reaction_dose_factor",
        "ramp",
        "tier_s_pauses",
    )
    assert [getattr(ACUTE, name) for name in names] == [4, 90, 6, 0.0, 0.8, 0.5, True]
    assert [getattr(CHRONIC, name) for name in names] == [7, 80, 7, 0.5, 1.0, 0.25, False]


@pytest.mark.parametrize("policy", [ACUTE, CHRONIC], ids=["acute", "chronic"])
def test_the_tracks_agree_on_the_rest(policy):
    assert policy.good_sessions == {
        Category.STRETCHING: 4,
        Category.STRENGTHENING: 3,
        Category.LOW_IMPACT: 3,
        Category.RELAXATION: 3,
        Category.SELF_CARE: 3,
    }
    assert policy.days_between_steps_up == 7
    assert policy.sleep_gate == 3
    assert policy.dose_after_two_reds == 0.5
    assert policy.restarts == (
        Restart(7, 1, 0.75, 0),
        Restart(14, 2, 0.5, 0),
        Restart(28, None, 0.5, 2),
    )
    week = policy.weekly
    assert (week.mornings, week.worse, week.creeping) == (3, 2, 1)


@pytest.mark.parametrize(
    ("before", "usual", "acute", "chronic"),
    [
        (3, 3, 1.0, 1.0),
        (4, 3, 1.0, 1.0),
        (5, 3, 0.5, 0.5),
        (6, 3, 0.0, 0.5),
        (8, 3, 0.0, 0.5),
        (9, 3, 0.0, 0.0),
        (8, 6, 0.0, 0.5),
        (8, 7, 1.0, 1.0),
        (9, 9, 0.0, 0.0),
        (4, 2.5, 1.0, 1.0),
        (5, 2.5, 0.5, 0.5),
    ],
)
def test_pain_before_a_session_cuts_that_days_dose(before, usual, acute, chronic):
    assert before_session_factor(before, usual, ACUTE) == acute
    assert before_session_factor(before, usual, CHRONIC) == chronic


@given(policies, usual_pains, ratings)
def test_todays_dose_is_whole_half_or_nothing(policy, usual, before):
    assert before_session_factor(before, usual, policy) in (0.0, 0.5, 1.0)


def test_the_version_is_twelve_hex_digits_and_follows_the_content():
    content = policy_content("acute")
    assert ACUTE.version == fingerprint(content)
    assert len(ACUTE.version) == 12
    assert int(ACUTE.version, 16) >= 0
    assert fingerprint({**content, "effort": 5}) != ACUTE.version
    reordered = dict(reversed(content.items()))
    assert fingerprint(reordered) == ACUTE.version


BAD_FILES: list[tuple[str, Any]] = [
    ("red_limit.at_least", 2),
    ("red_limit.at_least", 9),
    ("red_limit.at_most", 9),
    ("red_limit.at_most", 4),
    ("green_limit.at_least", 1),
    ("green_limit.at_least", 8),
    ("green_limit.at_least", 6),
    ("reaction.rise", 0),
    ("reaction.rise", 4),
    ("red_morning.rise", 1),
    ("red_morning.rise", 5),
    ("red_morning.always_at", 11),
    ("severe.at_least", 6),
    ("severe.at_least", 11),
    ("good_sessions.stretching", 1),
    ("good_sessions.low-impact", 7),
    ("days_between_steps_up", 6),
    ("cooldown_days", 1),
    ("cooldown_days", 15),
    ("completion", 69),
    ("completion", 101),
    ("effort", 3),
    ("effort", 9),
    ("dose_after_red", 0.6),
    ("dose_after_two_reds", -0.1),
    ("reaction_dose_factor", 1.1),
    ("ramp", 0),
    ("restarts", []),
    ("weekly.mornings", 2),
    ("weekly.creeping", 3),
    ("effort", "6"),
    ("effort", 6.0),
    ("effort", True),
    ("effort", None),
    ("ramp", "0.5"),
    ("ramp", float("nan")),
    ("ramp", True),
    ("tier_s_pauses", 1),
    ("tier_s_pauses", "yes"),
    ("name", ""),
    ("effrot", 6),
    ("reaction.rises", 2),
]


def changed(field: str, value: Any) -> dict[str, Any]:
    content = policy_content("acute")
    *path, last = field.split(".")
    inner = content
    for name in path:
        inner = inner[name]
    inner[last] = value
    return content


@pytest.mark.parametrize(("field", "value"), BAD_FILES)
def test_a_file_beyond_its_limits_or_of_the_wrong_kind_is_refused(field, value):
    with pytest.raises(ValidationError) as refused:
        PolicySchema().load(changed(field, value))
    assert field.split(".")[0] in refused.value.normalized_messages()


def test_a_file_that_leaves_a_number_out_is_refused():
    for name in policy_content("acute"):
        content = policy_content("acute")
        del content[name]
        with pytest.raises(ValidationError) as refused:
            PolicySchema().load(content)
        assert list(refused.value.normalized_messages()) == [name]


def test_a_second_red_may_not_cost_less_than_it_gives_back():
    content = policy_content("chronic") | {"dose_after_two_reds": 0.25}
    with pytest.raises(ValidationError, match="dose_after_red"):
        PolicySchema().load(content)


def test_numbers_at_their_limits_are_taken():
    content = changed("red_limit.at_most", 8) | {"effort": 8, "completion": 70, "cooldown_days": 2}
    policy = PolicySchema().load(content)
    assert (policy.effort, policy.completion, policy.cooldown_days) == (8, 70, 2)


@pytest.mark.parametrize("policy", [ACUTE, CHRONIC], ids=["acute", "chronic"])
def test_a_plans_copy_of_its_policy_is_equal_to_the_policy(policy):
    assert Policy.from_dict(json.loads(json.dumps(policy.as_dict()))) == policy
