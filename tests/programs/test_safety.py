"""The gravest of several red flags decides."""

import pytest

from rehab.programs.safety import RedFlag, Tier, worst_tier

FLAGS = {
    id_: RedFlag(id_, tier, "question", "screens for", "source")
    for id_, tier in [("chest", Tier.EMERGENCY), ("fever", Tier.URGENT), ("night", Tier.SEE)]
}


@pytest.mark.parametrize(
    ("ticked", "tier"),
    [
        ([], None),
        (["night"], Tier.SEE),
        (["night", "fever"], Tier.URGENT),
        (["fever", "night"], Tier.URGENT),
        (["night", "chest", "fever"], Tier.EMERGENCY),
        (["night", "night"], Tier.SEE),
    ],
)
def test_the_gravest_tier_wins(ticked: list[str], tier: Tier | None) -> None:
    assert worst_tier(ticked, FLAGS) is tier


def test_an_unknown_red_flag_is_never_taken_as_harmless() -> None:
    with pytest.raises(KeyError, match="chset"):
        worst_tier(["night", "chset"], FLAGS)


def test_a_tier_equals_its_letter() -> None:
    assert [Tier.EMERGENCY, Tier.URGENT, Tier.SEE] == ["E", "U", "S"]
