"""The figures that ship: sound, small, and one for every exercise."""

import pytest

from rehab.figures.lint import figure_faults
from rehab.figures.muscles import MUSCLES
from rehab.programs.library import Library, read_library

SHIPPED = read_library()


@pytest.mark.parametrize("id_", sorted(SHIPPED.figures))
def test_a_shipped_figure_has_no_faults(id_: str) -> None:
    assert figure_faults(SHIPPED.figures[id_], SHIPPED.exercises[id_].muscles) == []


def test_every_shipped_exercise_has_a_figure(library: Library) -> None:
    missing = sorted(library.exercises.keys() - library.figures.keys())
    assert missing == []


def test_every_muscle_that_an_exercise_names_is_known_to_the_figures(library: Library) -> None:
    named = {muscle for exercise in library.exercises.values() for muscle in exercise.muscles}
    assert named - MUSCLES.keys() == set()
