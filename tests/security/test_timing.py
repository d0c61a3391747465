"""The statistic by which two doors are told apart; what it finds is in `docs/threats.md`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.timing import compare

SAMPLES = st.lists(st.integers(0, 9), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("first", "second", "u"),
    [
        ([1, 2, 3], [4, 5, 6], 0),
        ([4, 5, 6], [1, 2, 3], 9),
        ([1, 3, 5], [2, 4, 6], 3),
        ([1, 1], [1, 1], 2),
        ([19, 22, 16, 29, 24], [20, 11, 17, 12], 17),
    ],
)
def test_it_counts_the_pairs_in_which_the_first_is_more(
    first: list[int], second: list[int], u: float
) -> None:
    assert compare(first, second).u == u


@given(SAMPLES, SAMPLES)
def test_it_is_the_count_of_pairs_with_halves_for_ties(first: list[int], second: list[int]) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in first for b in second]
    seen = compare(first, second)
    assert seen.u == sum(pairs)
    assert 0 <= seen.p <= 1
    assert compare(second, first).p == pytest.approx(seen.p)


def test_a_difference_is_seen_and_none_is_not() -> None:
    here, there = [10 + n % 7 for n in range(200)], [10 + n % 7 for n in range(3, 203)]
    assert compare(here, there).p > 0.5
    assert compare([value + 1 for value in here], there).p < 0.001
