"""Load adds to pain only where more than the prescribed is done."""

import pytest

from rehab.programs.simulation.strain import points


@pytest.mark.parametrize(
    ("work", "steps_up", "day", "added"),
    [
        (1.0, 3, 0, 0.0),
        (0.5, 3, 0, 0.0),
        (1.6, 0, 0, 0.5),
        (1.6, 1, 0, 1.0),
        (1.6, 3, 0, 2.0),
        (1.6, -1, 0, 0.0),
        (1.6, -3, 0, 0.0),
        (1.6, 9, 0, 3.0),
        (1.5, 0, 56, 0.0),
    ],
)
def test_half_a_point_a_rung_over_what_is_borne_from_none_to_three(
    work: float, steps_up: int, day: int, added: float
) -> None:
    assert points(work, steps_up, day) == pytest.approx(added)


def test_what_is_borne_grows_by_a_tenth_a_week() -> None:
    assert points(1.6 * 1.1, 1, 7) == pytest.approx(points(1.6, 1, 0))
