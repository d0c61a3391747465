"""The policy in words: made from its numbers, complete, and true to the rules."""

from dataclasses import replace

import pytest

from rehab.programs.library import Library
from rehab.programs.rules import RULES
from rehab.programs.zones import Zone
from rehab.web.desk import policy_words
from tests.web.sign_in.conftest import Browser, Page


def test_every_rule_is_told_in_the_order_of_the_code() -> None:
    told = [id_ for id_ in policy_words.RULES if id_ != "R8"]
    assert told == [*(rule.id for rule in RULES), "RAMP", "UP"]


def test_every_zone_is_told_the_worst_first() -> None:
    assert list(policy_words.ZONES) == list(Zone)


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_the_rules_that_cost_a_step_say_so(library: Library, track: str) -> None:
    policy = library.policies[track]
    costs = {id_ for id_, row in policy_words.RULES.items() if "one step down" in row.does(policy)}
    assert costs == {rule.id for rule in RULES if rule.down}


@pytest.mark.parametrize(
    ("rule", "changed", "told"),
    [
        ("INTERVAL", {"days_between_steps_up": 9}, "9 days"),
        ("COOLDOWN", {"cooldown_days": 11}, "11 days"),
        ("EFFORT", {"effort": 5}, "above 5"),
        ("R13", {"completion": 75}, "75%"),
        ("R11", {"sleep_gate": 2}, "2 or less"),
    ],
)
def test_another_number_of_the_policy_is_another_sentence(
    library: Library, rule: str, changed: dict[str, int], told: str
) -> None:
    policy = replace(library.policies["acute"], **changed)
    assert told in policy_words.RULES[rule].binds(policy)
    assert told not in policy_words.RULES[rule].binds(library.policies["acute"])


def test_where_the_tracks_differ_both_are_told(library: Library) -> None:
    told = {id_: does for id_, _, does in policy_words.table(library.policies)}
    assert sorted(told["R3"]) == ["Acute: a recovery session", "Chronic: 50% of the dose at most"]
    assert told["UP"] == ["one step up"]


@pytest.mark.parametrize(
    ("usual", "acute", "chronic"), [("2", "above 5", "above 5"), ("6", "above 7", "above 8")]
)
def test_the_zones_are_told_for_a_usual_pain(
    desk: Browser, usual: str, acute: str, chronic: str
) -> None:
    page = desk.get(f"/clinic/policy?usual={usual}").text
    row = page.split('zone-red">red</span>')[1].split("</tr>")[0]
    assert [cell.split(";")[0] for cell in row.split("<td>")[1:]] == [
        f"during or after {acute}",
        f"during or after {chronic}",
    ]


@pytest.mark.parametrize("usual", ["11", "-1", "x"])
def test_a_usual_pain_that_is_none_is_the_example(desk: Browser, usual: str) -> None:
    page = desk.get(f"/clinic/policy?usual={usual}")
    assert '<option value="4" selected>' in page.text


def test_the_page_says_that_nothing_of_it_is_validated(desk: Browser) -> None:
    assert "Not validated" in Page(desk.get("/clinic/policy").text).text
