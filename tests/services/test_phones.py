"""Numbers as people write them become the one way in which they are kept."""

import pytest

from rehab.errors import Invalid
from rehab.services.phones import from_dialled

DIALLED = [
    ("020 7946 0123", "GB", "+442079460123"),
    ("+44 (0)20 7946-0123", "GB", "+442079460123"),
    ("0044 20 7946 0123", "GB", "+442079460123"),
    ("(202) 555-0123", "US", "+12025550123"),
    ("1 202 555 0123", "US", "+12025550123"),
    ("612 34 56 78", "ES", "+34612345678"),
    ("+34 612 34 56 78", "GB", "+34612345678"),
    ("0491 570 156", "AU", "+61491570156"),
]


@pytest.mark.parametrize(("said", "region", "kept"), DIALLED)
def test_a_number_is_read_as_it_is_dialled_there(said: str, region: str, kept: str) -> None:
    assert from_dialled(said, region) == kept


@pytest.mark.parametrize("said", ["", "7946 0123", "Nils", "12", "020 7946 0123 ext 4", "+1"])
def test_what_rings_nowhere_is_refused(said: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_dialled(said, "GB")
    assert set(refused.value.errors) == {"phone"}
