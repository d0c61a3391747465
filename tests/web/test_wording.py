"""Whatever can be shown has words."""

from rehab.models.message import Kind
from rehab.programs.progression import Move
from rehab.web.demo import wording


def test_every_kind_of_text_and_every_move_has_words() -> None:
    assert set(wording.KINDS) == set(Kind)
    assert set(wording.MOVES) == set(Move)
